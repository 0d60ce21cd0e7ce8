"""A reader that asks in a loop while another process publishes; threads that share a LiveIndex."""

import gc
import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index.errors import IndexMissing
from index.store.live import LiveIndex
from index.store.snapshot import Index
from qa import retrieve
from tests.conftest import Build
from tests.fakes import FakeEncoder, answers, assert_same_answers, write_article

GENERATIONS = 50
QUESTION = "How many convoys did the minister count near Erbil?"


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def _resident() -> int:
    """Bytes of this process's own memory that are resident: files mapped into it do not count."""
    fields = Path("/proc/self/statm").read_text().split()
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_a_reader_asks_while_generations_are_published(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every answer belongs to one generation, nothing fails, and nothing piles up."""
    monkeypatch.setattr("index.store.live._LOOK_EVERY", 0.0)
    publisher = Path(__file__).with_name("publisher.py")
    process = subprocess.Popen(
        [sys.executable, str(publisher), str(tmp_path / "articles"), str(root), str(GENERATIONS)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    editions = {process.stdout.readline().strip(): 1}
    reading = threading.Thread(
        target=lambda: editions.update((name.strip(), edition) for edition, name in enumerate(process.stdout or (), 2))
    )
    reading.start()
    live = LiveIndex(root, encoder=FakeEncoder())
    seen: dict[str, set[int]] = {}
    measured: list[tuple[int, int, int]] = []  # resident bytes, open files, threads
    asked = 0
    while process.poll() is None or live.current().generation != max(editions):
        index = live.current()
        # Asked by the snapshot and by the LiveIndex itself: either way one generation answers.
        citations = retrieve(QUESTION, 10, index=index if asked % 2 else live, as_of="any")
        assert len(citations) > 0
        found = {int(number) for citation in citations for number in re.findall(r"edition (\d+)", citation.text)}
        assert len(found) == 1, "two generations in one answer"
        if asked % 2:
            seen.setdefault(index.generation, set()).update(found)
        asked += 1
        if len(seen) >= 10 and len(seen) > len(measured) + 9:
            gc.collect()
            measured.append((_resident(), _open_files(), threading.active_count()))
    reading.join()
    process.stdout.close()
    assert process.returncode == 0
    assert len(editions) == GENERATIONS
    for generation, found in seen.items():
        assert found == {editions[generation]}
    assert len(seen) >= 10, "the reader met too few generations to tell"
    early, late = measured[0], measured[-1]
    assert late[0] - early[0] < 20_000_000
    assert late[1] - early[1] <= 8
    assert late[2] <= early[2]
    print(f"{asked} answers, {len(seen)} of {GENERATIONS} generations met, {early} to {late}")


def test_an_open_generation_answers_after_it_was_pruned_even_the_first_time(
    make: Build, articles: Path, root: Path, encoder: FakeEncoder
) -> None:
    make()
    index = Index.open(root, encoder=encoder)
    for seed in (50, 51, 52):
        write_article(articles, "b.txt", seed)
        make()
    assert not index.folder.exists()
    for row in range(index.passage_count):  # nothing of it was read before
        passage = index.passage(row)
        assert passage.span.of(index.article_at(passage.article).text)
    answers(index)
    index.close()


def test_a_generation_that_is_pruned_while_it_is_opened_is_left_for_the_new_one(
    make: Build, articles: Path, root: Path, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    import index.store.snapshot as snapshot

    make()
    real = snapshot.Files
    raced = []

    def race(folder: Path, *given: object, **named: object) -> object:
        if not raced:
            raced.append(folder)
            for seed in (60, 61, 62):
                write_article(articles, "b.txt", seed)
                make()
        return real(folder, *given, **named)

    monkeypatch.setattr(snapshot, "Files", race)
    with Index.open(root, encoder=encoder) as index:
        assert index.generation.startswith("000004-")


def test_threads_share_a_live_index_while_it_changes(
    make: Build, articles: Path, root: Path, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store.live._LOOK_EVERY", 0.0)
    make()
    live = LiveIndex(root, encoder=encoder)
    done = threading.Event()

    def ask() -> int:
        count = 0
        while not done.is_set() or not count:
            index = live.current()
            answers(index)
            count += 1
        return count

    with ThreadPoolExecutor(8) as threads:
        asking = [threads.submit(ask) for _ in range(8)]
        try:
            for seed in range(70, 76):
                write_article(articles, "b.txt", seed)
                make()
        finally:
            done.set()
        assert all(future.result() for future in asking)
    assert live.current().generation.startswith("000007-")


def test_others_do_not_wait_while_one_opens_the_new_generation(
    make: Build, articles: Path, root: Path, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store.live._LOOK_EVERY", 0.0)
    first = make()
    live = LiveIndex(root, encoder=encoder)
    live.current()
    write_article(articles, "b.txt", 80)
    second = make()
    opening, go_on = threading.Event(), threading.Event()
    real = Index.open

    def slow(*arguments: object, **options: object) -> Index:
        opening.set()
        assert go_on.wait(60)
        return real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Index, "open", slow)
    thread = threading.Thread(target=live.current)
    thread.start()
    assert opening.wait(60)
    assert live.current().generation == first.generation
    go_on.set()
    thread.join()
    assert live.current().generation == second.generation


def test_what_was_served_is_served_on_when_the_folder_is_gone(
    make: Build, root: Path, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import shutil

    monkeypatch.setattr("index.store.live._LOOK_EVERY", 0.0)
    live = LiveIndex(root, encoder=encoder)
    with pytest.raises(IndexMissing):
        live.current()
    make()
    before = answers(live.current())
    shutil.rmtree(root)
    for _ in range(3):
        assert_same_answers(before, answers(live.current()))
    assert sum("still serving" in record.message for record in caplog.records) == 1
    make()
    assert_same_answers(before, answers(live.current()))


def test_an_index_lets_go_of_its_files(make: Build, root: Path, encoder: FakeEncoder) -> None:
    make()
    gc.collect()
    if not sys.platform.startswith("linux"):
        pytest.skip("open files are read from /proc")

    def mapped() -> int:
        return Path("/proc/self/maps").read_text().count(str(root))

    before, maps = _open_files(), mapped()
    for _ in range(5):
        Index.open(root, encoder=encoder).close()
    dropped = Index.open(root, encoder=encoder)
    del dropped
    gc.collect()
    deadline = time.monotonic() + 60
    while mapped() > maps and time.monotonic() < deadline:
        time.sleep(0.1)  # tantivy's thread lets go a little later
    assert mapped() <= maps
    assert _open_files() <= before + 1
