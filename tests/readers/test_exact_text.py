"""Text, rows, pages, books, feeds and mail, character by character: what is stored is what the file says, or shows."""

import csv
import io
import json
from email.message import EmailMessage
from email.mime.image import MIMEImage
from pathlib import Path

import pytest

from tests.readers.samples import MORE, PROSE, article, epub, page

# No-break and thin spaces, a soft hyphen, joiners, direction marks, a ligature, a combining accent, an emoji family.
LETTERS = (
    "610\u00a0000 10\u202f% har\xadbour ﬁne oﬃce e\u0301 می\u200cخواهم هذا\u200f نص שלום 👩\u200d👧 🫨 non\u2011stop"
)
SHOWN = LETTERS.replace("\xad", "")  # a browser shows a soft hyphen only where it breaks a line
PLAIN = (
    "The pier\r\n\r\nHe took a three-\r\nyear lease, on the north-\r\nern side.\r\n\r\n- one\r\n  - two\r\n\r\n"
    f"| City | People |\r\n|---|---|\r\n| Lumen | 610,000 |\r\n\r\n{LETTERS}[^1]\r\n\r\n"
    "[^1]: *A* [note](x) &amp; <b>.\t\r\n "
)
BODY = (
    f"<h1>The pier</h1>\n<p>He took a three-\nyear   lease, <b>in</b> H<sub>2</sub>O at 10<sup>6</sup> m<sup>2</sup>, "
    f'of 610,000<sup><a href="#n1">1</a></sup> <a href="https://x.example/">metres</a>; AT&amp;T &amp;lt;b&amp;gt; '
    f"5 &lt; 6.<!-- not this --> {LETTERS.replace(chr(0xAD), '&shy;')}</p>\n<h2>Below</h2><p>Line one<br>line two.</p>"
    "<ul><li>First <i>item</i></li><li>Second item<ul><li>Inner item</li></ul></li></ul><ol><li>Third item</li></ol>"
    "<table><tr><th>City</th><th></th><th>People</th></tr><tr><td>Lumen</td><td>x</td><td><p>610,000</p></td>"
    "</tr></table>"
    f"<blockquote><p>{MORE}</p></blockquote><pre>if  x:\n    y = 1</pre>"
    f'<p dir="rtl">هذا نص (عربي) 123.</p><p>{PROSE}</p><p id="n1">1. The note itself.</p>'
)
BLOCKS = [
    "The pier",
    "He took a three- year lease, in H2O at 10⁶ m², of 610,000[1] metres; AT&T &lt;b&gt; 5 < 6. " + SHOWN,
    "Below",
    "Line one\nline two.",
    "First item",
    "Second item",
    "Inner item",
    "Third item",
    "City\t\tPeople",
    "Lumen\tx\t610,000",
    MORE,
    "if  x:\n    y = 1",
    "هذا نص (عربي) 123.",
    PROSE,
    "1. The note itself.",
]


def _stored(tmp_path: Path, data: str | bytes, name: str) -> str:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return article(path).text


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_and_markdown_are_the_file(tmp_path: Path, name: str, encoding: str) -> None:
    assert _stored(tmp_path, PLAIN.encode(encoding), name) == PLAIN


def test_a_row_of_jsonl_is_its_string(tmp_path: Path) -> None:
    text = PLAIN + "a line\u2028separator, a\x0bfeed"
    for ascii_only in (True, False):
        line = json.dumps({"id": "1", "text": text}, ensure_ascii=ascii_only)
        assert _stored(tmp_path, f"{line}\n", "a.jsonl") == text


def test_a_row_of_csv_is_its_cell(tmp_path: Path) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([["id", "text"], ["1", f'{PLAIN}, "quoted"; with a\nline']])
    assert _stored(tmp_path, out.getvalue(), "a.csv") == f'{PLAIN}, "quoted"; with a\nline'


def test_a_row_of_markup_is_what_it_shows(tmp_path: Path) -> None:
    assert _stored(tmp_path, json.dumps({"text": BODY}), "a.jsonl") == "\n\n".join(BLOCKS)


