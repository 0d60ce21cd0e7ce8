"""How well an index answers a set of questions: hit@k, MRR, nDCG, recall; time-blind and as of each question's day.

A data set is a folder with queries.jsonl ({"id", "question", "date"?}) and qrels.tsv (question id, article id,
relevance, no header).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import UsageError
from index.snapshot import Index
from qa.answer import retrieve
from qa.followup import queries
from qa.fuse import WEIGHTS, Weights
from qa.ranking import rank
from qa.rerank import reranked
from qa.types import AsOf
from qa.wishes import NO_WISHES, wishes_of

__all__ = ["MEASURES", "Question", "Result", "evaluate", "load", "measure", "ranking"]

MEASURES = ("Success@1", "Success@3", "Success@5", "Success@10", "RR@10", "nDCG@10", "AP", "R@100")
_DEPTH = 100  # articles ranked a question

Run = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a data set, with the relevance of the articles that were judged for it."""

    id: str
    text: str
    day: date | None
    relevant: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Result:
    """One way to rank: its name, the mean of each measure, and each measure of each question."""

    name: str
    means: Mapping[str, float]
    per_question: Mapping[str, Mapping[str, float]]


def load(folder: Path) -> list[Question]:
    """The questions of a data set that have a judged article, in file order. Raises UsageError for a folder that is
    none.
    """
    try:
        lines = (folder / "queries.jsonl").read_text("utf-8").splitlines()
        judged = (folder / "qrels.tsv").read_text("utf-8").splitlines()
        relevant: dict[str, dict[str, int]] = {}
        for line in judged:
            if line.strip():
                question, article, grade = line.split("\t")[:3]
                relevant.setdefault(question, {})[article] = int(float(grade))
        found = []
        for line in lines:
            row = json.loads(line)
            if row["id"] in relevant:
                day = date.fromisoformat(row["date"][:10]) if row.get("date") else None
                found.append(Question(row["id"], row["question"], day, relevant[row["id"]]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{folder} is not a data set ({error}); it needs queries.jsonl and qrels.tsv, see the README"
        ) from error
    if not found:
        raise UsageError(f"no question of {folder / 'queries.jsonl'} stands in qrels.tsv")
    return found


def ranking(
    index: Index,
    question: str,
    as_of: AsOf,
    weights: Weights = WEIGHTS,
    *,
    understand: bool = True,
    reranker: str | None = None,
) -> dict[str, float]:
    """Article ids in order of their best passage, with scores that keep that order."""
    wishes = wishes_of(index, question, as_of) if understand else NO_WISHES
    candidates = rank(index, queries(question), None, as_of, weights, wishes)
    if reranker:
        candidates = reranked(candidates, question, reranker)
    _, first = np.unique(candidates.articles, return_index=True)
    ordered = candidates.articles[np.sort(first)][:_DEPTH]
    return {index.article_at(int(row)).id: float(_DEPTH - place) for place, row in enumerate(ordered)}


def measure(name: str, questions: Sequence[Question], run: Run) -> Result:
    """Scores a run (question id -> article id -> score) with ir-measures."""
    import ir_measures

    measures = [ir_measures.parse_measure(measure) for measure in MEASURES]
    qrels = {question.id: dict(question.relevant) for question in questions}
    per_question: dict[str, dict[str, float]] = {question.id: {} for question in questions}
    for metric in ir_measures.iter_calc(measures, qrels, run):
        per_question[metric.query_id][str(metric.measure)] = float(metric.value)
    means = {name: float(np.mean([values.get(name, 0.0) for values in per_question.values()])) for name in MEASURES}
    return Result(name, means, per_question)


def evaluate(
    index: Index,
    questions: Sequence[Question],
    progress: Callable[[int], None] = lambda _: None,
    *,
    understand: bool = True,
    reranker: str | None = None,
) -> Iterator[Result]:
    """Time-blind and, where questions have dates, as of their days. Also checks the quotes of every question.

    `understand` and `reranker` are those of `ask`. Raises AssertionError when a quote
    is not a slice of its article.
    """
    ways: list[tuple[str, Callable[[Question], AsOf]]] = [("time-blind", lambda _: "any")]
    if any(question.day for question in questions):
        ways.append(("as of the question's day", lambda question: question.day or "any"))
    for name, as_of in ways:
        run = {}
        for done, question in enumerate(questions):
            run[question.id] = ranking(index, question.text, as_of(question), understand=understand, reranker=reranker)
            check_quotes(index, question.text, as_of(question))
            progress(done)
        yield measure(name, questions, run)


def check_quotes(index: Index, question: str, as_of: AsOf) -> int:
    """How many citations were checked against the stored text. Raises AssertionError on the first that differs."""
    citations = retrieve(question, index=index, as_of=as_of)
    for citation in [copy for found in citations for copy in (found, *found.also_in)]:
        article = index.article(citation.article_id)
        same = (
            article is not None
            and article.text[citation.start : citation.end] == citation.text
            and article.text[citation.sentence_start : citation.sentence_end] == citation.sentence
            and citation.start <= citation.sentence_start < citation.sentence_end <= citation.end
        )
        if not same:
            raise AssertionError(f"{citation.article_id} [{citation.start}:{citation.end}] is not what was quoted")
    return len(citations)


def as_json(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Plain values for --json."""
    return [
        {
            "name": result.name,
            "means": dict(result.means),
            "questions": {k: dict(v) for k, v in result.per_question.items()},
        }
        for result in results
    ]
