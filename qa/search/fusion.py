"""Functions that normalize, combine and order scores, each with its paper."""

import numpy as np
from numpy.typing import NDArray

from index.store.bm25 import K1

__all__ = ["best_first", "recency", "share_of_maximum", "within"]


_HALF_LIFE_DAYS = 14.0  # 7, 10, 20 and 30 days rank alike: tests/benchmarks/results/tried.md
_GOOD_MATCH = 0.5  # of the bound; without it an answer is refused: tests/benchmarks/results/tried.md
_BEFORE_DAYS, _AFTER_DAYS = 3.0, 60.0  # in which a fit halves: what is written earlier cannot report of a period


def share_of_maximum(scores: NDArray[np.float64], idf_sum: float) -> NDArray[np.float64]:
    """BM25 scores of one query as shares, 0 to 1, of the highest or of what a good match could reach, whichever is
    more.

    Dividing by the highest alone (Bruch et al. 2023, "An Analysis of Fusion Functions for Hybrid Retrieval") makes
    the best of poor matches count as much as a perfect one, and in a small corpus most questions have only poor
    ones. A term scores at most (k1 + 1) times its idf, so `idf_sum`, the sum over the query's terms, bounds what
    could be reached.
    """
    top = max(float(scores.max(initial=0.0)), _GOOD_MATCH * (K1 + 1) * idf_sum)
    return scores / top if top > 0 else np.zeros_like(scores)


def best_first(rows: NDArray[np.int64], score: NDArray[np.float64]) -> NDArray[np.int64]:
    """The order of candidates by score. Rounded, so that sums that differ in their last bit tie, and ties go by row."""
    return np.lexsort((rows, -np.round(score, 9)))


def recency(days: NDArray[np.int64], as_of: int) -> NDArray[np.float64]:
    """How recent articles are on a day, 0 to 1: halved every fortnight, after Li & Croft 2003, "Time-based language
    models".

    `days` and `as_of` are proleptic ordinals. Undated articles (day 0) and those dated after `as_of` get 0.
    """
    age = as_of - days
    value = np.exp2(-np.maximum(age, 0) / _HALF_LIFE_DAYS)
    return np.where((days > 0) & (age >= 0), value, 0.0)


def within(days: NDArray[np.int64], first: int, last: int) -> NDArray[np.float64]:
    """How far articles are of a period, 0 to 1: 1 from the first to the last day, halved every three days before it,
    and every 60 after it, since what happened then is told later too.

    All are proleptic ordinals. Undated articles (day 0) get 0.
    """
    early, late = np.maximum(first - days, 0), np.maximum(days - last, 0)
    return np.where(days > 0, np.exp2(-early / _BEFORE_DAYS - late / _AFTER_DAYS), 0.0)
