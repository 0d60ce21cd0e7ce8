"""BM25 as inner products of sparse vectors: saturation of each term with the passage, idf with the question.

So a vector changes with the average length only, which is that of its generation, and a filter brings its own idf
(Robertson & Zaragoza 2009). k1, b and lengths in steps are those of tantivy, which the local index uses.
"""

from collections.abc import Mapping
from contextlib import suppress
from threading import Event
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from index.engine import Hits, Restriction, Selection
from index.milvus.rows import StoredForward
from index.milvus.server import Server
from index.milvus.ties import MOST, best
from index.store.bm25 import K1, B, idf

__all__ = ["StoredBM25", "make_lists", "rounded_lengths", "saturation", "where"]

_EXACT = 24  # lengths in steps: Lucene's SmallFloat, four bits of the length less 24
_BITS = 4
_MAKING = 3600.0  # limit, seconds in which a server must answer the first search of a collection
_WAIT = 30.0  # limit, seconds that a search waits for the lists; then it asks for them itself


def rounded_lengths(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers of terms as tantivy keeps them, in a byte: exact to 40, then in ever larger steps."""
    over = np.maximum(lengths - _EXACT, 0)
    bits = np.frexp(over.astype(np.float64))[1]
    step = np.maximum(bits - _BITS, 0)
    return np.where(lengths < _EXACT, lengths, _EXACT + ((over >> step) << step))


def saturation(counts: NDArray[np.int64], lengths: NDArray[np.int64], average: float) -> NDArray[np.float32]:
    """What each term adds to a score per idf, from its count and the (rounded) length of its document."""
    norm = K1 * (1 - B + B * lengths / average)
    return ((K1 + 1) * counts / (counts + norm)).astype(np.float32)


def where(restriction: Restriction | None) -> str:
    """A filter as an expression of Milvus; empty for none."""
    if restriction is None:
        return ""
    parts = []
    if restriction.since is not None or restriction.until is not None:
        parts.append(f"day >= {restriction.since.toordinal() if restriction.since else 1}")
    if restriction.until is not None:
        parts.append(f"day <= {restriction.until.toordinal()}")
    if restriction.sources is not None:
        parts.append(f"source in {sorted(restriction.sources)}")
    return " and ".join(parts)


def make_lists(server: Server, collection: str) -> None:
    """Searches once. Milvus Lite makes the lists of terms at the first search after a write or a start, which takes
    seconds for each ten thousand passages: then it is not a person who waits."""
    asked = {"anns_field": "terms", "limit": 1, "search_params": {"metric_type": "IP"}}
    server.call("search", collection, [{0: 1.0}], **asked, timeout=_MAKING)


class StoredBM25:
    """BM25 over the documents of one collection, as `index.store.bm25.LexicalIndex` answers it. Thread-safe.

    `frequencies` has shape (terms,): in how many of the `count` documents each term stands.
    """

    def __init__(
        self, server: Server, collection: str, forward: StoredForward, frequencies: NDArray[np.int32], count: int
    ) -> None:
        self._server = server
        self._collection = collection
        self._forward = forward
        self._frequencies = frequencies
        self._count = count
        self._counted: WeakKeyDictionary[Selection, dict[str, int]] = WeakKeyDictionary()
        self._made = Event()
        self._made.set()

    def making(self) -> None:
        """Searches wait from now on, until `make` has ended: two that make lists at once take twice as long."""
        self._made.clear()

    def make(self) -> None:
        """Has the server make its lists of terms. Where it is away, the next search tells."""
        try:
            # What gRPC raises of a connection that was closed meanwhile has no type of its own.
            with suppress(Exception):
                make_lists(self._server, self._collection)
        finally:
            self._made.set()

    def frequency(self, term: str, selection: Selection | None, admitted: int = 0) -> int:
        """In how many documents a term stands; with a filter in how many of the `admitted`, counted once."""
        (number,) = self._forward.term_ids([term]).tolist()
        everywhere = int(self._frequencies[number]) if number >= 0 else 0
        if selection is None or not everywhere:
            return everywhere
        counted = self._counted.setdefault(selection, {})
        if term not in counted:
            found = len(self._search({number: 1.0}, MOST, selection.restriction).rows)
            if found == MOST:  # limit: more than can be counted is estimated, and so common that its weight is small
                found = max(MOST, round(everywhere * admitted / self._count))
            counted[term] = found
        return counted[term]

    def search(self, terms: Mapping[str, float], k: int, selection: Selection | None, admitted: int = 0) -> Hits:
        """The k documents with the highest BM25 for weighted terms, by the idf among those that a filter admits."""
        count = self._count if selection is None else admitted
        numbers = self._forward.term_ids(terms).tolist()
        query: dict[int, float] = {}
        for number, (term, weight) in zip(numbers, terms.items(), strict=True):
            if found := self.frequency(term, selection, admitted):
                query[number] = query.get(number, 0.0) + weight * idf(count, found)
        if not query or k < 1:
            return Hits(np.empty(0, np.int64), np.empty(0, np.float32))
        return self._search(query, k, None if selection is None else selection.restriction)

    def _search(self, query: dict[int, float], k: int, restriction: Restriction | None) -> Hits:
        self._made.wait(_WAIT)

        def find(asked: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
            options = {"anns_field": "terms", "limit": asked, "search_params": {"metric_type": "IP"}}
            (found,) = self._server.call("search", self._collection, [query], filter=where(restriction), **options)
            rows = np.array([hit["row"] for hit in found], np.int64)
            return rows, np.array([hit["distance"] for hit in found], np.float32)

        return best(k, find)
