"""Progress on a terminal and elsewhere, encoders that are shared, and an index on a disk that cannot be written."""

import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from cachetools import LRUCache

from index.building import progress, source_changes
from index.building.progress import Bar, duration
from index.building.report import Progress
from index.embedding import encoder
from index.readers.source import PageRead
from tests.conftest import Build
from tests.fakes import FakeEncoder

ROOT = Path(__file__).parents[2]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    with closing(Bar()) as bar:
        for done in range(0, 1001, 20):
            now = done / 100
            bar(Progress("embedding", done, 1000))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[0] == "embedding: 0 of 1,000 passages"
    assert lines[5] == "embedding: 500 of 1,000 passages, 100 a second, 5 s left"
    assert lines[-1] == "embedding: 1,000 of 1,000 passages"


def test_files_that_take_longer_than_a_second_are_not_said_to_be_none_a_second(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 0.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    bar = Bar()
    bar(Progress("reading", 0, 4))
    now = 80.0
    bar(Progress("reading", 2, 4))
    assert capsys.readouterr().err.splitlines()[-1] == "reading: 2 of 4 files, 1.5 a minute, 80 s left"


def test_a_bar_with_rate_and_time_left_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with closing(Bar()) as bar:
        for stage in ("reading", "embedding", "indexing"):
            for done in range(11):
                bar(Progress(stage, done, 10))
    for words in ("reading", " files/s", "embedding", " passages", "indexing"):
        assert words in terminal.getvalue()


def test_pages_of_a_scan_are_lines_where_there_are_many(capsys: pytest.CaptureFixture[str]) -> None:
    with closing(Bar()) as bar:
        for done, pages in ((0, 40), (1, 3), (2, 0)):
            bar(Progress("reading", done, 30))
            for page in range(1, (pages or 25) + 1):
                bar(Progress("reading", done, 30, page, pages))
    lines = capsys.readouterr().err.splitlines()
    first, unknown = "reading: 0 of 30 files", "reading: 2 of 30 files"
    assert lines == [
        *(first, f"{first}, page 1 of 40"),
        *(f"{first}, page {page} of 40" for page in range(4, 41, 4)),
        *(f"{unknown}, page {page}" for page in (10, 20)),
    ]


def test_the_page_is_beside_the_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with closing(Bar()) as bar:
        bar(Progress("reading", 0, 2, 3, 30))
        bar(Progress("reading", 1, 2))
    assert "page 3 of 30" in terminal.getvalue()
    assert "page" not in terminal.getvalue().rstrip().rpartition("1/2")[2]


def test_a_build_tells_the_page_that_ocr_has_read(make: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    read_all, told = source_changes.read_all, []

    def with_pages(*given: Any) -> Iterator[Any]:
        for file, items in read_all(*given):
            yield file, chain([PageRead(1, 2), PageRead(2, 2)], items)

    monkeypatch.setattr(source_changes, "read_all", with_pages)
    make(progress=lambda progress: told.append((progress.page, progress.pages)))
    report = make()
    assert told.count((1, 2)) == told.count((2, 2)) > 0
    assert not report.changed  # no page has become an article


def test_what_is_not_counted_is_named_without_a_count(capsys: pytest.CaptureFixture[str], make: Build) -> None:
    with closing(Bar()) as bar:
        make(progress=bar)
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == "indexing"
    assert not [line for line in lines if " of 1 " in line]


@pytest.mark.parametrize(("seconds", "words"), [(4.4, "4 s"), (89, "89 s"), (200, "3 min"), (7500, "2 h 5 min")])
def test_time_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_process_loads_a_model_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[FakeEncoder] = []

    def load(name: str, wanted: str, method: str | None) -> FakeEncoder:
        made.append(FakeEncoder(name=name, precision="bf16" if wanted == "auto" else wanted))
        return made[-1]

    monkeypatch.setattr(encoder, "load_encoder", load)
    monkeypatch.setattr(encoder, "_LOADED", LRUCache(2))
    monkeypatch.setattr(encoder, "_RESOLVED", {})
    assert encoder.shared_encoder("one", "auto") is encoder.shared_encoder("one", "bf16")
    assert encoder.shared_encoder("one", "fp32") is not encoder.shared_encoder("one", "auto")
    assert len(made) == 2
    encoder.shared_encoder("two", "auto")
    assert encoder.shared_encoder("two", "auto") is made[-1]
    assert len({id(one) for one in encoder._LOADED.values()}) == 2


def test_an_index_that_cannot_be_written_can_be_read(make: Build, root: Path) -> None:
    make()
    for lock in root.rglob("*.lock"):
        lock.unlink()
    program = "mount --bind $0 $0 && mount -o remount,ro,bind $0 && exec $1 -m index verify --index $0"
    tried = [shutil.which("unshare") or "", "-rm", "sh", "-c", "mount --bind $0 $0", str(root)]
    if not tried[0] or subprocess.run(tried, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    done = subprocess.run([*tried[:4], program, str(root), sys.executable], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "as they were written" in done.stdout
