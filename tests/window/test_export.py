"""What is taken along of a conversation: files that other programs read, and links that open the same again."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from qa.types import Answer, Citation, Statement
from qa.window.conversation import Conversation, Exchange, Form
from qa.window.export import FORMATS, download_html, export
from qa.window.references import bibtex, cited_articles, csl_json, ris
from qa.window.tools_html import EXPORTS

QUESTION = "How many people were treated for concussion after the missile attack on Ain al-Asad?"
HOSTILE = (
    "A {b} \\end{x} 100% of $5 & #6_7 ~^ “q” \"r\" 'e' @article{z, <script>alert(1)</script> \r\nTY  - BOOK\nER  - \n"
)


def cite(number: int = 1, **facts: object) -> Citation:
    text = "Before. It cost $347 million. After."
    made = Citation(
        number, f"a{number}", "Title", "Wire", "Ann Bee", date(2020, 9, 10), "https://example.org/a?b=1&c=2",
        "/srv/secret/a.txt", 0, len(text), text, 8, 29, text[8:29], 1.0, "strong", 0.9, "", "",
    )  # fmt: skip
    return replace(made, **facts)  # type: ignore[arg-type]


def talk(*citations: Citation, question: str = "Who pays?") -> Conversation:
    answer = Answer(question, bool(citations), citations, "" if citations else "Nothing fits.", (), "g")
    return Conversation((Exchange(Form(question), answer),), "ab12")


def test_every_format_that_is_offered_is_written_without_a_path() -> None:
    assert list(EXPORTS) == list(FORMATS)
    for name in FORMATS:
        file, text = export(talk(cite(), question="Who pays $347 million?"), name)
        assert file == f"who-pays-347-million{FORMATS[name].suffix}"
        assert "secret" not in text
        assert "Wire" in text


def test_a_conversation_as_json_is_what_the_articles_said() -> None:
    now = talk(cite())
    (turn,) = json.loads(export(now, "json")[1])["conversation"]
    assert turn["asked"]["question"] == "Who pays?"
    (citation,) = turn["answer"]["citations"]
    assert citation["text"][8:29] == citation["sentence"] == "It cost $347 million."


def agreeing(text: str) -> Conversation:
    """A conversation whose answer others agree with, and whose figures differ, in the same words each."""
    one = Statement(1, "a1", text, text, date(2021, 5, 3), "number", 0, len(text), text, 0, len(text), text)
    (turn,) = talk(cite(), question="How many?").exchanges
    answer = replace(turn.answer, corroboration=(one, one), figures=(one, replace(one, number=None, published=None)))
    return Conversation((replace(turn, answer=answer),), "ab12")


@pytest.mark.parametrize("name", ["markdown", "html"])
def test_who_agrees_and_what_differs_is_taken_along_in_the_words_of_the_window(name: str) -> None:
    text = unescape(export(agreeing("At least 12"), name)[1]).replace("\\", "")
    assert "Also reported by At least 12." in text
    assert "These passages give different figures:" in text
    assert "3 May 2021, At least 12 [1]: " in text
    assert "undated, At least 12: " in text
    (turn,) = json.loads(export(agreeing(HOSTILE), "json")[1])["conversation"]
    for kind in ("corroboration", "figures"):
        assert [one["text"] for one in turn["answer"][kind]] == [HOSTILE, HOSTILE]


def test_hostile_agreement_stays_text() -> None:
    html = export(agreeing(HOSTILE), "html")[1]
    assert "<script" not in html
    assert unescape(html).count("<script>alert(1)</script>") == 7  # one source of two, and three words of each figure
    assert "<script" not in export(agreeing(HOSTILE), "markdown")[1].replace("\\<script", "")


@given(st.text(min_size=1))
@example(HOSTILE)
def test_a_conversation_as_html_holds_text_and_no_more(text: str) -> None:
    tags: set[str] = set()
    found: list[str] = []

    class Document(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)

        def handle_data(self, data: str) -> None:
            found.append(data)

    html = export(talk(cite(title=text, source=text, author=text, url=text), question=text), "html")[1]
    parser = Document()
    parser.feed(html)
    parser.close()
    assert tags <= {"html", "meta", "title", "style", "body", "h2", "blockquote", "mark", "p", "cite", "bdi"}
    assert "It cost $347 million." in found
    assert "<pre" not in download_html(talk(cite(), question=text), "html").partition(">")[2]


def entries(bib: str) -> list[dict[str, str]]:
    """The fields of each entry, by counting braces, as BibTeX does."""
    found, fields, depth, start = [], {}, 0, 0
    for place, char in enumerate(bib):
        depth += {"{": 1, "}": -1}.get(char, 0)
        assert depth >= 0
        if char == "{" and depth == 2:
            start = place
        elif char == "}" and depth == 1:
            fields[bib[:start].rstrip(" =").rpartition(" ")[2]] = bib[start + 1 : place]
        elif char == "}" and depth == 0:
            found.append(fields)
            fields = {}
    assert depth == 0
    return found


@given(st.text())
@example(HOSTILE)
def test_references_hold_one_entry_for_each_article_whatever_it_is_called(text: str) -> None:
    cited = cited_articles([cite(), cite(2, title=text, source=text, author=text, url=text, published=None), cite()])
    assert [citation.number for citation in cited] == [1, 2]
    first, second = entries(bibtex(cited))
    assert first["title"] == "{Title}"
    assert (first["journal"], first["year"], first["month"], first["day"]) == ("Wire", "2020", "9", "10")
    assert second["title"].startswith("{")
    items = json.loads(csl_json(cited))
    assert items[0]["issued"] == {"date-parts": [[2020, 9, 10]]}
    assert items[0]["id"] != items[1]["id"]
    lines = ris(cited).split("\r\n")
    assert [line for line in lines if line.startswith(("TY  - ", "ER  - "))] == ["TY  - NEWS", "ER  - "] * 2
    assert all(re.match("[A-Z][A-Z0-9]  - ", line) for line in lines if line)


def test_references_are_read_by_kept_parsers() -> None:
    rispy = pytest.importorskip("rispy", reason="rispy is not installed")
    bibtexparser = pytest.importorskip("bibtexparser", reason="bibtexparser is not installed")
    cited = [cite(), cite(2, title=HOSTILE, source=HOSTILE, author=HOSTILE, url=HOSTILE)]
    read = rispy.loads(ris(cited))
    assert [entry["title"] for entry in read] == ["Title", " ".join(HOSTILE.split())]
    parsed = bibtexparser.parse_string(bibtex(cited))
    assert not parsed.failed_blocks
    assert [entry["title"].startswith("{") for entry in parsed.entries] == [True, True]


def test_files_and_links_in_a_browser(open_page: Callable[..., Page], sample: str, tmp_path: Path) -> None:
    page = open_page(f"{sample}?q={quote(QUESTION)}", permissions=["clipboard-read", "clipboard-write"])
    expect(page.locator("#chat .question")).to_have_text(QUESTION)
    expect(page.locator("#chat .answer")).to_be_visible()
    texts = {}
    for name, label in EXPORTS.items():
        page.locator(".export summary").click()
        with page.expect_download() as download:
            page.get_by_role("link", name=label, exact=True).click()
        page.locator(".export summary").click()
        download.value.save_as(tmp_path / name)
        assert download.value.suggested_filename.endswith(FORMATS[name].suffix)
        texts[name] = (tmp_path / name).read_text("utf-8")
    sentence = page.locator("#chat .said q").first.text_content() or "?"
    (turn,) = json.loads(texts["json"])["conversation"]
    assert sentence in [citation["sentence"] for citation in turn["answer"]["citations"]]
    assert len(entries(texts["bibtex"])) == len(json.loads(texts["csl"])) == texts["ris"].count("TY  - ")
    page.click("#chat .said a.cite >> nth=0")
    expect(page.locator("#reader mark").first).to_have_text(sentence)
    page.get_by_role("link", name="Copy link").click()
    expect(page.locator("#reader .permalink")).to_have_text("Copied")
    other = open_page(page.evaluate("navigator.clipboard.readText()"))
    expect(other.locator("#reader mark").first).to_have_text(sentence)
    expect(other.locator("#chat .question")).to_have_count(0)


@pytest.mark.parametrize("address", ["?article=../../etc/passwd&at=0", "?article=/etc/passwd", "?article=%00"])
def test_a_link_opens_articles_of_the_index_and_nothing_else(
    open_page: Callable[..., Page], sample: str, address: str
) -> None:
    page = open_page(f"{sample}{address}")
    expect(page.locator("#reader h2")).to_have_text("No longer here")
