"""The reader shows what was opened last: no late answer of the server opens what was closed, or another article."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.window.asking import ask

QUESTION = "What happened at Camp Taji in March 2020?"  # no strong match, which would fold the others
ASKED = re.compile("/queue/join")
# Each article that comes into view, by its title.
SEEN = """
window.seen = [];
new MutationObserver(() => {
  if (document.body.classList.contains('reading')) window.seen.push(document.querySelector('#reader h2').textContent);
}).observe(document.body, {attributes: true, attributeFilter: ['class']});
"""


def hold(page: Page) -> tuple[list[Route], list[bool]]:
    """The questions to the server that wait from now on, until something is put into the second list."""
    held: list[Route] = []
    free: list[bool] = []
    page.route(ASKED, lambda route: route.continue_() if free else held.append(route))
    return held, free


@pytest.mark.parametrize("shown", [False, True])
def test_a_late_answer_opens_nothing_that_was_closed(open_page: Callable[..., Page], sample: str, shown: bool) -> None:
    page = open_page(sample)
    ask(page, QUESTION)
    cards = page.locator("#sources .card-title")
    first, last = (page.locator("#sources .headline").all_text_contents()[place] for place in (0, -1))
    assert first != last
    page.evaluate(SEEN)
    if shown:
        cards.first.click()
        expect(page.locator("#reader h2")).to_have_text(first)
    held, free = hold(page)
    if shown:
        page.get_by_role("link", name="Next citation").press("Enter")
    else:
        cards.first.press("Enter")
    while not held:
        page.wait_for_timeout(50)
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    free.append(True)
    with page.expect_response(ASKED):
        held[0].continue_()
    cards.last.click()  # answered after it, since articles are opened one after another
    expect(page.locator("#reader h2")).to_have_text(last)
    assert page.evaluate("window.seen") == ([first, last] if shown else [last])


def test_of_two_openings_the_last_one_stays(open_page: Callable[..., Page], sample: str) -> None:
    page = open_page(sample)
    ask(page, QUESTION)
    titles = page.locator("#sources .headline").all_text_contents()
    cards = page.locator("#sources .card-title")
    held, free = hold(page)
    for card in (cards.first, cards.last):
        card.press("Enter")
    while len(held) < 2:
        page.wait_for_timeout(50)
    free.append(True)
    for late in reversed(held):
        with page.expect_response(ASKED):
            late.continue_()
    expect(page.locator("#reader h2")).to_have_text(titles[-1])
    page.evaluate(SEEN)
    page.keyboard.press("Escape")
    cards.last.press("Enter")  # the same again
    expect(page.locator("#reader h2")).to_have_text(titles[-1])
    assert page.evaluate("window.seen") == [titles[-1]]
