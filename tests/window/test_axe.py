"""Five views of the window, in both themes and at two sizes, by axe-core's rules: nothing serious is wrong for people
who use a screen reader, a keyboard or little contrast; and nothing is clipped at twice the size.
"""

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.window.test_window import QUESTION, ask

AXE = files("axe_playwright_python").joinpath("axe.min.js")
SERIOUS = ("serious", "critical")
REFUSED = "How do I bake sourdough bread?"
SIZES = {"wide": (1280, 800), "phone": (390, 844)}
RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _ready(page: Page) -> None:
    """Waits for the status and for the questions that come with it: until then their list is empty, a fault by axe."""
    expect(page.locator("#masthead .status.ready")).to_be_visible()
    expect(page.locator("#chat .example").first).to_be_attached()


def _answer(page: Page) -> None:
    ask(page, QUESTION)


def _article(page: Page) -> None:
    ask(page, QUESTION)
    page.locator("#chat .said a.cite").first.focus()
    page.keyboard.press("Enter")
    if page.locator(".over-open:visible").count():
        page.locator(".over-open:visible").click()
    expect(page.locator("#reader mark").first).to_be_visible()


def _refusal(page: Page) -> None:
    page.fill("#ask textarea", REFUSED)
    page.press("#ask textarea", "Enter")
    expect(page.locator("#chat .refusal")).to_be_visible()


def _articles(page: Page) -> None:
    page.get_by_role("tab", name="Articles").click()
    page.get_by_role("textbox", name="Find").fill("rockets")
    page.get_by_role("textbox", name="Find").press("Enter")
    expect(page.locator("#articles .hits").first).to_be_visible()


def _filters_and_help(page: Page) -> None:
    page.click("text=Only some articles")
    page.click("text=Newest month")
    expect(page.locator(".chip")).to_have_count(2)
    page.get_by_role("button", name="Help").click()
    expect(page.get_by_role("dialog", name="How to ask")).to_be_visible()


VIEWS: dict[str, Callable[[Page], None]] = {
    "answer": _answer,
    "article": _article,
    "refusal": _refusal,
    "articles": _articles,
    "filters and help": _filters_and_help,
}


def _found(page: Page) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [
        f"{rule['id']}: {node['html'][:200]}" for rule in found if rule["impact"] in SERIOUS for node in rule["nodes"]
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_serious_by_the_rules_of_axe(
    open_page: Callable[..., Page], sample: str, view: str, scheme: str, size: str
) -> None:
    page = open_page(sample, *SIZES[size], color_scheme=scheme)
    _ready(page)
    VIEWS[view](page)
    assert _found(page) == []


@pytest.mark.parametrize("view", VIEWS)
def test_twice_the_size_scrolls_down_only(open_page: Callable[..., Page], sample: str, view: str) -> None:
    # A browser that zooms to 200 % lays out half as many pixels of CSS.
    page = open_page(sample, 640, 400, device_scale_factor=2)
    _ready(page)
    VIEWS[view](page)
    assert page.evaluate(WIDER) <= 0
