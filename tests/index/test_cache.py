"""The journal of embeddings: what was written is found again, what was torn is not, and nothing else is lost."""

import errno
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedding.cache import Journal, KnownVectors

DIMENSION = 8
RECORD = 32 + 4 + 2 * DIMENSION


def key(number: int) -> bytes:
    return number.to_bytes(32, "little")


def vectors(numbers: list[int]) -> np.ndarray:
    return np.array([[number + place / 10 for place in range(DIMENSION)] for number in numbers], np.float16)


def write(path: Path, numbers: list[int]) -> None:
    with Journal(path, DIMENSION) as journal:
        journal.append([key(number) for number in numbers], vectors(numbers))


def known(path: Path, numbers: list[int], dimension: int = DIMENSION) -> list[int]:
    """Which of the numbers the journal knows, each with its own vector."""
    with Journal(path, dimension) as journal:
        places, found = journal.known.find([key(number) for number in numbers])
        assert np.array_equal(found, vectors([numbers[place] for place in places]).reshape(-1, DIMENSION))
        return [numbers[place] for place in places]


def test_what_was_written_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "EMBEDDED"
    write(path, [1, 2, 3])
    write(path, [4])
    assert known(path, [4, 9, 1, 2]) == [4, 1, 2]


def test_an_empty_journal_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "EMBEDDED"
    assert known(path, [1]) == []
    assert not path.exists()


def _tear(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def _flip_last(path: Path) -> None:
    stored = bytearray(path.read_bytes())
    stored[-1] ^= 1
    path.write_bytes(stored)


def _zeros(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-RECORD] + bytes(RECORD))


def _noise(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-RECORD] + b"\xa5" * (RECORD + 3))


@pytest.mark.parametrize("harm", [_tear, _flip_last, _noise])
def test_what_is_torn_is_cut_off_and_the_rest_is_kept(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    path = tmp_path / "EMBEDDED"
    write(path, [1, 2, 3])
    harm(path)
    assert known(path, [1, 2, 3]) == [1, 2]
    write(path, [5])
    assert known(path, [1, 2, 3, 5]) == [1, 2, 5]


def test_zeros_that_a_crash_left_are_no_embedding(tmp_path: Path) -> None:
    path = tmp_path / "EMBEDDED"
    write(path, [1, 2, 3])
    _zeros(path)
    with Journal(path, DIMENSION) as journal:
        places, found = journal.known.find([key(1), key(0)])
        assert 0 in places
        assert not found[list(places).index(1)].any() if 1 in places else True
        assert 1 not in places, "a record of zeros has a checksum of zeros"


def test_a_journal_of_another_model_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "EMBEDDED"
    write(path, [1, 2, 3])
    with Journal(path, 5) as journal:
        assert len(journal.known.find([key(1)])[0]) == 0


def test_a_write_that_fails_leaves_whole_records(tmp_path: Path) -> None:
    path = tmp_path / "EMBEDDED"
    with Journal(path, DIMENSION) as journal:
        journal.append([key(1)], vectors([1]))
        real = journal._file

        class Full:
            """Takes a few bytes, then no more, as a full disk does."""

            def __init__(self) -> None:
                self.room = 10

            def write(self, data: memoryview) -> int:
                if not self.room:
                    raise OSError(errno.ENOSPC, "No space left on device")
                taken, self.room = real.write(data[: self.room]), 0
                return int(taken or 0)

            def __getattr__(self, name: str) -> object:
                return getattr(real, name)

        journal._file = Full()  # type: ignore[assignment]
        with pytest.raises(OSError, match="No space"):
            journal.append([key(2)], vectors([2]))
        assert path.stat().st_size == RECORD
    assert known(path, [1, 2]) == [1]


@given(st.lists(st.integers(0, 40), unique=True), st.lists(st.integers(0, 60), max_size=30))
def test_known_vectors_are_those_of_their_keys(stored: list[int], wanted: list[int]) -> None:
    # Keys that share their first 8 bytes are told apart by the rest.
    def long_key(number: int) -> bytes:
        return (number % 7).to_bytes(8, "little") + key(number)[:24]

    table = np.frombuffer(b"".join(long_key(number) for number in stored), "V32")
    vault = KnownVectors(table, vectors(stored).reshape(-1, DIMENSION))
    places, found = vault.find([long_key(number) for number in wanted])
    assert np.array_equal(found, vectors([wanted[place] for place in places]).reshape(-1, DIMENSION))
    assert set(places.tolist()) <= {place for place, number in enumerate(wanted) if number in stored}
