"""Intervals and paired tests against what is known of the values."""

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.evaluation.significance import differences, intervals


def column(*values: float) -> NDArray[np.float64]:
    return np.array(values, np.float64)[:, None]


def coin(seed: int, heads: float, number: int = 400) -> NDArray[np.float64]:
    return (np.random.default_rng(seed).random((number, 1)) < heads).astype(np.float64)


def test_the_interval_is_what_the_normal_law_says() -> None:
    values = column(*[1.0] * 120, *[0.0] * 80)
    (found,) = intervals(values)
    assert found.mean == pytest.approx(0.6)
    half = 1.96 * np.sqrt(0.6 * 0.4 / 200)  # .068
    assert found.low == pytest.approx(0.6 - half, abs=0.006)
    assert found.high == pytest.approx(0.6 + half, abs=0.006)


def test_the_interval_holds_the_true_mean_nineteen_times_in_twenty() -> None:
    found = [intervals(coin(seed, 0.3, 100), resamples=1_000)[0] for seed in range(200)]
    assert 0.9 <= np.mean([one.low <= 0.3 <= one.high for one in found]) <= 0.99


def test_all_measures_see_the_same_resamples() -> None:
    values = coin(1, 0.5)
    first, second = intervals(np.hstack([values, values]))
    assert first == second == intervals(values)[0]
    assert intervals(values) != intervals(values, seed=7)


@pytest.mark.parametrize("at_once", [1, 400, 3_000])
def test_how_many_are_drawn_at_once_changes_nothing(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    values = coin(2, 0.5, 40)
    whole = intervals(values, resamples=100)
    monkeypatch.setattr("qa.evaluation.significance._AT_ONCE", at_once)
    assert intervals(values, resamples=100) == whole


def test_a_run_does_not_differ_from_itself() -> None:
    values = coin(3, 0.5)
    (found,) = differences(values, values)
    assert (found.mean, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)


def test_noise_is_not_taken_for_a_difference() -> None:
    found = [differences(coin(seed, 0.5, 60), coin(seed + 500, 0.5, 60), resamples=1_000)[0] for seed in range(200)]
    assert 0.01 <= np.mean([one.p < 0.05 for one in found]) <= 0.1


def test_a_clear_difference_is_found_and_has_its_sign() -> None:
    better, worse = coin(4, 0.7), coin(5, 0.5)
    (up,), (down,) = differences(better, worse), differences(worse, better)
    assert up.mean == pytest.approx(float(better.mean() - worse.mean()))
    assert up.low > 0
    assert up.p < 0.005
    assert (down.mean, down.low, down.high) == pytest.approx((-up.mean, -up.high, -up.low), abs=0.01)


def test_p_by_hand() -> None:
    # Differences 1, 1, 1, -1 and a 0: of the 16 sums of signed ones, one is 4, four are 2, six are 0, four are -2 and
    # one is -4, so 5 are at least the observed 2 and 5 at most -2.
    (found,) = differences(column(1.0, 1.0, 0.0, 1.0, 0.5), column(0.0, 0.0, 1.0, 0.0, 0.5))
    assert found.p == pytest.approx(10 / 16)


def test_one_question_proves_nothing() -> None:
    (found,) = differences(column(1.0), column(0.0))
    assert (found.mean, found.p) == (1.0, 1.0)


def test_the_same_difference_everywhere_has_no_spread() -> None:
    (found,) = differences(column(*[0.3] * 50), column(*[0.1] * 50))
    assert found.low == found.high == pytest.approx(0.2)
    assert found.p < 0.001


@pytest.mark.parametrize("values", [np.zeros((0, 2)), np.zeros(3)])
def test_no_question_is_refused(values: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match="at least one question"):
        intervals(values)
    with pytest.raises(ValueError, match="at least one question"):
        differences(values, values)
    with pytest.raises(ValueError, match="one shape"):
        differences(np.zeros((2, 1)), np.zeros((3, 1)))
