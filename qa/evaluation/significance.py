"""Confidence intervals of means over questions, and tests of paired differences: percentile bootstrap, randomisation.

B. Efron, R. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13 (percentile intervals);
M. Smucker, J. Allan, B. Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval
Evaluation", CIKM 2007 (Fisher's randomisation test).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap, permutation_test

__all__ = ["Difference", "Interval", "differences", "intervals"]

_RESAMPLES = 10_000  # limit: resamples; with four times as many, the ends of an interval move in the third digit
_SEED = 2006  # fact: of the same resamples each time; any other does
_AT_ONCE = 2_000_000  # limit: values of resamples in memory at once: 16 MB


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over questions, and the ends of its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference(Interval):
    """The same of paired differences, and the two-sided p that there is none."""

    p: float


def intervals(values: NDArray[np.float64], *, resamples: int = _RESAMPLES, seed: int = _SEED) -> list[Interval]:
    """The mean of each column of `values`, shape (questions, measures), with its percentile interval, in their order.

    All measures see the same resamples. Equal values, or a single question, give an interval without width: nothing
    varied, so it tells nothing. Raises ValueError when there is no question.
    """
    if values.ndim != 2 or not len(values):
        raise ValueError(f"values have shape (questions, measures) and at least one question, not {values.shape}")
    mean = values.mean(axis=0)
    low = high = mean
    if len(values) > 1:
        found = bootstrap(
            (values,),
            np.mean,
            method="percentile",
            n_resamples=resamples,
            batch=max(1, _AT_ONCE // values.size),
            rng=np.random.default_rng(seed),
        )
        low, high = found.confidence_interval
    return [Interval(*map(float, column)) for column in zip(mean, low, high, strict=True)]


def differences(
    ours: NDArray[np.float64], theirs: NDArray[np.float64], *, resamples: int = _RESAMPLES, seed: int = _SEED
) -> list[Difference]:
    """`ours` minus `theirs`, both of shape (questions, measures) with the same question in each row, a measure each.

    p is the share of ways to flip the signs of differences whose mean is no nearer to 0 than the observed one: of all
    ways for few questions, else of `resamples` random ones and the observed one. It is never 0, and 1 where nothing
    differs. Raises ValueError when there is no question or the shapes differ.
    """
    if ours.shape != theirs.shape:
        raise ValueError(f"paired values have one shape, not {ours.shape} and {theirs.shape}")
    paired = ours - theirs
    means = intervals(paired, resamples=resamples, seed=seed)
    changed = paired[(paired != 0).any(axis=1)]  # flipping the sign of 0 changes no sum
    p = np.ones(paired.shape[1])
    if len(changed) > 1:
        p = permutation_test(
            (changed,),
            np.sum,
            permutation_type="samples",
            n_resamples=resamples,
            batch=max(1, _AT_ONCE // (2 * changed.size)),
            rng=np.random.default_rng(seed),
        ).pvalue
    return [Difference(one.mean, one.low, one.high, float(chance)) for one, chance in zip(means, p, strict=True)]
