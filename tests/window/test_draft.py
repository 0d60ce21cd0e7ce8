"""What a person has written in the box is never lost: not to a late answer, not to a page that is slow to be built."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.window.asking import ask
from tests.window.test_window import FOLLOW_UP, QUESTION

Open = Callable[..., Page]
BOX = "#ask textarea"
DRAFT = "A draft & <b>its</b> $\\frac{1}{2}$, not yet asked"
SLOW = 6  # times slower than this processor, as on a busy machine
# A widget that gets its first, empty value after the draft has come back, and only then goes on being built.
EMPTIED = """
addEventListener('input', () => setTimeout(() => {
  document.querySelector('#ask textarea').value = '';
  document.body.append(document.createElement('i'));
}), {capture: true, once: true});
"""


def slow_down(page: Page) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW})


def test_a_late_answer_leaves_the_draft_and_so_does_a_slow_page(
    open_page: Open, serve: Callable[..., str], tmp_path: Path
) -> None:
    page = open_page(serve(script=Path(__file__).with_name("slow.py"), folder=tmp_path))
    notice = page.locator("#chat .notice")
    page.fill(BOX, QUESTION)
    page.press(BOX, "Enter")
    expect(notice).to_contain_text("Still reading your articles")
    expect(page.locator(BOX)).to_have_value("")  # taken, and not a draft any more
    assert page.evaluate("localStorage.getItem('article-qa-draft')") == ""
    page.fill(BOX, DRAFT)
    (tmp_path / "read").touch()
    while not (tmp_path / "sample.index" / "CURRENT").exists():
        page.wait_for_timeout(100)
    slow_down(page)  # which takes a core for itself
    (tmp_path / "load").touch()
    expect(page.locator("#chat .answer")).to_have_count(1)
    expect(notice).to_have_count(0)
    expect(page.locator("#chat button[aria-label='Undo']")).to_be_visible()  # Gradio has heard that all is done
    expect(page.locator(BOX)).to_have_value(DRAFT)
    page.reload()
    expect(page.locator("#chat .answer")).to_have_count(1)
    expect(notice).to_have_count(0)
    expect(page.locator(BOX)).to_have_value(DRAFT)


def test_a_draft_that_the_page_empties_while_it_is_built_comes_back(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    page.fill(BOX, DRAFT)
    page.add_init_script(EMPTIED)
    page.reload()
    expect(page.locator("body > i")).to_have_count(1)  # it was emptied
    expect(page.locator(BOX)).to_have_value(DRAFT)
    page.fill(BOX, "")
    page.reload()
    page.wait_for_selector(BOX)
    expect(page.locator(".status.ready")).to_be_visible()
    expect(page.locator(BOX)).to_have_value("")  # what was taken out by hand stays out


def test_a_question_that_is_offered_or_given_back_leaves_the_draft(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    page.fill(BOX, DRAFT)
    page.locator("#chat .example").first.click()
    expect(page.locator("#chat .answer")).to_have_count(1)
    offered = page.locator("#chat a[href^='#ask-']").first
    question = offered.text_content()
    offered.click()
    expect(page.locator("#chat .question").last).to_have_text(question or "")
    expect(page.locator("#chat .answer, #chat .refusal")).to_have_count(2)
    page.click("#chat button[aria-label='Undo']")
    expect(page.locator("#chat .question")).to_have_count(1)
    page.click("text=New chat")
    expect(page.locator("#chat .question")).to_have_count(0)
    expect(page.locator(BOX)).to_have_value(DRAFT)
    page.fill(BOX, "")
    ask(page, FOLLOW_UP)
    page.click("#chat button[aria-label='Undo']")
    expect(page.locator(BOX)).to_have_value(FOLLOW_UP)
