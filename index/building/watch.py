"""Watches the source folders and builds the index again when files have changed and come to rest."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event

from index.errors import ArticleQAError

__all__ = ["watch"]

_QUIET_MS = 500  # without another change, until a change is published
_LONGEST_MS = 10_000  # a stream of changes is published in between
_LOOK_MS = 500  # between two looks at what the system does not report: files given directly, folders replaced
_RETRY = 10.0  # seconds until a build that failed is tried again
_RESCAN = 300.0  # seconds until the sources are listed again anyhow: network folders report nothing


def watch(
    sources: Sequence[Path],
    index_dir: Path,
    build: Callable[[], object],
    failed: Callable[[ArticleQAError], None],
    stop: Event | None = None,
) -> None:
    """Calls `build` now and after every change in the sources, until `stop` is set or Ctrl-C is pressed.

    What `build` raises goes to `failed`, and it is tried again later. Files below `index_dir` count for nothing, nor
    do hidden ones, nor folders named `*.index`.
    """
    due = time.monotonic()
    for changed in _changes([Path(os.path.abspath(source)) for source in sources], index_dir, stop or Event()):
        if not changed and time.monotonic() < due:
            continue
        try:
            build()
            due = time.monotonic() + _RESCAN
        except ArticleQAError as error:
            failed(error)
            due = time.monotonic() + _RETRY


def _changes(sources: Sequence[Path], index_dir: Path, stop: Event) -> Iterator[bool]:
    """Whether something has changed and come to rest, again and again; from the first on, no change is missed."""
    seen, moving = _stamps(sources), False
    while not stop.is_set():
        roots = [stamp[:2] for stamp in seen]
        for reported in _reported([path for path in sources if path.is_dir()], index_dir, stop):
            now = _stamps(sources)
            moving, settled = now != seen, moving and now == seen
            seen = now
            yield reported or settled
            if [stamp[:2] for stamp in now] != roots:  # a folder that was replaced must be watched anew
                break


def _stamps(sources: Sequence[Path]) -> list[tuple[int, ...]]:
    """Of each source, its device and inode, and of a file its time and size too."""
    stamps: list[tuple[int, ...]] = []
    for path in sources:
        try:
            info = path.stat()
            identity = (info.st_dev, info.st_ino)
            stamps.append(identity if path.is_dir() else (*identity, info.st_mtime_ns, info.st_size))
        except OSError:
            stamps.append(())
    return stamps


def _reported(folders: Sequence[Path], index_dir: Path, stop: Event) -> Iterator[bool]:
    """Whether the system has reported a change below the folders, every _LOOK_MS or when it does."""
    own, *tops = (os.path.join(folder, "") for folder in (os.path.realpath(index_dir), *map(str, folders)))

    def counts(_: object, path: str) -> bool:
        below = next((path.removeprefix(top) for top in tops if path.startswith(top)), path)
        hidden = any(part.startswith(".") or part.endswith(".index") for part in below.split(os.sep))
        return not hidden and not os.path.realpath(path).startswith(own)

    if folders:
        from watchfiles import watch as report

        with suppress(FileNotFoundError):  # removed meanwhile: the caller looks again
            for batch in report(
                *folders,
                watch_filter=counts,
                step=_QUIET_MS,
                debounce=_LONGEST_MS,
                rust_timeout=_LOOK_MS,
                yield_on_timeout=True,
                stop_event=stop,
                ignore_permission_denied=True,
            ):
                yield bool(batch)
    while not stop.wait(_LOOK_MS / 1000):
        yield False
