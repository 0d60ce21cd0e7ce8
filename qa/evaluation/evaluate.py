"""Measures how well an index answers questions: hit@k, MRR, nDCG, recall, refusals; time-blind and as of their days."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine
from qa.answer import answer, retrieve
from qa.evaluation.dataset import Question
from qa.evaluation.significance import Interval, intervals
from qa.search.rank import Ranking
from qa.search.search import search
from qa.types import AsOf, Citation, Request

__all__ = [
    "MEASURES", "REFUSALS", "Result", "Run", "by_measure", "check_quotes", "evaluate", "measure", "ranked_articles",
    "score", "ways",
]  # fmt: skip

MEASURES = ("Success@1", "Success@3", "Success@5", "Success@10", "RR@10", "nDCG@10", "AP", "R@100")
REFUSALS = ("refused when it should", "refused when it should not")
_DEPTH = 100  # fact: articles ranked a question, as R@100 has it

Scores = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Run:
    """What came back in one way of asking, by question id: the ids of the articles, best first, and whether `ask`
    refused."""

    name: str
    ranked: Mapping[str, Sequence[str]]
    refused: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Result:
    """A run measured: the values of each question (`score`), and the mean of each measure with its interval."""

    name: str
    means: Mapping[str, float]
    intervals: Mapping[str, Interval]
    per_question: Scores


def ranked_articles(index: SearchEngine, ranking: Ranking) -> list[str]:
    """The ids of at most 100 articles, in order of their best passage."""
    _, first = np.unique(ranking.articles, return_index=True)
    ordered = ranking.articles[np.sort(first)][:_DEPTH]
    return [index.article_at(int(row)).id for row in ordered]


def score(
    questions: Sequence[Question], ranked: Mapping[str, Sequence[str]], refused: Mapping[str, bool] | None = None
) -> Scores:
    """The measures of each question, by its id and in their order, computed by ir-measures; and refusals where known.

    MEASURES and the second of REFUSALS are of questions that have relevant articles, the first of REFUSALS of those
    that have none.
    """
    import ir_measures

    qrels = {question.id: dict(question.relevant) for question in questions if question.relevant}
    places = {id: {article: float(-place) for place, article in enumerate(ranked[id])} for id in qrels}
    found = {question.id: dict.fromkeys(MEASURES if question.relevant else (), 0.0) for question in questions}
    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    for metric in ir_measures.iter_calc(measures, qrels, places) if qrels else ():
        found[metric.query_id][str(metric.measure)] = float(metric.value)
    if refused is not None:
        for question in questions:
            found[question.id][REFUSALS[bool(question.relevant)]] = float(refused[question.id])
    return found


def by_measure(scores: Scores) -> list[tuple[list[str], NDArray[np.float64]]]:
    """Measures that are of the same questions, with their values, shape (questions, measures), both in order."""
    names = dict.fromkeys(name for values in scores.values() for name in values)
    groups: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        groups.setdefault(tuple(id for id, values in scores.items() if name in values), []).append(name)
    return [
        (group, np.array([[scores[id][name] for name in group] for id in ids], np.float64))
        for ids, group in groups.items()
    ]


def measure(
    name: str,
    questions: Sequence[Question],
    ranked: Mapping[str, Sequence[str]],
    refused: Mapping[str, bool] | None = None,
) -> Result:
    """The scores of ranked article ids (by question id), and of refusals where known, with their 95 % intervals."""
    per_question = score(questions, ranked, refused)
    found: dict[str, Interval] = {}
    for names, values in by_measure(per_question):
        found |= zip(names, intervals(values), strict=True)
    ordered = {name: found[name] for name in (*MEASURES, *REFUSALS) if name in found}
    return Result(name, {name: one.mean for name, one in ordered.items()}, ordered, per_question)


def ways(questions: Sequence[Question]) -> list[tuple[str, Callable[[Question], AsOf]]]:
    """The names of the ways of asking, with the day that each asks a question as of: "any", and, where questions have
    days, these."""
    found: list[tuple[str, Callable[[Question], AsOf]]] = [("time-blind", lambda _: "any")]
    if any(question.day for question in questions):
        found.append(("as of the question's day", lambda question: question.day or "any"))
    return found


def evaluate(
    index: SearchEngine,
    questions: Sequence[Question],
    progress: Callable[[int], object],
    *,
    understand: bool,
    reranker: str | None,
    reader: bool,
) -> list[Run]:
    """Asks all questions in each of `ways`, and compares every quote with its stored article.

    `understand`, `reranker` and `reader` are those of `ask`. `progress` gets the number of questions asked so far,
    over all ways. Raises AssertionError when a quote is not a slice of its article.
    """
    runs, done = [], 0
    for name, as_of in ways(questions):
        ranked, refused = {}, {}
        for question in questions:
            request = Request(
                question.text,
                history=question.history,
                as_of=as_of(question),
                use_dates_and_sources=understand,
                reranker=reranker,
                reader=reader,
            )
            ranking = search(index, request)
            ranked[question.id] = ranked_articles(index, ranking)
            found = answer(index, request, ranking)
            _compare(index, [*found.citations, *found.closest])
            refused[question.id] = not found.found
            progress(done := done + 1)
        runs.append(Run(name, ranked, refused))
    return runs


def check_quotes(index: SearchEngine, question: str, as_of: AsOf) -> int:
    """How many citations were compared with the stored text. Raises AssertionError on the first that differs."""
    citations = retrieve(question, index=index, as_of=as_of)
    _compare(index, citations)
    return len(citations)


def _compare(index: SearchEngine, citations: Sequence[Citation]) -> None:
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
