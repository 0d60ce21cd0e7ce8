"""Pools of threads, kept as long as a process; a function of several parts at once, each on one of their threads."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

__all__ = ["each_alone", "kept_pool"]

_Part = TypeVar("_Part")
_Made = TypeVar("_Made")


def each_alone(function: Callable[[_Part], _Made], parts: Sequence[_Part]) -> list[_Made]:
    """What `function` makes of each part, in their order. As many at once as PyTorch has threads, each computed by one:
    they meet once, at the end, not after each of a thousand steps.
    """
    import torch

    threads = torch.get_num_threads()
    return list((kept_pool("alone", threads, _compute_alone).map if threads > 1 else map)(function, parts))


def kept_pool(name: str, threads: int, begin: Callable[[], None] | None = None) -> ThreadPoolExecutor:
    """The pool of a name, kept as long as the process; `begin` is called once in each of its threads."""
    return _pool(os.getpid(), name, threads, begin)


@cache
def _pool(_process: int, name: str, threads: int, begin: Callable[[], None] | None) -> ThreadPoolExecutor:
    """A forked process has none of its parent's threads."""
    return ThreadPoolExecutor(threads, thread_name_prefix=name, initializer=begin)


def _compute_alone() -> None:
    import torch
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    torch.get_num_threads()  # when a thread first calls PyTorch, it is given as many as there are
    # torch.set_num_threads would reach into other threads; this sets the calling one's OpenMP.
    ThreadpoolController().limit(limits=1, user_api="openmp")
