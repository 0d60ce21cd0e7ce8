"""Features of candidates: one named column each in an array of shape (n, F), each made by a small pure function."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine
from qa.search.candidates import Candidates
from qa.search.feedback import rm3
from qa.search.followup import quoted_from
from qa.search.fusion import best_first, recency
from qa.search.preferences import boosts
from qa.search.query import Query

__all__ = ["FEATURES", "Features", "Weights", "compute_features", "first_pass", "proximity", "shipped_weights"]

_FIRST_PASS = ("cosine", "passage_bm25", "article_bm25")
_OF_PARTS = (*_FIRST_PASS, "lead_cosine")  # of each part of a query
FEATURES = (*_OF_PARTS, "lead_proximity", "rm3", "recency", "period", "source", "sentence_cosine")
_READ_AGAIN = 60  # limit: candidates, by first pass, whose articles are read for lead proximity; 200 rank alike
# limit: likewise, whose sentences are embedded; 24 and 40 are alike: tests/benchmarks/results/tried.md
_SENTENCES_OF = 12
_WINDOW = 3  # words within which two terms of the question stand together
_END = -1  # the id that stands between texts

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Features:
    """`values` has shape (n, len(FEATURES)), columns in the order of FEATURES, each 0 to 1 (cosines may be negative).

    - cosine: of the query to the passage
    - passage_bm25, article_bm25: BM25 of the passage and of its whole article, as shares of what is possible
    - lead_cosine: of the query to the article's first passage
    - lead_proximity: share of neighbouring terms of the question that stand near each other in the article's first
      passage (Tao & Zhai 2007)
    - rm3: overlap of the article's terms with those of the top articles (Lavrenko & Croft 2001)
    - recency: halves with the article's age on the day of asking (Li & Croft 2003)
    - period, source: whether the article is of the period or source that the question names
    - sentence_cosine: of the question to the passage's best sentence; 0 for all in large indexes
    """

    values: Floats

    def column(self, name: str) -> Floats:
        """One feature of all candidates, shape (n,)."""
        column: Floats = self.values[:, FEATURES.index(name)]
        return column


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts, by name: in indexes of at most 3,000 passages (`small`), and in larger ones. Those of
    the first pass, which chooses what other features are computed from, stay as they are when the others are learned
    anew: so the features that are served are those that were learned on.
    """

    large: Mapping[str, float]
    small: Mapping[str, float]
    first_pass_large: Mapping[str, float]
    first_pass_small: Mapping[str, float]


@cache
def shipped_weights() -> Weights:
    """The weights in ranking_weights.json."""
    stored = json.loads(files("qa.search").joinpath("ranking_weights.json").read_text("utf-8"))
    sizes = stored["large"], stored["small"]
    return Weights(*(one["weights"] for one in sizes), *(one["first_pass"] for one in sizes))


def compute_features(index: SearchEngine, query: Query, candidates: Candidates, weights: Weights) -> Features:
    """The features of candidates, in their order. For a follow-up, cosines and BM25 are the mean over the parts of
    the query by their weights. A first pass, by cosine and BM25 alone, chooses what else is read.
    """
    values = np.zeros((len(candidates), len(FEATURES)))
    if not len(candidates):
        return Features(values)
    leads, place = np.unique(candidates.articles, return_inverse=True)
    values[:, :4], topic = _by_parts(index, query, candidates, leads, place)
    first = first_pass(topic, query, weights)
    best = best_first(candidates.rows, first)
    # Lead proximity is of the question alone, and counts by its share of the query.
    share = 1.0 / sum(part.weight for part in query.parts)
    values[:, 4] = share * _lead_proximity(index, query, candidates, best[:_READ_AGAIN])
    values[:, 5] = rm3(index, candidates.rows, candidates.articles, first, query.selection)
    values[:, 6:9] = _time_and_source(index, query, candidates)
    if query.small:
        values[:, 9] = _sentence_cosine(index, query, candidates, best[:_SENTENCES_OF])
    return Features(values)


