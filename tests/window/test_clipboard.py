"""The clipboard gets the question and what was quoted, to the letter, with by-lines and links that work."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from qa.agreement import difference, reported
from qa.types import Answer, Citation, Statement
from qa.window.clipboard import copied_html, copied_text, copy_data

QUESTION = "How far was the American force in Iraq cut in September 2020?"
READ = """async () => {
  const [item] = await navigator.clipboard.read();
  const read = async (type) => await (await item.getType(type)).text();
  return [await read('text/plain'), await read('text/html')];
}"""


def cite(sentence: str, number: int = 1, **facts: object) -> Citation:
    text = f"Before. {sentence} After."
    given: dict[str, object] = {
        "number": number, "article_id": f"a{number}", "title": "$347 million for Erbil", "source": "Demo Gulf-Monitor",
        "author": "Layla Nordin", "published": date(2020, 9, 10), "url": "https://example.org/demo-gulf-monitor?a=1&b=2",
        "path": "/srv/articles/a.txt", "start": 0, "end": len(text), "text": text, "sentence_start": 8,
        "sentence_end": 8 + len(sentence), "sentence": sentence, "score": 1.0, "strength": "strong", "confidence": 0.9,
        "quote_sha256": "", "article_sha256": "",
    }  # fmt: skip
    return Citation(**{**given, **facts})  # type: ignore[arg-type]


def found(*citations: Citation, question: str = "Who pays?") -> Answer:
    return Answer(question, True, citations, "", (), "g")


def test_question_quotes_and_bylines_are_copied_as_they_are() -> None:
    answer = found(
        cite("It cost $347 million [sic]."),
        cite("A weak one.", 2, strength="weak"),
        cite("Half of it_is* paid.", 3, author="", published=None, page=4, url=""),
        question="Who pays $347 million?",
    )
    assert copied_text(answer) == (
        "Who pays $347 million?\n"
        "\n"
        "“It cost $347 million [sic].”\n"
        "— $347 million for Erbil, Demo Gulf-Monitor, Layla Nordin, 10 September 2020\n"
        "https://example.org/demo-gulf-monitor?a=1&b=2\n"
        "\n"
        "“Half of it_is* paid.”\n"
        "— $347 million for Erbil, Demo Gulf-Monitor, undated, page 4\n"
    )


def said(text: str, **facts: object) -> Statement:
    made = Statement(
        1, "a1", "Title", "Wire", date(2021, 5, 3), "number", 0, len(text), text, 0, len(text) + 5, f"{text} died"
    )
    return replace(made, **facts)  # type: ignore[arg-type]


def test_what_else_is_said_is_copied_in_the_words_of_the_window() -> None:
    answer = replace(
        found(cite("At least 12 died."), question="How many?"),
        corroboration=(said("12"), said("12", source="AP"), said("12", source="CNN")),
        figures=(said("At least 12"), said("19", published=None, number=None)),
    )
    text = copied_text(answer)
    assert text.partition("?a=1&b=2\n\n")[2] == (
        "Also reported by AP and CNN.\n"
        "\n"
        "These passages give different figures:\n"
        "– 3 May 2021, Wire: At least 12: “At least 12 died”\n"
        "– undated, Wire: 19: “19 died”\n"
    )
    pasted = _Pasted(copied_html(answer)).text
    for words in (reported(answer), difference(answer), "3 May 2021, Wire [1]: At least 12“At least 12 died”"):
        assert words in pasted


class _Pasted(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.links, self.tags = "", [], set[str]()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(min_size=1))
@example("<script>alert(1)</script> ${x} `y` \\ & \" ' <img src=x onerror=y>")
@example("\ud800 half \x00 \x1b[31m")
@example("one\r\ntwo\rthree")
def test_hostile_text_is_pasted_as_text(text: str) -> None:
    answer = found(cite(text, title=text, source=text, author=text, url=text), question=text)
    one = said(text, source=text, sentence=text)
    answer = replace(answer, corroboration=(one, one), figures=(one, one))
    pasted = _Pasted(copied_html(answer))
    assert pasted.tags <= {"p", "b", "blockquote", "cite", "bdi", "ol", "li", "br"}
    assert pasted.links == []
    data = _Pasted(copy_data(answer))
    assert data.tags == {"pre"}
    assert data.text == copied_text(answer) + copied_html(answer)
    quote = copied_text(answer).partition("“")[2]
    if "“" not in text and "\ufffd" not in quote:
        assert quote.startswith(text.replace("\r\n", "\n").replace("\r", "\n") + "”")


@pytest.mark.parametrize("secure", [True, False])
def test_both_forms_reach_the_clipboard(open_page: Callable[..., Page], sample: str, secure: bool) -> None:
    page = open_page(sample, permissions=["clipboard-read", "clipboard-write"])
    if not secure:  # as on a page that another computer serves without encryption
        page.evaluate("() => { navigator.clipboard.write = () => Promise.reject(new Error('no')); }")
    page.fill("#ask textarea", QUESTION)
    page.press("#ask textarea", "Enter")
    expect(page.locator("#chat .answer")).to_be_visible()
    page.get_by_role("button", name="Copy with sources").click()
    expect(page.locator(".copy")).to_have_text("Copied")
    plain, html = page.evaluate(READ)
    said = page.locator("#chat .said q").all_text_contents()
    assert plain.startswith(f"{QUESTION}\n\n“{said[0]}”\n— ")
    assert plain.count("“") == plain.count("\n— ") == len(said) < page.locator("#sources .quote").count()
    assert "\\" not in plain
    assert all(sentence in plain for sentence in said)
    pasted = page.evaluate(
        "html => {const e = document.createElement('div'); e.innerHTML = html;"
        " return [e.querySelector('p').textContent, [...e.querySelectorAll('blockquote')].map(q => q.textContent),"
        " [...e.querySelectorAll('a')].map(a => a.href)]}",
        html,
    )
    assert pasted[0] == QUESTION
    assert pasted[1] == [f"“{sentence}”" for sentence in said]
    assert pasted[2]
    assert all(f"\n{link}\n" in plain for link in pasted[2])
