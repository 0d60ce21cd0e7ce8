"""Which words of the best passages are quoted: in a small index of long documents, the sentences that answer, wherever
passages begin.

A passage is cut before anybody asks. An answer may be two lines of it, or go on into the next one; where the best
passage leaves no doubt the fifth need not be long, and where all are alike more should be read of each. So sentences
are weighed one by one, and those worth their length are quoted, as runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine
from index.types import Span
from qa.answering.coefficients import shipped_quote_coefficients
from qa.answering.deduplicate import Distinct, distinct
from qa.search.passages import PassageText
from qa.search.rank import Ranking
from qa.search.terms import covered

__all__ = ["Quote", "runs", "select_quotes"]

_LONG = 30  # passages: ten pages; in shorter ones, quotes ended just before what was asked for: likewise
_PASSAGES = 12  # limit: whose sentences are weighed, with those beside them; 24 are alike: likewise
_GAP = 120  # characters between two quotes that are made one; 0 and 200 are alike: tests/benchmarks/results/tried.md
_LONGEST = 2_500  # characters of a quote of several sentences; 1,000 are too few: likewise


@dataclass(frozen=True, slots=True)
class Quote:
    """A range of an article's text, and the best passage that it is of, with the copies of that."""

    place: Distinct
    passage: PassageText
    span: Span


@dataclass(frozen=True, slots=True)
class _Sentences:
    """The sentences of some passages, in reading order; every array has shape (n,).

    `positions` are the ranking that they are quoted under; `first` says where text is left out before a sentence;
    `gain` is what quoting it is worth.
    """

    spans: list[Span]
    positions: NDArray[np.int64]
    first: NDArray[np.bool_]
    chance: NDArray[np.float64]
    gain: NDArray[np.float64]


def select_quotes(index: SearchEngine, ranking: Ranking, k: int) -> list[Quote]:
    """The k best passages that say different things, and what is quoted of these and of what stands beside them: at
    most k ranges, which share no character, in order of rank.

    Whole passages are quoted of a large index, of documents that are not long, and when more than twelve are asked for.
    """
    if k > _PASSAGES or not ranking.query.small or not _long(index, ranking):
        whole = [(place, ranking.read(place.position)) for place in distinct(index, ranking, k)]
        return [Quote(place, passage, passage.passage.span) for place, passage in whole]
    return _narrow(index, ranking, distinct(index, ranking, _PASSAGES), k)


def _long(index: SearchEngine, ranking: Ranking) -> bool:
    """Whether the best ranking are of documents so long that where their passages begin says little."""
    articles = ranking.articles[:_PASSAGES]
    return all(len(index.passages_of(int(article))) >= _LONG for article in np.unique(articles)) and len(articles) > 0


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


def _narrow(index: SearchEngine, ranking: Ranking, places: Sequence[Distinct], k: int) -> list[Quote]:
    sentences = _sentences(index, ranking, places)
    chosen, rest = [], []
    for run in _joined(sentences, runs(sentences.gain, sentences.first, k)):
        pieces = _short(sentences, *run)
        chosen.append(pieces[0])
        rest += pieces[1:]
    # What is too long for one quote goes on in another while there are fewer than k.
    chosen += sorted(rest, key=lambda run: -sentences.gain[slice(*run)].sum())[: k - len(chosen)]
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
        found.append(Quote(known.get(position, Distinct(position)), ranking.read(position), span))
    return sorted(found, key=lambda quote: (quote.place.position, quote.span))


