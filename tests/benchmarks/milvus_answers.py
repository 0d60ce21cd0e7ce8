"""Two engines asked the questions of a data set, turn about: MRR of both, and why any question differs, by class."""

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.engine import SearchEngine
from qa.evaluation.dataset import load
from qa.search.rank import Ranking
from qa.search.search import search
from qa.types import Request
from tests.benchmarks.common import spread

__all__ = ["compared"]

_DEPTH = 10  # articles of RR@10
_TIE = 2e-5  # scores nearer to each other are equal but for rounding: the engines add in another order


def _articles(ranking: Ranking) -> list[int]:
    _, first = np.unique(ranking.articles, return_index=True)
    return [int(row) for row in ranking.articles[np.sort(first)][:_DEPTH]]


def _reciprocal(rows: Sequence[int], relevant: set[int]) -> float:
    return next((1 / place for place, row in enumerate(rows, 1) if row in relevant), 0.0)


def _class(one: Ranking, other: Ranking) -> str:
    """Why two rankings differ in their first articles."""
    if set(one.rows.tolist()) != set(other.rows.tolist()):
        return "other candidates: equal scores at the end of a list of 200"
    scores = dict(zip(other.rows.tolist(), other.score.tolist(), strict=True))
    apart = max(abs(scores[row] - score) for row, score in zip(one.rows.tolist(), one.score.tolist(), strict=True))
    return "rounding: all scores within 2e-5" if apart <= _TIE else "scores differ"


def compared(one: SearchEngine, other: SearchEngine, dataset: Path, count: int | None = None) -> dict[str, Any]:
    """Of two indexes that `tests.benchmarks.scale.multiply` made: MRR of both, how many questions have the same first
    ten articles, why the others have not, and the times of the searches. Who is asked first changes with each question.
    """
    engines = {"one": one, "other": other}
    places: dict[str, int] = {}
    for row, article in enumerate(one.catalog.paths()):
        places.setdefault(article.rpartition("/")[0], row)  # without the number of the copy, which is last
    asked = [question for question in load(dataset) if question.relevant]
    if count is not None and count < len(asked):  # evenly spread over the weeks
        asked = [asked[number * len(asked) // count] for number in range(count)]
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    found: dict[str, list[float]] = {name: [] for name in engines}
    same, rows = 0, 0
    classes: Counter[str] = Counter()
    for index in engines.values():  # what is loaded at the first question
        search(index, Request(asked[0].text, 5, ()))
    for number, question in enumerate(asked):
        relevant = {places[name] for name in question.relevant if name in places}
        rankings: dict[str, Ranking] = {}
        for name in sorted(engines, reverse=number % 2 == 1):
            request = Request(question.text, 5, (), as_of=question.day or "any")
            started = time.perf_counter()
            rankings[name] = search(engines[name], request)
            seconds[name].append(time.perf_counter() - started)
            found[name].append(_reciprocal(_articles(rankings[name]), relevant))
        first, second = rankings["one"], rankings["other"]
        rows += first.rows.tolist() == second.rows.tolist()
        if _articles(first) == _articles(second):
            same += 1
        else:
            classes[_class(first, second)] += 1
    return {
        "questions": len(asked),
        "mrr": {name: round(float(np.mean(values)), 4) for name, values in found.items()},
        "same": same,
        "same_passages_in_the_same_order": rows,
        "other_rank": sum(a != b for a, b in zip(found["one"], found["other"], strict=True)),
        "classes": dict(classes) or {"no question differs": 0},
        "seconds": {name: spread(values) for name, values in seconds.items()},
    }
