"""Which words of the best passages are quoted: in a small index, the sentences that answer, wherever passages begin.

A passage is cut before anybody asks. An answer may be two lines of it, or go on into the next one; where the best
passage leaves no doubt the fifth need not be long, and where all are alike more should be read of each. So sentences
are weighed one by one, and those worth their length are quoted, as runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.snapshot import SearchEngine
from index.types import Span
from qa.dedupe import Distinct, distinct
from qa.ranking import Candidates
from qa.reading import Read
from qa.terms import covered

__all__ = ["Quote", "quotes", "runs"]

_PASSAGES = 12  # whose sentences are weighed, with those of the passages beside them
# The chance that a sentence is of the answer, as a logistic regression found it on every third question of
# chroma_chunking: its cosine; the share of the question's idf weight that it covers with the sentences beside it; how
# far its passage stands behind the best one; how far the better of the passages beside that does; and a constant.
_COSINE, _COVERED, _BEHIND, _BESIDE, _CONSTANT = 3.7, 1.8, 9.0, 2.9, -4.3
_WORTH = 0.015  # the chance from which a sentence is worth reading
_LONGEST = 2_000  # characters of a quote of several sentences


@dataclass(frozen=True, slots=True)
class Quote:
    """A range of an article's text, and the best passage that it is of, with the copies of that."""

    place: Distinct
    passage: Read
    span: Span


@dataclass(frozen=True, slots=True)
class _Sentences:
    """The sentences of some passages, in reading order; every array has shape (n,).

    `position` is that of the passage (or of the one beside it that is a candidate), `first` whether what stands before
    a sentence is not the one before it here.
    """

    spans: list[Span]
    articles: NDArray[np.int64]
    positions: NDArray[np.int64]
    first: NDArray[np.bool_]
    chance: NDArray[np.float64]
    length: NDArray[np.float64]


def quotes(index: SearchEngine, candidates: Candidates, k: int) -> tuple[list[Distinct], list[Quote]]:
    """The k best passages that say different things, and what is quoted of these and of what stands beside them: at
    most k ranges, which share no character, in order of rank.

    Whole passages are quoted of a large index, and when more than twelve are asked for.
    """
    if k > _PASSAGES or not candidates.few or not len(candidates):
        places = distinct(index, candidates, k)
        return places, [_whole(candidates, place) for place in places]
    places = distinct(index, candidates, _PASSAGES)
    return places[:k], _narrow(index, candidates, places, k)


def runs(gain: NDArray[np.float64], first: NDArray[np.bool_], k: int) -> list[tuple[int, int]]:
    """At most k runs of a sequence, as half-open ranges in order, whose gains have the greatest sum; only such as gain.

    `gain` and `first` have shape (n,); no run goes on into an item that is `first`. Dynamic programming (Bentley 1984,
    "Programming Pearls: Algorithm Design Techniques", for one run) in O(n k).
    """
    count = len(gain)
    within = np.full(k + 1, -np.inf)  # the best sum of so many runs, the last of which ends with this item
    done = np.full(k + 1, -np.inf)  # likewise, ending anywhere
    done[0] = 0.0
    goes_on, ends = np.zeros((count, k + 1), bool), np.zeros((count, k + 1), bool)
    for place in range(count):
        fresh = np.r_[-np.inf, done[:-1]]
        goes_on[place] = (within > fresh) & ~first[place]
        within = np.where(goes_on[place], within, fresh) + gain[place]
        ends[place] = within > done
        done = np.maximum(done, within)
    number, place, found = int(np.argmax(done)), count - 1, []
    while number:
        while not ends[place, number]:
            place -= 1
        end = place + 1
        while goes_on[place, number]:
            place -= 1
        found.append((place, end))
        number, place = number - 1, place - 1
    return found[::-1]


def _whole(candidates: Candidates, place: Distinct) -> Quote:
    passage = candidates.read(place.position)
    return Quote(place, passage, passage.passage.span)


