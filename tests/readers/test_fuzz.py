"""Any bytes, under any name: articles or reasons, never an exception, never an endless wait.

A seeded few in every run. For longer, outside CI: FUZZ_SECONDS=600 pytest tests/readers/test_fuzz.py
"""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.readers import SUFFIXES, Limits, SourceFile, find, read
from index.text.boilerplate import body_spans
from index.types import Article, Skipped
from tests.readers.samples import MORE, PROSE, docx, epub, gzipped, jsonl, page, pdf, rows, zipped

_SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))
_LIMITS = Limits(seconds=20, article_bytes=1 << 20, unpacked_bytes=8 << 20)
_PAGE = page(f"<h1>The pier is closed</h1><p>{PROSE}</p><p>{MORE}</p>", '<meta charset="utf-8">').encode()
_MAIL = f"Subject: Pier\r\nFrom: Ann <a@b.example>\r\nDate: Fri, 03 Jan 2020 10:00:00 +0000\r\n\r\n{PROSE}\r\n".encode()
_ITEM = f"<item><title>a</title><description>{PROSE}</description></item>"
_FEED = f"<rss version='2.0'><channel><title>P</title>{_ITEM}</channel></rss>"
_HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>words</p>"
_WARC = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (len(_HTTP), _HTTP)

SEEDS: dict[str, Callable[[], bytes]] = {
    "a.txt": lambda: f"The pier\r\n\r\nBy Ann Lee\r\n\r\nLUMEN (AP) — {PROSE}".encode(),
    "a.md": lambda: f"---\ntitle: Pier\ndate: 2020-01-03\n---\n# Pier\n{PROSE}".encode(),
    "a.html": lambda: _PAGE,
    "a.jsonl": lambda: jsonl(*rows(3)).encode(),
    "a.json": lambda: ("[" + ",".join(jsonl(row).strip() for row in rows(3)) + "]").encode(),
    "a.csv": lambda: f'id,title,text,date\n1,A,"{PROSE}",2020-01-03\n2,B,{PROSE[:40]},x\n'.encode(),
    "a.pdf": lambda: pdf(["The pier", PROSE[:70], PROSE[70:140]], [MORE[:70]]),
    "a.docx": lambda: docx(PROSE, MORE, title="Pier"),
    "a.epub": lambda: epub({"a.xhtml": _PAGE.decode()}),
    "a.rss": _FEED.encode,
    "a.eml": lambda: _MAIL,
    "a.mbox": lambda: b"From x Fri Jan  3 10:00:00 2020\n" + _MAIL,
    "a.zip": lambda: zipped({"a.txt": PROSE, "b.html": _PAGE, "c.zip": zipped({"d.txt": MORE})}),
    "a.jsonl.gz": lambda: gzipped(jsonl(*rows(3)).encode()),
    "a.warc": lambda: _WARC,
}


def _check(path: Path) -> None:
    ids = set()
    count = 0
    for file in find([path]):
        assert isinstance(file, SourceFile)
        for item in read(file, _LIMITS):
            count += 1
            assert isinstance(item, Article | Skipped)
            if isinstance(item, Skipped):
                assert item.reason
                assert "ERROR" not in item.reason
                continue
            assert item.text.strip()
            item.text.encode()  # no lone surrogates
            assert item.id
            assert item.id not in ids
            ids.add(item.id)
            assert all(0 <= start <= len(item.text) for start in item.pages)
            body_spans(item)
    assert count


def _mutated(data: bytes, chance: random.Random) -> bytes:
    """A few random changes: bytes flipped, pieces cut out, doubled or moved, ends cut off, odd bytes put in."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(out) + 1)
        to = min(len(out), at + chance.choice((1, 2, 8, 64, 512)))
        match chance.randrange(7):
            case 0 if at < len(out):
                out[at] = chance.randrange(256)
            case 1:
                del out[at:to]
            case 2:
                out[at:at] = out[at:to] * chance.choice((1, 2, 50))
            case 3:
                out[at:at] = chance.choice((b"\0", b"\xff", b'"', b"<", b">", b"\r", b"{", b"\xed\xa0\x80", b"&x;"))
            case 4:
                out[at:to] = chance.randbytes(to - at)
            case 5:
                del out[at:]
            case _ if at < len(out):
                out[at] ^= 1 << chance.randrange(8)
    return bytes(out[: 1 << 20])


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_damaged_files(tmp_path: Path, name: str) -> None:
    chance = random.Random(name)
    seed, path = SEEDS[name](), tmp_path / name
    end = time.monotonic() + _SECONDS / len(SEEDS)
    runs = 0
    while runs < 25 or time.monotonic() < end:
        path.write_bytes(_mutated(seed, chance))
        _check(path)
        runs += 1


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_under_the_name_of_another_kind(tmp_path: Path, name: str) -> None:
    seed = SEEDS[name]()
    for suffix in sorted(SUFFIXES):
        path = tmp_path / f"x{suffix}"
        path.write_bytes(seed)
        _check(path)
        path.unlink()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(
    st.sampled_from([".txt", ".md", ".jsonl", ".csv", ".json", ".html", ".eml", ".rss"]),
    st.binary(max_size=400) | st.text().map(str.encode),
)
def test_any_bytes(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(data)
    _check(path)
