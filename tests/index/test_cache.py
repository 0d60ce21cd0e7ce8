"""The cache of vectors: what was added is found again, what is damaged is not, and nothing else is lost."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedding.cache import VectorCache
from index.store import layout
from index.store.snapshot import Index
from tests.conftest import Build
from tests.fakes import FakeEncoder, answers, assert_same_answers, write_article

ROOT = Path(__file__).parents[2]
DIMENSION = 8


def key(number: int) -> bytes:
    return number.to_bytes(32, "little")


def vectors(numbers: list[int]) -> np.ndarray:
    values = [[number + place / 10 for place in range(DIMENSION)] for number in numbers]
    return np.array(values, np.float16).reshape(-1, DIMENSION)


def write(path: Path, numbers: list[int]) -> None:
    with closing(VectorCache(path)) as cache:
        cache.add([key(number) for number in numbers], vectors(numbers))


def known(path: Path, numbers: list[int], dimension: int = DIMENSION) -> list[int]:
    """Which of the numbers the cache knows, each with its own vector."""
    with closing(VectorCache(path)) as cache:
        places, found = cache.find([key(number) for number in numbers], dimension)
        assert np.array_equal(found, vectors([numbers[place] for place in places]))
        return [numbers[place] for place in places]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "embeddings.db"


def test_what_was_added_is_found_again_in_the_order_asked(path: Path) -> None:
    write(path, [1, 2, 3])
    write(path, [4])
    assert known(path, [4, 9, 1, 2, 4]) == [4, 1, 2, 4]
    assert known(path, []) == []


def test_vectors_of_another_dimension_are_not_found(path: Path) -> None:
    write(path, [1])
    with closing(VectorCache(path)) as cache:
        places, found = cache.find([key(1)], 5)
    assert places == []
    assert found.shape == (0, 5)


def _change(statement: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        db = sqlite3.connect(path)
        with db:
            assert db.execute(statement, (key(2),)).rowcount == 1
        db.close()

    return change


@pytest.mark.parametrize(
    "harm",
    [
        _change("UPDATE vectors SET vector = zeroblob(16) WHERE key = ?"),
        _change("UPDATE vectors SET vector = substr(vector, 1, 15) WHERE key = ?"),
        _change("UPDATE vectors SET crc = 0 WHERE key = ?"),
        _change("UPDATE vectors SET vector = (SELECT vector FROM vectors LIMIT 1 OFFSET 2) WHERE key = ?"),
    ],
)
def test_a_damaged_row_is_not_found_and_can_be_added_again(path: Path, harm: Callable[[Path], None]) -> None:
    write(path, [1, 2, 3])
    harm(path)
    assert known(path, [1, 2, 3]) == [1, 3]
    write(path, [2])
    assert known(path, [1, 2, 3]) == [1, 2, 3]


def _overwrite(start: int, bytes_: bytes) -> Callable[[Path], None]:
    def overwrite(path: Path) -> None:
        stored = bytearray(path.read_bytes())
        stored[start : start + len(bytes_)] = bytes_
        path.write_bytes(stored)

    return overwrite


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _another(path: Path) -> None:
    path.unlink()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE vectors (id INTEGER, other TEXT)")
    db.close()


@pytest.mark.parametrize(
    "harm",
    [_truncate, _another, _overwrite(0, bytes(100)), _overwrite(4096, b"\xa5" * 60_000), _overwrite(0, b"\xff" * 9000)],
)
def test_a_damaged_file_is_begun_anew(path: Path, harm: Callable[[Path], None]) -> None:
    write(path, list(range(1000)))
    harm(path)
    assert set(known(path, list(range(1000)))) < set(range(1000))
    write(path, [5, 2000])
    assert known(path, [5, 2000]) == [5, 2000]


def test_what_was_published_is_kept_and_all_else_dropped(path: Path) -> None:
    write(path, list(range(3000)))
    size = path.stat().st_size
    with closing(VectorCache(path)) as cache:
        assert cache.unpublished()
        assert not cache.has_published
        cache.publish([key(2), key(3), key(3)])
        assert not cache.unpublished()
        assert cache.has_published
        assert len(cache) == 2
    assert known(path, [1, 2, 3]) == [2, 3]
    assert path.stat().st_size < size / 4


def test_a_rebuild_forgets_what_was_published_but_not_what_it_has_itself_embedded(path: Path) -> None:
    write(path, [1, 2])
    with closing(VectorCache(path)) as cache:
        cache.publish([key(1), key(2)])
        cache.note("method", "fast")
        cache.forget_published()
        assert cache.noted("method") is None
        cache.add([key(3)], vectors([3]))
        cache.forget_published()
    assert known(path, [1, 2, 3]) == [3]


_PROGRAM = """
import sys, time
from pathlib import Path
import numpy as np
from index.embedding.cache import VectorCache
from index.store import layout
cache = VectorCache(Path(sys.argv[1]))
for number in range(10_000):
    vector = [number % 2048 + place / 10 for place in range(8)]
    cache.add([number.to_bytes(32, "little")], np.array([vector], np.float16))
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL there")
def test_what_was_added_outlives_a_kill(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        while process.stdout.readline() != "50\n":
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        last = max([50, *map(int, process.stdout.read().split())])
    assert known(path, list(range(last + 1))) == list(range(last + 1))


def test_a_full_disk_loses_the_batch_under_way_only(path: Path) -> None:
    write(path, list(range(100)))
    with closing(VectorCache(path)) as cache:
        pages = cache._db.execute("PRAGMA page_count").fetchone()[0]
        cache._db.execute(f"PRAGMA max_page_count = {pages + 1}").fetchone()
        numbers = list(range(100, 2000))
        with pytest.raises(sqlite3.OperationalError, match="full"):
            cache.add([key(number) for number in numbers], vectors(numbers))
        assert len(cache) == 100
    assert known(path, list(range(2000))) == list(range(100))


@given(st.lists(st.integers(0, 40), unique=True), st.lists(st.integers(0, 60), max_size=30))
def test_vectors_are_those_of_their_keys(stored: list[int], wanted: list[int]) -> None:
    with closing(VectorCache(Path(":memory:"))) as cache:
        cache.add([key(number) for number in stored], vectors(stored))
        places, found = cache.find([key(number) for number in wanted], DIMENSION)
    assert np.array_equal(found, vectors([wanted[place] for place in places]))
    assert places == [place for place, number in enumerate(wanted) if number in stored]


def test_an_index_without_its_cache_hands_over_its_vectors(make: Build, articles: Path, root: Path) -> None:
    make()
    layout.Layout(root).embeddings.unlink()
    (root / "EMBEDDED").write_bytes(b"the journal of an older format")
    write_article(articles, "new.txt", 44)
    report = make()
    assert 0 < report.embedded < report.reused
    assert not (root / "EMBEDDED").exists()


def test_the_cache_holds_what_the_index_holds_and_no_more(make: Build, articles: Path, root: Path) -> None:
    make()
    (articles / "b.txt").unlink()
    make()
    with Index.open(root) as index, closing(VectorCache(layout.Layout(root).embeddings)) as cache:
        keys = [stored.tobytes() for stored in index.passages["key"]]
        assert len(cache) == len(set(keys))
        places, found = cache.find(keys, index.vectors.shape[1])
        assert places == list(range(len(keys)))
        assert np.array_equal(found, index.vectors)


def test_a_cache_with_damage_costs_time_and_no_answer(make: Build, articles: Path, root: Path) -> None:
    make()
    encoder = FakeEncoder()
    with Index.open(root, encoder=encoder) as index:
        right = answers(index)
    db = sqlite3.connect(layout.Layout(root).embeddings)
    with db:
        db.execute("UPDATE vectors SET vector = zeroblob(length(vector)) WHERE id <= 2")
    db.close()
    (articles / "rows.jsonl").rename(articles / "lines.jsonl")
    assert make().embedded == 2
    (articles / "lines.jsonl").rename(articles / "rows.jsonl")
    make()
    with Index.open(root, encoder=encoder) as index:
        assert_same_answers(right, answers(index))
