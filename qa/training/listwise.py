"""Weights of signals from judged questions, with little variance: listwise, and drawn towards the plain combination."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

__all__ = ["JudgedPassages", "learned"]

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
