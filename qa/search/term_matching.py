"""Proximity of a question's terms in passages."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from index.engine import Forward

__all__ = ["lead_proximity", "proximity"]

_WINDOW = 3  # words within which two terms of the question stand together
_END = -1  # the id that stands between texts


def lead_proximity(terms: Collection[str], forward: Forward, leads: NDArray[np.int64]) -> NDArray[np.float64]:
    """The share of neighbouring terms of the question that stand near each other in passages, by row, 0 to 1: shape
    (n,), after Tao & Zhai 2007, "An Exploration of Proximity Measures in Information Retrieval". Told of the first
    passages of articles: a report begins with what it is about.
    """
    every, place_of = np.unique(leads, return_inverse=True)
    texts = forward.passages(every)
    words = np.insert(texts.words, texts.starts[1:], _END)  # so that no text is empty
    starts = (texts.starts[:-1] + np.arange(len(every))).astype(np.intp)
    return proximity(_standing(terms, forward, words), starts)[place_of]


def _standing(terms: Collection[str], forward: Forward, words: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which of the words, by id, are which term of the question: shape (terms, words)."""
    ids = forward.term_ids(terms)
    found = np.where(words == _END, np.int32(_END), forward.terms[words])
    standing: NDArray[np.bool_] = (found == ids[:, None]) & (ids >= 0)[:, None]
    return standing


def proximity(stands: NDArray[np.bool_], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    """The share of neighbouring terms that stand within three words of each other in each text, 0 to 1; 0 for a
    single term.

    `stands` has shape (terms, words): which word of one text after another is which term. `starts` has shape
    (texts,): where each text, of at least one word, begins.
    """
    if len(stands) < 2 or not len(starts):
        return np.zeros(len(starts))
    one, other = stands[:-1], stands[1:]
    text = np.zeros(stands.shape[1], np.int32)
    text[starts[1:]] = 1
    text = np.cumsum(text)
    met = np.zeros(one.shape, bool)
    for apart in range(1, _WINDOW + 1):
        same = text[apart:] == text[:-apart]
        beside = (one[:, :-apart] & other[:, apart:]) | (other[:, :-apart] & one[:, apart:])
        met[:, :-apart] |= beside & same
    share: NDArray[np.float64] = np.logical_or.reduceat(met, starts, axis=1).mean(axis=0)
    return share
