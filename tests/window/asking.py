"""Asks a question in the page, and waits for its answer."""

from playwright.sync_api import Page, expect

__all__ = ["ask"]


def ask(page: Page, question: str) -> None:
    """Asks and waits for what comes of it: one more answer or refusal."""
    done = page.locator("#chat .answer, #chat .refusal")
    before = done.count()
    page.fill("#ask textarea", question)
    page.press("#ask textarea", "Enter")
    expect(done).to_have_count(before + 1)
    expect(page.locator("#chat .notice")).to_have_count(0)
