"""`search`: a request to its ranking, step by step; shared by ask, retrieve, evaluation and the window."""

from index.engine import SearchEngine
from qa.search.candidates import find_candidates
from qa.search.features import compute_features
from qa.search.followup import Encode
from qa.search.passages import PassageTexts
from qa.search.query import parse_query
from qa.search.rank import Ranking, rank
from qa.search.rerank import reranked
from qa.search.weights import Weights, shipped_weights
from qa.types import Request

__all__ = ["search"]


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
