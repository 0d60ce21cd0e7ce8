"""Formats an evaluation: a table for a terminal, a line for each question, plain values for JSON."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from index.engine import SearchEngine
from qa.evaluation.dataset import Question
from qa.evaluation.evaluate import MEASURES, REFUSALS, Result, Run
from qa.evaluation.saved_runs import Comparison
from qa.evaluation.significance import Difference, Interval

__all__ = ["as_json", "change", "per_question", "rows", "table"]

_NAME = 28  # view: columns of a measure's name

Rows = Mapping[str, Mapping[str, Mapping[str, Any]]]


def rows(index: SearchEngine, questions: Sequence[Question], runs: Sequence[Run], results: Sequence[Result]) -> Rows:
    """Of each way and each question, by name and id: the rank from 1 of the first relevant article (None when it is
    not among the hundred ranked), whether `ask` refused, id and title of the top article, and the measures."""
    return {
        run.name: {
            question.id: {
                "rank": _rank(question, run.ranked[question.id]),
                "refused": run.refused[question.id],
                **_top(index, run.ranked[question.id]),
                **result.per_question[question.id],
            }
            for question in questions
        }
        for run, result in zip(runs, results, strict=True)
    }


def _rank(question: Question, ranked: Sequence[str]) -> int | None:
    return next((place for place, id in enumerate(ranked, 1) if question.relevant.get(id, 0) > 0), None)


def _top(index: SearchEngine, ranked: Sequence[str]) -> dict[str, str]:
    article = index.article(ranked[0]) if ranked else None
    return {"top": article.id, "title": article.title} if article else {"top": "", "title": ""}


def table(questions: Sequence[Question], articles: int, results: Sequence[Result]) -> str:
    """Measures down, ways of asking across: the mean and its 95 % interval."""
    answerable = sum(bool(question.relevant) for question in questions)
    others = f" ({len(questions) - answerable:,} not in the articles)" if answerable < len(questions) else ""
    heading = f"{len(questions):,} questions{others}, {articles:,} articles, every quote checked"
    return "\n".join([heading, *_lines({result.name: result.intervals for result in results})])


def change(base: str, comparison: Comparison) -> str:
    """What changed since a saved run, in the shape of `table`, and on which questions it was measured."""
    pairs = f"{comparison.paired:,} questions of both"
    if comparison.only_now or comparison.only_then:
        pairs += (
            f"; the questions differ: {comparison.only_now:,} are not in {base},"
            f" {comparison.only_then:,} of {base} are not among these"
        )
    heading = f"now minus {base} (generation {comparison.generation}), on {pairs}"
    return "\n".join([heading, *_lines(comparison.differences)])


def _lines(columns: Mapping[str, Mapping[str, Interval]]) -> list[str]:
    cells = {way: {name: _cell(value) for name, value in values.items()} for way, values in columns.items()}
    widths = {way: max(len(way), *(len(cell) for cell in values.values())) + 2 for way, values in cells.items()}
    names = dict.fromkeys(name for values in cells.values() for name in values)
    lines = [f"{'':<{_NAME}}" + "".join(f"{way:<{widths[way]}}" for way in cells)]
    lines += [
        f"{name:<{_NAME}}" + "".join(f"{values.get(name, ''):<{widths[way]}}" for way, values in cells.items())
        for name in names
    ]
    return [line.rstrip() for line in lines]


def _cell(value: Interval) -> str:
    if isinstance(value, Difference):
        return f"{value.mean:+.3f} [{value.low:+.3f}, {value.high:+.3f}] p {value.p:.4f}"
    return f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]"


def per_question(path: Path, questions: Sequence[Question], found: Rows) -> str:
    """One line a question: JSON where the file is a .jsonl, else values separated by tabs below a header, in which
    each column but the first two is of one way. Line breaks and tabs in a text become spaces."""
    if path.suffix.lower() == ".jsonl":
        objects = [
            {"id": one.id, "question": one.text, "ways": {way: by_id[one.id] for way, by_id in found.items()}}
            for one in questions
        ]
        return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)
    columns = [(way, name) for way in found for name in ("rank", "refused", "top", "title", *MEASURES, *REFUSALS)]
    lines = [["id", "question", *(f"{way}: {name}" for way, name in columns)]]
    for one in questions:
        cells = [found[way][one.id].get(name) for way, name in columns]
        lines.append([one.id, one.text, *map(_text, cells)])
    return "".join("\t".join(" ".join(cell.split()) for cell in line) + "\n" for line in lines)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def as_json(
    index: SearchEngine,
    questions: Sequence[Question],
    unknown: Sequence[str],
    results: Sequence[Result],
    found: Rows,
    comparison: Comparison | None,
) -> dict[str, Any]:
    """Everything that the tables and the lines hold; intervals are [low, high], `unknown` names articles that are not
    in the index."""
    plain: dict[str, Any] = {
        "generation": index.generation,
        "articles": index.article_count,
        "unknown": list(unknown),
        "results": [
            {
                "name": result.name,
                "means": dict(result.means),
                "intervals": {name: [one.low, one.high] for name, one in result.intervals.items()},
                "questions": {question.id: dict(found[result.name][question.id]) for question in questions},
            }
            for result in results
        ],
    }
    if comparison:
        plain["against"] = {
            "generation": comparison.generation,
            "paired": comparison.paired,
            "only_now": comparison.only_now,
            "only_then": comparison.only_then,
            "differences": {
                way: {
                    name: {"difference": one.mean, "interval": [one.low, one.high], "p": one.p}
                    for name, one in values.items()
                }
                for way, values in comparison.differences.items()
            },
        }
    return plain
