"""Do these passages speak to the question at all?"""

import math
from dataclasses import dataclass

import numpy as np

from index.snapshot import SearchEngine
from qa.retrieve import Candidates
from qa.terms import covered
from qa.types import Strength

__all__ = ["Evidence", "strength", "weigh"]

_LOOK = 5  # passages that together must cover the question
# A logistic regression's form over the two best signals; the table that chose the numbers is in
# tests/benchmarks/results.
_BIAS, _COSINE, _COVERED, _BEST = -6.2, 9.0, 2.4, 1.8
_FOUND = 0.5
_STRONG, _FAIR = 0.75, 0.45


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much the best passages speak to the question.

    `cosine` is the highest, `together` the share of the question's idf weight that the best passages cover between
    them, `alone` the most that one of them covers, `missing` the terms that none of them holds, weightiest first;
    `probability` that the articles answer.
    """

    cosine: float
    together: float
    alone: float
    missing: tuple[str, ...]
    probability: float

    @property
    def found(self) -> bool:
        return self.probability >= _FOUND


def weigh(index: SearchEngine, candidates: Candidates, positions: list[int]) -> Evidence:
    """The evidence of candidates, at their positions in the ranking, for the question."""
    best = positions[:_LOOK]
    if not best:
        return Evidence(0.0, 0.0, 0.0, tuple(candidates.idf), 0.0)
    texts = []
    for position in best:
        passage = index.passage(int(candidates.rows[position]))
        article = index.article_at(passage.article)
        texts.append(f"{article.title}\n{passage.span.of(article.text)}")
    cosine = float(np.max(candidates.cosine[best]))
    together = covered(candidates.idf, "\n".join(texts))
    alone = max(covered(candidates.idf, text) for text in texts)
    missing = [term for term in candidates.idf if not covered({term: 1.0}, "\n".join(texts))]
    missing.sort(key=lambda term: -candidates.idf[term])
    return Evidence(cosine, together, alone, tuple(missing), _probability(cosine, together, alone))


def strength(index: SearchEngine, candidates: Candidates, position: int) -> Strength:
    """How well one passage by itself speaks to the question."""
    alone = weigh(index, candidates, [position]).probability
    return "strong" if alone >= _STRONG else "fair" if alone >= _FAIR else "weak"


def _probability(cosine: float, together: float, alone: float) -> float:
    return 1 / (1 + math.exp(-(_BIAS + _COSINE * cosine + _COVERED * together + _BEST * alone)))
