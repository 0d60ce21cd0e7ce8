"""A function of several parts at once, each on one thread of its own."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

__all__ = ["each_alone"]

_Part = TypeVar("_Part")
_Made = TypeVar("_Made")


def each_alone(function: Callable[[_Part], _Made], parts: Sequence[_Part]) -> list[_Made]:
    """What `function` makes of each part, in their order. As many at once as PyTorch has threads, each computed by one:
    they meet once, at the end, not after each of a thousand steps.
    """
    import torch

    threads = torch.get_num_threads()
    return list((_pool(os.getpid(), threads).map if threads > 1 else map)(function, parts))


@cache
def _pool(_process: int, threads: int) -> ThreadPoolExecutor:
    """A forked process has none of its parent's threads."""
    return ThreadPoolExecutor(threads, thread_name_prefix="alone", initializer=_compute_alone)


def _compute_alone() -> None:
    import torch
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    torch.get_num_threads()  # when a thread first calls PyTorch, it is given as many as there are
    # torch.set_num_threads would reach into other threads; this sets the calling one's OpenMP.
    ThreadpoolController().limit(limits=1, user_api="openmp")
