"""Plain text and Markdown: decoded exactly, with the facts that the first lines state."""

import math
import os
from datetime import date
from pathlib import Path

import pytest

from index.errors import UsageError
from index.readers import Limits, sandbox
from tests.readers.samples import MORE, PROSE, article, everything, skipped

TEXT = f"The pier is closed\r\n\r\nBy Ann Lee\r\n\r\n{PROSE}\r\nCafé “Zur Möwe” 🦀 שלום reopened.\r\n{MORE}\r\n"


def _put(tmp_path: Path, data: bytes, name: str = "a.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_the_text_is_exactly_what_was_encoded(tmp_path: Path, encoding: str) -> None:
    found = article(_put(tmp_path, TEXT.encode(encoding)))
    assert found.text == TEXT
    assert (found.title, found.author) == ("The pier is closed", "Ann Lee")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(tmp_path: Path, encoding: str) -> None:
    assert article(_put(tmp_path, TEXT.encode(encoding))).text == TEXT


def test_windows_1252(tmp_path: Path) -> None:
    text = "“Crème brûlée – 5 €”, said the chef…\r\n" + PROSE
    assert article(_put(tmp_path, text.encode("cp1252"))).text == text


def test_a_byte_that_windows_1252_leaves_undefined(tmp_path: Path) -> None:
    assert article(_put(tmp_path, b"caf\xe9 \x81 " + PROSE.encode())).text == "café \x81 " + PROSE


def test_cyrillic_in_an_8_bit_encoding(tmp_path: Path) -> None:
    text = "Совет гавани собрался во вторник и согласился восстановить северный причал до зимних штормов. " * 6
    assert article(_put(tmp_path, text.encode("cp1251"))).text == text


def test_one_damaged_character_does_not_change_the_encoding_of_the_rest(tmp_path: Path) -> None:
    data = ("é" * 40 + "\n" + "ü" * 40).encode() + b"\xff" + "\nö".encode() * 40
    assert article(_put(tmp_path, data)).text == "é" * 40 + "\n" + "ü" * 40 + "\ufffd" + "\nö" * 40


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\x85"])
def test_newlines_are_kept_as_they_are(tmp_path: Path, newline: str) -> None:
    text = newline.join(["The pier is closed", PROSE, "🦀 " + MORE])
    found = article(_put(tmp_path, text.encode()))
    assert found.text == text
    assert found.title == "The pier is closed"


def test_a_stray_nul_is_kept(tmp_path: Path) -> None:
    text = PROSE[:50] + "\0" + PROSE[50:]
    assert article(_put(tmp_path, text.encode())).text == text


def test_binary_data_are_skipped(tmp_path: Path) -> None:
    assert skipped(_put(tmp_path, bytes(range(256)) * 20)) == "binary data, not text"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\t\n", b"\xff\xfe"])
def test_empty(tmp_path: Path, data: bytes) -> None:
    assert skipped(_put(tmp_path, data)) == "empty"


def test_right_to_left(tmp_path: Path) -> None:
    text = "המזח נסגר\n\n" + "מועצת הנמל נפגשה ביום שלישי והסכימה לבנות מחדש את המזח הצפוני. " * 3
    found = article(_put(tmp_path, text.encode()))
    assert found.text == text
    assert found.title == "המזח נסגר"


def test_a_line_of_100_mb_is_over_the_limit_for_one_article(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    with path.open("wb") as file:
        file.truncate(100 << 20)
    assert skipped(path) == "100 MB, more than 32 MB in one document (--max-article-mb)"


def test_a_long_line_within_the_limit_is_one_article(tmp_path: Path) -> None:
    text = "words and " * 300_000
    assert article(_put(tmp_path, text.encode())).text == text


def test_a_file_over_its_limit(tmp_path: Path) -> None:
    path = _put(tmp_path, b"x" * 5000)
    assert skipped(path, Limits(file_bytes=4096)) == "4.88 KB, more than 4 KB (--max-file-mb)"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no permissions of this kind here")
def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _put(tmp_path, PROSE.encode())
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read everything
        refuse = "import pathlib; pathlib.Path.open = lambda *_: (_ for _ in ()).throw(PermissionError(13, 'denied')); "
        monkeypatch.setattr(sandbox, "_START", sandbox._START.replace("serve(read_here)", f"{refuse}serve(read_here)"))
        sandbox._end_all()
    assert skipped(path) == "cannot be opened: permission denied"
    sandbox._end_all()


def test_a_file_that_vanishes_before_it_is_read(tmp_path: Path) -> None:
    from index.readers import SourceFile, read

    (only,) = read(SourceFile(tmp_path / "gone.txt", "gone.txt", 10, 0))
    assert str(only) == f"{tmp_path / 'gone.txt'}: cannot be read: no such file or directory"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a.exe", "not a kind of file that is read (.exe)"),
        ("a.rtf", "RTF: save it as .docx or .txt"),
        ("a.css", "not a kind of file that is read (.css)"),
        ("a.xml", "XML, but neither a feed nor a page"),
    ],
)
def test_other_kinds_are_skipped_by_name(tmp_path: Path, name: str, reason: str) -> None:
    assert skipped(_put(tmp_path, PROSE.encode(), name)) == reason


