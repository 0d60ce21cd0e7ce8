"""Quality by weights that never saw the question: python -m tests.benchmarks.folds DATASET --index DIR [--deals 10]

The questions are dealt into five folds by the week they were asked in, so that no two of a week are parted. For each
fold, the weights of the ranking are learned on the other folds (qa/training/ranking.py), time-blind and as of each
question's day at once, and score the fold. Ten such deals, and leaving out one week at a time, tell luck from gain.
Beside it: single features and plain combinations, which need no learning, each feature removed, and the weights that
ship, which saw these questions.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import Index
from qa.evaluation.dataset import load
from qa.search.features import shipped_weights
from qa.training.ranking import LEARNED, PLAIN, PULL, JudgedPassages, Signals, asked_both_ways, learned
from tests.benchmarks.common import save, table

_FOLDS = 5
_RRF = 60
_WAYS = ("time-blind", "as of the question's day")
_GOOGLE = ("Google, restricted to these sites (all 281 questions)", "0.448", "-", "0.609", "0.630", "-")

Floats = NDArray[np.float64]


def _reciprocal(signal: Floats) -> Floats:
    """Reciprocal rank fusion's share of one signal (Cormack et al. 2009), equals sharing a rank."""
    _, place_of = np.unique(-signal, return_inverse=True)
    return np.where(signal > 0, 1 / (_RRF + 1 + place_of), 0.0)


def place(one: JudgedPassages, score: Floats) -> int:
    """The rank of the first right article; 0 when it is not among the first ten."""
    score = np.round(score, 9)
    best = float(score[one.right].max()) if one.right.any() else -np.inf
    above = len(np.unique(one.articles[(score > best) & ~one.right]))
    return above + 1 if one.right.any() and above < 10 else 0


def unseen(
    asked: Sequence[Signals], folds: Sequence[int], without: str | None = None
) -> tuple[list[list[int]], list[Floats]]:
    """The places of the questions, in each way, by weights learned on the other folds; and these weights."""
    places = [[0] * len(asked) for _ in _WAYS]
    every = []
    kept = np.array([name != without for name in LEARNED])
    for fold in sorted(set(folds)):
        others = [one for one, at in zip(asked, folds, strict=True) if at != fold]
        ways = [JudgedPassages(way.articles, way.values * kept, way.right) for one in others for way in one.ways]
        weights = learned(ways, PLAIN, PULL) * kept
        every.append(weights)
        for number, one in enumerate(asked):
            if folds[number] == fold:
                for way, found in enumerate(one.ways):
                    places[way][number] = place(found, found.values @ weights)
    return places, every


def plain(**weights: float) -> Floats:
    return np.array([weights.get(name, 0.0) for name in LEARNED])


def figures(places: Sequence[int]) -> list[float]:
    shares = [sum(0 < at <= k for at in places) / len(places) for k in (1, 3, 5, 10)]
    return [*shares, float(np.mean([1 / at if at else 0.0 for at in places]))]


def row(name: str, places: Sequence[int]) -> tuple[object, ...]:
    return (name, *[f"{value:.3f}" for value in figures(places)])


def plain_rows(asked: Sequence[Signals], way: int) -> list[tuple[object, ...]]:
    """Single features and combinations that need no learning."""
    fresh = 0.3 if way else 0.0
    sums = {
        "the vectors alone": plain(cosine=1.0),
        "BM25 of passages alone": plain(passage_bm25=1.0),
        "BM25 of articles alone": plain(article_bm25=1.0),
        ".6 + .2 + .2 of these" + (" + .3 recency" if way else ""): plain(
            cosine=0.6, passage_bm25=0.2, article_bm25=0.2, recency=fresh
        ),
    }
    lines = []
    for name, values in sums.items():
        if not way or "recency" in name:
            lines.append(row(name, [place(one.ways[way], one.ways[way].values @ values) for one in asked]))
    fused = [sum((_reciprocal(one.ways[way].values[:, at]) for at in range(3)), np.zeros(1)) for one in asked]
    if way:
        at = LEARNED.index("recency")
        fused = [both + _reciprocal(one.ways[1].values[:, at]) for both, one in zip(fused, asked, strict=True)]
    name = "reciprocal rank fusion of these" + (" and recency" if way else "")
    lines.append(row(name, [place(one.ways[way], score) for one, score in zip(asked, fused, strict=True)]))
    return lines if way else [*lines, _GOOGLE]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--deals", type=int, default=10)
    options = parser.parse_args()
    with Index.open(options.index) as index:
        asked = [asked_both_ways(index, question) for question in load(options.dataset) if question.relevant]
    weeks = sorted({one.week for one in asked})
    folds = []
    for seed in range(options.deals):
        shuffled = random.Random(seed).sample(weeks, len(weeks))
        fold_of = {week: number % _FOLDS for number, week in enumerate(shuffled)}
        folds.append([fold_of[one.week] for one in asked])
    dealt = [unseen(asked, of) for of in folds]
    removed = {name: [unseen(asked, of, name)[0] for of in folds[: max(1, options.deals // 3)]] for name in LEARNED}
    by_week, of_weeks = unseen(asked, [weeks.index(one.week) for one in asked])
    shipped = np.array([shipped_weights().large[name] for name in LEARNED])
    lines: list[tuple[object, ...]] = [(f"{len(asked)} questions", "first", "first 3", "first 5", "first 10", "MRR")]
    for way, name in enumerate(_WAYS):
        lines += [(f"{name}: {what}", *rest) for what, *rest in plain_rows(asked, way)]
        found = np.array([figures(places[way]) for places, _ in dealt])
        lines.append((f"{name}: weights of the other folds, mean", *[f"{value:.3f}" for value in found.mean(axis=0)]))
        spans = [f"{low:.3f}-{high:.3f}" for low, high in zip(found.min(axis=0), found.max(axis=0), strict=True)]
        lines.append((f"{name}: the same, from the worst deal to the best", *spans))
        for feature, deals in removed.items():
            means = np.mean([figures(places[way]) for places in deals], axis=0)
            lines.append((f"{name}: the same without {feature}", *[f"{value:.3f}" for value in means]))
        lines.append(row(f"{name}: weights of the other weeks", by_week[way]))
        seen = [place(one.ways[way], one.ways[way].values @ shipped) for one in asked]
        lines.append(row(f"{name}: weights that ship", seen))
    every = np.array([weights for _, weights in dealt for weights in weights] + of_weeks)
    facts = {
        name: [float(every.mean(axis=0)[at]), float(every.std(axis=0)[at]), float(shipped[at])]
        for at, name in enumerate(LEARNED)
    }
    text = table(lines) + "\n\nWeights: mean and standard deviation over the folds, and as they ship:\n\n"
    text += "\n".join(f"- {name}: " + " ".join(f"{value:.3f}" for value in of_it) for name, of_it in facts.items())
    save(f"folds-{options.dataset.name}", {"rows": [list(line) for line in lines], "weights": facts}, text)


if __name__ == "__main__":
    main()
