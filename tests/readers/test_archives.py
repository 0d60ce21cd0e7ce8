"""Archives and their bombs, and files that crash or hang the parser: each costs only itself."""

import os
from pathlib import Path

import pytest

from index.readers import Limits, sandbox
from index.types import Article, Skipped
from tests.readers.samples import (
    MORE,
    PROSE,
    articles,
    docx,
    everything,
    gzipped,
    jsonl,
    page,
    pdf,
    rows,
    skipped,
    zipped,
)

PAGE = page(f"<h1>The pier is closed</h1><p>{PROSE}</p><p>{MORE}</p>")


def _put(tmp_path: Path, data: bytes, name: str = "a.zip") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def _ids(items: list[Article | Skipped]) -> list[str]:
    return [item.id for item in items if isinstance(item, Article)]


def _reasons(items: list[Article | Skipped], path: Path) -> dict[str, str]:
    return {item.path.removeprefix(f"{path}/"): item.reason for item in items if isinstance(item, Skipped)}


def test_members_are_read_by_their_kind(tmp_path: Path) -> None:
    members: dict[str, bytes | str] = {
        "b/one.txt": PROSE,
        "rows.jsonl": jsonl(*rows(2)),
        "rows.csv.gz": gzipped(
            f"title,text\nA,{MORE}\n".replace(", and", " and").replace(", according", " according").encode()
        ),
        "page.html": PAGE,
        "paper.pdf": pdf([PROSE[:60], PROSE[60:120]]),
        "word.docx": docx(PROSE),
        "inner.zip": zipped({"two.txt": MORE}),
        "__MACOSX/._one.txt": b"\0\0",
        "photo.gif": b"GIF89a",
        "empty.txt": "",
    }
    path = _put(tmp_path, zipped(members))
    items = everything(path)
    assert _ids(items) == [
        "a.zip/b/one.txt",
        "r0",
        "r1",
        "a.zip/rows.csv.gz#1",
        "a.zip/page.html",
        "a.zip/paper.pdf",
        "a.zip/word.docx",
        "a.zip/inner.zip/two.txt",
    ]
    assert _reasons(items, path) == {"photo.gif": "not a kind of file that is read (.gif)", "empty.txt": "empty"}


def test_a_bomb_stops_at_its_limit(tmp_path: Path) -> None:
    path = _put(tmp_path, zipped({"a.txt": PROSE, "bomb.jsonl": b"\n" * (8 << 20)}))
    items = everything(path, Limits(unpacked_bytes=1 << 20))
    assert _ids(items) == ["a.zip/a.txt"]
    assert isinstance(items[-1], Skipped)
    assert items[-1].reason == "unpacks to more than 1 MB (--max-unpacked-mb)"


def test_too_many_entries(tmp_path: Path) -> None:
    path = _put(tmp_path, zipped({f"{n}.txt": PROSE for n in range(20)}))
    items = everything(path, Limits(entries=5))
    assert len(_ids(items)) == 5
    assert isinstance(items[-1], Skipped)
    assert items[-1].reason == "more than 5 files in it (--max-entries)"


def test_archives_nested_too_deep(tmp_path: Path) -> None:
    data = zipped({"deep.txt": PROSE})
    for _ in range(4):
        data = zipped({"in.zip": data, "here.txt": MORE})
    path = _put(tmp_path, data)
    items = everything(path)
    assert len(_ids(items)) == 3
    assert list(_reasons(items, path).values()) == ["an archive more than 3 deep in others (--max-nesting)"]


@pytest.mark.parametrize("data", [b"PK\x03\x04 and nothing", b"", zipped({"a.txt": PROSE})[:-30]])
def test_a_broken_archive(tmp_path: Path, data: bytes) -> None:
    assert skipped(_put(tmp_path, data)) in ("damaged: no archive that can be opened", "empty")


def test_a_member_that_is_damaged_or_locked_costs_only_itself(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": PROSE * 20, "b.txt": MORE, "c.txt": MORE}))
    data[60:90] = bytes(30)
    at = data.rindex(b"b.txt") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 8] |= 1  # says that it is encrypted
    path = _put(tmp_path, bytes(data))
    items = everything(path)
    assert _ids(items) == ["a.zip/c.txt"]
    assert _reasons(items, path)["b.txt"] == "protected by a password"


