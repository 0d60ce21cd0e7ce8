"""Reading: which sentence of each passage answers the question, and how likely it is that it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine
from index.store.bm25 import analyze
from index.types import Span
from qa.answering.answer_type import answer_type, holds
from qa.answering.coefficients import Coefficients
from qa.answering.highlight import best_sentence, sentence_features
from qa.answering.reader import PassageReading, Reader
from qa.answering.time_agreement import agreement, years_said
from qa.search.passages import PassageText
from qa.search.rank import Ranking
from qa.search.terms import covered, name_terms

__all__ = ["PASSAGE_FEATURES", "Facts", "Reading", "Task", "facts_of", "passage_features", "read", "seen_passages"]

PASSAGE_FEATURES = (
    *("reader_answered", "reader_sentence", "covered", "covered_sentence", "covered_names", "covered_article"),
    *("cosine", "article_bm25", "type", "time", "aside"),
)
_ODDS = 6.0  # limit: log-odds of the reader are cut at +-6, one wrong in 400

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Task:
    """What a question asks of each passage: its text, its terms with idf, those of them that are of names and numbers,
    its vector, and BM25 of articles by row."""

    question: str
    idf: Mapping[str, float]
    names: Mapping[str, float]
    vector: NDArray[np.float32]
    article_bm25: Mapping[int, float]

    @classmethod
    def of(cls, ranking: Ranking) -> "Task":
        """The task of a ranking's query."""
        query = ranking.query
        names = {term: query.idf[term] for term in name_terms(query.question) if term in query.idf}
        bm25 = dict(zip(ranking.articles.tolist(), ranking.features.column("article_bm25").tolist(), strict=True))
        return cls(query.question, query.idf, names, query.vector, bm25)


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage's marked sentence, its features, shape (passage features,), and the chance that it answers."""

    sentence: Span
    features: Floats
    confidence: float


def read(
    index: SearchEngine,
    task: Task,
    passages: Sequence[PassageText],
    coefficients: Coefficients,
    reader: Reader | None,
    implied: Sequence[frozenset[str]] = (),
) -> list[Reading]:
    """A reading of each passage, in their order. `implied` are, for each, terms of the question that go without saying
    in its article.
    """
    if not passages:
        return []
    seen = seen_passages(task.question, passages, reader)
    cosines = index.cosines(task.vector, np.array([passage.passage.row for passage in passages], np.int64))
    found = []
    for place, passage in enumerate(passages):
        without = implied[place] if implied else frozenset[str]()
        own = seen[place] if seen is not None else None
        idf = {term: weight for term, weight in task.idf.items() if term not in without}
        sentences = sentence_features(task.question, idf, passage, own.sentences if own is not None else None)
        at, span = best_sentence(sentences, coefficients, passage)
        facts = facts_of(index, task, passage, float(cosines[place]), own, without)
        features = passage_features(task, passage, facts, sentences[at], span)
        odds = float(features @ coefficients.passage) + coefficients.constant
        found.append(Reading(span, features, float(1.0 / (1.0 + np.exp(-odds)))))
    return found


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a passage whichever sentence is marked: its cosine, what the reader made of it, its terms and
    its title's, and the share of the question's idf weight that stands in its whole article."""

    cosine: float
    seen: PassageReading | None
    terms: frozenset[str]
    covered_article: float


def facts_of(
    index: SearchEngine,
    task: Task,
    passage: PassageText,
    cosine: float,
    seen: PassageReading | None,
    implied: frozenset[str] = frozenset(),
) -> Facts:
    """The facts of a passage. `implied` are terms of the question that go without saying in its article."""
    terms = frozenset(analyze(f"{passage.article.title}\n{passage.text}")) | implied
    words = index.forward.passages(index.passages_of(passage.passage.article)).words
    there = np.isin(index.forward.term_numbers(task.idf), index.forward.terms[words])
    stated = terms | {term for term, stands in zip(task.idf, there, strict=True) if stands}
    return Facts(cosine, seen, terms, covered(task.idf, stated))


def passage_features(task: Task, passage: PassageText, facts: Facts, sentence: Floats, span: Span) -> Floats:
    """What tells whether a passage's sentence answers, shape (passage features,).

    - reader_answered: the reader's log-odds that the passage answers; 0 without a reader
    - reader_sentence: the reader's log-probability of the sentence among the passage's; 0 without a reader
    - covered, covered_sentence: share of the question's idf weight in the passage with its title, and in the sentence
    - covered_names: share of the idf weight of the question's names and numbers in the passage; covered where it has
      none
    - covered_article: share of the question's idf weight in the whole article
    - cosine: of the question to the passage
    - article_bm25: BM25 of the article, as a share of what is possible
    - type: 1 if the sentence holds the kind of thing asked for, -1 if not, 0 where that is not known
    - time: 1 if years that the text or the article's date names fit the question's, -1 if they contradict it
    - aside: whether the sentence is a heading, byline or credit
    """
    text = passage.article.text
    wanted = answer_type(task.question)
    fits = 0.0 if wanted is None else 1.0 if holds(wanted, span.of(text)) else -1.0
    answered = 0.0
    if facts.seen is not None:
        chance = min(max(facts.seen.answered, 1e-6), 1.0 - 1e-6)
        answered = float(np.clip(np.log(chance / (1.0 - chance)), -_ODDS, _ODDS))
    return np.array(
        [
            answered,
            float(sentence[0]),
            covered(task.idf, facts.terms),
            float(sentence[1]),
            covered(task.names or task.idf, facts.terms),
            facts.covered_article,
            facts.cosine,
            task.article_bm25.get(passage.passage.article, 0.0),
            fits,
            _time(task.question, passage, span),
            float(sentence[4]),
        ]
    )


def _time(question: str, passage: PassageText, span: Span) -> float:
    """Agreement of the question's years with the sentence's, else the passage's, else the year of publication."""
    asked = years_said(question)
    if not asked:
        return 0.0
    for said in (years_said(span.of(passage.article.text)), years_said(passage.text)):
        if said:
            return agreement(asked, said)
    day = passage.article.published
    return agreement(asked, [(day.year, day.year)]) if day is not None else 0.0


def seen_passages(question: str, passages: Sequence[PassageText], reader: Reader | None) -> list[PassageReading] | None:
    if reader is None:
        return None
    texts = [(passage.article.title, passage.text) for passage in passages]
    ranges = [
        [(span.start - passage.passage.span.start, span.end - passage.passage.span.start) for span in passage.sentences]
        for passage in passages
    ]
    return reader.read(question, texts, ranges)
