"""Embeddings that need not be computed again: those of the live generation, and those of a build that did not end."""

import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

__all__ = ["Journal", "KnownVectors"]

_BLOCK = 4096  # records checked at a time


class KnownVectors:
    """Vectors found by their 32-byte keys. `keys` has shape (n,) of V32, `vectors` shape (n, dimension)."""

    def __init__(self, keys: NDArray[np.void], vectors: NDArray[np.float16]) -> None:
        self._keys = keys
        self._vectors = vectors
        # The first 8 bytes tell keys apart well enough to search by; the whole key is compared after.
        heads = _heads(keys)
        self._order = np.argsort(heads, kind="stable")
        self._heads = heads[self._order]

    def find(self, keys: Sequence[bytes]) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        """Which of `keys` are known (their positions, in order), and their vectors."""
        wanted = np.frombuffer(b"".join(keys), "V32")
        if not len(self._heads) or not len(wanted):
            return np.empty(0, np.int64), np.empty((0, self._vectors.shape[1]), np.float16)
        places = np.minimum(np.searchsorted(self._heads, _heads(wanted)), len(self._heads) - 1)
        rows = self._order[places]
        known = np.flatnonzero([stored.tobytes() == key for stored, key in zip(self._keys[rows], keys, strict=True)])
        return known, self._vectors[rows[known]]


def _heads(keys: NDArray[np.void]) -> NDArray[np.uint64]:
    return np.ascontiguousarray(np.frombuffer(keys.tobytes(), "<u8").reshape(-1, 4)[:, 0])


class Journal:
    """An append-only file of (key, checksum, vector) records. What is torn at its end is cut off when it is opened."""

    def __init__(self, path: Path, dimension: int) -> None:
        self._record = np.dtype([("key", "V32"), ("crc", "<u4"), ("vector", "<f2", (dimension,))])
        self._path = path
        self._size = _good_bytes(path, self._record)
        # Unbuffered: after a failed write nothing is left over that closing would try to write again.
        self._file = path.open("ab", buffering=0)
        self._file.truncate(self._size)
        records = np.memmap(path, self._record, "r") if self._size else np.empty(0, self._record)
        self.known = KnownVectors(records["key"], records["vector"])

    def append(self, keys: Sequence[bytes], vectors: NDArray[np.float16]) -> None:
        """Adds records and hands them to the system, so that they outlive this process."""
        records = np.zeros(len(keys), self._record)
        records["key"] = np.frombuffer(b"".join(keys), "V32")
        records["vector"] = vectors
        records["crc"] = [_crc(record) for record in records]
        left = memoryview(records.tobytes())
        try:
            while left:
                left = left[self._file.write(left) or 0 :]
        except OSError:
            with suppress(OSError):
                self._file.truncate(self._size)
            raise
        self._size += records.nbytes

    def close(self) -> None:
        self._file.close()
        if not self._size:
            self._path.unlink(missing_ok=True)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _good_bytes(path: Path, record: np.dtype[np.void]) -> int:
    """How many bytes of a journal are whole records with the right checksum, up to the first that is not."""
    good = 0
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK * record.itemsize):
                whole = np.frombuffer(block[: len(block) // record.itemsize * record.itemsize], record)
                wrong = next((i for i, stored in enumerate(whole) if stored["crc"] != _crc(stored)), len(whole))
                good += wrong * record.itemsize
                if wrong * record.itemsize < len(block):
                    break
    except FileNotFoundError:
        pass
    return good


def _crc(record: np.void) -> int:
    return zlib.crc32(record["vector"].tobytes(), zlib.crc32(record["key"].tobytes()))
