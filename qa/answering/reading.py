"""Reading: which sentence of each passage answers the question, and how likely it is that it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine
from index.store.bm25 import analyze
from index.types import Span
from qa.answering.answer_type import REQUIRED, answer_type
from qa.answering.coefficients import Coefficients
from qa.answering.highlight import SENTENCE_FEATURES, marked, reader_words, sentence_features
from qa.answering.reader import PassageReading, Reader, ReaderTask
from qa.answering.time_agreement import fits, years_said
from qa.search.fusion import within
from qa.search.passages import PassageText
from qa.search.preferences import Preferences
from qa.search.rank import Ranking
from qa.search.terms import covered, longest_run
from qa.search.time_expressions import RELATIVE

__all__ = [
    "PASSAGE_FEATURES", "Facts", "Reading", "Task", "facts_of", "may_answer", "passage_cosines", "passage_features",
    "read", "reader_task", "relative_period", "seen_passages",
]  # fmt: skip

PASSAGE_FEATURES = (
    *("reader_answered", "reader_sentence", "longest_run", "covered", "covered_sentence", "covered_article"),
    *("cosine", "sentence_cosine", "time", "in_period", "off_period"),
)
_ODDS = 6.0  # log-odds of the reader are cut at +-6, one wrong in 400
_LEAST = 1.0 / (1.0 + np.exp(_ODDS))

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Task:
    """What a question asks of each passage: its text, all its terms in order, those that carry meaning with idf, and
    its vector. In a `small` index, sentences are compared with the question by their vectors too. `period` is that of
    `relative_period`."""

    question: str
    terms: Sequence[str]
    idf: Mapping[str, float]
    vector: NDArray[np.float32]
    small: bool
    period: tuple[date, date] | None = None

    @classmethod
    def of(cls, ranking: Ranking) -> "Task":
        """The task of a ranking's query."""
        query = ranking.query
        terms, period = analyze(query.question, query.language), relative_period(query.preferences)
        return cls(query.question, terms, query.idf, query.vector, query.small, period)


def relative_period(told: Preferences) -> tuple[date, date] | None:
    """The first and last day of "this week" and the like, which an article names by its date and not by a year; None
    for a month or a day, which a later article may tell of."""
    if told.period is None or years_said(told.said[0]) or RELATIVE.search(told.said[0]) is None:
        return None
    return told.period


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage's marked sentence, or two in a row, its features, shape (passage features,), the chance that it
    answers, and the words that the reader takes for the answer, as a range of the article's text; None without one."""

    sentence: Span
    features: Floats
    confidence: float
    words: Span | None = None


def read(
    index: SearchEngine,
    task: Task,
    passages: Sequence[PassageText],
    coefficients: Coefficients,
    seen: Sequence[PassageReading] | None,
    implied: Sequence[frozenset[str]] = (),
) -> list[Reading]:
    """A reading of each passage, in their order. `seen` is what the reader made of each; `implied` are, for each, terms
    of the question that go without saying in its article.
    """
    if not passages:
        return []
    cosines, near = passage_cosines(index, task, passages)
    found = []
    for place, passage in enumerate(passages):
        without = implied[place] if implied else frozenset[str]()
        own = seen[place] if seen is not None else None
        idf = {term: weight for term, weight in task.idf.items() if term not in without}
        sentences = sentence_features(task.question, idf, passage, own)
        first, end = marked(sentences @ coefficients.sentence)
        facts = facts_of(index, task, passage, (float(cosines[place]), near[place]), own, without)
        features = passage_features(task, passage, facts, sentences, (first, end))
        span = Span(passage.sentences[first].start, passage.sentences[end - 1].end)
        odds = float(features @ coefficients.passage) + coefficients.constant
        confidence = float(1.0 / (1.0 + np.exp(-odds))) if may_answer(task.question, sentences) else 0.0
        found.append(Reading(span, features, confidence, reader_words(passage, own)))
    return found


