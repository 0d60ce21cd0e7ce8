"""Web archives: a record that cannot be read costs only itself."""

import gzip
from pathlib import Path

import pytest

from index.readers import Limits, sandbox
from index.types import Article, Skipped
from tests.readers.samples import MORE, PROSE, everything, page, zipped

PAGE = page(f"<h1>The pier is closed</h1><p>{PROSE}</p><p>{MORE}</p>").encode()


def _record(name: str, body: bytes = PAGE, *headers: str) -> bytes:
    lines = ("HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", *headers, "", "")
    http = "\r\n".join(lines).encode() + body
    top = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/{name}\r\nContent-Length: {len(http)}"
    return top.encode() + b"\r\n\r\n" + http + b"\r\n\r\n"


def _read(path: Path, data: bytes, limits: Limits | None = None) -> list[str]:
    """For each article the end of its address, for each skip its words behind the file's name."""
    path.write_bytes(data)
    items: list[Article | Skipped] = everything(path, limits)
    return [
        item.id.rpartition("/")[2] if isinstance(item, Article) else str(item).partition(path.name)[2] for item in items
    ]


def test_a_page_that_was_sent_packed_by_brotli(tmp_path: Path) -> None:
    brotli = pytest.importorskip("brotli")
    packed = _record("packed", brotli.compress(PAGE), "Content-Encoding: br")
    assert _read(tmp_path / "a.warc", _record("one") + packed + _record("two")) == ["one", "packed", "two"]


def test_a_page_packed_by_brotli_that_unpacks_without_end(tmp_path: Path) -> None:
    brotli = pytest.importorskip("brotli")
    bomb = _record("bomb", brotli.compress(bytes(400 << 20), quality=1), "Content-Encoding: br")
    why = ": http://a.example/bomb: binary data, not text"
    assert _read(tmp_path / "a.warc", _record("one") + bomb + _record("two")) == ["one", why, "two"]


def test_a_page_that_its_parser_chokes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _trap(monkeypatch, "raise KeyError('x')")
    data = _record("one") + _record("two", PAGE.replace(b"pier", b"trap")) + _record("three")
    why = ": http://a.example/two: damaged or not what its name says (KeyError)"
    assert _read(tmp_path / "a.warc", data) == ["one", why, "three"]
    sandbox._end_all()


def test_a_page_that_hangs_or_crashes_its_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = PAGE.replace(b"pier", b"trap")
    data = _record("one") + _record("two", trap) + _record("three") + _record("four", trap)
    for code, why in ("os._exit(9)", "crashed the program that reads it"), ("while True: pass", "took more than 2 sec"):
        _trap(monkeypatch, code)
        found = _read(tmp_path / "a.warc.gz", gzip.compress(data), Limits(seconds=2))
        assert [line.partition(why)[0] for line in found] == [
            "one", ": http://a.example/two: ", "three", ": http://a.example/four: "
        ]  # fmt: skip
        inner = zipped({"a.txt": MORE, "in.warc": data, "b.txt": PROSE})
        found = _read(tmp_path / "a.zip", inner, Limits(seconds=2))
        assert [line.partition(why)[0] for line in found] == [
            "a.txt", "one", "/in.warc: http://a.example/two: ", "three", "/in.warc: http://a.example/four: ", "b.txt"
        ]  # fmt: skip
        sandbox._end_all()


def _trap(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """New workers run the code at a page that has the word "trap" in it."""
    start = (
        "import sys; sys.path.insert(0, sys.argv[1]); import os\n"
        "import index.readers.html as html; read = html.article_of_page\n"
        "def trapped(page, document, url=''):\n"
        "    if ' trap ' in page:\n"
        f"        {code}\n"
        "    return read(page, document, url)\n"
        "html.article_of_page = trapped\n"
        "from index.readers.dispatch import read_here; from index.readers.worker import serve; serve(read_here)\n"
    )
    monkeypatch.setattr(sandbox, "_START", start)
    sandbox._end_all()
