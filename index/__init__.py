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
# three times as long, reading ten. The libraries look at this when they are loaded; what a person has set is kept.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_LAZY = {"Index": "index.store.snapshot", "LiveIndex": "index.store.live"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'index' has no attribute {name!r}")
