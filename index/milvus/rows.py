"""Rows of a collection, fetched many at a time; those used last are kept."""

from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from index.errors import IndexDamaged
from index.milvus.facts import from_words
from index.milvus.server import Server

__all__ = ["Row", "Rows"]

_KEPT = 50_000  # rows, 2 KB each with their vectors: 100 MB
_AT_ONCE = 1_000  # rows of one call: 2 MB


@dataclass(frozen=True, slots=True)
class Row:
    """What is kept of a passage or of an article; an article has no vector and no place."""

    words: NDArray[np.int32]
    vector: NDArray[np.float16] | None
    start: int = 0
    end: int = 0


class Rows:
    """Thread-safe."""

    def __init__(self, server: Server, collection: str, fields: tuple[str, ...]) -> None:
        self._server = server
        self._collection = collection
        self._fields = ["row", *fields]
        self._kept: LRUCache[int, Row] = LRUCache(_KEPT)
        self._lock = Lock()

    def __getitem__(self, rows: NDArray[np.int64]) -> list[Row]:
        """The rows in the order asked for. Raises IndexDamaged when one is not there."""
        wanted = rows.tolist()
        with self._lock:
            found = {row: self._kept[row] for row in set(wanted) if row in self._kept}
        missing = sorted(set(wanted) - found.keys())
        for start in range(0, len(missing), _AT_ONCE):
            part = missing[start : start + _AT_ONCE]
            fetched = self._server.call("get", self._collection, part, output_fields=self._fields)
            found |= {row["row"]: _row(row) for row in fetched}
        try:
            result = [found[row] for row in wanted]
        except KeyError as error:
            raise IndexDamaged(
                f"row {error} of {self._collection} is not on the server; build the index anew"
            ) from None
        with self._lock:
            self._kept.update({row: found[row] for row in missing})
        return result


def _row(stored: dict[str, Any]) -> Row:
    vector = stored.get("vector")
    # Stored as 32-bit numbers, which hold the 16-bit ones of the local index exactly.
    numbers = None if vector is None else np.asarray(vector, np.float32).astype(np.float16)
    return Row(from_words(stored["words"]), numbers, stored.get("start", 0), stored.get("end", 0))
