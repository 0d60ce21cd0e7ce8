"""Statistics of a generation for BM25: in how many documents each term stands, and their average length."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.milvus.bm25 import rounded_lengths, saturation

__all__ = ["Statistics", "term_vector"]

Terms = Callable[[int], NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class Statistics:
    """`frequencies` has shape (terms,)."""

    frequencies: NDArray[np.int32]
    average: float

    @classmethod
    def of(cls, terms_of: Terms, rows: Iterable[int], kinds: int) -> "Statistics":
        """Of the documents at some rows."""
        frequencies, length, count = np.zeros(kinds, np.int32), 0, 0
        for row in rows:
            terms = terms_of(row)
            frequencies[np.unique(terms)] += 1
            length += len(terms)
            count += 1
        return cls(frequencies, length / count if count and length else 1.0)


def term_vector(terms: NDArray[np.int32], statistics: Statistics) -> dict[int, float]:
    """A document as a sparse vector. One without a term gets a dimension that no question has: it must have some."""
    kinds, counts = np.unique(terms, return_counts=True)
    if not len(kinds):
        return {len(statistics.frequencies): 1.0}
    length = rounded_lengths(np.array([len(terms)]))
    return dict(zip(kinds.tolist(), saturation(counts, length, statistics.average).tolist(), strict=True))
