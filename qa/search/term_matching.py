"""Matches the terms of a question in passages: exact terms, their proximity, and similar words by word vectors."""

from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from index.engine import Forward
from index.store.forward_index import ForwardIndex

__all__ = ["WordVectors", "closeness", "lead_proximity", "proximity"]

_WINDOW = 3  # words within which two terms of the question stand together
_END = -1  # the number that stands between texts

WordVectors = Callable[[Sequence[str]], NDArray[np.float32]]


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
    """Which of the words, by number, are which term of the question: shape (terms, words)."""
    numbers = forward.term_numbers(terms)
    found = np.where(words == _END, np.int32(_END), forward.terms[words])
    standing: NDArray[np.bool_] = (found == numbers[:, None]) & (numbers >= 0)[:, None]
    return standing


def closeness(
    asked: Sequence[str | None],
    forward: ForwardIndex,
    words: NDArray[np.int32],
    starts: NDArray[np.intp],
    vectors: WordVectors,
) -> NDArray[np.float64]:
    """Shape (asked, texts): the cosine of each asked word to a text's nearest word, at least 0; 0 for None.

    `words` are numbers (below 0: none) of one text after another, each beginning at one of
    `starts` and holding at least one number.
    """
    near = np.zeros((len(asked), len(starts)))
    known = [place for place, word in enumerate(asked) if word is not None]
    if known:
        every, place_of = _distinct(words)
        wanted = vectors([word for word in asked if word is not None])
        alike = np.zeros((len(known), len(every) + 1), np.float32)
        np.maximum(forward.cosines(every, wanted).T, 0.0, out=alike[:, :-1])
        near[known] = np.maximum.reduceat(alike[:, place_of], starts, axis=1)
    return near


def _distinct(words: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The distinct numbers from 0 on, sorted; and where among them each word is, behind the last for one below 0.

    By a table of all numbers up to the largest: sorting takes four times as long.
    """
    size = int(words.max(initial=-1)) + 2
    there = np.zeros(size, bool)
    there[words] = True
    there[-1] = False  # which is where those below 0 are counted
    every = np.flatnonzero(there).astype(np.int32)
    places = np.empty(size, np.int32)
    places[every] = np.arange(len(every), dtype=np.int32)
    places[-1] = len(every)
    return every, places[words]


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
