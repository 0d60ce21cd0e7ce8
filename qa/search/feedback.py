"""What the best candidates of a first pass have in common, and who else has it: their words, and their days.

Pseudo-relevance feedback: the articles that a first pass finds are mostly about the right event, even where the best
of them is not the right one.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from index.store.forward_index import ForwardIndex
from index.store.snapshot import SearchEngine, Selection
from qa.search.fusion import best_first

__all__ = ["Feedback", "background", "burst", "echo", "feedback"]

_ASKED = 10  # articles whose words are taken
_HEARD = 30  # articles in which they are looked for
_BEGINNING = 6  # passages of each that are read
_TERMS = 30
_STEEP = 8.0  # how much more a better article says: e^8 for a whole point of score
_DAYS = 3.0  # in which a day says less by e about another
_SAMPLE = 4096  # passages that tell how rare a word is
_K1, _B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Feedback:
    """Two signals of n passages, each of shape (n,), 0 to 1.

    `echo`: how much of what the best articles speak of its article speaks of too; `burst`: how many of the good
    articles are of the days around its own.
    """

    echo: NDArray[np.float64]
    burst: NDArray[np.float64]


def feedback(
    index: SearchEngine,
    rows: NDArray[np.int64],
    articles: NDArray[np.int64],
    score: NDArray[np.float64],
    selection: Selection | None = None,
) -> Feedback:
    """The signals of passages, by row, of articles, given their scores in a first pass under a filter."""
    order = best_first(rows, score)
    _, first = np.unique(articles[order], return_index=True)
    best = order[np.sort(first)[:_HEARD]]
    if not len(best):
        return Feedback(np.zeros(len(rows)), np.zeros(len(rows)))
    heard, says = articles[best], np.exp(_STEEP * (score[best] - score[best[0]]))
    every, place_of = np.unique(articles, return_inverse=True)
    echoed = echo(index, heard, says, background(index, selection))
    echoes = np.full(len(every), echoed.min())  # those not read are taken for the worst of those that were
    echoes[np.searchsorted(every, heard)] = echoed
    days = index.days(every)
    bursts = burst(days, index.days(heard), says, every[:, None] == heard)
    return Feedback(echoes[place_of], bursts[place_of])


def echo(
    index: SearchEngine, articles: NDArray[np.int64], says: NDArray[np.float64], rarity: NDArray[np.float32]
) -> NDArray[np.float64]:
    """How much of what the first ten of n articles speak of each of them does, as shares of the most: shape (n,).

    The 30 terms that mark the beginnings of the first ten, weighted by `says`, shape (n,), and by their `rarity`, are
    looked for in the beginnings of all with the saturation and the lengths of BM25: the relevance model of Lavrenko &
    Croft 2001, "Relevance-Based Language Models", after Abdul-Jaleel et al. 2004 (RM3).
    """
    forward = index.forward
    passages = [index.passages_of(int(article))[:_BEGINNING] for article in articles]
    texts = forward.passages(np.concatenate(passages))
    terms = forward.terms[texts.words]
    lengths = np.diff(texts.starts[np.cumsum([0, *map(len, passages)])])
    share = says[:_ASKED] / np.maximum(lengths[:_ASKED], 1)
    speaker = np.repeat(np.arange(len(share)), lengths[:_ASKED])
    pairs, times = np.unique(terms[: len(speaker)].astype(np.int64) * _ASKED + speaker, return_counts=True)
    said = pairs // _ASKED
    starts = np.flatnonzero(np.diff(said, prepend=-1))
    found = said[starts]
    weights = np.add.reduceat(times * share[pairs % _ASKED], starts) * rarity[found] if len(found) else share[:0]
    marked = np.argsort(-np.round(weights, 12), kind="stable")[:_TERMS]
    slot = np.full(len(rarity), -1, np.int16)
    slot[found[marked]] = np.arange(len(marked))
    slots = slot[terms]
    stands = np.flatnonzero(slots >= 0)
    article_of = np.repeat(np.arange(len(articles)), lengths)[stands]
    counts = np.bincount(article_of * len(marked) + slots[stands], minlength=len(articles) * len(marked))
    counts = counts.reshape(len(articles), len(marked))
    typical = lengths.mean() or 1.0
    long = _K1 * (1 - _B + _B * lengths / typical)
    spoken: NDArray[np.float64] = (counts * (_K1 + 1) / (counts + long[:, None])) @ weights[marked]
    return spoken / (spoken.max(initial=0.0) or 1.0)


def burst(
    days: NDArray[np.int64], others: NDArray[np.int64], says: NDArray[np.float64], same: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """The share of what others say that is said around each day, 0 to 1, shape (n,), after Efron et al. 2014,
    "Temporal Feedback for Tweet Search with Non-Parametric Density Estimation".

    `days`, shape (n,), and `others`, shape (m,), are proleptic ordinals, 0 for undated articles, which get 0 and say
    nothing; `says` has shape (m,); `same`, shape (n, m), tells who is who: nobody speaks for himself.
    """
    says = np.where(others > 0, says, 0.0)
    near = np.where(same, 0.0, np.exp(-np.abs(days[:, None] - others) / _DAYS))
    shares: NDArray[np.float64] = near @ says / (says.sum() or 1.0)
    return np.where(days > 0, shares, 0.0)


_known: WeakKeyDictionary[ForwardIndex | Selection, NDArray[np.float32]] = WeakKeyDictionary()


def background(index: SearchEngine, selection: Selection | None = None) -> NDArray[np.float32]:
    """The rarity (idf) of every term, by its number, in at most 4,096 passages spread evenly over those that a filter
    admits; read once.
    """
    forward = index.forward
    known = _known.get(selection or forward)
    if known is None:
        every = np.arange(forward.counts[0]) if selection is None else np.flatnonzero(selection.passages)
        rows = every[np.unique(np.linspace(0, max(0, len(every) - 1), min(len(every), _SAMPLE)).astype(np.int64))]
        texts = forward.passages(rows)
        kinds = int(forward.terms.max(initial=0)) + 1
        passage = np.repeat(np.arange(len(rows)), np.diff(texts.starts))
        pairs = np.unique(passage * kinds + forward.terms[texts.words])
        frequency = np.bincount(pairs % kinds, minlength=kinds)
        known = np.log1p((len(rows) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        _known[selection or forward] = known
    return known
