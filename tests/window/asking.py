"""Asks a question in the page, or a listener itself, and waits for its answer."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from playwright.sync_api import Page, expect

__all__ = ["ask", "run"]

Value = TypeVar("Value")


def ask(page: Page, question: str) -> None:
    """Asks and waits for what comes of it: one more answer or refusal."""
    done = page.locator("#chat .answer, #chat .refusal")
    before = done.count()
    page.fill("#ask textarea", question)
    page.press("#ask textarea", "Enter")
    expect(done).to_have_count(before + 1)
    expect(page.locator("#chat .notice")).to_have_count(0)


def run(listener: Coroutine[None, None, Value]) -> Value:
    """What it gives; in a thread of its own, because a browser keeps a loop of events in that of the tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, listener).result()
