"""RM3: overlap with the terms of the top articles."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from index import Index
from qa.search.feedback import background_idf, rm3, term_overlap
from qa.search.search import search, without
from qa.types import Request


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


def _index(texts: list[list[int]]) -> Any:
    """Articles of one passage each."""
    return SimpleNamespace(
        forward=_Forward(texts),
        passages_of=lambda article: np.array([article]),
    )


def test_an_article_with_the_terms_of_the_top_articles_overlaps_most() -> None:
    index = _index([[1, 2, 3], [1, 2, 4], [7, 8, 9]] + [[20 + n] for n in range(9)])
    found = term_overlap(index, np.array([0, 1, 2]), np.array([1.0, 0.9, 0.1]), background_idf(index))
    assert found.max() == 1.0
    assert found[0] > found[2]
    assert found[1] > found[2]


def test_idf_is_read_once_and_falls_with_frequency() -> None:
    index = _index([[1, 2], [1, 3], [1, 4]])
    idf = background_idf(index)
    assert idf[1] < idf[2] == idf[3] < idf[5]
    assert background_idf(index) is idf


@pytest.mark.parametrize("texts", [[], [[]], [[], []]])
def test_without_terms_there_is_no_overlap(texts: list[list[int]]) -> None:
    rows = np.arange(len(texts))
    assert rm3(_index(texts), rows, rows, np.zeros(len(texts))).tolist() == [0.0] * len(texts)


def test_order_of_the_candidates_does_not_matter() -> None:
    index = _index([[1, 2, 3], [1, 2, 4], [7, 8, 9], [1, 9]])
    rows, score = np.arange(4), np.array([0.5, 0.4, 0.4, 0.1])
    one, turned = rm3(index, rows, rows, score), rm3(index, rows[::-1], rows[::-1], score[::-1])
    assert one.tolist() == turned[::-1].tolist()
    assert one[0] > one[3]


def test_a_ranking_without_some_passages_takes_no_terms_of_theirs(sample: Index) -> None:
    ranking = search(sample, Request("Who was wounded in the rocket attack at Taji?", as_of="any"))
    none = np.zeros(len(ranking), bool)
    same = without(sample, ranking, none)
    assert same.rows.tolist() == ranking.rows.tolist()
    assert same.score == pytest.approx(ranking.score)  # summed in another order
    most = ranking.articles[int(np.argmax(ranking.features.column("rm3")))]
    left = without(sample, ranking, ranking.articles == most)
    assert most not in left.articles
    assert len(left) == len(ranking) - int((ranking.articles == most).sum())
    assert left.features.column("rm3").max() == 1.0
    assert (np.diff(left.score) <= 0).all()
    assert not len(without(sample, ranking, ~none))
