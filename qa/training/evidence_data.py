"""Judged passages for learning confidence: features of the best passages of each question, and which of them answer."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import Index
from index.store.bm25 import analyze
from qa.answering.deduplicate import distinct
from qa.answering.evidence import WEIGHED
from qa.answering.highlight import sentence_features
from qa.answering.reader import Reader
from qa.answering.reading import Task, facts_of, may_answer, passage_cosines, passage_features
from qa.answering.reading import seen_passages as read_passages
from qa.search.passages import PassageText, PassageTexts
from qa.search.rank import Ranking
from qa.search.search import search, without
from qa.types import AsOf, Request

__all__ = ["Judged", "JudgedPassage", "collect", "is_near"]

_QUESTIONS = 250  # of each set with evidence in a document, evenly spread
_PAIRS = 900  # of CAsT answerability
_HIDDEN = timedelta(days=30)  # around the question's day, for its unanswerable twin: realtimeqa's README
_SQUASH = str.maketrans("", "", " \t\n\r\xa0")

Floats = NDArray[np.float64]
_Truth = tuple[bool, tuple[bool, ...] | None]  # whether a passage answers, and which of its sentences do


@dataclass(frozen=True, slots=True)
class JudgedPassage:
    """A passage's article, by row; its sentences as features, shape (sentences, F), with and without the reader's
    columns in use; for each sentence the passage features if it alone is marked, and if the next one is too, shape
    (sentences, 2, P); whether the passage answers, and which sentences do, where that is known; whether that was found
    `by_words` of the answer, which a sentence may give in others, and not judged by people; and whether the passage
    `may_answer`, having a thing of the kind that is asked for.
    """

    article: int
    sentences: Floats
    passage: Floats
    answers: bool
    gold: tuple[bool, ...] | None = None
    by_words: bool = False
    may_answer: bool = True


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with its best passages, in order of rank; the way it was asked; whether the articles answer it; how
    far each passage's article is `behind` the best one in the ranking; whether it is a twin that is `answered` all the
    same, by an article that is not hidden: neither learned from nor counted; and whether the question says "this week"
    and the like, a `relative_time`.
    """

    name: str
    way: str
    answerable: bool
    passages: tuple[JudgedPassage, ...]
    behind: tuple[float, ...]
    answered: bool = False
    relative_time: bool = False

    @property
    def articles(self) -> list[int]:
        return [passage.article for passage in self.passages]


def collect(name: str, folder: Path, index: Index, reader: Reader) -> list[Judged]:
    """The judged passages of a data set, by the name of its folder. Raises KeyError for one that is not known."""
    return list(_SETS[name](folder, index, reader))


@cache
def _answering(name: str) -> Mapping[str, frozenset[str]]:
    """For the twins of a data set that were read: the articles that answer them although theirs are hidden."""
    stored = json.loads(files("qa.training").joinpath("answered_twins.json").read_text("utf-8"))[name]
    return {question: frozenset(articles) for question, articles in stored.items()}


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _judge(
    reader: Reader,
    index: Index,
    task: Task,
    passages: Sequence[PassageText],
    truths: Sequence[_Truth],
    *,
    by_words: bool = False,
) -> tuple[JudgedPassage, ...]:
    seen = read_passages(task.question, passages, reader) or []
    cosines, near = passage_cosines(index, task, passages)
    found = []
    for place, (passage, truth) in enumerate(zip(passages, truths, strict=True)):
        sentences = sentence_features(task.question, task.idf, passage, seen[place])
        facts = facts_of(index, task, passage, (float(cosines[place]), near[place]), seen[place])
        each = [
            [passage_features(task, passage, facts, sentences, (at, at + many)) for many in (1, 2)]
            for at in range(len(passage.sentences))
        ]
        possible = may_answer(task.question, sentences)
        found.append(JudgedPassage(passage.passage.article, sentences, np.array(each), *truth, by_words, possible))
    return tuple(found)


def _best(
    index: Index, ranking: Ranking, hidden: NDArray[np.bool_] | None = None
) -> tuple[list[PassageText], tuple[float, ...]]:
    if hidden is not None:
        ranking = without(index, ranking, hidden[ranking.articles])
    positions = [place.position for place in distinct(index, ranking, WEIGHED)] if len(ranking) else []
    return [ranking.read(position) for position in positions], tuple(ranking.articles_behind(positions))


def _holds(text: str, words: str) -> bool:
    return bool(words) and words.translate(_SQUASH).casefold() in text.translate(_SQUASH).casefold()


def _holds_any(text: str, answers: Sequence[str]) -> bool:
    return any(_holds(text, one) for one in answers)


def _naming(passage: PassageText, answers: Sequence[str]) -> tuple[bool, ...] | None:
    """Which sentences hold the words of an answer, or their stems in any order."""
    stems = [frozenset(analyze(one)) for one in answers]
    found = tuple(
        _holds_any(span.of(passage.article.text), answers) or any(one and one <= terms for one in stems)
        for span, terms in zip(passage.sentences, passage.terms_of_sentences, strict=True)
    )
    return found if any(found) else None


