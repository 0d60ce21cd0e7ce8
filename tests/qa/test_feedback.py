"""What the best candidates have in common."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from qa.search.feedback import background, echo, feedback


class _Forward:
    """Texts of numbers, each its own term."""

    def __init__(self, texts: list[list[int]]) -> None:
        self._texts = texts
        self.counts = (len(texts), 0)
        self.terms = np.arange(50, dtype=np.int32)

    def passages(self, rows: np.ndarray[Any, Any]) -> Any:
        found = [self._texts[row] for row in rows]
        starts = np.cumsum([0, *map(len, found)])
        return SimpleNamespace(words=np.array([word for text in found for word in text], np.int32), starts=starts)


def _index(texts: list[list[int]], days: list[int]) -> Any:
    """Articles of one passage each."""
    return SimpleNamespace(
        forward=_Forward(texts),
        passages_of=lambda article: np.array([article]),
        days=lambda articles: np.array(days)[articles],
    )


def test_an_article_that_speaks_of_the_same_echoes() -> None:
    index = _index([[1, 2, 3], [1, 2, 4], [7, 8, 9]] + [[20 + n] for n in range(9)], [0] * 12)
    found = echo(index, np.array([0, 1, 2]), np.array([1.0, 0.9, 0.1]), background(index))
    assert found.max() == 1.0
    assert found[0] > found[2]
    assert found[1] > found[2]


def test_rarity_is_read_once_and_falls_with_frequency() -> None:
    index = _index([[1, 2], [1, 3], [1, 4]], [0] * 3)
    rarity = background(index)
    assert rarity[1] < rarity[2] == rarity[3] < rarity[5]
    assert background(index) is rarity


@pytest.mark.parametrize("texts", [[], [[]], [[], []]])
def test_nothing_said_is_no_echo(texts: list[list[int]]) -> None:
    rows = np.arange(len(texts))
    found = feedback(_index(texts, [0] * len(texts)), rows, rows, np.zeros(len(texts)))
    assert found.echo.tolist() == found.burst.tolist() == [0.0] * len(texts)


def test_order_of_the_candidates_does_not_matter() -> None:
    index = _index([[1, 2, 3], [1, 2, 4], [7, 8, 9], [1, 9]], [700, 701, 800, 0])
    rows, score = np.arange(4), np.array([0.5, 0.4, 0.4, 0.1])
    one, turned = feedback(index, rows, rows, score), feedback(index, rows[::-1], rows[::-1], score[::-1])
    assert one.echo.tolist() == turned.echo[::-1].tolist()
    assert one.burst.tolist() == pytest.approx(turned.burst[::-1].tolist())
    assert one.burst[0] > one.burst[2] > one.burst[3] == 0.0