def _joined(sentences: _Sentences, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs, those made one between which no more is left out than a sentence: what it says may lead to the answer."""
    joined = found[:1]
    for begin, end in found[1:]:
        last = joined[-1][1]
        left_out = sentences.spans[begin].start - sentences.spans[last - 1].end
        if not sentences.first[last : begin + 1].any() and left_out <= _GAP:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((begin, end))
    return joined


def _short(sentences: _Sentences, begin: int, end: int) -> list[tuple[int, int]]:
    """A run in pieces that are not too long, the one that gains most in front."""
    gain, best = np.r_[0.0, np.cumsum(sentences.gain)], (begin, begin + 1)
    last = begin
    for first in range(begin, end):
        last = max(last, first + 1)
        while last < end and sentences.spans[last].end - sentences.spans[first].start <= _LONGEST:
            last += 1
        best = max(best, (first, last), key=lambda run: gain[run[1]] - gain[run[0]])
    before = _short(sentences, begin, best[0]) if begin < best[0] else []
    after = _short(sentences, best[1], end) if best[1] < end else []
    return [best, *before, *after]


def _sentences(index: SearchEngine, ranking: Ranking, places: Sequence[Distinct]) -> _Sentences:
    position_of = {int(row): position for position, row in enumerate(ranking.rows)}
    best, least = float(ranking.score[0]), float(ranking.score.min())
    owner = _owners(index, ranking, places, position_of)
    rows = sorted(owner)

    def behind(row: int) -> float:
        position = position_of.get(row)
        return (least if position is None else float(ranking.score[position])) - best

    spans: list[Span] = []
    terms: list[frozenset[str]] = []
    positions: list[int] = []
    first: list[bool] = []
    scored: list[tuple[float, float]] = []  # how far behind a sentence's passage is, and the better one beside it
    before = None
    for row in rows:
        read = ranking.texts[row]
        around = index.passages_of(read.passage.article)
        # A passage at an article's end stands beside itself there: that nothing follows says nothing of it.
        beside = max(behind(max(row - 1, int(around[0]))), behind(min(row + 1, int(around[-1]))))
        first += [before is None or not _follows(before, read)] + [False] * (len(read.sentences) - 1)
        spans += read.sentences
        terms += read.terms_of_sentences
        positions += [owner[row]] * len(read.sentences)
        scored += [(behind(row), beside)] * len(read.sentences)
        before = read
    starts = np.array(first)
    learned = shipped_quote_coefficients()
    odds = np.array(scored) @ np.array([learned.behind, learned.beside])
    odds += learned.covered * _cover(ranking, terms, starts) + learned.constant
    odds += learned.cosine * np.concatenate([part @ ranking.query.vector for part in index.sentence_vectors(rows)])
    chance = 1 / (1 + np.exp(-odds))
    gain = np.array([len(span) for span in spans]) * (chance - learned.worth)
    return _Sentences(spans, np.array(positions), starts, chance, gain)


def _owners(
    index: SearchEngine, ranking: Ranking, places: Sequence[Distinct], position_of: dict[int, int]
) -> dict[int, int]:
    """The rows of the places and of the passages beside them, each with the position that it is quoted under."""
    owner = {int(ranking.rows[place.position]): place.position for place in places}
    said = [position for place in places for position in (place.position, *place.copies)]
    clusters, count = np.unique(index.clusters_of(np.unique(ranking.articles[said])), return_counts=True)
    alone = set(clusters[count == 1].tolist())
    for place in places:
        row, article = int(ranking.rows[place.position]), ranking.articles[place.position]
        if int(index.clusters_of(article[None])[0]) in alone:  # else what is beside may say what another place says
            around = index.passages_of(int(article))
            for beside in (row - 1, row + 1):
                if around[0] <= beside <= around[-1]:
                    owner.setdefault(beside, position_of.get(beside, place.position))
    return owner


def _follows(one: PassageText, other: PassageText) -> bool:
    """Whether nothing stands between two passages."""
    if one.passage.article != other.passage.article:
        return False
    return not one.article.text[one.passage.span.end : other.passage.span.start].strip()


def _cover(ranking: Ranking, terms: Sequence[frozenset[str]], first: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The share of the question's idf weight that each sentence covers with those that stand beside it, 0 to 1."""
    shares = []
    for place, own in enumerate(terms):
        before = terms[place - 1] if not first[place] else own
        after = terms[place + 1] if place + 1 < len(terms) and not first[place + 1] else own
        shares.append(covered(ranking.query.idf, before | own | after))
    return np.array(shares)