def _middles(text: str, evidence: Sequence[str]) -> list[int]:
    return [start + len(one) // 2 for one in evidence if (start := text.find(one)) >= 0]


def _within(passage: PassageText, evidence: Sequence[str]) -> bool:
    """Whether the middle of some evidence lies in a passage of its document."""
    span = passage.passage.span
    return any(span.start <= middle < span.end for middle in _middles(passage.article.text, evidence))


def _gold_sentences(passage: PassageText, evidence: Sequence[str]) -> tuple[bool, ...] | None:
    """Which sentences hold the middle of some evidence."""
    middles = _middles(passage.article.text, evidence)
    marked = tuple(any(span.start <= middle < span.end for middle in middles) for span in passage.sentences)
    return marked if any(marked) else None


def _paragraphs(folder: Path, index: Index, reader: Reader) -> Iterator[Judged]:
    """Sets with evidence in a document: SQuAD 2.0, XQuAD, QED, TimeQA."""
    evidence = {row["qid"]: row for row in _rows(folder / "evidence.jsonl")}
    rows = _rows(folder / "queries.jsonl")
    for row in rows[:: max(1, len(rows) // _QUESTIONS)]:
        ranking = search(index, Request(row["question"], as_of="any"))
        told: Mapping[str, Any] = evidence.get(row["id"], {})
        doc, texts = str(told.get("doc_id", "")), list(told.get("evidence", ()))
        passages, behind = _best(index, ranking)
        truths = [
            (_within(one, texts), _gold_sentences(one, texts)) if one.article.id == doc else (False, None)
            for one in passages
        ]
        judged = _judge(reader, index, Task.of(ranking), passages, truths)
        yield Judged(row["id"], "time-blind", not row.get("is_impossible", False), judged, behind)


def _pairs(folder: Path, index: Index, reader: Reader) -> Iterator[Judged]:
    """CAsT answerability: one passage, judged by people."""
    texts = PassageTexts(index)
    tasks: dict[str, Task] = {}
    rows = _rows(folder / "pairs.jsonl")
    for row in rows[:: max(1, len(rows) // _PAIRS)]:
        if row["question"] not in tasks:
            tasks[row["question"]] = Task.of(search(index, Request(row["question"], as_of="any")))
        article = index.article(row["passage_id"])
        if article is None:
            continue
        passages = [texts[int(at)] for at in index.passages_of(article.row)]
        right, told = bool(row["answerable"]), list(row["sentences"])
        truths = [(right and _holds_any(one.text, told), _gold_sentences(one, told)) for one in passages]
        judged = _judge(reader, index, tasks[row["question"]], passages, truths)
        yield Judged(f"{row['qid']}/{row['passage_id']}", "pair", right, judged, (0.0,) * len(judged))


def is_near(days: NDArray[np.int64], day: date) -> NDArray[np.bool_]:
    """Whether each day, as an ordinal, is within 30 days of one or unknown (0), shape (n,)."""
    near: NDArray[np.bool_] = (days == 0) | (np.abs(days - day.toordinal()) <= _HIDDEN.days)
    return near


def _news(folder: Path, index: Index, reader: Reader) -> Iterator[Judged]:
    """realtimeqa: each question with a linked article, and its twin with these and its month hidden; both ways."""
    linked: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines():
        question, doc, _ = line.split("\t")
        linked.setdefault(question, set()).add(doc)
    articles = np.arange(1 + int(index.passages["article"].max()))
    days = index.days(articles)
    ids = [index.article_at(int(row)).id for row in articles]
    for row in (row for row in _rows(folder / "queries.jsonl") if row["id"] in linked):
        day = date.fromisoformat(row["date"])
        hidden = is_near(days, day) | np.array([one in linked[row["id"]] for one in ids])
        ways: tuple[tuple[str, AsOf], ...] = (("time-blind", "any"), ("as of the day", day))
        answers = list(row["answers"])
        unsaid = [one for one in answers if not _holds(row["question"], one)]
        rankings = {way: search(index, Request(row["question"], as_of=as_of)) for way, as_of in ways}
        relative = Task.of(rankings["as of the day"]).period is not None
        for way, ranking in rankings.items():
            task, (passages, behind) = Task.of(ranking), _best(index, ranking)
            truths = [
                (_holds_any(one.text, answers) or _naming(one, answers) is not None, _naming(one, unsaid))
                for one in passages
            ]
            judged = _judge(reader, index, task, passages, truths, by_words=True)
            yield Judged(row["id"], way, True, judged, behind, relative_time=relative)
            passages, behind = _best(index, ranking, hidden)
            truths = [(False, None)] * len(passages)
            others = _answering(folder.name).get(row["id"], frozenset())
            answered = any(passage.article.id in others for passage in passages)
            judged = _judge(reader, index, task, passages, truths)
            yield Judged(row["id"], way, False, judged, behind, answered, relative)


_SETS: Mapping[str, Callable[[Path, Index, Reader], Iterator[Judged]]] = {
    "realtimeqa": _news,
    "cast_answerability": _pairs,
    **dict.fromkeys(("squad2_sample", "xquad_en", "qed_dev", "timeqa_human"), _paragraphs),
}
