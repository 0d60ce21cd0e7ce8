"""How the words of a question stand in a passage: signals that BM25 and one vector for a whole passage cannot give."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.lexical import analyze
from qa.reading import Read, words_of

__all__ = ["Question", "WordVectors", "Wording", "closeness", "nearness", "wording"]

_NAME = re.compile(r"(?<!^)\b(?:[A-Z]\w+|\d[\d,.]*\w*)")
_WINDOW = 3  # words within which two terms of the question stand together
_NO_NAMES = 0.5  # what a question without names gives every passage: no reason to move any

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
        for word in words_of(text):
            for term in analyze(word):
                if term in idf:
                    words.setdefault(term, word)
        names = frozenset(term for name in _NAME.findall(text) for term in analyze(name) if term in idf)
        return cls(idf, words, names)


@dataclass(frozen=True, slots=True)
class Wording:
    """Three signals of n passages, each of shape (n,), 0 to 1.

    `meant`: the share of the question's idf weight that stands in the passage or its title, a word that is absent
    counting as much as the nearest word there resembles it. `together`: the share of neighbouring terms of the
    question that stand near each other, after Tao & Zhai 2007, "An Exploration of Proximity Measures in Information
    Retrieval". `named`: the share of its names and numbers.
    """

    meant: NDArray[np.float64]
    together: NDArray[np.float64]
    named: NDArray[np.float64]


def wording(question: Question, passages: Sequence[Read], vectors: WordVectors) -> Wording:
    """The signals of passages for a question. `vectors` gives words their unit vectors out of context."""
    near = closeness(question, [passage.words for passage in passages], vectors)
    total = sum(question.idf.values()) or 1.0
    pairs = [(one, other) for one, other in pairwise(question.idf) if one != other]
    meant, together, named = (np.zeros(len(passages)) for _ in range(3))
    for place, passage in enumerate(passages):
        meant[place] = (
            sum(
                weight * (1.0 if term in passage.everything else near[place].get(term, 0.0))
                for term, weight in question.idf.items()
            )
            / total
        )
        together[place] = nearness(pairs, passage.terms)
        names = question.names
        named[place] = len(names & passage.everything) / len(names) if names else _NO_NAMES
    return Wording(meant, together, named)


def closeness(question: Question, texts: Sequence[Sequence[str]], vectors: WordVectors) -> list[dict[str, float]]:
    """Per text (a list of words): each term of the question with the cosine of its word to the text's nearest one,
    at least 0.
    """
    asked = list(question.words.items())
    every = list(dict.fromkeys(word for text in texts for word in text))
    if not asked or not every:
        return [{} for _ in texts]
    place = {word: row for row, word in enumerate(every)}
    alike = vectors(every) @ vectors([word for _, word in asked]).T
    best = []
    for text in texts:
        rows = [place[word] for word in text]
        top = alike[rows].max(axis=0) if rows else np.zeros(len(asked))
        best.append({term: max(0.0, float(value)) for (term, _), value in zip(asked, top, strict=True)})
    return best


def nearness(pairs: Sequence[tuple[str, str]], terms: Sequence[str]) -> float:
    """The share of pairs of terms that stand within three words of each other, 0 to 1; 0 without pairs."""
    if not pairs:
        return 0.0
    wanted = {term for pair in pairs for term in pair}
    places: dict[str, list[int]] = {}
    for place, term in enumerate(terms):
        if term in wanted:
            places.setdefault(term, []).append(place)
    met = sum(
        any(abs(a - b) <= _WINDOW for a in places.get(one, ()) for b in places.get(other, ())) for one, other in pairs
    )
    return met / len(pairs)
