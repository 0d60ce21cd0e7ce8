"""What each part of the ranking is worth on a set of questions: python -m tests.benchmarks.quality DATASET --index DIR

Prints a table of hit@k, MRR, nDCG and MAP for single signals, for the default, and for the default with each part
removed; time-blind and, where questions have dates, as of their days. Writes it beside this file, named by commit.
"""

import argparse
import json
import subprocess
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

from index import Index
from qa.evaluation.dataset import Question, load
from qa.evaluation.evaluate import MEASURES, Result, check_quotes, measure, ranking
from qa.search.fusion import WEIGHTS, Weights
from qa.types import AsOf

RESULTS = Path(__file__).parent / "results"
_PARTS = tuple(field.name for field in fields(Weights) if field.name != "half_life_days")
_NONE = replace(WEIGHTS, **dict.fromkeys(_PARTS, 0.0))
_YEARS_LATER = 5


def rows() -> list[tuple[str, Weights]]:
    """The rankings compared, by name."""
    single = [
        ("dense passages alone", replace(_NONE, cosine=1.0)),
        ("BM25 over passages alone", replace(_NONE, passage=1.0)),
        ("BM25 over articles alone", replace(_NONE, article=1.0)),
        ("dense + both BM25 (.6 .2 .2)", replace(_NONE, cosine=0.6, passage=0.2, article=0.2)),
    ]
    removed = [(f"without {part}", replace(WEIGHTS, **{part: 0.0})) for part in _PARTS]
    return [*single, ("default", WEIGHTS), *removed]


def run(
    index: Index, questions: list[Question], name: str, weights: Weights, as_of: Callable[[Question], AsOf]
) -> Result:
    return measure(
        name,
        questions,
        {question.id: ranking(index, question.text, as_of(question), weights) for question in questions},
    )


def years_later(question: Question) -> AsOf:
    return question.day.replace(year=question.day.year + _YEARS_LATER, day=1) if question.day else "any"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    options = parser.parse_args()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    questions = load(options.dataset)
    ways: list[tuple[str, Callable[[Question], AsOf]]] = [("time-blind", lambda _: "any")]
    if any(question.day for question in questions):
        ways.append(("as of the question's day", lambda question: question.day or "any"))
    lines = [f"| {options.dataset.name}, {len(questions)} questions | {' | '.join(MEASURES)} |"]
    lines.append("|---|" + "---|" * len(MEASURES))
    stored = []

    def show(way: str, result: Result) -> None:
        lines.append(f"| {way}: {result.name} | " + " | ".join(f"{result.means[name]:.3f}" for name in MEASURES) + " |")
        print(lines[-1], flush=True)
        stored.append({"way": way, "name": result.name, "means": dict(result.means)})

    print("\n".join(lines))
    with Index.open(options.index) as index:
        for way, as_of in ways:
            for name, weights in rows():
                if (way == "time-blind") == (name == "without recency") and name == "without recency":
                    continue
                show(way, run(index, questions, name, weights, as_of))
        if len(ways) > 1:
            show("as of five years later", run(index, questions, "default", WEIGHTS, years_later))
        quotes = sum(check_quotes(index, question.text, "any") for question in questions)
    checked = f"{quotes:,} citations were compared with the stored articles, character by character"
    lines.append(f"\n{checked}; commit {commit}, {date.today()}.")
    print(lines[-1])
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"quality-{options.dataset.name}-{commit}"
    target.with_suffix(".md").write_text("\n".join(lines) + "\n", "utf-8")
    target.with_suffix(".json").write_text(json.dumps(stored, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
