"""Saves the runs of an evaluation and compares a new one with a saved one."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import UsageError
from qa.evaluation.dataset import Question
from qa.evaluation.evaluate import Result, Run, by_measure, score
from qa.evaluation.significance import Difference, differences
from qa.files import write_whole

__all__ = ["Comparison", "Saved", "check_writable", "compare", "in_both", "read", "save"]

_FORMAT = 1  # fact: version of the file


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved run: the generation that answered, the texts of the questions by id, and what came back in each way."""

    generation: str
    questions: Mapping[str, str]
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed since a saved run: its generation, how many questions both have, how many only one of them has,
    and of each way in both the difference of each measure, now minus then."""

    generation: str
    paired: int
    only_now: int
    only_then: int
    differences: Mapping[str, Mapping[str, Difference]]


def check_writable(path: Path) -> None:
    """Raises UsageError when a file surely cannot be written: better before a long run than after."""
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"{path} cannot be written; name a file in a folder of yours")


def save(
    path: Path, generation: str, questions: Sequence[Question], runs: Sequence[Run], results: Sequence[Result]
) -> None:
    """Writes a run as JSON: every ranked article id and every measure of each question in each way."""
    ways = {
        run.name: {
            one.id: {
                "ranked": list(run.ranked[one.id]),
                "refused": run.refused[one.id],
                "measures": dict(result.per_question[one.id]),
            }
            for one in questions
        }
        for run, result in zip(runs, results, strict=True)
    }
    asked = {
        one.id: {"question": one.text, "date": one.day.isoformat() if one.day else None, "relevant": dict(one.relevant)}
        for one in questions
    }
    stored = {"format": _FORMAT, "generation": generation, "questions": asked, "ways": ways}
    text = json.dumps(stored, ensure_ascii=False, indent=1) + "\n"
    write_whole(path, text.encode("utf-8", "replace"))


def read(path: Path) -> Saved:
    """A run that `save` wrote. Raises UsageError when the file holds none."""
    try:
        stored: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if stored["format"] != _FORMAT:
            raise ValueError(f"its format is {stored['format']!r}")
        texts = {id: str(one["question"]) for id, one in stored["questions"].items()}
        runs = [
            Run(
                name,
                {id: [str(article) for article in way[id]["ranked"]] for id in texts},
                {id: bool(way[id]["refused"]) for id in texts},
            )
            for name, way in stored["ways"].items()
        ]
        return Saved(str(stored["generation"]), texts, tuple(runs))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is not a saved run ({error}); `python -m qa eval --save` makes one") from error


def in_both(questions: Sequence[Question], saved: Saved) -> list[Question]:
    """The questions that a saved run has under the same id and in the same words. Raises UsageError for none."""
    both = [question for question in questions if saved.questions.get(question.id) == question.text]
    if not both:
        raise UsageError("the saved run has none of these questions; compare with one that was made with them")
    return both


def compare(questions: Sequence[Question], runs: Sequence[Run], saved: Saved) -> Comparison:
    """What changed since, on the questions `in_both`.

    Both are scored by the judgements of today, so that a corrected list of articles is no difference between them.
    """
    both = in_both(questions, saved)
    then = {run.name: run for run in saved.runs}
    found: dict[str, dict[str, Difference]] = {}
    for run in runs:
        if run.name in then:
            ours = by_measure(score(both, run.ranked, run.refused))
            theirs = by_measure(score(both, then[run.name].ranked, then[run.name].refused))
            found[run.name] = {}
            for (names, now), (_, before) in zip(ours, theirs, strict=True):
                found[run.name] |= zip(names, differences(now, before), strict=True)
    return Comparison(saved.generation, len(both), len(questions) - len(both), len(saved.questions) - len(both), found)
