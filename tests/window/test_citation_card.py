"""A card over a mark such as [1] shows the source and the sentence; by mouse, by keyboard and by touch."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from playwright.sync_api import Page, expect

from qa.window.citation_card import around, cards_over_marks_html
from tests.window.test_html import HOSTILE, cite, found, quotes, shown
from tests.window.test_html import Page as Html
from tests.window.test_window import QUESTION, ask

Open = Callable[..., Page]
CARD = ".over:popover-open"


@given(quotes())
@example((HOSTILE[1], 5, 30))
@example(("x" * 500, 200, 210))
def test_a_card_holds_the_sentence_to_the_letter_in_words_of_its_passage(quote: tuple[str, int, int]) -> None:
    text, first, last = quote
    html = Html(cards_over_marks_html([found(cite(text, first, last, title=text, source=text))]))
    assert html.texts["mark."] == [shown(text[first:last])]
    (words,) = html.texts["p.over-quote"]
    assert words.removeprefix("…").removesuffix("…") in shown(text)
    assert html.links == ["#m0-c1"]


def test_context_is_cut_at_words_and_the_sentence_never() -> None:
    text = "alpha beta gamma. THE SENTENCE. delta epsilon zeta"
    first, last = text.index("THE"), text.index("THE") + len("THE SENTENCE.")
    start, end = around(text, first, last, 10)
    assert text[start:end] == "gamma. THE SENTENCE. delta"
    assert around(text, first, last, 100) == (0, len(text))
    assert around("unbroken" * 5, 10, 12, 4) == (6, 16)


def test_each_citation_of_a_conversation_has_its_card_and_nothing_else_has() -> None:
    answers = [found(cite("One.", 0, 4), cite("Two.", 0, 4, number=2)), found(cite("Three.", 0, 6))]
    assert Html(cards_over_marks_html(answers)).links == ["#m0-c1", "#m0-c2", "#m1-c1"]
    assert cards_over_marks_html([]) == ""


def test_a_mouse_over_a_mark_shows_its_card_and_a_click_opens_the_article(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    ask(page, "Who was killed at Camp Taji?")  # the second of three citations is a number only
    mark, card = page.locator("#chat .said a.cite").first, page.locator(CARD)
    expect(mark).to_have_attribute("aria-expanded", "false")
    expect(card).to_have_count(0)
    mark.hover()
    expect(card).to_have_count(1)
    expect(mark).to_have_attribute("aria-expanded", "true")
    facts = page.locator("#sources .card").first
    expect(card.locator(".over-title")).to_have_text(facts.locator(".headline").text_content() or "")
    expect(card.locator(".over-facts time")).to_have_text(facts.locator("time").first.text_content() or "")
    expect(card.locator("mark")).to_have_text(page.locator("#chat .said q").first.text_content() or "")
    assert card.get_attribute("id") == mark.get_attribute("aria-controls")
    assert (mark.get_attribute("aria-label") or "").startswith("[1] ")
    card.hover()
    page.wait_for_timeout(600)  # longer than a card lingers when the mouse has left it
    expect(card).to_have_count(1)
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(mark).to_have_attribute("aria-expanded", "false")
    page.locator("h1").hover()
    mark.hover()
    expect(card).to_have_count(1)
    page.locator("h1").hover()
    expect(card).to_have_count(0)
    mark.hover()
    card.get_by_role("link", name="Open").click()
    expect(page.locator("#reader mark").first).to_be_visible()
    expect(card).to_have_count(0)
    page.locator("#chat .more a.cite").first.hover()  # the panel of sources is hidden now, the cards are not
    expect(card).to_have_count(1)
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(page.locator("#reader mark").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    expect(mark).to_be_focused()


def test_the_keyboard_reaches_mark_card_and_what_follows(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    ask(page, "How many rockets hit Camp Taji?")
    marks, card = page.locator("#chat a.cite"), page.locator(CARD)
    for _ in range(30):
        if marks.first.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Shift+Tab")
    expect(marks.first).to_be_focused()
    expect(card).to_have_count(1)
    page.keyboard.press("Tab")
    expect(card.get_by_role("link", name="Open")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(marks.first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(marks.nth(1)).to_be_focused()
    expect(card).to_have_attribute("id", "card-m0-c2")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(marks.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#reader h2")).to_be_focused()


@pytest.mark.parametrize("name", ["Open", "outside", "again"])
def test_a_tap_shows_the_card_which_leads_on(open_page: Open, sample: str, name: str) -> None:
    page = open_page(sample, 390, 844, has_touch=True, is_mobile=True)
    ask(page, QUESTION)
    mark, card = page.locator("#chat .said a.cite").first, page.locator(CARD)
    mark.tap()
    expect(card).to_have_count(1)
    expect(page.locator("#reader")).to_be_hidden()
    box = card.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    if name == "Open":
        card.get_by_role("link", name="Open").tap()
        expect(page.locator("#reader mark").first).to_be_in_viewport()
    elif name == "again":
        mark.tap()
    else:
        page.locator("#chat .question").tap()
    expect(card).to_have_count(0)


def test_a_card_follows_its_mark_while_the_page_scrolls_and_closes_when_the_mark_is_gone(
    open_page: Open, sample: str
) -> None:
    page = open_page(sample, 390, 844, has_touch=True, is_mobile=True)
    ask(page, QUESTION)
    mark, card = page.locator("#chat .said a.cite").first, page.locator(CARD)
    mark.tap()
    expect(card).to_have_count(1)
    expect(mark).to_have_attribute("aria-expanded", "true")
    apart = """() => document.querySelector(".over:popover-open").getBoundingClientRect().top
        - document.querySelector("#chat .said a.cite").getBoundingClientRect().bottom"""
    before, top = page.evaluate(apart), (mark.bounding_box() or {})["y"]
    page.evaluate("window.scrollBy(0, 40)")
    higher = "old => document.querySelector('#chat .said a.cite').getBoundingClientRect().top < old"
    page.wait_for_function(higher, arg=top)
    page.wait_for_timeout(100)
    assert abs(page.evaluate(apart) - before) < 1
    expect(card).to_have_count(1)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(card).to_have_count(0)
    expect(mark).to_have_attribute("aria-expanded", "false")


def test_a_mark_that_is_tapped_before_its_card_is_here_opens_it_when_it_comes(open_page: Open, sample: str) -> None:
    page = open_page(sample, 390, 844, has_touch=True, is_mobile=True)
    ask(page, QUESTION)
    mark, card = page.locator("#chat .said a.cite").first, page.locator(CARD)
    source = page.locator("template.cards-over-marks")
    source.evaluate("e => { window.late = e; window.panel = e.parentElement; e.remove(); }")
    expect(page.locator(".cards-host > *")).to_have_count(0)
    mark.tap()
    page.wait_for_timeout(300)
    expect(card).to_have_count(0)
    page.evaluate("window.panel.append(window.late)")
    expect(card).to_have_count(1)
    expect(card.locator("mark")).to_have_text(page.locator("#chat .said q").first.text_content() or "")
