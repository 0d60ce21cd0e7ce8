"""What each feature of the ranking is worth on a set of questions: python -m tests.benchmarks.quality SET --index DIR

Prints a table of hit@k, MRR, nDCG and MAP for single features, for the default, and for the default without each
feature (without learning the others anew: tests/benchmarks/folds.py does); time-blind and, where questions have dates,
as of their days. Writes it beside this file, named by commit.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from index import Index
from qa.evaluation.dataset import Question, load
from qa.evaluation.evaluate import MEASURES, Result, check_quotes, measure, ranked_articles, ways
from qa.search.features import FEATURES, Weights, shipped_weights
from qa.search.search import search
from qa.types import AsOf, Request
from tests.benchmarks.common import save, table

_YEARS_LATER = 5


def rows() -> list[tuple[str, Weights]]:
    """The rankings compared, by name."""
    shipped = shipped_weights()

    def only(**weights: float) -> Weights:
        every = dict.fromkeys(FEATURES, 0.0) | weights
        return replace(shipped, large=every, small=every)

    def without(name: str) -> Weights:
        return replace(shipped, large=_zero(shipped.large, name), small=_zero(shipped.small, name))

    single = [
        ("dense passages alone", only(cosine=1.0)),
        ("BM25 over passages alone", only(passage_bm25=1.0)),
        ("BM25 over articles alone", only(article_bm25=1.0)),
        ("dense + both BM25 (.6 .2 .2)", only(cosine=0.6, passage_bm25=0.2, article_bm25=0.2)),
        ("the same and recency (.3)", only(cosine=0.6, passage_bm25=0.2, article_bm25=0.2, recency=0.3)),
    ]
    return [*single, ("default", shipped), *((f"without {name}", without(name)) for name in FEATURES)]


def _zero(weights: Mapping[str, float], name: str) -> dict[str, float]:
    return dict(weights) | {name: 0.0}


def run(
    index: Index, questions: list[Question], name: str, weights: Weights, as_of: Callable[[Question], AsOf]
) -> Result:
    ranked = {}
    for question in questions:
        request = Request(question.text, history=question.history, as_of=as_of(question))
        ranked[question.id] = ranked_articles(index, search(index, request, weights))
    return measure(name, questions, ranked)


def years_later(question: Question) -> AsOf:
    return question.day.replace(year=question.day.year + _YEARS_LATER, day=1) if question.day else "any"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    options = parser.parse_args()
    questions = load(options.dataset)
    lines: list[tuple[object, ...]] = [(f"{options.dataset.name}, {len(questions)} questions", *MEASURES)]
    stored = []

    def show(way: str, result: Result) -> None:
        lines.append((f"{way}: {result.name}", *(f"{result.means[name]:.3f}" for name in MEASURES)))
        print(*lines[-1], flush=True)
        stored.append({"way": way, "name": result.name, "means": dict(result.means)})

    with Index.open(options.index) as index:
        asked = ways(questions)
        for way, as_of in asked:
            for name, weights in rows():
                if way != "time-blind" or "recency" not in name:
                    show(way, run(index, questions, name, weights, as_of))
        if len(asked) > 1:
            show("as of five years later", run(index, questions, "default", shipped_weights(), years_later))
        quotes = sum(check_quotes(index, question.text, "any") for question in questions)
    text = f"{table(lines)}\n\n{quotes:,} citations were compared with the stored articles, character by character."
    save(f"quality-{options.dataset.name}", {"rows": stored}, text)


if __name__ == "__main__":
    main()
