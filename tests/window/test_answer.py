"""An answer says first what answers, where it stands and how sure that is; a refusal, how to go on."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from qa.search.terms import content_words
from qa.window.answer_html import answer_html
from tests.window.test_html import Page as Html
from tests.window.test_html import found, graded
from tests.window.test_window import NONSENSE, QUESTION, ask

Open = Callable[..., Page]


@pytest.mark.parametrize("strength", ["strong", "fair", "weak"])
def test_the_sentence_stands_first_then_its_source_then_how_sure_it_is(strength: str) -> None:
    answer = found(graded(1, "a", 0.2, "weak"), graded(2, "b", 0.9, strength), graded(3, "c", 0.6, "fair"))
    html = answer_html(answer, 0)
    page = Html(html)
    order = [html.index(part) for part in ("<q", "Sentence 2&#46;", 'class="by"', 'class="sure"')]
    assert order == sorted(order)
    assert page.texts["p.sure"][0].startswith(f"A {strength} match: ")
    assert html.count("said first") == html.count('"sure"') == 1


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (NONSENSE, ["bake", "sourdough", "bread"]),
        ("Why won't the mayor's bridges open? Bridge!", ["mayor", "bridges", "open"]),
        ("What is it?", []),
        ("", []),
    ],
)
def test_the_words_to_search_for_are_those_that_carry_meaning(question: str, words: list[str]) -> None:
    assert content_words(question) == words


def test_a_question_of_no_such_words_is_searched_for_as_it_is() -> None:
    refused = replace(found(), found=False, reason="No.", question="What is it?")
    assert Html(answer_html(refused, 0)).links == ["#find-What%20is%20it%3F"]


def test_an_answer_a_refusal_and_a_name_in_a_browser(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    ask(page, QUESTION)
    first, sure = page.locator("#chat .said.first q"), page.locator("#chat .sure")
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    assert first.evaluate(size) > 1.3 * sure.evaluate(size)
    strength = page.locator("#sources .strength").first.text_content() or ""
    expect(sure).to_contain_text(f"A {strength}:")
    ask(page, NONSENSE)
    page.wait_for_timeout(1000)  # the answer's last update, which shows the sources, may still be under way
    page.get_by_role("link", name="Search for the words instead").click()
    find = page.get_by_role("textbox", name="Find")
    expect(find).to_have_value("bake sourdough bread")
    ask(page, "Qassem Soleimani")
    heading = page.locator("#chat .mentions")
    expect(heading).to_have_text("Mentions of Qassem Soleimani")
    count = int((page.locator("#chat .lead").last.text_content() or "").split()[1])
    page.wait_for_timeout(1000)
    page.get_by_role("link", name="See all").click()
    expect(find).to_have_value('"Qassem Soleimani"')
    listed = page.locator("#articles .listed li")
    expect(page.locator("#articles .hint").first).to_contain_text("with these words")
    assert 0 < listed.count() <= count
