"""Quality by weights that never saw the question: python -m tests.benchmarks.folds DATASET --index DIR [--deals 10]

The questions are dealt into five folds by the week they were asked in, so that no two of a week are parted. For each
fold, the weights of the ranking are learned on the other folds (tests/benchmarks/learn.py), time-blind and as of each
question's day at once, and score the fold. Ten such deals, and leaving out one week at a time, tell luck from gain.
Beside it: single signals and plain combinations, which need no learning, and the weights that ship, which were
set near what is learned on all questions and so saw these.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import Index
from qa.evaluation.dataset import Question, load
from qa.search.followup import queries
from qa.search.fusion import FIRST_PASS, WEIGHTS, Weights, recency
from qa.search.rank import rank
from qa.search.term_matching import openings, wording
from tests.benchmarks.common import save, table
from tests.benchmarks.learn import Asked, learned

_SIGNALS = ("cosine", "passage", "article", "lead", "meant", "named", "opening", "echo", "burst", "recency")
_PLAIN = np.array([0.6, 0.2, 0.2, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.3])
_PULL = 0.003
_FOLDS = 5
_RRF = 60
_WAYS = ("time-blind", "as of the question's day")
_GOOGLE = ("Google, restricted to these sites (all 281 questions)", "0.448", "-", "0.609", "0.630", "-")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Signals:
    """A question with all its candidates, in both ways of asking; its week; its reciprocal rank fusion."""

    week: tuple[int, ...]
    ways: tuple[Asked, Asked]
    fused: Floats


def signals(index: Index, question: Question) -> Signals:
    found = rank(index, queries(question.text), None, "any", FIRST_PASS)
    # Of all candidates: a question reads only the best 60, but which those are depends on the weights.
    words = wording(found.question, index.forward, found.rows, found.articles, index.word_vectors)
    opening = openings(found.question, index.forward, index.leads_of(found.articles))
    every = np.stack([words.meant, words.named, opening], axis=1)
    plain = [found.cosine, found.passage, found.article, found.lead]
    ids = {row: index.article_at(int(row)).id for row in np.unique(found.articles)}
    right = np.array([question.relevant.get(ids[row], 0) > 0 for row in found.articles])
    fresh = np.zeros(len(found))
    ways = []
    for day in (None, question.day):
        if day is not None:
            fresh = recency(index.days(found.articles), day.toordinal(), WEIGHTS.half_life_days)
        burst = found.burst * (1.0 - fresh.max(initial=0.0))
        ways.append(Asked(found.articles, np.column_stack([*plain, every, found.echo, burst, fresh]), right))
    week = (question.day or date.min).isocalendar()[:2]
    return Signals(week, (ways[0], ways[1]), sum((_reciprocal(one) for one in plain[:3]), np.zeros(len(found))))


def _reciprocal(signal: Floats) -> Floats:
    """Reciprocal rank fusion's share of one signal (Cormack et al. 2009), equals sharing a rank."""
    _, place_of = np.unique(-signal, return_inverse=True)
    return np.where(signal > 0, 1 / (_RRF + 1 + place_of), 0.0)


def place(one: Asked, score: Floats) -> int:
    """The rank of the first right article; 0 when it is not among the first ten."""
    score = np.round(score, 9)
    best = float(score[one.right].max()) if one.right.any() else -np.inf
    above = len(np.unique(one.articles[(score > best) & ~one.right]))
    return above + 1 if one.right.any() and above < 10 else 0


def unseen(asked: Sequence[Signals], folds: Sequence[int]) -> tuple[list[list[int]], list[Floats]]:
    """The places of the questions, in each way, by weights learned on the other folds; and these weights."""
    places = [[0] * len(asked) for _ in _WAYS]
    every = []
    for fold in sorted(set(folds)):
        others = [one for one, at in zip(asked, folds, strict=True) if at != fold]
        weights = learned([way for one in others for way in one.ways], _PLAIN, _PULL)
        every.append(weights)
        for number, one in enumerate(asked):
            if folds[number] == fold:
                for way, found in enumerate(one.ways):
                    places[way][number] = place(found, found.values @ weights)
    return places, every


def of(weights: Weights) -> Floats:
    return np.array([getattr(weights, name) for name in _SIGNALS])


def figures(places: Sequence[int]) -> list[float]:
    shares = [sum(0 < at <= k for at in places) / len(places) for k in (1, 3, 5, 10)]
    return [*shares, float(np.mean([1 / at if at else 0.0 for at in places]))]


def row(name: str, places: Sequence[int]) -> tuple[object, ...]:
    return (name, *[f"{value:.3f}" for value in figures(places)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--deals", type=int, default=10)
    options = parser.parse_args()
    with Index.open(options.index) as index:
        asked = [signals(index, question) for question in load(options.dataset)]
    weeks = sorted({one.week for one in asked})
    dealt = []
    for seed in range(options.deals):
        shuffled = random.Random(seed).sample(weeks, len(weeks))
        fold_of = {week: number % _FOLDS for number, week in enumerate(shuffled)}
        dealt.append(unseen(asked, [fold_of[one.week] for one in asked]))
    by_week, of_weeks = unseen(asked, [weeks.index(one.week) for one in asked])
    shipped = learned([way for one in asked for way in one.ways], _PLAIN, _PULL)
    lines: list[tuple[object, ...]] = [(f"{len(asked)} questions", "first", "first 3", "first 5", "first 10", "MRR")]
    for way, name in enumerate(_WAYS):
        for what, values in (
            ("the vectors alone", np.eye(len(_PLAIN))[0]),
            ("BM25 of passages alone", np.eye(len(_PLAIN))[1]),
            ("BM25 of articles alone", np.eye(len(_PLAIN))[2]),
            (".6 + .2 + .2 of these", of(FIRST_PASS)),
        ):
            if not way:
                lines.append(
                    row(f"{name}: {what}", [place(one.ways[way], one.ways[way].values @ values) for one in asked])
                )
        if not way:
            lines.append(
                row(f"{name}: reciprocal rank fusion of these", [place(one.ways[0], one.fused) for one in asked])
            )
            lines.append(_GOOGLE)
        found = np.array([figures(places[way]) for places, _ in dealt])
        lines.append((f"{name}: weights of the other folds, mean", *[f"{value:.3f}" for value in found.mean(axis=0)]))
        spans = [f"{low:.3f}-{high:.3f}" for low, high in zip(found.min(axis=0), found.max(axis=0), strict=True)]
        lines.append((f"{name}: the same, from the worst deal to the best", *spans))
        lines.append(row(f"{name}: weights of the other weeks", by_week[way]))
        seen = [place(one.ways[way], one.ways[way].values @ of(WEIGHTS)) for one in asked]
        lines.append(row(f"{name}: weights that ship", seen))
    every = np.array([weights for _, weights in dealt for weights in weights] + of_weeks)
    facts = {
        name: [float(value) for value in (every.mean(axis=0)[at], every.std(axis=0)[at], shipped[at], of(WEIGHTS)[at])]
        for at, name in enumerate(_SIGNALS)
    }
    text = (
        table(lines) + "\n\nWeights: mean and standard deviation over the folds, learned on all, and as they ship:\n\n"
    )
    text += "\n".join(f"- {name}: " + " ".join(f"{value:.3f}" for value in of_it) for name, of_it in facts.items())
    save(f"folds-{options.dataset.name}", {"rows": [list(line) for line in lines], "weights": facts}, text)


if __name__ == "__main__":
    main()
