"""question -> ranked, distinct candidates, with every raw signal kept until the answer is made."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.store.bm25 import Hits, analyze
from index.store.snapshot import SearchEngine, Selection
from qa.search.feedback import feedback
from qa.search.followup import Query, encoded, lifted
from qa.search.fusion import FIRST_PASS, WEIGHTS, Weights, best_first, convex, recency, share_of_maximum
from qa.search.passages import Read, Reading
from qa.search.preferences import NO_WISHES, Wishes, lifts
from qa.search.query import idf_weights, query_terms
from qa.search.term_matching import Question, Wording, openings, wording
from qa.types import AsOf, Filters

__all__ = ["Candidates", "rank"]

_DENSE = 200  # passages from the vectors
_LEXICAL = 200  # passages from BM25
_ARTICLES = 100  # articles from BM25
_WHOLE = 12  # of those, the ones all of whose passages become candidates
_SMALL = 3_000  # passages of an index whose sentences are compared with the question
_SENTENCES_OF = 12  # passages
_MANY_ARTICLES = 10
_SHALLOW, _DEEP = 2, 3  # passages of an article; what the best articles speak of tells nothing up to the first
_READ = 60  # passages whose wording is looked at
_BESIDE = ThreadPoolExecutor(2, "lexical")  # BM25 searches while the question is embedded
_ARRAYS = (
    *("rows", "articles", "cosine", "passage", "article", "lead", "echo", "burst"),
    *("recency", "period", "named_source", "score"),
)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages and their signals, best first, ties in order of row. Every array has shape (n,).

    `cosine` is of the question itself; `passage` and `article` are its BM25 as shares of what is possible; `lead` the
    cosine of the article's first passage; `echo` and `burst` are those of qa/search/feedback.py; `recency` 0 to 1; `period`
    and `named_source` how far the article is what the question wishes for; `score` fuses them over all queries of the
    conversation. `vector` is the question's, of length 1; `searched` the number of passages that the filters admit.
    """

    rows: NDArray[np.int64]
    articles: NDArray[np.int64]
    cosine: NDArray[np.float64]
    passage: NDArray[np.float64]
    article: NDArray[np.float64]
    lead: NDArray[np.float64]
    echo: NDArray[np.float64]
    burst: NDArray[np.float64]
    recency: NDArray[np.float64]
    period: NDArray[np.float64]
    named_source: NDArray[np.float64]
    score: NDArray[np.float64]
    question: Question
    reading: Reading
    vector: NDArray[np.float32]
    searched: int
    wishes: Wishes = NO_WISHES
    _words: dict[int, tuple[NDArray[np.bool_], NDArray[np.float64]]] = field(default_factory=dict)

    @property
    def idf(self) -> Mapping[str, float]:
        """The weight of each term of the question, in order."""
        return self.question.idf

    @property
    def few(self) -> bool:
        """Whether so few passages were searched that their sentences were compared with the question."""
        return self.searched <= _SMALL

    def read(self, position: int) -> Read:
        """The passage at a position, fetched and analysed once."""
        return self.reading[int(self.rows[position])]

    def terms(self, position: int) -> frozenset[str]:
        """The question's terms that stand in a passage or its title, or go without saying in its article."""
        stands, _ = self._worded(position)
        return frozenset(term for term, there in zip(self.idf, stands, strict=True) if there) | self.unsaid(position)

    def near(self, position: int, term: str) -> float:
        """The cosine of a term's word to the nearest word of a passage or its title, at least 0."""
        _, near = self._worded(position)
        return float(near[list(self.idf).index(term)])

    def _worded(self, position: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        row = int(self.rows[position])
        if row not in self._words:
            here = slice(position, position + 1)
            self._words.update(_words(self.reading.index, self.question, self.rows[here], self.articles[here])[1])
        return self._words[row]

    def unsaid(self, position: int) -> frozenset[str]:
        """The question's terms for a day and a source that are those of the article: one of July 2020 need not say
        so.
        """
        found: set[str] = set()
        if self.wishes.period is not None and self.period[position] >= 1.0:
            found.update(analyze(self.wishes.said[0]))
        if self.named_source[position]:
            found.update(analyze(self.wishes.said[-1]))
        return frozenset(found)

    def ordered_by(self, score: NDArray[np.float64]) -> "Candidates":
        """The same candidates under other scores, best first."""
        return _ordered(replace(self, score=score))

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class _Signals:
    cosine: NDArray[np.float64]
    passage: NDArray[np.float64]
    article: NDArray[np.float64]
    lead: NDArray[np.float64]


def rank(
    index: SearchEngine,
    queries: Sequence[Query],
    filters: Filters | None = None,
    as_of: AsOf = None,
    weights: Weights = WEIGHTS,
    wishes: Wishes = NO_WISHES,
) -> Candidates:
    """All candidates for a question (the first query) and what of the conversation it leans on.

    `as_of` is the day of asking: None for today, "any" for no preference for recent articles. `wishes` lift articles
    of a period or of a source.
    """
    filters = filters or Filters()
    # What tells articles apart says little when there are next to none: 3 articles have one fifth of the weight, and
    # the rest of BM25's goes to passages.
    selection = index.select(filters.since, filters.until, filters.sources)
    among = index if selection is None else selection
    breadth = max(0.0, min(1.0, (among.article_count - 1) / _MANY_ARTICLES))
    # Nor do articles of a passage or two speak of more than that passage does.
    depth = max(0.0, min(1.0, (among.passage_count / max(1, among.article_count) - _SHALLOW) / _DEEP))
    weights = replace(
        weights,
        passage=weights.passage + weights.article * (1.0 - breadth),
        article=weights.article * breadth,
        lead=weights.lead * breadth,
        echo=weights.echo * breadth * depth,
        burst=weights.burst * breadth,
    )
    terms = [query_terms(query.text) for query in queries]
    searches = [_BESIDE.submit(_lexical, index, words, selection) for words in terms]
    vectors = encoded(queries, index.encode_queries)
    # A search that no core had time for is no longer waited for.
    lexical = [
        _lexical(index, words, selection) if search.cancel() else search.result()
        for search, words in zip(searches, terms, strict=True)
    ]
    found = [_find(index, vector, part, selection) for vector, part in zip(vectors, lexical, strict=True)]
    rows = np.unique(np.concatenate([part.rows for part in found])) if found else np.empty(0, np.int64)
    articles = index.articles_of(rows)
    leads, place = np.unique(articles, return_inverse=True)
    looked_at = np.concatenate([rows, index.leads_of(leads)])
    signals = []
    for vector, part in zip(vectors, found, strict=True):
        bound = sum(part.lexical.idf.values())
        cosines = index.cosines(vector, looked_at).astype(np.float64)
        signals.append(
            _Signals(
                cosine=cosines[: len(rows)],
                passage=share_of_maximum(_look_up(part.lexical.passages, rows), bound),
                article=share_of_maximum(_look_up(part.lexical.articles, articles), bound),
                lead=cosines[len(rows) :][place],
            )
        )
    day = date.today() if as_of is None else as_of
    fresh = (
        recency(index.days(articles), day.toordinal(), weights.half_life_days)
        if isinstance(day, date)
        else np.zeros(len(rows))
    )
    # What the conversation is about is told by the passage just quoted too; only the ranking does not lift it.
    first = convex([(query.weight, _fused(part, FIRST_PASS)) for query, part in zip(queries, signals, strict=True)])
    told = feedback(index, rows, articles, first, selection)
    # Wording and sentences are read for the question alone; the conversation keeps its share of the whole.
    more = _balance(weights, among.passage_count)
    share = [queries[0].weight, *(query.weight * more for query in queries[1:])]
    score = convex(
        [
            (weight, lifted(query, _fused(part, weights), index.forward, rows))
            for weight, query, part in zip(share, queries, signals, strict=True)
        ]
    )
    period, named = lifts(index, wishes, articles)
    if wishes.over and period.any():
        fresh = np.zeros(len(rows))
    # On which days it happened is asked only as far as the day of asking does not tell.
    burst = told.burst * (1.0 - fresh.max(initial=0.0))
    preferred = [
        (weights.echo, told.echo),
        (weights.burst, burst),
        (weights.recency, fresh),
        (weights.period, period),
        (weights.named_source, named),
    ]
    score += sum(share) * convex(preferred)
    own = signals[0]
    question, reading = Question.parse(queries[0].text, lexical[0].idf), Reading(index)
    candidates = _ordered(
        Candidates(
            rows,
            articles,
            own.cosine,
            own.passage,
            own.article,
            own.lead,
            told.echo,
            burst,
            fresh,
            period,
            named,
            score,
            question,
            reading,
            vectors[0],
            among.passage_count,
            wishes,
        )
    )
    candidates = _ordered(replace(candidates, score=candidates.score + _worded(index, candidates, weights)))
    if candidates.few:
        candidates = _ordered(replace(candidates, score=candidates.score + _sentence(index, candidates, weights)))
    return candidates


def _sentence(index: SearchEngine, candidates: Candidates, weights: Weights) -> NDArray[np.float64]:
    """What the best sentence's cosine adds to the best candidates. Among few articles people ask in other words
    than the article's, and one vector for 120 words blurs what a sentence says; in a large index it finds more of
    the wrong ones.
    """
    added = np.zeros(len(candidates))
    best = [int(row) for row in candidates.rows[:_SENTENCES_OF]]
    if best and weights.sentence:
        read = [float((part @ candidates.vector).max()) for part in index.sentence_vectors(best)]
        added[: len(best)] = read
        added[len(best) :] = min(read)
    return weights.sentence * added


def _worded(index: SearchEngine, candidates: Candidates, weights: Weights) -> NDArray[np.float64]:
    """What the wording of the best candidates adds to the scores."""
    added = np.zeros(len(candidates))
    best = slice(0, _READ)
    if len(candidates) and (weights.meant or weights.named or weights.opening):
        rows, articles = candidates.rows[best], candidates.articles[best]
        found, words = _words(index, candidates.question, rows, articles)
        candidates._words.update(words)
        opening = openings(candidates.question, index.forward, index.leads_of(articles))
        read = convex(
            [
                (weights.meant, found.meant),
                (weights.named, found.named),
                (weights.opening, opening),
            ]
        )
        added[best] = read
        added[_READ:] = read.min()  # those not read are taken for the worst of those that were
    return added


def _words(
    index: SearchEngine, question: Question, rows: NDArray[np.int64], articles: NDArray[np.int64]
) -> tuple[Wording, dict[int, tuple[NDArray[np.bool_], NDArray[np.float64]]]]:
    """The wording of passages, and by row which terms stand in each and what comes near the others."""
    found = wording(question, index.forward, rows, articles, index.word_vectors)
    return found, dict(zip(rows.tolist(), zip(found.stands.T, found.near.T, strict=True), strict=True))


def _fused(signals: _Signals, weights: Weights) -> NDArray[np.float64]:
    return convex(
        [
            (weights.cosine, signals.cosine),
            (weights.passage, signals.passage),
            (weights.article, signals.article),
            (weights.lead, signals.lead),
        ]
    )


def _balance(weights: Weights, passages: int) -> float:
    """How much more a question counts with what is read for it alone than without."""
    shared = weights.cosine + weights.passage + weights.article + weights.lead
    alone = weights.meant + weights.named + weights.opening + (weights.sentence if passages <= _SMALL else 0.0)
    return (shared + alone) / shared if shared else 1.0


def _ordered(candidates: Candidates) -> Candidates:
    order = best_first(candidates.rows, candidates.score)
    return replace(candidates, **{name: getattr(candidates, name)[order] for name in _ARRAYS})


@dataclass(frozen=True, slots=True)
class _Lexical:
    """What BM25 finds, and the weight of each term."""

    passages: Hits
    articles: Hits
    idf: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Found:
    rows: NDArray[np.int64]
    lexical: _Lexical


def _lexical(index: SearchEngine, terms: dict[str, float], selection: Selection | None) -> _Lexical:
    passages = index.lexical_passages(terms, _LEXICAL, selection)
    articles = index.lexical_articles(terms, _ARTICLES, selection)
    return _Lexical(passages, articles, idf_weights(index, terms, selection))


def _find(index: SearchEngine, vector: NDArray[np.float32], lexical: _Lexical, selection: Selection | None) -> _Found:
    dense = index.dense(vector, _DENSE, selection)
    whole = [index.passages_of(int(article)) for article in lexical.articles.rows[:_WHOLE]]
    return _Found(np.unique(np.concatenate([dense.rows, lexical.passages.rows, *whole])), lexical)


def _look_up(hits: Hits, wanted: NDArray[np.int64]) -> NDArray[np.float64]:
    """The score of each wanted row, 0 where it is not among the hits."""
    result = np.zeros(len(wanted))
    if len(hits):
        order = np.argsort(hits.rows)
        known = hits.rows[order]
        places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        hit = known[places] == wanted
        result[hit] = hits.scores[order][places][hit]
    return result
