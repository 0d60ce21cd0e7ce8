"""How sure a mean over questions is, and a difference between two: the bootstrap, which draws questions again.

B. Efron, R. Tibshirani, An Introduction to the Bootstrap, 1993, chapters 13 (percentile intervals) and 16 (tests);
T. Sakai, Evaluating evaluation metrics based on the bootstrap, SIGIR 2006, section 3.1 (the paired test).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Difference", "Interval", "differences", "intervals"]

_RESAMPLES = 10_000
_SEED = 2006
_AT_ONCE = 2_000_000  # draws held in memory: 16 MB
_TAILS = (2.5, 97.5)  # percent
_ROUNDING = 1e-9  # relative; a resample that equals what was observed must count as no less extreme


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over questions, and the ends of its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean of paired differences, the ends of its 95 % interval, and the two-sided p that there is none."""

    mean: float
    low: float
    high: float
    p: float


def intervals(values: NDArray[np.float64], *, resamples: int = _RESAMPLES, seed: int = _SEED) -> list[Interval]:
    """The mean of each column of `values`, shape (questions, measures), with its percentile interval, in their order.

    All measures see the same resamples. Equal values give an interval without width: then nothing varied, and it
    tells nothing. Raises ValueError when there is no question.
    """
    _check(values)
    means = np.concatenate([counts @ values for counts in _draws(len(values), resamples, seed)]) / len(values)
    low, high = np.percentile(means, _TAILS, axis=0)
    return [Interval(*map(float, column)) for column in zip(values.mean(axis=0), low, high, strict=True)]


def differences(
    ours: NDArray[np.float64], theirs: NDArray[np.float64], *, resamples: int = _RESAMPLES, seed: int = _SEED
) -> list[Difference]:
    """`ours` minus `theirs`, both of shape (questions, measures) with the same question in each row, a measure each.

    p is the share of resamples whose t, once the mean difference is taken off every question, is no nearer to 0 than
    the observed one, counting what was observed as one of them; so it is never 0, and 1 where nothing differs or
    there is one question only. Raises ValueError when there is no question or the shapes differ.
    """
    if ours.shape != theirs.shape:
        raise ValueError(f"paired values have one shape, not {ours.shape} and {theirs.shape}")
    paired = ours - theirs
    _check(paired)
    number, mean = len(paired), paired.mean(axis=0)
    centred = paired - mean
    centred[np.abs(centred) <= _ROUNDING * np.abs(paired).max(axis=0)] = 0.0
    observed = np.abs(_t(mean, (centred**2).sum(axis=0), number))
    shifts, extreme = [], np.zeros(paired.shape[1])
    for counts in _draws(number, resamples, seed):
        shift = counts @ centred / number
        squares = counts @ centred**2 - number * shift**2
        extreme += (np.abs(_t(shift, squares, number)) >= observed * (1 - _ROUNDING)).sum(axis=0)
        shifts.append(shift)
    low, high = np.percentile(np.concatenate(shifts), _TAILS, axis=0) + mean
    p = np.where(number > 1, (extreme + 1) / (resamples + 1), 1.0)
    return [Difference(*map(float, column)) for column in zip(mean, low, high, p, strict=True)]


def _check(values: NDArray[np.float64]) -> None:
    if values.ndim != 2 or not len(values):
        raise ValueError(f"values have shape (questions, measures) and at least one question, not {values.shape}")


def _draws(number: int, resamples: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """How often each question is drawn in each resample, shape (some resamples, number), until there are enough."""
    generator = np.random.default_rng(seed)
    at_once = max(1, min(resamples, _AT_ONCE // number))
    for begin in range(0, resamples, at_once):
        some = min(at_once, resamples - begin)
        drawn = generator.integers(number, size=(some, number)) + number * np.arange(some)[:, None]
        yield np.bincount(drawn.ravel(), minlength=some * number).reshape(some, number).astype(np.float64)


def _t(mean: NDArray[np.float64], squares: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    """Student's t; 0 where the mean is 0, without end where only the spread is."""
    error = np.sqrt(np.maximum(squares, 0.0) / max(1, number - 1) / number)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(mean == 0, 0.0, mean / error)
