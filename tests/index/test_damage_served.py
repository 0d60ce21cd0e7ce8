"""Damage to the files of an index that is served, or that were not hashed: IndexDamaged or the right answer."""

import errno
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexDamaged
from index.store.live import LiveIndex
from index.store.snapshot import Index
from qa import ask, retrieve
from tests.benchmarks.damage import WAYS as DAMAGES
from tests.benchmarks.damage import make as make_index
from tests.benchmarks.damage import run_in_a_process
from tests.fakes import FakeEncoder, answers, assert_same_answers
from tests.index.damage import (
    WAYS,
    assert_is_one_clear_sentence,
    counterpart,
    find_file,
    flip,
    generations,
    listed_files,
    truncate,
)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """Every index counts as one that is mapped and checked while it serves; gives the checks, for a test to run."""
    checks: list[Callable[[], None]] = []

    class Later:
        def __init__(self, target: Callable[[], None], **_: object) -> None:
            checks.append(target)

        def start(self) -> None:
            pass

    monkeypatch.setattr("index.store.files._READ_UP_TO", -1)
    monkeypatch.setattr("index.store.files._LOOK_EVERY", 0.0)
    monkeypatch.setattr("index.store.snapshot._CHECK_UP_TO", 0)
    monkeypatch.setattr("index.store.snapshot.Thread", Later)
    monkeypatch.setattr("index.store.live._LOOK_EVERY", 0.0)
    return checks


def test_a_large_generation_that_fails_its_check_while_it_serves_steps_back(
    broken: Path, large: list[Callable[[], None]]
) -> None:
    before, live = generations(broken)
    (broken / "CURRENT").write_text(before.name)
    serving = LiveIndex(broken, encoder=FakeEncoder())
    assert serving.current().generation == before.name
    large.pop()()
    flip(live / "vectors.npy", live)
    (broken / "CURRENT").write_text(live.name)
    assert serving.current().generation == live.name
    large.pop()()
    for _ in range(3):
        assert serving.current().generation == before.name


def test_a_large_generation_that_fails_its_check_with_none_before_it_is_refused(
    broken: Path, large: list[Callable[[], None]]
) -> None:
    _, live = generations(broken)
    flip(live / "vectors.npy", live)
    serving = LiveIndex(broken, encoder=FakeEncoder())
    assert serving.current().generation == live.name
    large.pop()()
    for _ in range(3):
        with pytest.raises(IndexDamaged, match=r"vectors\.npy"):
            serving.current()


def test_a_large_generation_that_is_pruned_during_its_check_is_not_called_damaged(
    broken: Path, large: list[Callable[[], None]]
) -> None:
    before, live = generations(broken)
    (broken / "CURRENT").write_text(before.name)
    index = Index.open(broken, encoder=FakeEncoder())
    (broken / "CURRENT").write_text(live.name)
    shutil.rmtree(before)
    large.pop()()
    assert index.checked
    assert index.damage == ()
    answers(index)


