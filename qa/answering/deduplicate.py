"""Near-identical passages: the agency's story under several names counts once."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine
from index.store.vectors import products
from qa.search.rank import Ranking

__all__ = ["TAKEN_OVER", "Distinct", "containment", "distinct", "shingles"]

_WORDS = 4  # of a shingle: fewer are shared by chance, of more a changed word takes away too many
_PRIME = np.uint64(0x9E3779B97F4A7C15)  # products wrap around: no two runs of a text's own collide by chance
_LOOK = 40  # limit: ranks searched for copies of a passage
_ALIKE_COSINE = 0.7  # passages less alike than this cannot be copies, whatever their titles
_COPY = 0.8  # containment of four-word shingles from which a passage is a copy
# Likewise, where the articles are copies or only sentences are compared: half the words are fewer of the shingles.
TAKEN_OVER = 0.45


@dataclass(frozen=True, slots=True)
class Distinct:
    """One place in the answer: the position of a candidate, and of those that say the same in other articles."""

    position: int
    copies: tuple[int, ...] = ()


def shingles(terms: NDArray[np.int32]) -> frozenset[int]:
    """The runs of four terms (their numbers, in order) of a text, each as one number; of a shorter text, the whole
    of it.
    """
    if not len(terms):
        return frozenset((0,))
    width = min(_WORDS, len(terms))
    runs = np.zeros(len(terms) - width + 1, np.uint64)
    for place in range(width):
        runs = runs * _PRIME + terms[place : len(terms) - width + 1 + place].astype(np.uint64)
    return frozenset(runs.tolist())


def containment(one: frozenset[int], other: frozenset[int]) -> float:
    """The share of the smaller set that is in the other, 0 to 1 (Broder 1997, "On the resemblance and containment of
    documents").
    """
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def distinct(index: SearchEngine, ranking: Ranking, k: int) -> list[Distinct]:
    """The k best ranking that say different things, in order, each with its copies from other articles.

    A passage is a copy of a better one when it holds the same words, or when they overlap by half and their articles
    are in one cluster of near-identical ones. Other passages of such articles are no copies.
    """
    look = min(len(ranking), max(_LOOK, 2 * k))
    vectors = index.vectors_of(ranking.rows[:look])
    texts = index.forward.passages(ranking.rows[:look])
    terms = index.forward.terms[texts.words]
    alike = products(vectors, vectors) >= _ALIKE_COSINE
    articles = ranking.articles[:look]
    clusters = index.clusters_of(articles)
    related = (clusters[:, None] == clusters) & (articles[:, None] != articles)

    @cache
    def of(position: int) -> frozenset[int]:
        return shingles(terms[texts.starts[position] : texts.starts[position + 1]])

    def same(best: int, position: int) -> bool:
        if not (alike[best, position] or related[best, position]):
            return False
        limit = TAKEN_OVER if related[best, position] else _COPY
        return containment(of(best), of(position)) >= limit

    chosen: list[int] = []
    copies: dict[int, list[int]] = {}
    for position in range(look):
        twin = next((best for best in chosen if same(best, position)), None)
        if twin is not None:
            if all(ranking.articles[other] != ranking.articles[position] for other in (twin, *copies[twin])):
                copies[twin].append(position)
        elif len(chosen) < k:
            chosen.append(position)
            copies[position] = []
    return [Distinct(position, tuple(copies[position])) for position in chosen]
