"""Parts at once, each on a thread of its own."""

import threading

import pytest
import torch

from index.embedding.threads import each_alone


@pytest.mark.parametrize("threads", [1, 3])
def test_parts_keep_their_order(threads: int) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        assert each_alone(lambda part: part * 2, list(range(50))) == [part * 2 for part in range(50)]
        assert each_alone(len, []) == []
    finally:
        torch.set_num_threads(before)


def test_parts_are_computed_at_once_with_one_thread_each() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    both = threading.Barrier(2, timeout=60)  # only two at once pass it
    try:
        assert each_alone(lambda _: (both.wait() >= 0, torch.get_num_threads()), [0, 1]) == [(True, 1), (True, 1)]
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_errors_reach_who_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        each_alone(lambda part: 1 // part, [1, 0])
