"""Embeddings that need not be computed again: those of the live generation, and those of a build that did not end."""

import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

__all__ = ["Journal", "KnownVectors"]


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
    """An append-only file of (key, checksum, vector) records. A torn record at its end is cut off when it is opened."""

    def __init__(self, path: Path, dimension: int) -> None:
        self._record = np.dtype([("key", "V32"), ("crc", "<u4"), ("vector", "<f2", (dimension,))])
        self._path = path
        stored = path.read_bytes() if path.exists() else b""
        records = np.frombuffer(stored[: len(stored) // self._record.itemsize * self._record.itemsize], self._record)
        good = next((i for i, record in enumerate(records) if record["crc"] != _crc(record)), len(records))
        records = records[:good]
        self.known = KnownVectors(np.ascontiguousarray(records["key"]), records["vector"])
        self._file = path.open("ab")
        self._file.truncate(good * self._record.itemsize)

    def append(self, keys: Sequence[bytes], vectors: NDArray[np.float16]) -> None:
        """Adds records and hands them to the system, so that they outlive this process."""
        records = np.zeros(len(keys), self._record)
        records["key"] = np.frombuffer(b"".join(keys), "V32")
        records["vector"] = vectors
        records["crc"] = [_crc(record) for record in records]
        self._file.write(records.tobytes())
        self._file.flush()

    def remove(self) -> None:
        """Forgets everything, once it stands in a published generation."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        self._file.close()
        if os.path.exists(self._path) and not os.path.getsize(self._path):
            self._path.unlink()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _crc(record: np.void) -> int:
    return zlib.crc32(record["vector"].tobytes(), zlib.crc32(record["key"].tobytes()))