def _narrow(index: SearchEngine, candidates: Candidates, places: Sequence[Distinct], k: int) -> list[Quote]:
    sentences = _sentences(index, candidates, places)
    chosen, rest = [], []
    for run in runs(_gain(sentences), sentences.first, k):
        pieces = _short(sentences, *run)
        chosen.append(pieces[0])
        rest += pieces[1:]
    # What is too long for one quote goes on in another while there are fewer than k.
    chosen += sorted(rest, key=lambda run: -_gain(sentences)[slice(*run)].sum())[: k - len(chosen)]
    touched = {int(position) for begin, end in chosen for position in sentences.positions[begin:end]}
    for place in places:  # in order of rank
        if len(chosen) == k:
            break
        if place.position not in touched:
            own = np.flatnonzero(sentences.positions == place.position)
            best = int(own[np.argmax(sentences.chance[own])])
            chosen.append((best, best + 1))
    known = {place.position: place for place in places}
    found = []
    for begin, end in chosen:
        position = int(sentences.positions[begin:end].min())
        span = Span(sentences.spans[begin].start, sentences.spans[end - 1].end)
        found.append(Quote(known.get(position, Distinct(position)), candidates.read(position), span))
    return sorted(found, key=lambda quote: (quote.place.position, quote.span))


def _gain(sentences: _Sentences) -> NDArray[np.float64]:
    return sentences.length * (sentences.chance - _WORTH)


def _short(sentences: _Sentences, begin: int, end: int) -> list[tuple[int, int]]:
    """A run in pieces that are not too long, the one that gains most in front."""
    gain, best = np.r_[0.0, np.cumsum(_gain(sentences))], (begin, begin + 1)
    last = begin
    for first in range(begin, end):
        last = max(last, first + 1)
        while last < end and sentences.spans[last].end - sentences.spans[first].start <= _LONGEST:
            last += 1
        best = max(best, (first, last), key=lambda run: gain[run[1]] - gain[run[0]])
    before = _short(sentences, begin, best[0]) if begin < best[0] else []
    after = _short(sentences, best[1], end) if best[1] < end else []
    return [best, *before, *after]


def _sentences(index: SearchEngine, candidates: Candidates, places: Sequence[Distinct]) -> _Sentences:
    position_of = {int(row): position for position, row in enumerate(candidates.rows)}
    least = float(candidates.score.min())

    def score(row: int, article: int) -> float:
        """Of a passage; of one that is no candidate, or of another article, the least."""
        position = position_of.get(row)
        return (
            least if position is None or candidates.articles[position] != article else float(candidates.score[position])
        )

    # A passage beside one that is quoted may be a copy of another that is.
    copies = {int(candidates.rows[position]) for place in places for position in place.copies}
    owner = {int(candidates.rows[place.position]): place.position for place in places}
    for place in places:
        row, article = int(candidates.rows[place.position]), int(candidates.articles[place.position])
        around = index.passages_of(article)
        for beside in (row - 1, row + 1):
            if around[0] <= beside <= around[-1] and beside not in copies and beside not in owner:
                owner[beside] = position_of.get(beside, place.position)
    best = float(candidates.score[0])
    rows = sorted(owner)
    spans: list[Span] = []
    terms: list[frozenset[str]] = []
    columns: list[tuple[int, int, float, float]] = []  # article, position, and how far behind passages are
    firsts: list[bool] = []
    before: tuple[int, int] = (-1, 0)
    for row in rows:
        read = candidates.reading[row]
        article = read.passage.article
        behind = score(row, article) - best
        nearby = max(score(row - 1, article), score(row + 1, article)) - best
        start, end = read.sentences[0].start, read.sentences[-1].end
        firsts += [before[0] != article or bool(read.article.text[before[1] : start].strip())]
        firsts += [False] * (len(read.sentences) - 1)
        before = (article, end)
        spans += read.sentences
        terms += read.terms_of_sentences
        columns += [(article, owner[row], behind, nearby)] * len(read.sentences)
    articles, positions, behind_of, beside_of = (np.array(column) for column in zip(*columns, strict=True))
    cosines = np.concatenate([part @ candidates.vector for part in index.sentence_vectors(rows)])
    first = np.array(firsts, bool)
    blocks = np.cumsum(first)
    cover = [
        covered(
            candidates.idf,
            frozenset().union(
                *(terms[i] for i in range(max(0, place - 1), min(place + 2, len(terms))) if blocks[i] == blocks[place])
            ),
        )
        for place in range(len(spans))
    ]
    odds = _COSINE * cosines + _COVERED * np.array(cover) + _BEHIND * behind_of + _BESIDE * beside_of + _CONSTANT
    length = np.array([len(span) for span in spans], float)
    return _Sentences(spans, articles, positions, first, 1 / (1 + np.exp(-odds)), length)
