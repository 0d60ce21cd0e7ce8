"""Parts at once, each on a thread of its own."""

import threading
from collections.abc import Iterator

import pytest
import torch

from index.embedding.threads import each_alone


@pytest.fixture(autouse=True)
def _threads_as_before() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("threads", [1, 3])
def test_parts_keep_their_order(threads: int) -> None:
    torch.set_num_threads(threads)
    assert each_alone(lambda part: part * 2, list(range(50))) == [part * 2 for part in range(50)]
    assert each_alone(len, []) == []


def test_parts_are_computed_at_once_with_one_thread_each() -> None:
    torch.set_num_threads(2)
    both = threading.Barrier(2, timeout=60)  # only two at once pass it
    assert each_alone(lambda _: (both.wait() >= 0, torch.get_num_threads()), [0, 1]) == [(True, 1), (True, 1)]
    assert torch.get_num_threads() == 2


def test_errors_reach_who_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        each_alone(lambda part: 1 // part, [1, 0])
