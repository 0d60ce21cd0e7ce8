"""How the words of a question stand in passages: signals that BM25 and one vector for a whole passage cannot give."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.store.bm25 import analyze, term_of, tokenize
from index.store.forward_index import ForwardIndex

__all__ = ["Question", "WordVectors", "Wording", "closeness", "nearness", "openings", "wording"]

_NAME = re.compile(r"(?<!^)\b(?:[A-Z]\w+|\d[\d,.]*\w*)")
_WINDOW = 3  # words within which two terms of the question stand together
_NO_NAMES = 0.5  # what a question without names gives every passage: no reason to move any
_END = -1  # the number that stands between texts

WordVectors = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart: its terms with their idf, in order; the word that each term came from; and the terms
    of the names and numbers in it (a capital at its very beginning tells nothing)."""

    idf: Mapping[str, float]
    words: Mapping[str, str]
    names: frozenset[str]

    @classmethod
    def parse(cls, text: str, idf: Mapping[str, float]) -> "Question":
        words: dict[str, str] = {}
        for word in tokenize(text):
            if (term := term_of(word)) in idf:
                words.setdefault(term, word)
        names = frozenset(term for name in _NAME.findall(text) for term in analyze(name) if term in idf)
        return cls(idf, words, names)


@dataclass(frozen=True, slots=True)
class Wording:
    """Two signals of n passages, each of shape (n,), 0 to 1, and what they were made from.

    `meant`: the share of the question's idf weight that stands in the passage or its title, a word that is absent
    counting as much as the nearest word there resembles it. `named`: the share of its names and numbers. Of shape
    (terms, n): `stands`, whether a term of the question stands in the passage or its title, and `near`, the cosine of
    the term's word to the nearest word there.
    """

    meant: NDArray[np.float64]
    named: NDArray[np.float64]
    stands: NDArray[np.bool_]
    near: NDArray[np.float64]


def wording(
    question: Question,
    forward: ForwardIndex,
    rows: NDArray[np.int64],
    articles: NDArray[np.int64],
    vectors: WordVectors,
) -> Wording:
    """The signals of passages, by row, of articles, for a question. `vectors` gives words their unit vectors out of
    context.
    """
    texts, titles = forward.passages(rows), forward.titles(articles)
    end = np.full(1, _END, np.int32)  # so that no run of words is empty
    pieces = []
    for place in range(len(rows)):
        text = texts.words[texts.starts[place] : texts.starts[place + 1]]
        pieces += [text, titles.words[titles.starts[place] : titles.starts[place + 1]], end]
    words = np.concatenate(pieces)
    starts = np.concatenate([[0], np.cumsum([len(piece) for piece in pieces])[2::3][:-1]]).astype(np.intp)

    within = np.logical_or.reduceat(_standing(question, forward, words), starts, axis=1)
    near = closeness([question.words.get(term) for term in question.idf], forward, words, starts, vectors)
    weights = np.array(list(question.idf.values()))
    meant = weights @ np.where(within, 1.0, near) / (weights.sum() or 1.0)
    of_names = np.array([term in question.names for term in question.idf], bool)
    named = within[of_names].mean(axis=0) if of_names.any() else np.full(len(rows), _NO_NAMES)
    return Wording(meant, named, within, near)


def openings(question: Question, forward: ForwardIndex, leads: NDArray[np.int64]) -> NDArray[np.float64]:
    """The share of neighbouring terms of the question that stand near each other in passages, by row, 0 to 1: shape
    (n,), after Tao & Zhai 2007, "An Exploration of Proximity Measures in Information Retrieval". Told of the first
    passages of articles: a report begins with what it is about.
    """
    every, place_of = np.unique(leads, return_inverse=True)
    texts = forward.passages(every)
    words = np.insert(texts.words, texts.starts[1:], _END)  # so that no text is empty
    starts = (texts.starts[:-1] + np.arange(len(every))).astype(np.intp)
    return nearness(_standing(question, forward, words), starts)[place_of]


def _standing(question: Question, forward: ForwardIndex, words: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which of the words, by number, are which term of the question: shape (terms, words)."""
    numbers = forward.term_numbers(question.idf)
    terms = np.where(words == _END, np.int32(_END), forward.terms[words])
    standing: NDArray[np.bool_] = (terms == numbers[:, None]) & (numbers >= 0)[:, None]
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


def nearness(stands: NDArray[np.bool_], starts: NDArray[np.intp]) -> NDArray[np.float64]:
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
