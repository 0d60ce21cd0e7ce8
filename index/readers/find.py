"""Lists the files of the source folders in a stable order, each with a unique id."""

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.types import Skipped

__all__ = ["SourceFile", "find", "free_id"]

_IGNORED = frozenset({"thumbs.db", "desktop.ini", "__macosx", "__pycache__"})


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read. `id` is its path below its source folder with `/` between the parts; for a file that was given
    directly, its name. Where two sources hold the same id, the source folder's name goes in front, then a number.
    `mtime_ns` is its modification time in nanoseconds."""

    path: Path
    id: str
    size: int
    mtime_ns: int


def find(sources: Sequence[Path]) -> Iterator[SourceFile | Skipped]:
    """The files below each source, folder by folder in the order of their names, and what cannot be looked at.

    Hidden files and folders, folders named `*.index` and what operating systems leave behind are passed over.
    Links are followed; a link back to a folder, or a second way to the same file, is skipped with that reason.
    """
    seen: dict[tuple[int, int], Path] = {}
    listed: list[tuple[Path, str, os.stat_result] | Skipped] = []
    origins: list[str] = []
    for source in sources:
        place = source.resolve()
        origin = place.name if place.is_dir() else place.parent.name
        for item in _walk(source, seen):
            listed.append(item)
            origins.append(origin)
    clashes = {
        name for name, n in Counter(item[1] for item in listed if not isinstance(item, Skipped)).items() if n > 1
    }
    taken = {item[1] for item in listed if not isinstance(item, Skipped)} - clashes
    for item, origin in zip(listed, origins, strict=True):
        if isinstance(item, Skipped):
            yield item
            continue
        path, name, info = item
        if name in clashes:
            name = free_id(f"{origin}/{name}", taken)
            taken.add(name)
        yield SourceFile(path, name, info.st_size, info.st_mtime_ns)


def free_id(name: str, taken: set[str]) -> str:
    """The name itself, or with the first number that makes it new."""
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name}~{number}"
    return candidate


def _walk(source: Path, seen: dict[tuple[int, int], Path]) -> Iterator[tuple[Path, str, os.stat_result] | Skipped]:
    """(path, id, status) of each file below a source; `seen` remembers files and folders already given."""
    # A stack, not recursion: folders may be nested deeper than Python's call stack. Sorted by name, last first.
    stack: list[tuple[Path, str]] = [(source, "")]
    while stack:
        path, name = stack.pop()
        try:
            info = path.stat()
            if not stat.S_ISDIR(info.st_mode):
                yield from _file(path, name or source.name, info, seen)
                continue
            key = (info.st_dev, info.st_ino)
            if key in seen and key != (0, 0):
                yield Skipped(str(path), f"leads back to a folder already read ({seen[key]})")
                continue
            seen[key] = path
            children = sorted(os.listdir(path), reverse=True)
        except OSError as error:
            yield Skipped(str(path), _why(error))
            continue
        for child in children:
            if child.startswith(".") or child.casefold() in _IGNORED:
                continue
            if child.endswith(".index") and (path / child).is_dir():
                continue
            stack.append((path / child, f"{name}/{child}" if name else child))


def _file(
    path: Path, name: str, info: os.stat_result, seen: dict[tuple[int, int], Path]
) -> Iterator[tuple[Path, str, os.stat_result] | Skipped]:
    if not stat.S_ISREG(info.st_mode):
        yield Skipped(str(path), "not a regular file")
        return
    key = (info.st_dev, info.st_ino)
    if key in seen and info.st_ino:
        yield Skipped(str(path), f"the same file as {seen[key]}")
        return
    seen[key] = path
    # Names that are not valid Unicode come back with lone surrogates, which no database stores.
    yield path, name.encode("utf-8", "replace").decode("utf-8"), info


def _why(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "cannot be opened: permission denied"
    if isinstance(error, FileNotFoundError):
        return "does not exist"
    return f"cannot be opened: {(error.strerror or type(error).__name__).lower()}"
