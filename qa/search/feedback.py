"""Pseudo-relevance feedback: which terms the top articles of a first pass share, and which other articles hold them."""

from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from index.engine import Forward, SearchEngine, Selection
from index.store.bm25 import K1, B
from qa.search.fusion import best_first

__all__ = ["background_idf", "rm3", "term_overlap"]

_TOP = 10  # articles whose terms are taken; 5 and 20 rank alike: tests/benchmarks/results/tried.md
_COMPARED = 30  # articles in which they are looked for
_BEGINNING = 6  # limit: passages of each that are read; all rank alike: likewise
_TERMS = 30  # that mark these; 10 to 40 rank alike: likewise
_STEEP = 8.0  # a document's weight is e^(8 x score)
_SAMPLE = 4096  # limit: passages that tell how rare a word is


def rm3(
    index: SearchEngine,
    rows: NDArray[np.int64],
    articles: NDArray[np.int64],
    score: NDArray[np.float64],
    selection: Selection | None = None,
) -> NDArray[np.float64]:
    """RM3: overlap of each passage's article with the terms of the top articles of a first pass, 0 to 1: shape (n,).

    `rows`, `articles` and `score` have shape (n,): the passages, their articles, and their scores in the first pass.
    Articles that are not among the first 30 get the least overlap of those that are.
    """
    order = best_first(rows, score)
    _, first = np.unique(articles[order], return_index=True)
    best = order[np.sort(first)[:_COMPARED]]
    if not len(best):
        return np.zeros(len(rows))
    compared, weights = articles[best], np.exp(_STEEP * (score[best] - score[best[0]]))
    overlap = term_overlap(index, compared, weights, background_idf(index, selection))
    every, place_of = np.unique(articles, return_inverse=True)
    found = np.full(len(every), overlap.min())
    found[np.searchsorted(every, compared)] = overlap
    return found[place_of]


def term_overlap(
    index: SearchEngine, articles: NDArray[np.int64], weights: NDArray[np.float64], idf: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Overlap of n articles with the 30 terms that mark the first ten of them, as shares of the most: shape (n,).

    Terms are weighted by the `weights` of the articles that hold them, shape (n,), and by `idf`, by term id; they are
    looked for in the first passages of each article with the saturation and length of BM25: the relevance model of
    Lavrenko & Croft 2001, "Relevance-Based Language Models", after Abdul-Jaleel et al. 2004 (RM3).
    """
    forward = index.forward
    passages = [index.passages_of(int(article))[:_BEGINNING] for article in articles]
    texts = forward.passages(np.concatenate(passages))
    terms = forward.terms[texts.words]
    lengths = np.diff(texts.starts[np.cumsum([0, *map(len, passages)])])
    share = weights[:_TOP] / np.maximum(lengths[:_TOP], 1)
    owner = np.repeat(np.arange(len(share)), lengths[:_TOP])
    pairs, times = np.unique(terms[: len(owner)].astype(np.int64) * _TOP + owner, return_counts=True)
    of_term = pairs // _TOP
    starts = np.flatnonzero(np.diff(of_term, prepend=-1))
    found = of_term[starts]
    marks = np.add.reduceat(times * share[pairs % _TOP], starts) * idf[found] if len(found) else share[:0]
    marked = np.argsort(-np.round(marks, 12), kind="stable")[:_TERMS]
    slot = np.full(len(idf), -1, np.int16)
    slot[found[marked]] = np.arange(len(marked))
    slots = slot[terms]
    stands = np.flatnonzero(slots >= 0)
    article_of = np.repeat(np.arange(len(articles)), lengths)[stands]
    counts = np.bincount(article_of * len(marked) + slots[stands], minlength=len(articles) * len(marked))
    counts = counts.reshape(len(articles), len(marked))
    typical = lengths.mean() or 1.0
    long = K1 * (1 - B + B * lengths / typical)
    overlap: NDArray[np.float64] = (counts * (K1 + 1) / (counts + long[:, None])) @ marks[marked]
    return overlap / (overlap.max(initial=0.0) or 1.0)


_IDF: WeakKeyDictionary[Forward | Selection, NDArray[np.float32]] = WeakKeyDictionary()
_IDF_LOCK = Lock()


def background_idf(index: SearchEngine, selection: Selection | None = None) -> NDArray[np.float32]:
    """The idf of every term, by its id, in at most 4,096 passages spread evenly over those that a filter
    admits; counted once for each filter as long as that is in use.
    """
    forward = index.forward
    with _IDF_LOCK:
        cached = _IDF.get(selection or forward)
    if cached is None:
        cached = _sampled_idf(forward, selection)
        with _IDF_LOCK:
            _IDF[selection or forward] = cached
    return cached


def _sampled_idf(forward: Forward, selection: Selection | None) -> NDArray[np.float32]:
    every = np.arange(forward.counts[0]) if selection is None else np.flatnonzero(selection.passages)
    rows = every[np.unique(np.linspace(0, max(0, len(every) - 1), min(len(every), _SAMPLE)).astype(np.int64))]
    texts = forward.passages(rows)
    terms = int(forward.terms.max(initial=0)) + 1
    passage = np.repeat(np.arange(len(rows)), np.diff(texts.starts))
    pairs = np.sort(passage * terms + forward.terms[texts.words])  # np.unique hashes, which takes 20 times as long
    once = np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]
    frequency = np.bincount(pairs[once] % terms, minlength=terms)
    return np.log1p((len(rows) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)  # fact: Robertson's idf
