"""Publishes generations atomically: one builder fills a hidden folder, which becomes live; old ones are removed."""

import contextlib
import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import IndexBusy, IndexDamaged, IndexMissing
from index.hashing import file_sha256
from index.store.layout import Layout, Manifest, current_name, digest

__all__ = ["disk_is_full", "hidden_folder", "lock", "prune", "publish", "sweep"]

_KEEP = 2  # the live generation, and the one that readers may still be opening
_HIDDEN = ".building-"
_OLD_JOURNAL = "EMBEDDED"  # of format 3 and before, in place of embeddings.db
_ROOM = 100_000  # bytes: numpy does not say why a write came out short, so the disk itself is asked


@contextlib.contextmanager
def lock(root: Path) -> Iterator[None]:
    """Holds the index for one builder, thread or process. Raises IndexBusy at once when another one has it."""
    root.mkdir(parents=True, exist_ok=True)
    held = FileLock(Layout(root).lock, timeout=0)
    try:
        held.acquire()
    except Timeout:
        raise IndexBusy(f"another build is at work on {root}; wait for it to end, then run this again") from None
    try:
        yield
    finally:
        held.release()


def hidden_folder(root: Path) -> Path:
    """A new empty folder to fill. Only under the lock."""
    folder = Layout(root).generations / f"{_HIDDEN}{os.getpid()}"
    folder.mkdir(parents=True)
    return folder


def sweep(root: Path) -> None:
    """Removes what dead builds left: unfinished folders, and generations that CURRENT never came to name. Only
    under the lock."""
    generations = Layout(root).generations
    for left in generations.glob(f"{_HIDDEN}*"):
        shutil.rmtree(left, ignore_errors=True)
    with contextlib.suppress(OSError):
        (root / _OLD_JOURNAL).unlink(missing_ok=True)
    with contextlib.suppress(IndexDamaged, IndexMissing):
        live = current_name(root)
        if (generations / live).is_dir():
            for name in _names(root):
                if _number(name) > _number(live):
                    shutil.rmtree(generations / name, ignore_errors=True)
            prune(root)


def _names(root: Path) -> list[str]:
    """The names of all generations, oldest first."""
    with contextlib.suppress(FileNotFoundError):
        return sorted((path.name for path in Layout(root).generations.iterdir() if _number(path.name)), key=_number)
    return []


def _number(name: str) -> int:
    """A generation's number; 0 for what is no generation."""
    number = name.partition("-")[0]
    return int(number) if number.isdecimal() else 0


def publish(root: Path, folder: Path, manifest: Manifest) -> str:
    """Makes a filled hidden folder the live generation, and returns its name. Only under the lock."""
    layout = Layout(root)
    files = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.name.endswith(".lock"):  # tantivy's, empty, of no use to a reader
            path.unlink()
            continue
        files[path.relative_to(folder).as_posix()] = {"size": path.stat().st_size, "sha256": file_sha256(path)}
        _sync(path)
    described = asdict(manifest) | {"files": files}
    if not manifest.languages:
        del described["languages"]  # as in an index of before there were any
    written = json.dumps(described, indent=1).encode()
    (folder / "manifest.json").write_bytes(written)
    _sync(folder / "manifest.json")
    for inner in [path for path in folder.rglob("*") if path.is_dir()] + [folder]:
        _sync(inner)
    last = max((_number(name) for name in _names(root)), default=0)
    name = f"{last + 1:06d}{digest(written)}"
    folder.rename(layout.generations / name)
    _sync(layout.generations)
    fresh = layout.root / "CURRENT.new"
    fresh.write_text(name + "\n", "ascii")
    _sync(fresh)
    os.replace(fresh, layout.current)
    _sync(layout.root)
    return name


def prune(root: Path) -> None:
    """Removes generations older than the last two. Only under the lock.

    A reader that still has an older one open keeps it: on Linux and macOS its open files and maps outlive their
    names; on Windows the removal fails, and the next build tries again.
    """
    live = current_name(root)
    for name in _names(root)[:-_KEEP]:
        if name != live:
            shutil.rmtree(Layout(root).generations / name, ignore_errors=True)


def disk_is_full(root: Path, error: BaseException) -> bool:
    """Whether an error means that there is no room. SQLite, FAISS, tantivy and numpy each raise a type of their own."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return True
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return True
    if any(words in str(error).lower() for words in ("no space left", "quota exceeded")):
        return True
    with contextlib.suppress(OSError):
        return shutil.disk_usage(root).free < _ROOM
    return False


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":  # Windows has no handle on a folder to sync
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)  # Windows syncs only what is open for writing
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
