"""Rows of a collection, fetched many at a time, of which those used last are kept; and their words as a `Forward`."""

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from index.errors import IndexDamaged
from index.milvus.facts import from_words
from index.milvus.server import Server
from index.store.forward_index import Texts, look_up

__all__ = ["Row", "Rows", "StoredForward"]

_KEPT = 50_000  # rows, 2 KB each with their vectors: 100 MB
_AT_ONCE = 1_000  # rows of one call: 2 MB


@dataclass(frozen=True, slots=True)
class Row:
    """What is kept of a passage or of an article; an article has an empty vector, and no place."""

    words: NDArray[np.int32]
    vector: NDArray[np.float16]
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
    # Stored as 32-bit numbers, which hold the 16-bit ones of the local index exactly.
    vector = np.asarray(stored.get("vector", ()), np.float32).astype(np.float16)
    return Row(from_words(stored["words"]), vector, stored.get("start", 0), stored.get("end", 0))


class StoredForward:
    """As `index.store.forward_index.ForwardIndex`, but its texts are on the server. Thread-safe."""

    def __init__(
        self, vocabulary: dict[str, NDArray[Any]], passages: Rows, articles: Rows, counts: tuple[int, int]
    ) -> None:
        self.terms: NDArray[np.int32] = vocabulary["terms"]
        self.counts = counts
        self._words: NDArray[np.uint64] = vocabulary["words"]
        self._terms: NDArray[np.uint64] = vocabulary["kinds"]
        self._passages = passages
        self._articles = articles

    def passages(self, rows: NDArray[np.int64]) -> Texts:
        return Texts.of([row.words for row in self._passages[rows]])

    def titles(self, articles: NDArray[np.int64]) -> Texts:
        return Texts.of([row.words for row in self._articles[articles]])

    def word_ids(self, words: Iterable[str]) -> NDArray[np.int32]:
        return look_up(self._words, words)

    def term_ids(self, terms: Iterable[str]) -> NDArray[np.int32]:
        return look_up(self._terms, terms)