def may_answer(question: str, sentences: Floats) -> bool:
    """Whether a passage can answer, given its sentences' features: not if the question asks for a time or a figure and
    none of them holds one."""
    return answer_type(question) not in REQUIRED or bool(sentences[:, SENTENCE_FEATURES.index("type")].any())


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a passage whichever sentence is marked: its cosine and those of its sentences, what the reader
    made of it, its terms and its title's, the shares of the question's idf weight in the heaviest run of its terms that
    stands in it or its title, and in its whole article, and the terms of the question that go without saying there."""

    cosine: float
    sentence_cosines: Floats
    seen: PassageReading | None
    terms: frozenset[str]
    longest_run: float
    covered_article: float
    implied: frozenset[str] = frozenset()


def facts_of(
    index: SearchEngine,
    task: Task,
    passage: PassageText,
    cosines: tuple[float, Floats],
    seen: PassageReading | None,
    implied: frozenset[str] = frozenset(),
) -> Facts:
    """The facts of a passage with these cosines (its own, its sentences'). `implied` are terms of the question that go
    without saying in its article."""
    text = analyze(f"{passage.article.title}\n{passage.text}", passage.language)
    said = {term: weight for term, weight in task.idf.items() if term not in implied}
    terms = implied.union(text)
    words = index.forward.passages(index.passages_of(passage.passage.article)).words
    there = np.isin(index.forward.term_ids(task.idf), index.forward.terms[words])
    stated = terms | {term for term, stands in zip(task.idf, there, strict=True) if stands}
    run = longest_run(said, task.terms, text)
    return Facts(*cosines, seen, terms, run, covered(task.idf, stated), implied)


def passage_features(task: Task, passage: PassageText, facts: Facts, sentences: Floats, at: tuple[int, int]) -> Floats:
    """What tells whether the marked sentences of a passage answer, shape (passage features,): those of a half-open
    range of its `sentences`, whose features have shape (sentences, sentence features).

    - reader_answered: the reader's log-odds that the passage answers; 0 without a reader
    - reader_sentence: the reader's log-probability of the marked among the passage's sentences; 0 without a reader
    - longest_run: share of the question's idf weight in the heaviest run of its terms that stands in a row in the
      passage or its title
    - covered, covered_sentence: share of the question's idf weight in the passage with its title, and in the marked
    - covered_article: share of the question's idf weight in the whole article
    - cosine: of the question to the passage
    - sentence_cosine: of the question to the nearest marked sentence; 0 for all in large indexes
    - time: 1 if the years that the marked name, or else the article's, fit the question's, 0 if the passage names
      some that do, -1 if nothing does; 0 if the question names none
    - in_period, off_period: 1 if the article is of "this week", "last month" and the like, down to 0, then up to 1 the
      farther it is from them: two columns, since one of the period seldom answers for that alone, and one of another
      hardly ever does
    """
    marks = slice(*at)
    answered = shares = 0.0
    if facts.seen is not None:
        chance = min(max(facts.seen.answered, _LEAST), 1.0 - _LEAST)
        answered = float(np.log(chance / (1.0 - chance)))
        shares = float(np.logaddexp.reduce(sentences[marks, 0]))
    spans = passage.sentences[marks]
    return np.array(
        [
            answered,
            shares,
            facts.longest_run,
            covered(task.idf, facts.terms),
            covered(task.idf, facts.implied.union(*passage.terms_of_sentences[marks])),
            facts.covered_article,
            facts.cosine,
            float(facts.sentence_cosines[marks].max()),
            _time(task.question, passage, Span(spans[0].start, spans[-1].end)),
            *_period(task.period, passage),
        ]
    )


def _time(question: str, passage: PassageText, span: Span) -> float:
    """Whether the sentence's years fit the question's; a sentence that names none is of the article's year."""
    asked = years_said(question)
    if not asked:
        return 0.0
    said = years_said(span.of(passage.article.text))
    if not said and (day := passage.article.published) is not None:
        said = [(day.year, day.year)]
    if fits(asked, said):
        return 1.0
    return 0.0 if fits(asked, years_said(passage.text)) else -1.0


def _period(period: tuple[date, date] | None, passage: PassageText) -> tuple[float, float]:
    """How far the article is of the period, and of another."""
    day = passage.article.published
    if period is None or day is None:
        return 0.0, 0.0
    (share,) = within(np.array([day.toordinal()]), *(end.toordinal() for end in period))
    return max(0.0, 2.0 * float(share) - 1.0), max(0.0, 1.0 - 2.0 * float(share))


def passage_cosines(
    index: SearchEngine, task: Task, passages: Sequence[PassageText]
) -> tuple[NDArray[np.float32], list[Floats]]:
    """The cosines of the question to passages, shape (n,), and to the sentences of each, in their order; 0 for these in
    large indexes, and the best one for all where a quote is not cut as its passage is.
    """
    rows = [passage.passage.row for passage in passages]
    cosines = index.cosines(task.vector, np.array(rows, np.int64))
    if not task.small:
        return cosines, [np.zeros(len(passage.sentences)) for passage in passages]
    near = []
    for passage, vectors in zip(passages, index.sentence_vectors(rows), strict=True):
        found = (vectors @ task.vector).astype(np.float64)
        same = len(found) == len(passage.sentences)
        near.append(found if same else np.full(len(passage.sentences), found.max(initial=0.0)))
    return cosines, near


def seen_passages(question: str, passages: Sequence[PassageText], reader: Reader | None) -> list[PassageReading] | None:
    return None if reader is None else reader.read_many([reader_task(question, passages)])[0]


def reader_task(question: str, passages: Sequence[PassageText]) -> ReaderTask:
    """What the reader is asked of passages: their texts, and a score of each of their sentences."""
    texts = [(passage.article.title, passage.text) for passage in passages]
    ranges = [
        [(span.start - passage.passage.span.start, span.end - passage.passage.span.start) for span in passage.sentences]
        for passage in passages
    ]
    return ReaderTask(question, texts, ranges)