def test_a_web_archive(tmp_path: Path) -> None:
    def record(address: str, status: str, body: str) -> bytes:
        http = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{body}".encode()
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2020-01-03T00:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:{abs(hash(address))}>\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        ).encode()
        return head + http + b"\r\n\r\n"

    data = record("https://post.example/a", "200 OK", PAGE) + record("https://post.example/b", "404 Gone", PAGE)
    for path in (_put(tmp_path, data, "a.warc"), _put(tmp_path, gzipped(data), "b.warc.gz")):
        (found,) = articles(path)
        assert (found.id, found.url, found.title) == (
            "https://post.example/a",
            "https://post.example/a",
            "The pier is closed",
        )
        assert found.published is None


@pytest.fixture
def traps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers in which a page named crash* ends the process and one named hang* never ends."""
    for worker in sandbox._idle[:]:
        sandbox._idle.remove(worker)
        worker.kill()
    trap = (
        "import sys; sys.path.insert(0, sys.argv[1]); import os, index.readers.html as html; read = html.read_html\n"
        "def trapped(document, limits):\n"
        "    if document.name.startswith('crash'): os._exit(9)\n"
        "    while document.name.startswith('hang'): pass\n"
        "    return read(document, limits)\n"
        "html.read_html = trapped\n"
        "from index.readers.dispatch import read_here; from index.readers.worker import serve; serve(read_here)\n"
    )
    monkeypatch.setattr(sandbox, "_START", trap)


@pytest.mark.usefixtures("traps")
def test_a_file_that_crashes_or_hangs_its_parser_is_skipped_and_the_next_is_read(tmp_path: Path) -> None:
    for name in ("a.html", "crash.html", "hang.html", "z.html"):
        _put(tmp_path, PAGE.encode(), name)
    items = everything(tmp_path, Limits(seconds=2))
    assert _ids(items) == ["a.html", "z.html"]
    assert _reasons(items, tmp_path) == {
        "crash.html": "crashed the program that reads it",
        "hang.html": "took more than 2 seconds (--max-seconds)",
    }


@pytest.mark.usefixtures("traps")
def test_so_is_a_member_of_an_archive_even_of_one_within(tmp_path: Path) -> None:
    inner = zipped({"1.html": PAGE, "crash2.html": PAGE, "3.html": PAGE})
    path = _put(
        tmp_path, zipped({"a.html": PAGE, "crash.html": PAGE, "in.zip": inner, "hang.html": PAGE, "z.html": PAGE})
    )
    items = everything(path, Limits(seconds=2))
    assert _ids(items) == ["a.zip/a.html", "a.zip/in.zip/1.html", "a.zip/in.zip/3.html", "a.zip/z.html"]
    assert set(_reasons(items, path)) == {"crash.html", "in.zip/crash2.html", "hang.html"}


@pytest.mark.usefixtures("traps")
def test_an_archive_of_nothing_but_traps_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_LOSSES", 3)
    path = _put(tmp_path, zipped({f"crash{n}.html": PAGE for n in range(9)}))
    items = everything(path)
    assert len(items) == 4
    assert "given up after 3" in str(items[-1])


def test_a_reader_that_is_left_half_way_leaves_no_process(tmp_path: Path) -> None:
    from index.readers import SourceFile, find, read

    path = _put(tmp_path, zipped({f"{n}.txt": PROSE for n in range(50)}))
    (file,) = find([path])
    assert isinstance(file, SourceFile)
    before = list(sandbox._idle)
    reading = read(file)
    next(iter(reading))
    reading.close()  # type: ignore[attr-defined]
    assert [worker for worker in sandbox._idle if worker not in before] == []
    assert len(everything(path)) == 50


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no signals of this kind here")
def test_a_worker_that_was_killed_from_outside_is_replaced(tmp_path: Path) -> None:
    path = _put(tmp_path, PAGE.encode(), "a.html")
    assert len(articles(path)) == 1
    sandbox._idle[-1]._process.kill()
    sandbox._idle[-1]._process.wait()
    assert len(articles(path)) == 1


def test_a_member_that_is_packed_by_another_method_is_not_called_damaged(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": PROSE, "b.txt": MORE}))
    data[8] = data[data.index(b"PK\x01\x02") + 10] = 9  # Deflate64, in which Windows packs files above 2 GB
    path = _put(tmp_path, bytes(data))
    items = everything(path)
    assert _ids(items) == ["a.zip/b.txt"]
    assert _reasons(items, path) == {"a.txt": "packed by a method that is not read"}
