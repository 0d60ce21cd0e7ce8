"""`search`: a request to its ranking, step by step; shared by ask, retrieve, evaluation and the window."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine
from qa.search.candidates import find_candidates
from qa.search.features import FEATURES, Features, Weights, compute_features, first_pass, shipped_weights
from qa.search.feedback import rm3
from qa.search.followup import Encode
from qa.search.passages import PassageTexts
from qa.search.query import parse_query
from qa.search.rank import Ranking, rank
from qa.search.rerank import reranked
from qa.types import Request

__all__ = ["search", "without"]


def search(
    index: SearchEngine, request: Request, weights: Weights | None = None, encode: Encode | None = None
) -> Ranking:
    """All candidate passages of an index for a request, best first. `weights` are those that ship unless given, and
    `encode`, which gives texts their unit vectors, is the index's.

    Raises ModelNotFound for a reranker that cannot be loaded.
    """
    query = parse_query(index, request, encode)
    candidates = find_candidates(index, query)
    counted = weights or shipped_weights()
    features = compute_features(index, query, candidates, counted)
    ranking = rank(query, candidates, features, counted, PassageTexts(index))
    return reranked(ranking, request.question, request.reranker) if request.reranker else ranking


def without(index: SearchEngine, ranking: Ranking, hidden: NDArray[np.bool_]) -> Ranking:
    """A ranking as if some of its passages, shape (n,), were not in the index: RM3 takes its terms from the others, and
    scores follow. How rare a word is stays as it was.
    """
    left = ranking.take(np.flatnonzero(~hidden))
    if not len(left):
        return left
    values = left.features.values.copy()
    score = first_pass(values, left.query, shipped_weights())
    values[:, FEATURES.index("rm3")] = rm3(index, left.rows, left.articles, score, left.query.selection)
    return replace(left, features=Features(values)).rescored(values @ left.weights)