def first_pass(values: Floats, query: Query, weights: Weights) -> Floats:
    """The score by cosine and BM25 alone of n candidates with features of shape (n, F): shape (n,)."""
    counted = weights.first_pass_small if query.small else weights.first_pass_large
    first: Floats = values[:, : len(_FIRST_PASS)] @ np.array([counted[name] for name in _FIRST_PASS])
    return first


def _by_parts(
    index: SearchEngine, query: Query, candidates: Candidates, leads: NDArray[np.int64], place: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """The first four features; and as they would be if the last answer also lifted the passage that it was quoted from,
    which tells what the conversation is about.
    """
    total, topic = np.zeros((2, len(candidates), len(_OF_PARTS)))
    weights = 0.0
    rows = np.concatenate([candidates.rows, index.leads_of(leads)])
    for number, part in enumerate(query.parts):
        cosines = index.cosines(query.vectors[number], rows).astype(np.float64)
        bm25 = candidates.passage_bm25[number], candidates.article_bm25[number]
        columns = np.column_stack([cosines[: len(candidates)], *bm25, cosines[len(candidates) :][place]])
        topic += part.weight * columns
        if part.quote:  # it moves its own passage neither up nor down
            columns[quoted_from(part.quote, index, candidates.rows)] = np.median(columns, axis=0)
        total += part.weight * columns
        weights += part.weight
    return total / weights, topic / weights


def _lead_proximity(index: SearchEngine, query: Query, candidates: Candidates, read: NDArray[np.int64]) -> Floats:
    """Proximity of the question's terms in the first passages of articles: a report begins with what it is about."""
    forward, ids = index.forward, index.forward.term_ids(query.idf)
    leads, place_of = np.unique(index.leads_of(candidates.articles[read]), return_inverse=True)
    texts = forward.passages(leads)
    words = np.insert(texts.words, texts.starts[1:], _END)  # so that no text is empty
    starts = (texts.starts[:-1] + np.arange(len(leads))).astype(np.intp)
    terms = np.where(words == _END, np.int32(_END), forward.terms[words])
    found = proximity((terms == ids[:, None]) & (ids >= 0)[:, None], starts)[place_of]
    values = np.full(len(candidates), found.min(initial=1.0))  # those not read are taken for the worst that were
    values[read] = found
    return values


def proximity(stands: NDArray[np.bool_], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    """The share of neighbouring terms that stand within three words of each other in each text, 0 to 1; 0 for a
    single term (Tao & Zhai 2007, "An Exploration of Proximity Measures in Information Retrieval").

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


def _time_and_source(index: SearchEngine, query: Query, candidates: Candidates) -> Floats:
    day = date.today() if query.request.as_of is None else query.request.as_of
    fresh = np.zeros(len(candidates))
    period, source = boosts(index, query.preferences, candidates.articles)
    if isinstance(day, date) and not (query.preferences.over and period.any()):
        fresh = recency(index.days(candidates.articles), day.toordinal())
    return np.column_stack([fresh, period, source])


def _sentence_cosine(index: SearchEngine, query: Query, candidates: Candidates, read: NDArray[np.int64]) -> Floats:
    """The mean over the parts of the query, by their weights, of the cosine to each passage's best sentence."""
    sentences = index.sentence_vectors([int(row) for row in candidates.rows[read]])
    found = np.zeros(len(sentences))
    for number, part in enumerate(query.parts):
        own = np.array([float((vectors @ query.vectors[number]).max()) for vectors in sentences])
        if part.quote:  # as in _by_parts
            own[quoted_from(part.quote, index, candidates.rows[read])] = np.median(own)
        found += part.weight * own
    found /= sum(part.weight for part in query.parts)
    values = np.full(len(candidates), found.min())  # those not read are taken for the worst that were
    values[read] = found
    return values
