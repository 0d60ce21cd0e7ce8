"""The window by keyboard and on a phone: keys, folds, help, and the box that stays in reach."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.window.test_article_view import ARABIC
from tests.window.test_window import QUESTION, ask

Open = Callable[..., Page]
# Pixels that are free to the right and to the left of the last line of an element, within the article's text.
FREE = """e => {
  const range = document.createRange(), box = e.closest('.article-text').getBoundingClientRect();
  range.selectNodeContents(e);
  const rects = [...range.getClientRects()], low = Math.max(...rects.map(r => r.bottom));
  const line = rects.filter(r => r.bottom > low - 4);
  return [box.right - Math.max(...line.map(r => r.right)), Math.min(...line.map(r => r.left)) - box.left];
}"""


def test_keys_lead_to_the_box_bring_the_last_question_and_close_folds(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    ask(page, QUESTION)
    box = page.locator("#ask textarea")
    box.blur()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value(QUESTION)
    page.click("text=Only some articles")
    field = page.get_by_role("textbox", name="Published from", exact=True)
    field.focus()
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    page.locator(".export summary").click()
    page.keyboard.press("Escape")
    expect(page.locator(".export[open]")).to_have_count(0)
    expect(page.locator("#chat button[aria-label='Retry']")).to_have_count(0)


def test_switches_say_what_they_do_and_help_fits_one_screen(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    for switch in page.locator("#tools label").all():
        expect(switch).to_have_attribute("title", re.compile(".{41,}"))
        why = switch.get_attribute("title") or ""
        expect(switch.locator("input")).to_have_attribute("aria-description", why)
    page.get_by_role("button", name="Help").click()
    panel = page.get_by_role("dialog", name="How to ask")
    expect(panel).to_be_visible()
    assert panel.evaluate("e => e.scrollHeight <= e.clientHeight")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_on_a_phone_sources_follow_their_answer_and_the_box_stays_in_sight(open_page: Open, sample: str) -> None:
    page = open_page(sample, 390, 844, has_touch=True, is_mobile=True)
    ask(page, QUESTION)
    expect(page.locator("#sources .card").first).to_be_visible()
    expect(page.locator("#chat .question")).to_be_in_viewport()
    chat, sources, tools = (page.locator(part).bounding_box() for part in ("#chat", "#side", "#tools"))
    assert chat is not None
    assert sources is not None
    assert tools is not None
    assert chat["y"] + chat["height"] <= sources["y"] < sources["y"] + sources["height"] <= tools["y"]
    expect(page.locator("#ask textarea")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    tab, copy = (one.bounding_box() for one in (page.get_by_role("tab", name="Add"), page.locator("#sources .copy")))
    assert tab is not None
    assert copy is not None
    assert tab["x"] + tab["width"] <= copy["x"] or tab["y"] + tab["height"] <= copy["y"]


def test_a_right_to_left_article_stands_right_aligned(
    open_page: Open, serve: Callable[..., str], tmp_path: Path
) -> None:
    text = "\n\n".join([ARABIC] * 3)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "plain.txt").write_text(f"افتتاح الجسر الجديد\n\n{text}\n", "utf-8")
    (tmp_path / "own" / "told.md").write_text(f"---\ntitle: عنوان آخر\nlanguage: ar\n---\n\n{text}\n", "utf-8")
    page = open_page(serve("--articles", "own", folder=tmp_path))
    expect(page.locator("#masthead .status.ready")).to_contain_text("2 articles")
    page.get_by_role("tab", name="Articles").click()
    for place in (0, 1):
        page.locator("#articles .listed li .headline").nth(place).click()
        shown = page.locator("#reader .article-text")
        expect(shown).to_contain_text(ARABIC)
        first = shown.locator(":text('Reuters')").first
        told = "e => [getComputedStyle(e).direction, getComputedStyle(e).textAlign]"
        assert first.evaluate(told) in (["rtl", "start"], ["rtl", "right"])
        assert first.evaluate(FREE)[0] < first.evaluate(FREE)[1]
        page.keyboard.press("Escape")
        expect(page.locator("#reader")).to_be_hidden()
