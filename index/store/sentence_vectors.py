"""Vectors of the sentences of passages, embedded when first asked for; those used last are kept."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from index.embedding.threads import each_alone
from index.text.sentences import sentence_spans

if TYPE_CHECKING:
    from index.store.stored_index import StoredIndex

__all__ = ["SentenceVectors"]

_KEPT = 4096  # passages whose sentences' vectors are kept: 30 MB


class SentenceVectors:
    """The vectors of the sentences of one index's passages, by the row of the passage. Thread-safe."""

    def __init__(self) -> None:
        self._cache: LRUCache[int, NDArray[np.float32]] = LRUCache(_KEPT)
        self._lock = Lock()

    def of(
        self, index: "StoredIndex", rows: Sequence[int], encode: Callable[[list[str]], NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        """Of each row: shape (sentences, dimension). `encode` gives texts their unit vectors, in their order."""
        with self._lock:  # held while texts are embedded, so that two questions do not embed the same ones
            found = {row: self._cache[row] for row in rows if row in self._cache}
            missing = [row for row in dict.fromkeys(rows) if row not in found]
            # Each passage by itself: what stands beside a text in a batch changes its last bits at bf16, and an answer
            # must not depend on what was asked before.
            made = dict(zip(missing, each_alone(encode, [_sentences(index, row) for row in missing]), strict=True))
            self._cache.update(made)
            found |= made
            return [found[row] for row in rows]


def _sentences(index: "StoredIndex", row: int) -> list[str]:
    passage = index.passage(row)
    article = index.article_at(passage.article)
    spans = sentence_spans(article.text, passage.span, article.language or "en")
    return [span.of(article.text) for span in spans]
