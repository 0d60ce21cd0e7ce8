"""An opened article: from citation to citation, what else was quoted, words found, its page on the web, print."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from index.store.catalog import StoredArticle
from index.types import Span
from qa.types import Answer
from qa.window.article_html import Marks, article_html, cited_article_html
from qa.window.direction import direction
from qa.window.text_fragment import with_text_fragment
from qa.window.walk import walk
from tests.window.test_html import cite, found
from tests.window.test_window import QUESTION, ask, in_view

Open = Callable[..., Page]
TEXT = "One is here. Two is here. Three is here. Two again."
URL = "https://news.example/a"
ARABIC = "قال رئيس البلدية إن BBC و Reuters نقلتا الخبر عن افتتاح الجسر الجديد."
LATIN = '---\ntitle: "Bridge"\nsource: Wire\nurl: https://news.example/long/address/of/a/page\n---\n'


def sentence(words: str, number: int, **facts: object):  # type: ignore[no-untyped-def]
    first = TEXT.index(words)
    whole = cite(TEXT, first, first + len(words), number)
    return replace(whole, **facts)


@pytest.mark.parametrize(
    ("url", "words", "leads_to"),
    [
        (URL, "A-b, c & d", f"{URL}#:~:text=A%2Db%2C%20c%20%26%20d"),
        (URL, "two\r\n words\u00a0é", f"{URL}#:~:text=two%20words%20%C3%A9"),
        (f"{URL}#part", "x", f"{URL}#part:~:text=x"),
        (f"{URL}#:~:text=y", "x", f"{URL}#:~:text=y"),
        (URL, " \n", URL),
        (URL, "\ud800", f"{URL}#:~:text=%3F"),
        (URL, " ".join(f"word{n}" for n in range(60)),
         f"{URL}#:~:text=word0%20word1%20word2%20word3%20word4,word55%20word56%20word57%20word58%20word59"),
    ],
)  # fmt: skip
def test_the_address_of_the_page_leads_to_the_words(url: str, words: str, leads_to: str) -> None:
    assert with_text_fragment(url, words) == leads_to


@given(st.text("ab-,&#%=:~ \n", min_size=1))
def test_no_character_of_the_words_parts_a_directive(words: str) -> None:
    _, _, text = with_text_fragment(URL, words).partition("#:~:text=")
    assert not set(text) & set("-&#=: \n")
    assert text.count(",") <= 1
    if len(words) <= 300:
        assert unquote(text) == " ".join(words.split())


def test_only_a_cited_article_leads_to_its_sentence() -> None:
    article = StoredArticle("a", TEXT, url=URL, body=(Span(0, len(TEXT)),))
    assert "text&#61;Two%20is%20here" in cited_article_html(article, sentence("Two is here.", 1)).replace("&#37;", "%")
    assert "text&#61;" not in article_html(article, Marks())
    hostile = replace(article, url="javascript:alert(1)//")
    assert '<a class="original"' not in cited_article_html(hostile, sentence("Two is here.", 1))


def test_a_walk_has_each_citation_once_and_ends() -> None:
    answers = [found(*(sentence(f"{word} is here.", n) for n, word in enumerate(("One", "Two", "Three"), 1)))]
    answers.append(Answer("?", False, (), "No.", (cite("Near.", 0, 5),), "g"))
    walks = [walk(answers, f"m0-c{n}") for n in (1, 2, 3)]
    assert [(one.place, one.total, one.before, one.after) for one in walks if one] == [
        (1, 3, "", "#m0-c2"), (2, 3, "#m0-c1", "#m0-c3"), (3, 3, "#m0-c2", ""),
    ]  # fmt: skip
    alone = walk(answers, "m1-n1")
    assert alone is not None
    assert (alone.before, alone.after, alone.total) == ("", "", 1)
    assert walk(answers, "m0-c4") is None
    assert walk(answers, "nothing") is None


def test_what_else_an_answer_quotes_of_an_article_is_marked_lightly() -> None:
    answers = [
        found(
            sentence("Two is here.", 1),
            sentence("One is here.", 2),
            sentence("Three is here.", 3, article_id="other"),
            sentence("Two again.", 4, sentence="Changed."),
        )
    ]
    here = walk(answers, "m0-c1")
    assert here is not None
    assert here.quoted_in("a", TEXT) == [Span(0, 12)]
    html = cited_article_html(StoredArticle("a", TEXT), answers[0].citations[0], walk=here)
    assert '<span class="other">One is here&#46;</span>' in html
    assert html.count("<mark") == 1


def test_the_direction_is_that_of_most_letters_of_the_body() -> None:
    text = LATIN + ARABIC
    assert direction(text, [Span(len(LATIN), len(text))]) == "rtl"
    assert direction(ARABIC, ()) == "rtl"
    assert direction("BBC: " + ARABIC, ()) == "rtl"
    assert direction(f"The mayor said {ARABIC[:20]} and more of these words.", ()) == "ltr"
    assert direction("1, 2", ()) == "auto"
    assert direction("", ()) == "auto"


def test_next_and_previous_and_back_to_where_one_was(open_page: Open, sample: str) -> None:
    page = open_page(sample, height=500)
    ask(page, "How many rockets hit Camp Taji?")
    total = page.locator("#sources .number").count()
    page.locator("#sources .number").nth(1).scroll_into_view_if_needed()
    page.evaluate("document.getElementById('side').scrollBy(0, 60)")
    place = page.evaluate("document.getElementById('side').scrollTop")
    assert place > 0
    page.locator("#sources .number").nth(1).click()
    walked = page.locator("#reader .walk")
    expect(walked).to_have_text(f"‹2 of {total}›")
    others = page.locator("#reader .other").count()
    assert others > 0
    sentences = set()
    for number in range(3, total + 1):
        page.get_by_role("link", name="Next citation").press("Enter")
        expect(walked).to_have_text(f"‹{number} of {total}›")
        expect(page.locator("#reader mark.passage").first).to_be_visible()
        assert in_view(page, "#reader mark.passage")
        sentences.add("".join(page.locator("#reader mark.passage").all_text_contents()))
        if number < total:
            expect(page.get_by_role("link", name="Next citation")).to_be_focused()
    assert len(sentences) == total - 2
    expect(page.get_by_role("link", name="Next citation")).to_have_count(0)
    page.get_by_role("link", name="Previous citation").click()
    expect(walked).to_have_text(f"‹{total - 1} of {total}›")
    page.get_by_role("link", name="Back").click()
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator("#sources .number").nth(1)).to_be_focused()
    page.wait_for_function("place => document.getElementById('side').scrollTop === place", arg=place)


FOUND = "() => [...(CSS.highlights.get('found') || [])].map(range => range.toString())"


def test_words_are_found_in_an_article_whose_text_stays_whole(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    ask(page, QUESTION)
    page.click("#chat .said a.cite >> nth=0")
    text = page.locator("#reader .article-text")
    expect(text).to_be_visible()
    before, html = text.text_content() or "", text.inner_html()
    field, count = page.get_by_role("searchbox", name="Find in this article"), page.locator("#reader .find-count")
    field.fill("IRAQ")
    number = before.casefold().count("iraq")
    assert number > 2
    expect(count).to_have_text(f"1 of {number}")
    assert [words.casefold() for words in page.evaluate(FOUND)] == ["iraq"] * number
    field.press("Enter")
    expect(count).to_have_text(f"2 of {number}")
    field.press("Shift+Enter")
    field.press("Shift+Enter")
    expect(count).to_have_text(f"{number} of {number}")
    page.get_by_role("button", name="Next place").click()
    expect(count).to_have_text(f"1 of {number}")
    alike = {"iran's jan. 8": "Iran's Jan. 8", "IRAN’S  JAN.": "Iran's Jan.", "no one. eight": "no one.\n\nEight"}
    for sought, hit in alike.items():
        field.fill(sought)
        expect(count).to_have_text("1 of 1")
        assert page.evaluate(FOUND) == [hit]
    field.fill("zeppelin")
    expect(count).to_have_text("none")
    assert (text.text_content(), text.inner_html()) == (before, html)
    field.press("Escape")
    expect(field).to_have_value("")
    expect(page.locator("#reader h2")).to_be_focused()
    assert page.evaluate(FOUND) == []
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()


def test_print_has_the_article_and_nothing_around_it(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    ask(page, QUESTION)
    page.click("#chat .said a.cite >> nth=0")
    expect(page.locator("#reader mark").first).to_be_visible()
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed")
    page.emulate_media(media="print")
    for part in ("#talk", "#masthead", "#reader .reader-bar", "#ask", ".over"):
        expect(page.locator(part).first).to_be_hidden()
    expect(page.locator("#reader .article-text")).to_be_visible()
    # The whole text is on the pages, not what a scrolling frame shows of it.
    assert page.evaluate("document.getElementById('side').clientHeight >= document.getElementById('side').scrollHeight")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.emulate_media(media="screen")
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator("#chat .said q").first).to_be_visible()
    expect(page.locator("#sources .card").first).to_be_visible()
    expect(page.locator("#ask")).to_be_hidden()
