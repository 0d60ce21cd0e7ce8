"""What is on disk: the layout, the manifest, the lock, publishing and pruning.

    INDEX/CURRENT                 name of the live generation, replaced by os.replace
    INDEX/LOCK                    held by the one builder; dies with its process
    INDEX/EMBEDDED                journal of the embeddings of a build under way, so that a killed one resumes
    INDEX/generations/NAME/       manifest.json  articles.db  dense.faiss  vectors.npy  passages.npy  lexical/

A generation is filled in a hidden folder, synced, and renamed; only then does CURRENT name it. A build that dies
leaves a hidden folder that nobody reads and that the next build removes.
"""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from index.errors import IndexBusy, IndexDamaged, IndexMismatch, IndexMissing

__all__ = [
    "FORMAT",
    "PASSAGE",
    "REMEDY",
    "Layout",
    "Manifest",
    "current_name",
    "damage",
    "disk_is_full",
    "file_sha256",
    "hidden_folder",
    "lock",
    "named_by",
    "open_array",
    "prune",
    "publish",
    "read_manifest",
    "sweep",
]

FORMAT = 1
PASSAGE = np.dtype([("article", "<i4"), ("start", "<i4"), ("end", "<i4"), ("key", "V32")])
REMEDY = "mend it with: python -m index build --rebuild FOLDER"
_KEEP = 2  # the live generation, and the one that readers may still be opening
_HIDDEN = ".building-"
_ROOM = 100_000  # bytes: numpy does not say why a write came out short, so the disk itself is asked
_OPENING = Lock()  # np.load from several threads at once can raise SystemError on CPython 3.11


@dataclass(frozen=True, slots=True)
class Layout:
    """The names of an index's files."""

    root: Path

    @property
    def current(self) -> Path:
        return self.root / "CURRENT"

    @property
    def lock(self) -> Path:
        return self.root / "LOCK"

    @property
    def journal(self) -> Path:
        return self.root / "EMBEDDED"

    @property
    def generations(self) -> Path:
        return self.root / "generations"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation says of itself. `files` maps each file's path inside it to its size and sha256."""

    format: int
    model: dict[str, Any]  # name, dimension, sha256, precision
    chunks: dict[str, int]
    sources: list[str]
    counts: dict[str, int]
    dense: dict[str, Any]
    built: str  # UTC, ISO 8601
    reading: dict[str, Any] = field(default_factory=dict)  # see `changes.reading_settings`
    files: dict[str, dict[str, Any]] = field(default_factory=dict)


def current_name(root: Path) -> str:
    """The live generation's name. Raises IndexMissing when nothing was ever published."""
    try:
        name = Layout(root).current.read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissing(f"there is no index at {root}; make one with: python -m index build FOLDER") from None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(f"{root / 'CURRENT'} cannot be read ({_why(error)}); {REMEDY}") from error
    if not name or "/" in name or "\\" in name or name.startswith("."):
        raise IndexDamaged(f"{root / 'CURRENT'} does not name a generation; {REMEDY}")
    return name


def named_by(root: Path) -> str | None:
    """The live generation's name, or None when CURRENT is missing or names nothing."""
    with contextlib.suppress(IndexMissing, IndexDamaged):
        return current_name(root)
    return None


def _why(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or type(error).__name__).lower()


def read_manifest(folder: Path) -> Manifest:
    """Raises IndexDamaged when it is missing or unreadable, IndexMismatch when another format wrote it."""
    path = folder / "manifest.json"
    try:
        written = path.read_bytes()
        if not folder.name.endswith(_digest(written)):
            raise ValueError
        stored = json.loads(written)
        if not isinstance(stored, dict):
            raise TypeError
        if stored.get("format") != FORMAT:
            raise IndexMismatch(
                f"the index in {folder.parent.parent} has format {stored.get('format')!r}, "
                f"this program reads {FORMAT}; {REMEDY}"
            )
        return Manifest(**stored)
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(f"{path} is missing or not a manifest; {REMEDY}") from error


def _digest(manifest: bytes) -> str:
    """What a generation's name ends in, so that the file that vouches for all others is vouched for too."""
    return f"-{hashlib.sha256(manifest).hexdigest()[:8]}"


def damage(folder: Path, manifest: Manifest, *, hashes: bool | Sequence[str] = True) -> list[str]:
    """What is wrong with a generation's files, one phrase each; empty when all is well.

    Sizes are always compared, contents of all files or of those whose paths begin with one of `hashes`.
    """
    wrong = []
    for name, expected in manifest.files.items():
        path = folder / name
        hashed = hashes if isinstance(hashes, bool) else name.startswith(tuple(hashes))
        try:
            if path.stat().st_size != expected["size"]:
                wrong.append(f"{path} has {path.stat().st_size:,} bytes instead of {expected['size']:,}")
            elif hashed and file_sha256(path) != expected["sha256"]:
                wrong.append(f"{path} does not hold what was written")
        except OSError as error:
            wrong.append(f"{path} cannot be read ({_why(error)})")
    return wrong


def file_sha256(path: Path) -> str:
    """sha256, in hex, of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


def open_array(path: Path) -> NDArray[Any]:
    """An array that stands in a file, mapped into memory and not writable."""
    with _OPENING:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        return array


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
    written = json.dumps(asdict(manifest) | {"files": files}, indent=1).encode()
    (folder / "manifest.json").write_bytes(written)
    _sync(folder / "manifest.json")
    for inner in [path for path in folder.rglob("*") if path.is_dir()] + [folder]:
        _sync(inner)
    last = max((_number(name) for name in _names(root)), default=0)
    name = f"{last + 1:06d}{_digest(written)}"
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
