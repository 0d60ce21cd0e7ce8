"""Imports without searches for garbage in between."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["uncollected"]


@contextmanager
def uncollected() -> Iterator[None]:
    """While it lasts, Python does not search for garbage: an import leaves its objects for good, and looking through
    them again and again is a tenth of the time that importing PyTorch takes."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()
