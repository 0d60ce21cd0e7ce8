"""Builds and opens indexes of articles; importing this package loads no model and no search engine."""

import os
from typing import TYPE_CHECKING, Any

from index.errors import (
    ArticleQAError,
    BuildFailed,
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    ModelNotFound,
    NothingToIndex,
    StoreUnavailable,
    UsageError,
)
from index.types import Article, Passage, Skipped, Span

if TYPE_CHECKING:
    from index.store.live import LiveIndex
    from index.store.snapshot import Index

__all__ = [
    "Article",
    "ArticleQAError",
    "BuildFailed",
    "Index",
    "IndexBusy",
    "IndexDamaged",
    "IndexMismatch",
    "IndexMissing",
    "LiveIndex",
    "ModelNotFound",
    "NothingToIndex",
    "Passage",
    "Skipped",
    "Span",
    "StoreUnavailable",
    "UsageError",
    "__version__",
]

__version__ = "0.1.0"

# OpenMP's threads spin while they wait for one another, and on a busy machine that one may not run: embedding took
# three times as long, reading ten. They sleep instead, after 1,000 rounds: on a machine at rest a question took 62 ms
# for 93 without a round and 56 with no end, on a busy one 207 for 178 and 1,000 (medians among 40,968 passages).
# The libraries look at this when they are loaded; what a person has set is kept.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")

_LAZY = {"Index": "index.store.snapshot", "LiveIndex": "index.store.live"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'index' has no attribute {name!r}")
