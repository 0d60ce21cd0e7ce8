"""Files that are added: names that are only names, limits that are kept, and no file that cannot be read."""

import io
import os
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UsageError
from qa.window import added
from qa.window.added import AddedFiles, safe_name
from qa.window.adding import Adding

TEXT = b"Village fair\n\nThe village fair moves to the second Sunday in May, the mayor said.\n"
PAGE = (
    b"<html><head><title>&lt;img src=x onerror=alert(1)&gt; ${7*7} {{1}}</title></head><body><article>"
    b"<p>The bridge over the river Lorne was opened by Ada Holm on Monday, the council said in a statement.</p>"
    b"<script>alert(1)</script></article></body></html>"
)


@pytest.fixture
def files(tmp_path: Path) -> AddedFiles:
    return AddedFiles(tmp_path / "index" / "added")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("fair.txt", "fair.txt"), ("../../etc/passwd.txt", "passwd.txt"), ("..\\..\\boot.TXT", "boot.txt"),
        ("/etc/cron.d/x.md", "x.md"), ("C:\\Windows\\x.md", "x.md"), ("a/.txt", "txt"), ("....txt", "txt"),
        ("..", "article"), ("", "article"), (".", "article"), (".hidden.txt", "hidden.txt"), ("a\0b.txt", "ab.txt"),
        ("a\r\nb\t.txt", "a b.txt"), ("CON.txt", "_CON.txt"), ("nul", "_nul"), ("com1.tar.txt", "_com1.tar.txt"),
        ("a\uff0f..\uff0fb.txt", "b.txt"), ("a\u2215b.txt", "b.txt"), ("ev\u202etxt.exe", "evtxt.exe"),
        ("z\u200bero.txt", "zero.txt"), ("half\ud800.txt", "half-.txt"), ("e\u0301.txt", "é.txt"),
        ('a<b>:"|?*c.txt', "a-b-c.txt"), ("x.txt.", "x.txt"), ("x.txt ", "x.txt"), ("x. .txt", "x.txt"),
        ("~x.txt", "x.txt"), ("été à 北京.html", "été à 北京.html"),
    ],
)  # fmt: skip
def test_a_name_becomes_one_plain_name(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=400))
def test_no_name_leaves_the_folder_or_is_hidden_reserved_or_too_long(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert safe == os.path.basename(safe)
    assert safe not in (".", "..")
    assert not safe.startswith(".")
    assert "\\" not in safe
    assert len(safe.encode()) <= 255 - len(added._HALF) - 20
    assert not [char for char in safe if unicodedata.category(char)[0] == "C"]


def test_what_is_added_is_there_under_a_name_of_its_own_and_can_be_removed(files: AddedFiles) -> None:
    assert files.files() == []
    assert files.add("../fair.txt", TEXT) == "fair.txt"
    assert files.add("FAIR.txt", TEXT + b"More.\n") == "FAIR-2.txt"
    assert [file.name for file in files.files()] == ["FAIR-2.txt", "fair.txt"]
    assert (files.folder / "fair.txt").read_bytes() == TEXT
    assert sorted(os.listdir(files.folder)) == ["FAIR-2.txt", "fair.txt"]
    with pytest.raises(UsageError, match=r"there already, as “fair.txt”"):
        files.add("other.txt", TEXT)
    for name in ("../fair.txt", "fair", "", ".", "FAIR.TXT"):
        with pytest.raises(UsageError, match="not there"):
            files.remove(name)
    files.remove("fair.txt")
    assert [file.name for file in files.files()] == ["FAIR-2.txt"]


def bomb(name: str, megabytes: int) -> bytes:
    """A Word file or a book of which one part unpacks to so much."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        if name.endswith(".epub"):
            file.writestr("mimetype", "application/epub+zip")
        file.writestr("[Content_Types].xml", "<Types/>")
        with file.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(megabytes):
                part.write(b" " * (1 << 20))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.txt", lambda: b"", "it is empty"),
        ("x.txt", lambda: b" \n\n ", "empty|no text"),
        ("x.exe", lambda: b"MZ", "only text, Markdown, HTML, PDF"),
        ("notes", lambda: TEXT, "only text, Markdown"),
        ("x.txt.zip", lambda: b"PK\3\4", "archive; unpack it"),
        ("x.html.gz", lambda: b"\x1f\x8b", "archive; unpack it"),
        ("x.txt", lambda: b"a" * (added.LARGEST + 1), "20 MB are the most"),
        ("x.pdf", lambda: b"%PDF-1.4 not one", "damaged|not"),
        ("x.docx", lambda: bomb("x.docx", 500), "more than|MB"),
        ("x.epub", lambda: bomb("x.epub", 500), "more than|MB"),
        ("x.txt", lambda: bomb("x.txt", 500), "more than|MB"),
        ("x.jsonl", lambda: b'{"title": "no text"}\n', "text"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_sentence_and_not_kept(
    files: AddedFiles, name: str, content: Callable[[], bytes], words: str
) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        files.add(name, content())
    said = str(refused.value)
    assert said.startswith(f"“{name}” was not added: ")
    assert said.endswith(".")
    assert "--" not in said
    assert str(files.folder) not in said
    assert files.files() == []
    assert not files.folder.exists() or os.listdir(files.folder) == []


def test_there_is_a_limit_to_all_of_them(files: AddedFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(added, "_MOST", 2)
    for number in range(2):
        files.add("x.txt", TEXT + b"%d" % number)
    with pytest.raises(UsageError, match="the most that can be added"):
        files.add("x.txt", TEXT)
    monkeypatch.setattr(added, "_MOST", 9)
    monkeypatch.setattr(added, "_MOST_BYTES", 2 * len(TEXT) + 40)
    with pytest.raises(UsageError, match="the most that can be added"):
        files.add("x.txt", TEXT)


def test_what_was_left_half_written_and_links_count_for_nothing(files: AddedFiles, tmp_path: Path) -> None:
    files.add("x.html", PAGE)
    (tmp_path / "secret.txt").write_bytes(TEXT)
    (files.folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (files.folder / ".adding-1.txt").write_bytes(TEXT)
    assert [file.name for file in files.files()] == ["x.html"]
    with pytest.raises(UsageError, match="not there"):
        files.remove("link.txt")
    Adding(None, files.folder.parent, lambda: True)  # at the start of a window
    assert not (files.folder / ".adding-1.txt").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match=r"“x.txt” was not added: it cannot be kept here"):
        AddedFiles(tmp_path / "file" / "added").add("x.txt", TEXT)
