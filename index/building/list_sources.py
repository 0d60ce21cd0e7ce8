"""Lists the files that a build reads: those of its sources, and those that were added to the index in the window."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from index.readers import SourceFile, find
from index.readers.find import free_id
from index.store.layout import Layout
from index.types import Skipped

__all__ = ["list_sources"]


def list_sources(sources: Sequence[Path], index_dir: Path) -> list[SourceFile | Skipped]:
    """The files of the sources, in a stable order, without those of the index itself; then those that were added to the
    index in the window, whose ids begin with `added/` and so change no other's."""
    real = cache(os.path.realpath)  # once for each folder: a source, or a folder in it, may be a link
    own = os.path.join(real(index_dir), "")

    def is_own(path: Path) -> bool:
        return os.path.join(real(path.parent), "").startswith(own)

    beside = [item for item in find(sources) if isinstance(item, Skipped) or not is_own(item.path)]
    taken = {item.id for item in beside if isinstance(item, SourceFile)}
    found: list[SourceFile | Skipped] = []
    for item in [*beside, *_added(Layout(Path(os.path.abspath(index_dir))).added, taken)]:
        if isinstance(item, Skipped):
            found.append(Skipped(_printable(item.path), item.reason, item.line))
        elif _printable(str(item.path)) != str(item.path):
            found.append(Skipped(_printable(str(item.path)), "its name is not valid UTF-8; rename it"))
        else:
            found.append(item)
    return found


def _added(folder: Path, taken: set[str]) -> Iterator[SourceFile | Skipped]:
    for item in find([folder]) if folder.is_dir() else ():
        if isinstance(item, SourceFile):
            name = free_id(f"{folder.name}/{item.id}", taken)
            taken.add(name)
            item = replace(item, id=name)
        yield item


def _printable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "replace")
