"""PDF, Word, EPUB and mail."""

from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest

from index.readers import Limits
from index.readers.paragraphs import join_lines
from index.types import Article, Skipped
from tests.readers.samples import MORE, PROSE, article, articles, docx, epub, everything, page, pdf, skipped, zipped

LINES = [
    "The pier is closed",
    "By Ann Lee",
    "The harbour council met on Tuesday and agreed to rebuild the north-",
    "ern pier before the winter storms come. Engineers said that the old",
    "timber had rotted below the waterline and could no longer carry lorries.",
    "It was a close vote.",
    "Fishing boats will use the southern quay until the work is finished in",
]
LAST = ["the spring of next year, according to the treasurer, Marta Olden of Lumen."]


def _put(tmp_path: Path, data: bytes, name: str) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_a_pdf_has_paragraphs_whole_words_and_pages(tmp_path: Path) -> None:
    found = article(_put(tmp_path, pdf(LINES, LAST, title="layout_7.indd"), "a.pdf"))
    assert (found.title, found.author) == ("The pier is closed", "Ann Lee")
    assert (
        "agreed to rebuild the northern pier before the winter storms come. Engineers said that the old timber"
        in found.text
    )
    assert "finished in the spring of next year" in found.text
    assert [found.text[start:][:10] for start in found.pages] == ["The pier i", "the spring"]


def test_running_titles_and_page_numbers_are_left_out(tmp_path: Path) -> None:
    pages = [["Harbour Post", f"Paragraph {n} says that the pier is closed until spring.", str(n)] for n in range(1, 5)]
    found = article(_put(tmp_path, pdf(*pages), "a.pdf"))
    assert "Harbour Post" not in found.text
    assert found.text.split("\n\n") == [
        f"Paragraph {n} says that the pier is closed until spring." for n in range(1, 5)
    ]
    assert len(found.pages) == 4


def test_an_encrypted_pdf(tmp_path: Path) -> None:
    assert skipped(_put(tmp_path, pdf(LINES, encrypted=True), "a.pdf")) == "protected by a password"


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"%PDF-1.7 and nothing else", b"no pdf at all", pdf(LINES)[:300]])
def test_a_broken_pdf(tmp_path: Path, data: bytes) -> None:
    assert skipped(_put(tmp_path, data, "a.pdf")) == "damaged: no PDF that can be opened"


def test_a_pdf_under_another_name(tmp_path: Path) -> None:
    assert article(_put(tmp_path, pdf(LINES), "a.txt")).title == "The pier is closed"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([], ""),
        (["one"], "one"),
        (["a long line of words that is bro-", "ken over two"], "a long line of words that is broken over two"),
        (["a long line about the Anglo-", "Norman wall here"], "a long line about the Anglo-Norman wall here"),
        (
            ["a long line of words here", "End.", "Another long line of words"],
            "a long line of words here End.\n\nAnother long line of words",
        ),
    ],
)
def test_lines_become_paragraphs(lines: list[str], text: str) -> None:
    assert join_lines(lines) == text


def test_docx(tmp_path: Path) -> None:
    data = docx(f"LUMEN (AP) — {PROSE}", "", f"{MORE} 🦀", title="The pier is closed")
    found = article(_put(tmp_path, data, "a.docx"))
    assert found.text == f"The pier is closed\n\nLUMEN (AP) — {PROSE}\n\n{MORE} 🦀"
    assert (found.title, found.agency, found.published) == ("The pier is closed", "AP", None)


@pytest.mark.parametrize("cut", [10, 0.5, 0.99])
def test_a_truncated_docx(tmp_path: Path, cut: float) -> None:
    data = docx(PROSE)
    size = int(cut if cut > 1 else len(data) * cut)
    assert skipped(_put(tmp_path, data[:size], "a.docx")).startswith("damaged")


def test_a_protected_docx(tmp_path: Path) -> None:
    assert skipped(_put(tmp_path, b"\xd0\xcf\x11\xe0" + bytes(600), "a.docx")) == "protected by a password"


def test_a_docx_that_is_a_bomb(tmp_path: Path) -> None:
    data = zipped({"[Content_Types].xml": "<a/>", "word/document.xml": b" " * (4 << 20)})
    reason = skipped(_put(tmp_path, data, "a.docx"), Limits(unpacked_bytes=1 << 20))
    assert reason == "unpacks to more than 1 MB (--max-unpacked-mb)"


def test_epub_chapters_are_articles_in_reading_order(tmp_path: Path) -> None:
    chapters = {"b.xhtml": page(f"<h1>The pier</h1><p>{PROSE}</p>"), "cover.xhtml": "<html><body><img/></body></html>"}
    first, second = articles(_put(tmp_path, epub(chapters | {"a.xhtml": page(f"<p>{MORE}</p>")}), "a.epub"))
    assert (first.id, first.title, first.source, first.author) == (
        "a.epub/OPS/b.xhtml",
        "The pier",
        "A Book",
        "Ann Lee",
    )
    assert (first.published, first.language) == (date(2020, 5, 4), "en")
    assert PROSE in first.text
    assert second.id == "a.epub/OPS/a.xhtml"


def test_a_chapter_that_is_missing_is_named(tmp_path: Path) -> None:
    data = epub({"a.xhtml": page(f"<p>{PROSE}</p>")}).replace(b"a.xhtml", b"b.xhtml", 1)
    items = everything(_put(tmp_path, data, "a.epub"))
    assert any(isinstance(item, Skipped) for item in items)


def test_an_epub_without_contents(tmp_path: Path) -> None:
    assert skipped(_put(tmp_path, zipped({"x": "y"}), "a.epub")) == "damaged: no table of contents"


def _mail(subject: str, text: str, *, html: bool = False, number: int = 1) -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "Ann Lee <ann@post.example>"
    message["Date"], message["Message-ID"] = "Fri, 03 Jan 2020 23:30:00 -0500", f"<{number}@post.example>"
    message.set_content(text, subtype="html" if html else "plain")
    return message


@pytest.mark.parametrize("html", [False, True])
def test_eml(tmp_path: Path, html: bool) -> None:
    text = page(f"<h1>Pier</h1><p>{PROSE} é</p><p>{MORE}</p>") if html else f"{PROSE} é\n\n{MORE}\n"
    found = article(_put(tmp_path, _mail("The piér is closed", text, html=html).as_bytes(), "a.eml"))
    assert (found.id, found.title, found.author, found.source) == (
        "a.eml",
        "The piér is closed",
        "Ann Lee",
        "post.example",
    )
    assert found.published == date(2020, 1, 3)
    assert f"{PROSE} é" in found.text


def test_mbox(tmp_path: Path) -> None:
    messages = [_mail(f"Story {n}", f"{PROSE}\nFrom here on\n{n}", number=n) for n in range(3)]
    data = b"".join(
        b"From x Fri Jan  3 23:30:00 2020\n" + m.as_bytes().replace(b"\nFrom ", b"\n>From ") + b"\n" for m in messages
    )
    found = articles(_put(tmp_path, data, "a.mbox"))
    assert [one.id for one in found] == ["0@post.example", "1@post.example", "2@post.example"]
    assert "\nFrom here on\n1" in found[1].text


def test_a_mailbox_of_something_else(tmp_path: Path) -> None:
    items = everything(_put(tmp_path, b"", "a.mbox"))
    assert [item.reason for item in items if isinstance(item, Skipped)] == ["empty"]
    assert not [item for item in items if isinstance(item, Article)]