def test_an_old_word_file_is_told_from_its_first_bytes(tmp_path: Path) -> None:
    assert "save it as .docx" in skipped(_put(tmp_path, b"\xd0\xcf\x11\xe0" + bytes(600), "a.txt"))


def test_a_file_without_suffix_is_text(tmp_path: Path) -> None:
    assert article(_put(tmp_path, PROSE.encode(), "README")).text == PROSE


@pytest.mark.parametrize(
    ("top", "place", "agency", "day"),
    [
        ("BAGHDAD (AP) — ", "Baghdad", "AP", None),
        ("PORT LUMEN, Norland (Sample Wire) - ", "Port Lumen, Norland", "Sample Wire", None),
        ("WASHINGTON, Jan. 3 (Reuters) – ", "Washington", "Reuters", None),
        ("WASHINGTON, Jan. 3, 2020 (Reuters) – ", "Washington", "Reuters", date(2020, 1, 3)),
        ("CNN — ", "", "CNN", None),
        ("(CNN) ", "", "CNN", None),
        ("PHOENIX -- ", "Phoenix", "", None),
        ("The council — which met on Tuesday — ", "", "", None),
        ("U.S. forces (about 2,500) - ", "", "", None),
    ],
)
def test_datelines(tmp_path: Path, top: str, place: str, agency: str, day: date | None) -> None:
    found = article(_put(tmp_path, f"A headline without a stop\n\n{top}{PROSE}".encode()))
    assert (found.place, found.agency, found.published) == (place, agency, day)
    assert found.title == "A headline without a stop"


@pytest.mark.parametrize(
    ("lines", "title", "author", "day"),
    [
        (
            ["A headline", "By Ann Lee and Bo Ek", "January 3, 2020"],
            "A headline",
            "Ann Lee and Bo Ek",
            date(2020, 1, 3),
        ),
        (["A headline", "By Ann Lee, 3 January 2020"], "A headline", "Ann Lee", date(2020, 1, 3)),
        (
            ["search", "Home | World | Sport | Shop", "A headline", "Published: 2020-01-03 10:00"],
            "A headline",
            "",
            date(2020, 1, 3),
        ),
        (["A headline", "Updated: January 4, 2020"], "A headline", "", date(2020, 1, 4)),
        (["A headline", "Published 3 January 2020", "Updated 5 January 2020"], "A headline", "", date(2020, 1, 3)),
        (["A headline", "It happened on January 3, 2020, in the north"], "A headline", "", None),
        (["# A *Markdown* headline"], "A *Markdown* headline", "", None),
    ],
)
def test_the_first_lines(tmp_path: Path, lines: list[str], title: str, author: str, day: date | None) -> None:
    found = article(_put(tmp_path, "\n".join([*lines, "", PROSE, MORE]).encode()))
    assert (found.title, found.author, found.published) == (title, author, day)


def test_without_a_headline_the_first_words_are_the_title(tmp_path: Path) -> None:
    found = article(_put(tmp_path, f"BAGHDAD (AP) — {PROSE}\n{MORE}".encode()))
    assert (
        found.title
        == "The harbour council met on Tuesday and agreed to rebuild the northern pier before the winter storms come"
    )
    assert found.published is None


def test_front_matter_gives_the_facts_and_stays_in_the_text(tmp_path: Path) -> None:
    text = (
        "---\r\ntitle: 'Pier: closed'\r\ndate: 2020-01-03\r\nauthors: [Ann Lee, Bo Ek]\r\nsource: Harbour Post\r\n"
        f"url: https://example.org/pier\r\nlang: en\r\n---\r\n\r\n# Pier: closed\r\n\r\nLUMEN (AP) - {PROSE}\r\n"
    )
    found = article(_put(tmp_path, text.encode(), "a.md"))
    assert found.text == text
    assert (found.title, found.author, found.source) == ("Pier: closed", "Ann Lee, Bo Ek", "Harbour Post")
    assert (found.published, found.url, found.language) == (date(2020, 1, 3), "https://example.org/pier", "en")
    assert (found.place, found.agency) == ("Lumen", "AP")


@pytest.mark.parametrize(
    "block", ["---\n[: bad\n---\n", "---\njust words\n---\n", "---\ntitle: open\n", "---\n- a: list\n---\n"]
)
def test_what_is_no_front_matter_is_text(tmp_path: Path, block: str) -> None:
    assert article(_put(tmp_path, (block + PROSE).encode(), "a.md")).text == block + PROSE


def test_nothing_is_lost_between_files_of_one_folder(tmp_path: Path) -> None:
    for n in range(50):
        _put(tmp_path, f"{PROSE} {n}".encode(), f"{n:02}.txt")
    assert [item.id for item in everything(tmp_path)] == [f"{n:02}.txt" for n in range(50)]  # type: ignore[union-attr]


def test_without_a_limit_of_time_a_file_is_read_and_a_limit_that_is_none_is_said(tmp_path: Path) -> None:
    path = _put(tmp_path, PROSE.encode())
    assert article(path, Limits(seconds=math.inf)) == article(path, Limits(seconds=10**12)) == article(path)
    for seconds in (0, -1, math.nan):
        with pytest.raises(UsageError, match="above 0"):
            Limits(seconds=seconds)
