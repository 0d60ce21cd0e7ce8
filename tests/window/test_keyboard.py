"""The first ten minutes with the keyboard alone: Tab, Enter, Escape, letters and arrows; nothing is clicked or focused
by a script.
"""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.window.test_window import FOLLOW_UP, QUESTION

PASTED = "The bridge over the river Lorne was opened by Ada Holm on Monday, the council said."
MOST_TABS = 200


def _tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Presses a key until what has the focus matches, and is in sight."""
    for _ in range(MOST_TABS):
        page.keyboard.press(key)
        if page.evaluate("s => !!document.activeElement && document.activeElement.matches(s)", selector):
            expect(page.locator(":focus")).to_be_in_viewport()
            return
    raise AssertionError(f"{selector} cannot be reached with {key}")


def _ask(page: Page, question: str) -> None:
    done = page.locator("#chat .answer, #chat .refusal")
    before = done.count()
    if not page.evaluate("document.activeElement.matches('#ask textarea')"):
        page.keyboard.press("/")
    expect(page.locator("#ask textarea")).to_be_focused()
    page.keyboard.type(question)
    page.keyboard.press("Enter")
    expect(done).to_have_count(before + 1)


def _leave_box(page: Page) -> None:
    page.keyboard.press("Tab")


def _tab_named(page: Page, name: str) -> None:
    _tab_to(page, f"#tabs [role='tab'][data-tab-id='{name.lower()}']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")


def test_the_first_ten_minutes_by_keyboard(
    open_page: Callable[..., Page], serve: Callable[..., str], own_sample: Path
) -> None:
    page = open_page(serve(folder=own_sample))
    expect(page.locator("#masthead .status.ready")).to_contain_text("15 sample articles")
    _ask(page, QUESTION)
    sentence = page.locator("#sources mark").first.text_content()

    _tab_to(page, "#chat a.cite", "Shift+Tab")
    card = page.locator(".over:popover-open")
    expect(card).to_have_count(1)  # the card comes with the focus
    page.keyboard.press("Enter")
    expect(page.locator("#reader mark").first).to_be_visible()
    assert page.locator("#reader mark").first.text_content() in (sentence or "") or sentence
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()

    _ask(page, FOLLOW_UP)
    expect(page.locator("#chat .answer").last).to_contain_text("a follow-up to")
    _tab_to(page, "#chat .following a.ask", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#chat .answer, #chat .refusal")).to_have_count(3)

    page.keyboard.press("/")
    _tab_to(page, ".fold button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Published from", exact=True)).to_be_visible()
    _tab_to(page, "input[aria-label='Published from']")
    page.keyboard.type("Dec 2020")
    _leave_box(page)
    expect(page.locator(".chip bdi").first).to_contain_text("from 1 December 2020")
    page.keyboard.press("Escape")
    _ask(page, "Where was Mohsen Fakhrizadeh ambushed?")
    days = [day.get_attribute("datetime") or "" for day in page.locator("#sources .card > .facts time").all()]
    assert days
    assert all(day >= "2020-12-01" for day in days)
    _tab_to(page, ".chip button", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(0)

    _tab_named(page, "Add")
    _tab_to(page, "#paste textarea")
    page.keyboard.type(PASTED)
    _tab_to(page, "button:not([aria-label])")
    page.keyboard.press("Enter")
    expect(page.locator("#masthead .status.ready")).to_contain_text("16 articles")
    _ask(page, "Who opened the bridge over the river Lorne?")
    expect(page.locator("#chat .answer .said q").last).to_contain_text("was opened by Ada Holm")

    _tab_named(page, "Articles")
    _tab_to(page, "input[type='text'], textarea")
    page.keyboard.type("Lorne")
    page.keyboard.press("Enter")
    expect(page.locator("#articles")).to_contain_text("opened by Ada Holm")
    _tab_to(page, "#articles .listed a")
    page.keyboard.press("Enter")
    expect(page.locator("#reader")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()

    _tab_named(page, "Sources")
    _tab_to(page, ".export summary")
    page.keyboard.press("Enter")
    _tab_to(page, "a[href^='#export-']")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename
    page.keyboard.press("Escape")
    expect(page.locator(".export[open]")).to_have_count(0)
    questions = page.locator("#chat .question").all_text_contents()
    page.reload()
    expect(page.locator("#chat .question")).to_have_text(questions)
