"""Quality by weights that never saw the question: python -m tests.benchmarks.folds DATASET --index DIR [--folds 5]

The questions are dealt into folds by the week they were asked in. For each fold, the weights of the ranking are chosen
on the other folds by coordinate search from a neutral start (cosine .6, both BM25 .2, nothing else), and score the
fold. Beside it: the weights that ship, which saw these questions. Time-blind, and as of each question's day.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import Index
from qa.followup import queries
from qa.fuse import WEIGHTS, Weights, recency
from qa.questions import Question, load
from qa.ranking import _READ, rank
from qa.wording import wording
from tests.benchmarks.common import save, table

_SIGNALS = ("cosine", "passage", "article", "lead", "meant", "together", "named", "recency")
_START = np.array([0.6, 0.2, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0])
_STEPS = (0.0, 0.05, 0.1, 0.15, 0.25, 0.4, 0.5, 0.6, 0.8)
_HALF_LIVES = (7.0, 14.0, 30.0, 60.0)
_PASSES = 3
_BASE = replace(
    WEIGHTS, cosine=0.6, passage=0.2, article=0.2, lead=0.0, meant=0.0, together=0.0, named=0.0, recency=0.0
)


@dataclass(frozen=True, slots=True)
class Signals:
    """All candidates of one question: their articles, signals (n, 7), days, and whether each article is right."""

    question: Question
    articles: NDArray[np.int64]
    values: NDArray[np.float64]
    days: NDArray[np.int64]
    right: NDArray[np.bool_]


def signals(index: Index, question: Question) -> Signals:
    found = rank(index, queries(question.text), None, "any", _BASE)
    words = wording(found.question, index.forward, found.rows[:_READ], found.articles[:_READ], index.word_vectors)
    read = np.stack([words.meant, words.together, words.named], axis=1)
    every = np.repeat(read.min(axis=0)[None], len(found), axis=0)
    every[: len(read)] = read
    values = np.column_stack([found.cosine, found.passage, found.article, found.lead, every])
    ids = {row: index.article_at(int(row)).id for row in np.unique(found.articles)}
    right = np.array([question.relevant.get(ids[row], 0) > 0 for row in found.articles])
    return Signals(question, found.articles, values, index.days(found.articles), right)


def place(one: Signals, weights: NDArray[np.float64], half_life: float, dated: bool) -> int:
    """The rank of the first right article; 0 when it is not among the first ten."""
    score = one.values @ weights[:-1]
    if dated and one.question.day:
        score = score + weights[-1] * recency(one.days, one.question.day.toordinal(), half_life)
    best = float(score[one.right].max()) if one.right.any() else -np.inf
    above = len(np.unique(one.articles[(score > best) & ~one.right]))
    return above + 1 if one.right.any() and above < 10 else 0


def mean_reciprocal(places: Sequence[int]) -> float:
    return float(np.mean([1 / at if at else 0.0 for at in places]))


def chosen(asked: Sequence[Signals], dated: bool) -> tuple[NDArray[np.float64], float]:
    """Weights and half-life that rank these questions best, by coordinate search; the earlier of equals."""
    weights, half_life = _START.copy(), 14.0

    def value(trial: NDArray[np.float64], life: float) -> float:
        return mean_reciprocal([place(one, trial, life, dated) for one in asked])

    best = value(weights, half_life)
    for _ in range(_PASSES):
        for number in range(len(_SIGNALS) if dated else len(_SIGNALS) - 1):
            for step in _STEPS:
                trial = weights.copy()
                trial[number] = step
                if (found := value(trial, half_life)) > best + 1e-9:
                    best, weights = found, trial
        for life in _HALF_LIVES if dated else ():
            if (found := value(weights, life)) > best + 1e-9:
                best, half_life = found, life
    return weights, half_life


def of(weights: Weights) -> NDArray[np.float64]:
    return np.array([getattr(weights, name) for name in _SIGNALS])


def row(name: str, places: Sequence[int]) -> tuple[object, ...]:
    shares = [sum(0 < at <= k for at in places) / len(places) for k in (1, 3, 5, 10)]
    return (name, *[f"{share:.3f}" for share in shares], f"{mean_reciprocal(places):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=5)
    options = parser.parse_args()
    with Index.open(options.index) as index:
        asked = [signals(index, question) for question in load(options.dataset)]
    weeks = sorted({(one.question.day or date.min).isocalendar()[:2] for one in asked})
    random.Random(0).shuffle(weeks)
    fold_of = {week: number % options.folds for number, week in enumerate(weeks)}
    folds = [fold_of[(one.question.day or date.min).isocalendar()[:2]] for one in asked]
    lines: list[tuple[object, ...]] = [(f"{len(asked)} questions", "first", "first 3", "first 5", "first 10", "MRR")]
    facts: dict[str, object] = {}
    for way, dated in (("time-blind", False), ("as of the question's day", True)):
        places = [0] * len(asked)
        for fold in range(options.folds):
            others = [one for one, at in zip(asked, folds, strict=True) if at != fold]
            weights, half_life = chosen(others, dated)
            facts[f"{way}, fold {fold}"] = [*weights.tolist(), half_life]
            for number, one in enumerate(asked):
                if folds[number] == fold:
                    places[number] = place(one, weights, half_life, dated)
        lines.append(row(f"{way}: weights of the other folds", places))
        shipped = [place(one, of(WEIGHTS), WEIGHTS.half_life_days, dated) for one in asked]
        lines.append(row(f"{way}: weights that ship", shipped))
        neutral = [place(one, _START, 14.0, dated) for one in asked]
        lines.append(row(f"{way}: the neutral start", neutral))
    text = table(lines) + f"\n\nWeights of each fold, in the order {', '.join(_SIGNALS)}, half-life in days:\n\n"
    text += "\n".join(f"- {name}: {weights}" for name, weights in facts.items())
    save(f"folds-{options.dataset.name}", {"rows": [list(line) for line in lines], "weights": facts}, text)


if __name__ == "__main__":
    main()
