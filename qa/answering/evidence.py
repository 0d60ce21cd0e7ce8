"""Evidence: whether the passages that were read answer the question, and how likely it is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.engine import SearchEngine
from index.store.bm25 import analyze
from qa.answering.coefficients import Coefficients, shipped_coefficients
from qa.answering.reader import PassageReading, Reader, shared_reader
from qa.answering.reading import Reading, Task, read, seen_passages
from qa.answering.threshold import own_threshold
from qa.search.passages import PassageText
from qa.search.rank import Ranking
from qa.types import CITATIONS, Strength

__all__ = [
    "READ", "WEIGHED", "Evidence", "best_in_article", "coefficients_used", "compared_in_article", "likeliest_first",
    "read_passages", "strength", "threshold_of", "weigh",
]  # fmt: skip

WEIGHED = CITATIONS  # as many as the coefficients were learned on
READ = 8  # limit: passages that the reader reads for a question; further ones are judged by their words


@dataclass(frozen=True, slots=True)
class Evidence:
    """`confidence`, 0 to 1: the chance that the best marked sentence answers; from the threshold on it is `found`."""

    confidence: float
    found: bool


def read_passages(
    index: SearchEngine,
    ranking: Ranking,
    passages: Sequence[PassageText],
    positions: Sequence[int],
    *,
    reader: bool,
    seen: Sequence[PassageReading] | None = None,
) -> list[Reading]:
    """A reading of each passage, in their order; `positions` are theirs in the ranking. Without `reader`, or where its
    weights cannot be used, by words and cosine alone. `seen` is what the reader made of them, where that is known.
    """
    model: Reader | None = shared_reader()[0] if reader else None
    task = Task.of(ranking)
    implied = [_implied_terms(ranking, position) for position in positions]
    cut = READ if model is not None else 0
    if seen is None:
        seen = seen_passages(task.question, passages[:cut], model)
    first = read(index, task, passages[:cut], shipped_coefficients(small=task.small, reader=True), seen, implied[:cut])
    rest = read(index, task, passages[cut:], shipped_coefficients(small=task.small, reader=False), None, implied[cut:])
    readings = [*first, *rest]
    articles = [passage.passage.article for passage in passages]
    learned = coefficients_used(small=task.small, reader=reader)
    alone = [reading.confidence for reading in readings]
    confidences = compared_in_article(alone, articles, learned.not_best_in_article)
    return [replace(reading, confidence=value) for reading, value in zip(readings, confidences, strict=True)]


def best_in_article(confidences: Sequence[float], articles: Sequence[int]) -> list[bool]:
    """Whether each passage, in order of rank, has the highest confidence of its article's, of equals the first. The
    passages that are weighed are compared with each other and further ones with those before them, so that nothing
    depends on how many there are."""
    found = []
    for place, (confidence, article) in enumerate(zip(confidences, articles, strict=True)):
        rivals = [other for other in range(min(max(WEIGHED, place), len(articles))) if articles[other] == article]
        found.append(not any((-confidences[other], other) < (-confidence, place) for other in rivals))
    return found


def compared_in_article(confidences: Sequence[float], articles: Sequence[int], log_odds: float) -> list[float]:
    """Confidences of passages in order of rank, with `log_odds` added where another passage of the article has a higher
    one: two passages of an article seldom answer both."""
    odds = math.exp(log_odds)
    best = best_in_article(confidences, articles)
    return [
        one if first else one * odds / (1.0 - one + one * odds) for one, first in zip(confidences, best, strict=True)
    ]


def weigh(index: SearchEngine, confidences: Sequence[float], *, small: bool, reader: bool) -> Evidence:
    """The evidence of the cited passages together: that of the best of the first five, against the threshold that was
    measured on this index, else the learned one.
    """
    confidence = max(confidences[:WEIGHED], default=0.0)
    return Evidence(confidence, confidence >= threshold_of(index, small=small, reader=reader))


def threshold_of(index: SearchEngine, *, small: bool, reader: bool) -> float:
    """The confidence from which an index answers: measured on itself, else learned."""
    own = own_threshold(index, reader=reader and shared_reader()[0] is not None)
    return coefficients_used(small=small, reader=reader).threshold if own is None else own


def coefficients_used(*, small: bool, reader: bool) -> Coefficients:
    """The coefficients that confidences are made with: those without a reader where its weights cannot be used."""
    return shipped_coefficients(small=small, reader=reader and shared_reader()[0] is not None)


def strength(confidence: float, coefficients: Coefficients) -> Strength:
    """The confidence of a citation in a word: nine of ten strong ones hold the answer."""
    return "strong" if confidence >= coefficients.strong else "fair" if confidence >= coefficients.fair else "weak"


def likeliest_first(confidences: Sequence[float], behind: Sequence[float], cost: float) -> list[int]:
    """The order of citations that stand in order of rank: of those that are weighed, by confidence less `cost` times
    how far their articles are behind the best one, the first of equals; then the others."""
    weighed = zip(confidences[:WEIGHED], behind[:WEIGHED], strict=True)
    losses = [round(cost * float(gap) - float(value), 9) for value, gap in weighed]
    return [*np.argsort(losses, kind="stable").tolist(), *range(WEIGHED, len(confidences))]


def _implied_terms(ranking: Ranking, position: int) -> frozenset[str]:
    """The question's terms for a period and source that are those of the article: one of July 2020 need not say so."""
    preferences, found = ranking.query.preferences, set[str]()
    if preferences.period is not None and ranking.features.column("period")[position] >= 1.0:
        found.update(analyze(preferences.said[0], ranking.query.language))
    if ranking.features.column("source")[position]:
        found.update(analyze(preferences.said[-1], ranking.query.language))
    return frozenset(found)
