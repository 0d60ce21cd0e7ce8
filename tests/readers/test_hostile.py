"""Text made to hang or crash whoever reads it, in every format: each file is read or skipped within its limit, and the
rest of its folder is indexed."""

import html
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.building.build import BuildOptions, build
from index.readers import Limits, SourceFile, find, read_all, sandbox
from index.readers.dispatch import articles_of
from index.readers.plain import read_plain
from index.readers.source import Document
from index.readers.text_metadata import dateline, lead_title
from index.store.snapshot import Index
from index.text.boilerplate import body_spans, front_matter_end, line_keys
from index.text.chunking import chunk
from index.text.sentences import sentence_spans
from index.types import Article, Skipped
from tests.fakes import FakeEncoder
from tests.readers.samples import MORE, PROSE, article, docx, epub, jsonl, pdf

SIZE = 4_000  # characters of each shape
_ALIASES = "\n".join(f"{name}: &{name} [{', '.join(['*' + chr(ord(name) - 1)] * 9)}]" for name in "bcdefghi")
UNITS = {
    "dashes": "-", "capitals": "A-", "spaces": " ", "line breaks": "\n", "returns": "\r", "tabs": "\t", "digits": "0",
    "CJK full stops": "中。", "teaser headings": "Related:\n", "bylines": "By Ann, ", "dates": "Jan 3, ", "quotes": '"',
    "brackets": "[", "braces": '{"a":', "angles": "<", "entities": "&#x41;", "comments": "<!--", "addresses": "a@b.co ",
    "dots": ".co", "one word": "a", "accents": "e\u0301", "right to left": "\u202e\u05d0", "emoji": "\U0001f4f0",
}  # fmt: skip
SHAPES = {name: "NEWS\n" + unit * (SIZE // len(unit)) + f"\n{MORE}" for name, unit in UNITS.items()}
SHAPES["aliases"] = f"---\na: &a [x, x]\n{_ALIASES}\ntitle: *i\n---\n{PROSE}"


def _pdf(text: str) -> bytes:
    plain = text.encode("latin-1", "replace").decode("latin-1").replace("\r", " ").replace("\t", " ")
    lines = [line[at : at + 400] for line in plain.split("\n")[:400] for at in range(0, len(line) or 1, 400)]
    return pdf(*([*lines[at : at + 50]] for at in range(0, len(lines), 50)))


FORMATS: dict[str, Callable[[str], bytes]] = {
    "txt": str.encode,
    "md": str.encode,
    "html": lambda text: f"<html><body><article><h1>News</h1><p>{text}</p></article></body></html>".encode(),
    "pdf": _pdf,
    "docx": lambda text: docx(*text.replace("\r", "\n").split("\n\n")),
    "epub": lambda text: epub({"a.xhtml": f"<html><body><p>{html.escape(text)}</p></body></html>"}),
    "eml": lambda text: f"Subject: {text[:60].splitlines()[0]}\r\nFrom: a@b.example\r\n\r\n{text}".encode(),
    "rss": lambda text: (
        f"<rss version='2.0'><channel><item><description>{html.escape(html.escape(text))}</description></item>"
        "</channel></rss>"
    ).encode(),
    "csv": lambda text: ('id,text\n1,"' + text.replace('"', '""') + f'"\n2,"{PROSE}"\n').encode(),
    "jsonl": lambda text: jsonl({"id": "1", "text": text, "title": text[:200]}, {"id": "2", "text": PROSE}).encode(),
}


def test_24_shapes_in_10_formats_and_the_rest_of_the_folder(tmp_path: Path) -> None:
    assert (len(SHAPES), len(FORMATS)) == (24, 10)
    folder = tmp_path / "articles"
    folder.mkdir()
    for shape, text in SHAPES.items():
        for suffix, made in FORMATS.items():
            (folder / f"{shape}.{suffix}").write_bytes(made(text))
    (folder / "a first.txt").write_text(PROSE)
    (folder / "z last.txt").write_text(MORE)
    report = build([folder], tmp_path / "index", BuildOptions(encoder=FakeEncoder(), limits=Limits(seconds=20)))
    late = [str(skip) for skip in report.skipped if "took more than" in skip.reason or "crashed" in skip.reason]
    assert late == []
    with Index.open(tmp_path / "index", encoder=FakeEncoder()) as index:
        read = {Path(file.path).name for file in index.catalog.files().values()}
    made_of = {f"{shape}.{suffix}" for shape in SHAPES for suffix in FORMATS}
    assert read | {Path(skip.path).name for skip in report.skipped} == made_of | {"a first.txt", "z last.txt"}
    assert {"a first.txt", "z last.txt"} <= read
    assert len(read) > 0.9 * len(made_of)


def test_a_file_of_any_format_that_hangs_its_reader_is_skipped_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = (
        "import sys; sys.path.insert(0, sys.argv[1]); import docx, feedparser, pypdfium2, trafilatura\n"
        "from index.readers.worker import serve\n"
        "from index.readers import dispatch\n"
        "def trapped(document, limits):\n"
        "    while document.name.startswith('hang'): pass\n"
        "    return dispatch.read_here(document, limits)\n"
        "serve(trapped)\n"
    )
    monkeypatch.setattr(sandbox, "_START", trap)
    sandbox._end_all()
    for suffix, made in FORMATS.items():
        (tmp_path / f"a.{suffix}").write_bytes(made(f"{PROSE}\n\n{MORE}"))
        (tmp_path / f"hang.{suffix}").write_bytes(made(PROSE))
    files = (file for file in find([tmp_path]) if isinstance(file, SourceFile))
    # Of CPU time, so that a busy machine makes no file late; the first article of a process loads its parsers in it.
    found = {file.id: list(items) for file, items in read_all(files, Limits(seconds=3))}
    sandbox._end_all()
    for suffix in FORMATS:
        (reason,) = found[f"hang.{suffix}"]
        assert isinstance(reason, Skipped)
        assert reason.reason == "took more than 3 seconds (--max-seconds)"
        assert isinstance(found[f"a.{suffix}"][0], Article), suffix


@pytest.mark.parametrize(
    ("name", "data", "seconds"),
    [
        ("a.txt", "中。" * 150_000, 12),
        ("a.jsonl", json.dumps({"text": f"<p>a</p><p>b</p>{' ' * 60_000}{PROSE}"}), 3),
        ("a.txt", "Related:\n" * 333_000, 6),
        ("a.txt", f"Related:\n{PROSE}\n" * 8_000, 8),
        ("a.txt", ("NEWS\n" + "-" * 60 + f"\n{PROSE}"), 1),
        ("a.txt", ("NEWS\n" + "A-" * 60 + f"\n{PROSE}"), 1),
    ],
    ids=["CJK full stops", "spaces in a row", "teaser headings", "teasers and prose", "dashes", "capitals"],
)
def test_time_grows_with_the_length_of_a_text(name: str, data: str, seconds: float) -> None:
    """Four times what it takes on the machine of the other measurements; before, each took many times as long."""
    read = list(articles_of(Document.of_bytes(name, data.encode()), Limits()))
    start = time.process_time()
    for item in [*articles_of(Document.of_bytes(name, data.encode()), Limits())]:
        assert isinstance(item, Article)
        line_keys(item)
        body = body_spans(item)
        chunk(
            item.text,
            body,
            lambda span, text=item.text: sentence_spans(text, span),  # type: ignore[misc]
            FakeEncoder().count_tokens,
            max_words=120,
            max_tokens=256,
        )
    assert time.process_time() - start < seconds
    assert read


@pytest.mark.parametrize("unit", ["中。", "“He left,” she said. ", "É finished there! "])
def test_sentences_of_a_long_paragraph_are_those_of_a_short_one(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    spans = sentence_spans(text)
    assert [span.of(text) for span in spans] == [unit.strip()] * (100_000 // len(unit))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("BAGHDAD (AP) - Two rockets", ("Baghdad", "AP")),
        ("NEW YORK — Two rockets", ("New York", "")),
        ("AL-ASAD AIR BASE, Iraq, Jan. 3, 2020 (Reuters) -- Two rockets", ("Al-Asad Air Base, Iraq", "Reuters")),
        ("WASHINGTON, D.C., Jan 3 – Two", ("Washington, D.C.", "")),
        ("(Reuters) - Two rockets", ("", "Reuters")),
        ("CNN - Two rockets", ("", "CNN")),
        ("LONDON (Reuters) - Britain - it said - left", ("London", "Reuters")),
        ("Two rockets - said the AP - fell", ("", "")),
        ("-" * 60, ("", "")),
        ("- " * 60, ("", "")),
    ],
)
def test_datelines(line: str, expected: tuple[str, str]) -> None:
    assert dateline(line) == expected


def test_a_title_leaves_out_the_dateline() -> None:
    assert lead_title("BAGHDAD, Jan. 3 (AP) - Two rockets fell.") == "Two rockets fell"


def _front(block: str) -> Article:
    (item,) = read_plain(Document.of_bytes("a.md", f"---\n{block}\n---\n{PROSE}".encode()), Limits())
    assert isinstance(item, Article)
    return item


def test_front_matter_with_aliases_or_too_deep_or_too_long_states_nothing() -> None:
    assert _front("title: Pier\ntags: [a, [b]]").title == "Pier"
    for block in ("a: &a Pier\ntitle: *a", f"{_ALIASES}\ntitle: *i", "title: Pier\nb: " + "[" * 9 + "]" * 9):
        assert _front(block).title != "Pier"
        assert _front(block).text.endswith(PROSE)
    assert _front("title: Pier\nb: " + "[" * 50_000).title != "Pier"
    assert front_matter_end("---\ntitle: x\n---\n") == 17
    assert front_matter_end(f"---\ntitle: {'x' * 70_000}\n---\n") == 0
    assert front_matter_end("---\n" + "a: b\n" * 201 + "---\n") == 0
    assert front_matter_end("---\n" + "a: b\n" * 200 + "---\n") == 1008


def test_a_reader_that_sends_what_no_reader_sends_is_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lies = '{"article": {"published": 7}}', '{"started": 1}', '{"skipped": {"x": 1}}', "[]", "{"
    for number, lie in enumerate(lies):
        code = (
            "import os, struct, sys\n"
            f"for data in (b'{{}}', {lie.encode()!r}): os.write(1, struct.pack('>I', len(data)) + data)\n"
            "sys.stdin.buffer.read()\n"
        )
        monkeypatch.setattr(sandbox, "_START", code)
        sandbox._end_all()
        (tmp_path / "a.txt").write_text(PROSE)
        files = (file for file in find([tmp_path]) if isinstance(file, SourceFile))
        ((_, items),) = ((file, list(items)) for file, items in read_all(files))
        sandbox._end_all()
        assert [str(item) for item in items] == [f"{tmp_path / 'a.txt'}: crashed the program that reads it"], number
    monkeypatch.undo()
    assert article(tmp_path / "a.txt").text == PROSE


def test_a_reader_that_falls_silent_and_lives_on_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_START", "import os, time; os.close(1); time.sleep(3600)")
    monkeypatch.setattr(sandbox, "_CLOSING", 0.1)
    sandbox._end_all()
    (tmp_path / "a.txt").write_text(PROSE)
    files = (file for file in find([tmp_path]) if isinstance(file, SourceFile))
    ((_, items),) = ((file, list(items)) for file, items in read_all(files))
    assert [str(item) for item in items] == [f"{tmp_path / 'a.txt'}: crashed the program that reads it"]
