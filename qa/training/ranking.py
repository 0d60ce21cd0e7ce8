"""Learns the weights of the ranking's features and writes them down:

    python -m qa.training.ranking --large DATASET INDEX [--small DATASET INDEX]... [--out FILE]

Weights are learned listwise, and drawn towards the plain combination, so that they vary little. Those for large indexes
are learned time-blind and as of each question's day at once; `python -m tests.benchmarks.folds` says what such weights
are worth on weeks that they never saw. Those for small indexes are drawn towards the large ones and learned on the
small sets.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from index import Index
from qa.evaluation.dataset import Question, load
from qa.search.candidates import find_candidates
from qa.search.features import FEATURES, compute_features, shipped_weights
from qa.search.query import parse_query
from qa.training import commit_and_date
from qa.types import AsOf, Request

__all__ = ["LEARNED", "PLAIN", "PULL", "JudgedPassages", "Signals", "asked_both_ways", "learned", "weights_of"]

# Period and source are named by too few questions to be learned; sentence cosine is 0 in large indexes.
LEARNED = tuple(name for name in FEATURES if name not in ("period", "source"))
_PREFERENCE = 0.3  # period and source: what a question names outranks nearly anything; see tests/benchmarks/dated.py
# The plain combination, towards which weights are drawn: Bruch et al. 2023, and recency as in shared prototypes.
PLAIN = np.array([{"cosine": 0.6, "passage_bm25": 0.2, "article_bm25": 0.2, "lead_cosine": 0.1, "recency": 0.3}.get(
    name, 0.0) for name in LEARNED])  # fmt: skip
# MRR out of fold: time-blind .699, .702, .704 with .003, .03, .06; as of the day .849, .847, .846.
PULL = 0.03
PULL_SMALL = 0.01  # .003 to .04 give the same on halves of the sets that were not learned on, to .003
_SCALE = 0.95  # limit: the first four weights add up to this, so that differences of scores mean the same to quotes.py
_SMALL_QUESTIONS = 300  # of each small set
_SHARP = 25.0  # a whole point of score is worth e^25 in odds
_NEVER_ZERO = 1e-6  # fact: added to the spread of a feature that is the same for all
_STEPS = 200  # limit: steps of L-BFGS
_KEPT = 100  # passages of a question, the best by the plain combination; the others teach nothing

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JudgedPassages:
    """All candidates of a question asked in one way, n passages: their articles, shape (n,); their signals, shape
    (n, signals); whether their article is right, shape (n,)."""

    articles: NDArray[np.int64]
    values: Floats
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Signals:
    """A question with all its candidates, in both ways of asking, and its week."""

    week: tuple[int, ...]
    ways: tuple[JudgedPassages, ...]


def asked_both_ways(index: Index, question: Question) -> Signals:
    """The features of all candidates of a question, time-blind and, where it has a day, as of it."""
    days: list[AsOf] = ["any"] if question.day is None else ["any", question.day]
    week = (question.day or date.min).isocalendar()[:2]
    return Signals(week, tuple(_asked(index, question, day) for day in days))


def _asked(index: Index, question: Question, as_of: AsOf) -> JudgedPassages:
    query = parse_query(index, Request(question.text, history=question.history, as_of=as_of))
    found = find_candidates(index, query)
    features = compute_features(index, query, found, shipped_weights())
    ids = {row: index.article_at(int(row)).id for row in np.unique(found.articles)}
    right = np.array([question.relevant.get(ids[row], 0) > 0 for row in found.articles], bool)
    values = np.column_stack([features.column(name) for name in LEARNED])
    return JudgedPassages(found.articles, values, right)


def learned(asked: Sequence[JudgedPassages], plain: Floats, pull: float) -> Floats:
    """Weights, shape (signals,), none below 0, under which right articles have the most likelihood, an article
    counting as its best passage, and the likelihood being a softmax over the articles of a question (ListNet: Cao et
    al. 2007, "Learning to Rank: From Pairwise Approach to Listwise Approach"). `pull` is what a squared distance
    from `plain` costs, each signal in its own standard deviations. Deterministic.
    """
    kept = [part for one in asked if one.right.any() and (part := _best(one, plain)).right.any()]
    values = np.concatenate([one.values for one in kept])
    spread = np.concatenate([one.values - one.values.mean(axis=0) for one in kept]).std(axis=0) + _NEVER_ZERO
    cost = _cost(kept, values, plain, spread, pull)
    bounds = [(0.0, None)] * len(plain)
    found = minimize(cost, plain * _SHARP, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _STEPS})
    weights: Floats = found.x / _SHARP
    return weights


def _best(one: JudgedPassages, plain: Floats) -> JudgedPassages:
    order = np.argsort(-(one.values @ plain), kind="stable")[:_KEPT]
    order = order[np.argsort(one.articles[order], kind="stable")]
    return JudgedPassages(one.articles[order], one.values[order], one.right[order])


def _cost(
    kept: Sequence[JudgedPassages], values: Floats, plain: Floats, spread: Floats, pull: float
) -> Callable[[Floats], tuple[float, Floats]]:
    """The cost of weights times _SHARP, and its gradient."""
    question = np.repeat(np.arange(len(kept)), [len(one.articles) for one in kept])
    article = np.concatenate([one.articles for one in kept])
    first = np.flatnonzero(np.diff(question, prepend=-1) | np.diff(article, prepend=-1))
    right = np.concatenate([one.right for one in kept])[first]
    of_question = question[first]
    begins = np.flatnonzero(np.diff(of_question, prepend=-1))

    def cost(weights: Floats) -> tuple[float, Floats]:
        score = values @ weights
        # The best passage of each article, the first of equals.
        order = np.lexsort((-score, np.repeat(np.arange(len(first)), np.diff(first, append=len(score)))))
        best = order[first]
        top = score[best]
        likely = np.exp(top - np.maximum.reduceat(top, begins)[of_question])
        every, good = np.add.reduceat(likely, begins), np.add.reduceat(likely * right, begins)
        good = np.maximum(good, np.finfo(float).tiny)
        slope = (likely / every[of_question] - likely * right / good[of_question]) / len(kept)
        away = (weights - plain * _SHARP) * spread
        loss = float(np.mean(np.log(every) - np.log(good)) + pull * np.sum(away**2))
        return loss, values[best].T @ slope + 2 * pull * away * spread

    return cost


def weights_of(values: Floats) -> dict[str, float]:
    """Learned values by feature, scaled; the preferences for what a question names added."""
    values = values * _SCALE / values[:4].sum()
    found = dict(zip(LEARNED, values.tolist(), strict=True)) | {"period": _PREFERENCE, "source": _PREFERENCE}
    return {name: round(found[name], 4) for name in FEATURES}


def _load(dataset: Path, index_dir: Path, most: int | None = None) -> list[Signals]:
    questions = [question for question in load(dataset) if question.relevant]
    if most is not None:
        questions = questions[:: max(1, len(questions) // most)][:most]
    with Index.open(index_dir) as index:
        return [asked_both_ways(index, question) for question in questions]


def main(arguments: Sequence[str] | None = None) -> None:
    """Learns, prints and writes the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", nargs=2, type=Path, metavar=("DATASET", "INDEX"), required=True)
    parser.add_argument("--small", nargs=2, type=Path, metavar=("DATASET", "INDEX"), action="append", default=[])
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "search" / "ranking_weights.json")
    options = parser.parse_args(arguments)
    asked = _load(*options.large)
    large = learned([way for one in asked for way in one.ways], PLAIN, PULL)
    sets = [_load(dataset, index_dir, _SMALL_QUESTIONS) for dataset, index_dir in options.small]
    pairs = [way for one in sets for found in one for way in found.ways[:1]]
    small = learned(pairs, large, PULL_SMALL) if sets else large
    small[LEARNED.index("recency")] = large[LEARNED.index("recency")]  # small sets have no days of asking
    kept = shipped_weights()  # the features above were computed with its first pass
    stored = {
        "origin": commit_and_date() | {"by": "python -m qa.training.ranking", "pull": [PULL, PULL_SMALL]},
        "large": {
            "data": [options.large[0].name, len(asked)],
            "first_pass": kept.first_pass_large,
            "weights": weights_of(large),
        },
        "small": {
            "first_pass": kept.first_pass_small,
            "data": [[dataset.name, len(one)] for (dataset, _), one in zip(options.small, sets, strict=True)],
            "weights": weights_of(small),
        },
    }
    options.out.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    print(json.dumps(stored, indent=1))


if __name__ == "__main__":
    main()
