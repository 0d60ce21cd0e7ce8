"""Ranking: the learned weighted sum of the features, best first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qa.search.candidates import Candidates
from qa.search.features import FEATURES, Features, Weights
from qa.search.fusion import best_first
from qa.search.passages import PassageText, PassageTexts
from qa.search.query import Query

__all__ = ["Ranking", "effective_weights", "rank"]

_MANY_ARTICLES = 10  # below 11 articles, article-level features say next to nothing; 3 articles, one fifth
_BY_ARTICLE = ("article_bm25", "lead_cosine", "rm3")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranking:
    """n passages, best first, ties in order of row. `rows`, `articles` and `score` have shape (n,); `features` has
    their features, and `weights`, shape (F,), what each counted: score = features @ weights.
    """

    query: Query
    rows: NDArray[np.int64]
    articles: NDArray[np.int64]
    features: Features
    score: Floats
    weights: Floats
    texts: PassageTexts

    def take(self, order: NDArray[np.int64]) -> "Ranking":
        """The passages at these positions, in this order."""
        features = Features(self.features.values[order])
        return replace(
            self, rows=self.rows[order], articles=self.articles[order], features=features, score=self.score[order]
        )

    def rescored(self, score: Floats) -> "Ranking":
        """The same passages under other scores, best first."""
        return replace(self, score=score).take(best_first(self.rows, score))

    def read(self, position: int) -> PassageText:
        """The passage at a position."""
        return self.texts[int(self.rows[position])]

    def explained(self, position: int) -> dict[str, tuple[float, float]]:
        """The value and the weight of each feature of the passage at a position, by name."""
        values = self.features.values[position].tolist()
        return dict(zip(FEATURES, zip(values, self.weights.tolist(), strict=True), strict=True))

    def articles_behind(self, positions: Sequence[int]) -> list[float]:
        """How far the best score of each one's article is behind the best of all, among the passages at these
        positions: 0 for every passage of the article that is first."""
        best: dict[int, float] = {}
        scores, articles = self.score[list(positions)].tolist(), self.articles[list(positions)].tolist()
        for article, score in zip(articles, scores, strict=True):
            best[article] = max(score, best.get(article, score))
        return [max(scores) - best[article] for article in articles]

    def __len__(self) -> int:
        return len(self.rows)


def rank(query: Query, candidates: Candidates, features: Features, weights: Weights, texts: PassageTexts) -> Ranking:
    """Candidates in order of the weighted sum of their features."""
    counted = effective_weights(query, weights)
    score = features.values @ counted
    every = Ranking(query, candidates.rows, candidates.articles, features, score, counted, texts)
    return every.take(best_first(candidates.rows, score))


def effective_weights(query: Query, weights: Weights) -> Floats:
    """What each feature counts for a query, shape (F,): the weights for the size of the index searched.

    Article-level features are damped where articles are too few to differ; BM25 of passages takes what BM25 of articles
    loses. RM3 counts less the fewer passages an article has, and nothing where each has one: then an article's words
    are those of its passage.
    """
    chosen = weights.small if query.small else weights.large
    counted = np.array([chosen[name] for name in FEATURES])
    breadth = float(np.clip((query.article_count - 1) / _MANY_ARTICLES, 0.0, 1.0))
    depth = 1.0 - query.article_count / max(1, query.passage_count)
    place = {name: number for number, name in enumerate(FEATURES)}
    counted[place["passage_bm25"]] += counted[place["article_bm25"]] * (1.0 - breadth)
    counted[[place[name] for name in _BY_ARTICLE]] *= breadth
    counted[place["rm3"]] *= depth
    return counted
