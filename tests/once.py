"""What takes long to make and is the same for all workers of pytest-xdist is made by the first that needs it."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

import index
from index.building.build import build

__all__ = ["SAMPLE", "index_of"]

SAMPLE = Path(index.__file__).parent / "sample"


def index_of(articles: Path, name: str, folders: pytest.TempPathFactory, place: Path) -> Path:
    """An index of a folder of articles, with the real model, at `place`: a copy of the one that is built once a session
    under that name."""
    return Path(shutil.copytree(_once(f"{name}.index", folders, lambda made: build([articles], made)), place))


def _once(name: str, folders: pytest.TempPathFactory, make: Callable[[Path], object]) -> Path:
    base = folders.getbasetemp()
    kept = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(f"{kept}.lock"):
        if not kept.exists():
            part = kept.with_suffix(".part")
            make(part)
            part.rename(kept)
    return kept