def test_a_row_with_tags_within_lines_keeps_its_paragraphs(tmp_path: Path) -> None:
    text = f"<b>The</b> <em>pier</em>\n\n{PROSE}\n{MORE} &amp; <a href='x'>more</a>"
    assert _stored(tmp_path, json.dumps({"text": text}), "a.jsonl") == f"The pier\n\n{PROSE}\n{MORE} & more"


def test_a_page(tmp_path: Path) -> None:
    assert _stored(tmp_path, page(BODY, '<meta charset="utf-8">'), "a.html") == "\n".join(BLOCKS)


def test_a_page_that_is_hard_to_read_keeps_its_characters(tmp_path: Path) -> None:
    # No paragraphs: trafilatura tries its other methods, the last of which drop what Python calls unprintable.
    text = f"<html><head><meta charset='utf-8'></head><body><div>{SHOWN}<br>{PROSE}</div></body></html>"
    found = _stored(tmp_path, text, "a.html").split()
    assert found == f"{SHOWN} {PROSE}".split()


@pytest.mark.parametrize("head", ["", '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'])
def test_a_chapter(tmp_path: Path, head: str) -> None:
    chapter = (
        f'{head}<html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title></head><body>{BODY}</body></html>'
    )
    assert _stored(tmp_path, epub({"a.xhtml": chapter}), "a.epub") == "\n\n".join(BLOCKS)


def test_a_chapters_marks_of_notes(tmp_path: Path) -> None:
    text = f'<body><p>{PROSE} 94<a epub:type="noteref" href="n.xhtml#x">2</a></p></body>'
    assert _stored(tmp_path, epub({"a.xhtml": text}), "a.epub") == f"{PROSE} 94[2]"


def _rss(content: str) -> str:
    item = f"<item><guid>1</guid><title>T</title><description>{content}</description></item>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>H</title>{item}</channel></rss>'


def test_an_entry_of_a_feed(tmp_path: Path) -> None:
    assert _stored(tmp_path, _rss(f"<![CDATA[{BODY}]]>"), "a.rss") == "\n\n".join(BLOCKS)


def test_an_entry_without_markup_keeps_its_lines(tmp_path: Path) -> None:
    assert _stored(tmp_path, _rss(f"{PROSE}\n\nAT&amp;amp;T, 5 &amp;lt; 6\n{MORE}"), "a.rss") == (
        f"{PROSE}\n\nAT&T, 5 < 6\n{MORE}"
    )


def test_an_entry_of_plain_text_keeps_what_looks_like_markup(tmp_path: Path) -> None:
    entry = f'<entry><id>1</id><title>T</title><content type="text">if a &lt;b and c&gt; d: {PROSE}</content></entry>'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>H</title>{entry}</feed>'
    assert _stored(tmp_path, feed, "a.atom") == f"if a <b and c> d: {PROSE}"


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
def test_a_plain_message(tmp_path: Path, encoding: str) -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = "T", "a@post.example"
    text = PLAIN.replace("\r\n", "\n") + f"\n{'long ' * 40}end\n"
    message.set_content(text, cte=encoding)
    assert _stored(tmp_path, message.as_bytes(), "a.eml").replace("\r\n", "\n") == text


def test_a_message_of_markup(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = "T", "a@post.example"
    message.set_content(page(BODY), subtype="html", cte="quoted-printable")
    assert _stored(tmp_path, message.as_bytes(), "a.eml") == "\n".join(BLOCKS)


def test_a_message_in_several_parts_is_stored_whole(tmp_path: Path) -> None:
    # As Apple's Mail sends text with a picture between its paragraphs.
    message = EmailMessage()
    message["Subject"], message["From"] = "T", "a@post.example"
    message.set_content(f"{PROSE}\n")
    message.make_mixed()
    picture = MIMEImage(b"\x89PNG", "png")
    picture.add_header("Content-Disposition", "inline")
    for part in (picture, EmailMessage(), EmailMessage()):
        message.attach(part)
    first, second = list(message.iter_parts())[2:]
    first.set_content(f"{MORE}\n")
    second.set_content("An attached file.\n", disposition="attachment", filename="a.txt")
    assert _stored(tmp_path, message.as_bytes(), "a.eml") == f"{PROSE}\n\n{MORE}\n"
