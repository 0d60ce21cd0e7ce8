"""The words of passages and titles as ids, read from Milvus by row; the vocabulary is in memory."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.milvus.rows import Rows
from index.store.forward_index import Texts, look_up

__all__ = ["StoredForward"]


class StoredForward:
    """A `Forward` whose texts are on the server. Thread-safe."""

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
        """The words of passages, in their order; titles are not among them."""
        return _texts(self._passages, rows)

    def titles(self, articles: NDArray[np.int64]) -> Texts:
        """The words of articles' titles, in their order."""
        return _texts(self._articles, articles)

    def word_ids(self, words: Iterable[str]) -> NDArray[np.int32]:
        """The ids of words, in their order; -1 for those that no text holds."""
        return look_up(self._words, words)

    def term_ids(self, terms: Iterable[str]) -> NDArray[np.int32]:
        """The ids of analysed terms, in their order; -1 for those that no text holds."""
        return look_up(self._terms, terms)


def _texts(stored: Rows, rows: NDArray[np.int64]) -> Texts:
    pieces = [row.words for row in stored[rows]]
    starts = np.zeros(len(pieces) + 1, np.int64)
    np.cumsum([len(piece) for piece in pieces], out=starts[1:])
    return Texts(np.concatenate(pieces) if pieces else np.empty(0, np.int32), starts)
