"""Equal scores come in order of row, whatever order the server gives them in and wherever it cuts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.milvus import ties
from index.milvus.ties import best


@given(st.lists(st.integers(0, 3), max_size=600), st.integers(1, 200), st.randoms(use_true_random=False))
def test_the_best_are_those_of_a_whole_sort(scored: list[int], k: int, shuffled: object) -> None:
    order = list(range(len(scored)))
    shuffled.shuffle(order)  # type: ignore[attr-defined]
    by_server = np.array(sorted(order, key=lambda row: -scored[row]), np.int64)
    score_of = np.array(scored, np.float32)

    def find(asked: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        rows = by_server[:asked]
        return rows, score_of[rows]

    found = best(k, find)
    assert found.rows.tolist() == sorted(range(len(scored)), key=lambda row: (-scored[row], row))[:k]
    assert found.scores.tolist() == [scored[row] for row in found.rows]


def test_of_more_ties_than_the_server_gives_some_are_taken() -> None:
    asked: list[int] = []

    def find(count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        asked.append(count)
        return np.arange(count), np.ones(count, np.float32)

    assert best(10, find).rows.tolist() == list(range(10))
    assert asked[-1] == ties.MOST
    assert len(best(10**6, find)) == ties.MOST
