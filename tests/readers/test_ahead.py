"""Reading ahead gives what reading gives, and what is read can be stored: no lone surrogate is left in it."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.readers import Limits, SourceFile, find, read, read_all, sandbox
from index.types import Article, Skipped
from tests.readers.samples import MORE, PROSE, article, articles, everything, page, pdf, zipped

PAGE = page(f"<h1>The pier is closed</h1><p>{PROSE}</p><p>{MORE}</p>")


def _files(folder: Path) -> Iterator[SourceFile]:
    return (file for file in find([folder]) if isinstance(file, SourceFile))


def _folder(folder: Path) -> Path:
    for number in range(6):
        (folder / f"{number}.html").write_text(PAGE.replace("closed", f"closed {number}"))
        (folder / f"{number}.txt").write_text(f"{PROSE} {number}")
    (folder / "3.pdf").write_bytes(pdf([PROSE[:60]])[:200])
    (folder / "3.zip").write_bytes(zipped({"a.txt": PROSE, "b.html": PAGE, "c.jpg": b"\xff\xd8"}))
    (folder / "4.html").write_text("")
    (folder / "5.xls").write_text("no")
    return folder


def test_reading_ahead_gives_what_reading_gives(tmp_path: Path) -> None:
    files = list(_files(_folder(tmp_path)))
    ahead = [(file, list(items)) for file, items in read_all(iter(files))]
    assert ahead == [(file, list(read(file))) for file in files]
    assert [file for file, _ in ahead] == files
    assert list(read_all([])) == []


def test_reading_ahead_may_be_given_up(tmp_path: Path) -> None:
    reading = read_all(_files(_folder(tmp_path)))
    _, items = next(reading)
    next(items)
    reading.close()  # type: ignore[attr-defined]
    assert len(articles(tmp_path / "1.html")) == 1


def test_a_file_that_hangs_its_parser_delays_no_other_for_longer_than_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = (
        "import time, trafilatura; from index.readers import html; was = html.read_html; "
        "html.read_html = lambda d, l: time.sleep({'2.html': 60, '3.html': 3}.get(d.name, 0)) or was(d, l); "
        "serve(read_here)"
    )
    monkeypatch.setattr(sandbox, "_START", sandbox._START.replace("serve(read_here)", trap))
    sandbox._end_all()
    for number in range(5):
        (tmp_path / f"{number}.html").write_text(PAGE)
    read_items = {file.id: list(items) for file, items in read_all(_files(tmp_path), Limits(seconds=2))}
    sandbox._end_all()
    reasons = {name: item.reason for name, (item,) in read_items.items() if isinstance(item, Skipped)}
    # What waits for three seconds, as on a busy machine, has computed for less than two.
    assert reasons == {"2.html": "took more than 2 seconds (--max-seconds)"}
    assert sorted(read_items) == [f"{number}.html" for number in range(5)]


def _assert_storable(item: Article | Skipped) -> None:
    for name in item.__slots__:
        if isinstance(value := getattr(item, name), str):
            value.encode()


def test_lone_surrogates_in_rows_become_one_replacement_character_each(tmp_path: Path) -> None:
    row = {
        "id": "a\ud800",
        "title": "T\udfff",
        "text": f"🦀\ud800 {PROSE}\udc80",
        "author": "A\ud83d",
        "lang": "e\ud800",
    }
    row |= {"source": "S\ud800", "url": "https://post.example/\udcff"}
    text = json.dumps(row)
    assert "\\ud800" in text
    for name, data in (("a.jsonl", f"{text}\n{text}\n"), ("b.json", text)):
        path = tmp_path / name
        path.write_text(data)
        first, *others = articles(path)
        _assert_storable(first)
        assert (first.id, first.title, first.author, first.source) == ("a\ufffd", "T\ufffd", "A\ufffd", "S\ufffd")
        assert first.text == f"🦀\ufffd {PROSE}\ufffd"
        assert len(first.text) == len(str(row["text"]))
        assert [other.id for other in others] in ([], ["a\ufffd~2"])


def test_lone_surrogates_in_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Pier \\ud800"}</script>'
    path.write_text(page(f"<p>{PROSE} &#xD800;</p><p>{MORE}</p>", head))
    found = article(path)
    _assert_storable(found)
    assert found.title == "Pier \ufffd"


@pytest.mark.skipif(sys.platform != "linux", reason="file names are Unicode there")
@pytest.mark.parametrize("name", [b"\xff.txt", b"\xff.html", b"\xff.pdf"])
def test_a_file_whose_name_is_not_unicode(tmp_path: Path, name: bytes) -> None:
    path = os.fsencode(tmp_path) + b"/" + name
    with open(path, "wb") as file:
        file.write(
            PAGE.encode() if name.endswith(b"html") else pdf([PROSE[:60]]) if name.endswith(b"pdf") else MORE.encode()
        )
    (found,) = everything(tmp_path)
    _assert_storable(found)
    assert isinstance(found, Article)
