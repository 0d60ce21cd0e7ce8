"""Near-identical passages: the agency's story under several names counts once."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.snapshot import SearchEngine
from qa.ranking import Candidates

__all__ = ["Distinct", "containment", "distinct", "shingles"]

_WORDS = 4
_LOOK = 40  # ranks searched for copies of a passage
_ALIKE_COSINE = 0.7  # passages less alike than this cannot be copies, whatever their titles
_COPY = 0.8  # containment of four-word shingles from which a passage is a copy
_OF_COPIES = 0.45  # likewise, where the articles are copies: passages that share half their words share fewer runs


@dataclass(frozen=True, slots=True)
class Distinct:
    """One place in the answer: the position of a candidate, and of those that say the same in other articles."""

    position: int
    copies: tuple[int, ...] = ()


def shingles(terms: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """The runs of four terms of a text; of a shorter text, the whole of it."""
    return frozenset(tuple(terms[i : i + _WORDS]) for i in range(max(1, len(terms) - _WORDS + 1)))


def containment(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """The share of the smaller set that is in the other, 0 to 1 (Broder 1997, "On the resemblance and containment of
    documents").
    """
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def distinct(index: SearchEngine, candidates: Candidates, k: int) -> list[Distinct]:
    """The k best candidates that say different things, in order, each with its copies from other articles.

    A passage is a copy of a better one when it holds the same words, or when they overlap by half and their articles
    are in one cluster of near-identical ones. Other passages of such articles are no copies.
    """
    look = min(len(candidates), max(_LOOK, 2 * k))
    vectors = index.vectors_of(candidates.rows[:look])
    alike = vectors @ vectors.T >= _ALIKE_COSINE
    articles = candidates.articles[:look]
    clusters = index.clusters_of(articles)
    related = (clusters[:, None] == clusters) & (articles[:, None] != articles)
    texts: dict[int, frozenset[tuple[str, ...]]] = {}

    def of(position: int) -> frozenset[tuple[str, ...]]:
        if position not in texts:
            texts[position] = shingles(candidates.read(position).terms)
        return texts[position]

    def same(best: int, position: int) -> bool:
        if not (alike[best, position] or related[best, position]):
            return False
        limit = _OF_COPIES if related[best, position] else _COPY
        return containment(of(best), of(position)) >= limit

    chosen: list[int] = []
    copies: dict[int, list[int]] = {}
    for position in range(look):
        twin = next((best for best in chosen if same(best, position)), None)
        if twin is not None:
            if all(candidates.articles[other] != candidates.articles[position] for other in (twin, *copies[twin])):
                copies[twin].append(position)
        elif len(chosen) < k:
            chosen.append(position)
            copies[position] = []
    return [Distinct(position, tuple(copies[position])) for position in chosen]
