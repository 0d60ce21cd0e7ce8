"""Candidate passages: the union of FAISS and of BM25 over passages, with the BM25 of their articles."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embedding.threads import kept_pool
from index.engine import Hits, SearchEngine
from qa.search.fusion import share_of_maximum
from qa.search.query import Query

__all__ = ["Candidates", "find_candidates"]

_PASSAGES = 200  # limit: from FAISS, and from BM25; more changed no measure by .005 (tests/benchmarks/results/tried.md)
_ARTICLES = 100  # limit: from BM25, likewise
# Passages above which FAISS searches while BM25 does: of a million, a question takes 27 ms at the median for 32, and 37
# at p95 for 44. With fewer it gains nothing, and on a machine whose cores are all at work loses a fifth.
_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True)
class Candidates:
    """n candidate passages by row, ascending, and the article of each: shape (n,).

    `passage_bm25` and `article_bm25` have shape (parts of the query, n): scores as shares of what is possible, 0 to 1.
    """

    rows: NDArray[np.int64]
    articles: NDArray[np.int64]
    passage_bm25: NDArray[np.float64]
    article_bm25: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.rows)


def find_candidates(index: SearchEngine, query: Query) -> Candidates:
    """What FAISS or BM25 finds for any part of a query, under its filter."""
    apply = kept_pool("dense", os.cpu_count() or 1).map if index.passage_count > _AT_ONCE else map
    dense = apply(lambda vector: index.dense(vector, _PASSAGES, query.selection), query.vectors)
    lexical = []
    for terms in query.terms:
        ones: Mapping[str, float] = dict.fromkeys(terms, 1.0)
        passages = index.lexical_passages(ones, _PASSAGES, query.selection)
        articles = index.lexical_articles(ones, _ARTICLES, query.selection)
        lexical.append((passages, articles, sum(terms.values())))
    found = [hits.rows for hits in (*dense, *(passages for passages, _, _ in lexical))]
    rows = np.unique(np.concatenate([np.empty(0, np.int64), *found]))
    of_rows = index.articles_of(rows)
    return Candidates(
        rows=rows,
        articles=of_rows,
        passage_bm25=np.stack([share_of_maximum(_scores(one, rows), bound) for one, _, bound in lexical]),
        article_bm25=np.stack([share_of_maximum(_scores(one, of_rows), bound) for _, one, bound in lexical]),
    )


def _scores(hits: Hits, wanted: NDArray[np.int64]) -> NDArray[np.float64]:
    """The score of each wanted row, 0 where it is not among the hits."""
    found = dict(zip(hits.rows.tolist(), hits.scores.tolist(), strict=True))
    return np.array([found.get(row, 0.0) for row in wanted.tolist()], np.float64)