def test_a_refused_generation_is_tried_again_after_a_while(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.store.live._LOOK_EVERY", 0.0)
    before, live = generations(broken)
    (broken / "CURRENT").write_text(before.name)
    serving = LiveIndex(broken, encoder=FakeEncoder())
    serving.current()
    (broken / "CURRENT").write_text(live.name)
    with monkeypatch.context() as patch:
        patch.setattr("index.store.snapshot.Catalog", lambda path: (_ for _ in ()).throw(MemoryError))
        assert serving.current().generation == before.name
    assert serving.current().generation == before.name
    monkeypatch.setattr("index.store.live._RETRY_AFTER", 0.0)
    assert serving.current().generation == live.name


@pytest.mark.parametrize("way", ["bit-flipped", "lengthened", "deleted"])  # truncated: in a process of its own, below
def test_what_was_read_answers_whatever_becomes_of_its_files(broken: Path, way: str) -> None:
    _, live = generations(broken)
    with Index.open(broken, encoder=FakeEncoder()) as index:
        right = answers(index)
        for path in listed_files(live):
            WAYS[way](path, path)
        index._articles.cache_clear()
        assert_same_answers(right, answers(index))


@pytest.mark.parametrize("way", ["truncated", "emptied", "bit-flipped", "lengthened", "swapped"])
def test_a_mapped_file_that_changes_while_it_serves_is_not_touched_again(
    broken: Path, large: list[Callable[[], None]], way: str
) -> None:
    before, live = generations(broken)
    for path in listed_files(live):
        if path.name == "manifest.json":
            continue
        index = Index.open(broken, encoder=FakeEncoder())
        large.pop()()
        kept = path.read_bytes()
        WAYS[way](path, counterpart(path, live, before))
        with pytest.raises(IndexDamaged, match=re.escape(path.name)) as caught:
            answers(index)
        assert_is_one_clear_sentence(str(caught.value))
        index.close()
        path.write_bytes(kept)


def test_a_mapped_file_of_another_time_and_the_same_content_serves_on(
    broken: Path, large: list[Callable[[], None]]
) -> None:
    _, live = generations(broken)
    with Index.open(broken, encoder=FakeEncoder()) as index:
        right = answers(index)
        for path in listed_files(live):
            path.touch()
        assert_same_answers(right, answers(index))
        shutil.rmtree(live)
        assert_same_answers(right, answers(index))


@pytest.mark.parametrize("way", ["bit-flipped", "swapped", "reversed"])
def test_what_an_engine_raises_on_a_file_that_was_not_hashed_is_damage(
    broken: Path, large: list[Callable[[], None]], way: str
) -> None:
    """The sizes are right, so that it is found only by whoever reads: a wrong answer is its caller's, who vouched."""
    before, live = generations(broken)
    refused = 0
    for path in listed_files(live):
        if path.name in ("manifest.json", "dense.faiss"):  # FAISS can crash on it, which is why it is hashed first
            continue
        kept, other = path.read_bytes(), counterpart(path, live, before).read_bytes()
        if way == "swapped" and len(other) != len(kept):
            continue
        changed = {"bit-flipped": bytes([kept[-1] ^ 0x80]), "swapped": other, "reversed": kept[::-1]}[way]
        path.write_bytes(kept[: -len(changed)] + changed)
        try:
            with Index.open(broken, check=False, encoder=FakeEncoder()) as index:
                answers(index)
                index.forward.passages(np.arange(index.passage_count))
                index.forward.titles(np.arange(len(index.catalog.metadata())))
        except IndexDamaged as error:
            refused += 1
            assert_is_one_clear_sentence(str(error))
        path.write_bytes(kept)
    assert refused


def test_an_error_that_is_the_callers_own_is_not_called_damage(broken: Path, large: list[Callable[[], None]]) -> None:
    with Index.open(broken, encoder=FakeEncoder()) as index:
        with pytest.raises(KeyError):
            index.article_at(10_000)
        with pytest.raises(IndexError):
            index.passage(10_000)
        assert index.checked


def test_without_room_for_copies_the_files_are_used_and_watched_where_they_lie(
    broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store.files._LOOK_EVERY", 0.0)
    _, live = generations(broken)
    with Index.open(broken, encoder=FakeEncoder()) as index:
        right = answers(index)

    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("index.store.files.TemporaryDirectory", full)
    with Index.open(broken, encoder=FakeEncoder()) as index:
        assert_same_answers(right, answers(index))
        truncate(find_file(live, "lexical/passages/*.idx"), live)
        with pytest.raises(IndexDamaged, match=r"\.idx has"):
            answers(index)


def test_a_served_index_whose_file_is_cut_says_so_in_a_sentence_to_everyone(
    broken: Path, large: list[Callable[[], None]]
) -> None:
    _, live = generations(broken)
    serving = LiveIndex(broken, encoder=FakeEncoder())
    assert retrieve("Who visited the airbase?", index=serving, as_of="any")
    truncate(live / "vectors.npy", live)
    for _ in range(3):
        with pytest.raises(IndexDamaged, match=r"vectors\.npy has .* bytes instead of"):
            ask("Who visited the airbase?", index=serving, as_of="any")


def test_random_damage_gives_no_traceback_no_dead_process_and_no_wrong_answer(tmp_path: Path) -> None:
    """A sample of tests/benchmarks/damage.py."""
    found, code, errors = run_in_a_process(make_index(tmp_path), 40, 7)
    assert (code, errors) == (0, "")
    assert len(found) == 40
    assert {said["outcome"] for said in found} == {"right", "IndexDamaged"}
    assert {said["before the check"] for said in found} <= {"", "right", "wrong", "IndexDamaged"}
    assert {said["way"] for said in found} == set(DAMAGES)
