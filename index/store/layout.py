"""Layout of an index on disk, its manifest, and checks that files have the sizes and hashes that were written.

    INDEX/CURRENT                 name of the live generation, replaced by os.replace
    INDEX/LOCK                    held by the one builder; dies with its process
    INDEX/embeddings.db           cache of embeddings by their texts, so that a killed build resumes
    INDEX/added/                  files that were added in the window: every build of this index reads them too
    INDEX/generations/NAME/       manifest.json  articles.db  dense.faiss  vectors.npy  passages.npy
                                  clusters.npy  signatures.npy  lexical/  forward/

A generation is filled in a hidden folder, synced, and renamed; only then does CURRENT name it. A build that dies
leaves a hidden folder that nobody reads and that the next build removes.
"""

import contextlib
import hashlib
import io
import json
import mmap
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamaged, IndexMismatch, IndexMissing
from index.hashing import file_sha256

__all__ = [
    "FORMAT",
    "PASSAGE",
    "REMEDY",
    "Layout",
    "Manifest",
    "array_of",
    "current_name",
    "damage",
    "default_index",
    "digest",
    "named_by",
    "open_array",
    "read_manifest",
    "why",
    "wrong_content",
    "wrong_size",
]

FORMAT = 4
PASSAGE = np.dtype([("article", "<i4"), ("start", "<i4"), ("end", "<i4"), ("key", "V32")])
REMEDY = "mend it with: python -m index build --rebuild FOLDER"
_HEADER = 4096  # limit, bytes of the header of an .npy file: numpy's own are 128
_OPENING = Lock()  # reading such a header from several threads at once can raise SystemError on CPython 3.11


class Layout:
    """The names of an index's files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.current, self.lock = root / "CURRENT", root / "LOCK"
        self.embeddings, self.added = root / "embeddings.db", root / "added"
        self.generations = root / "generations"


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
    reading: dict[str, Any] = field(default_factory=dict)  # see `source_changes.reading_settings`
    languages: dict[str, int] = field(default_factory=dict)  # articles by `analyzed_as`; empty where all are English
    files: dict[str, dict[str, Any]] = field(default_factory=dict)


def default_index() -> Path:
    """Where an index is when nobody says: $ARTICLE_INDEX, else ./articles.index."""
    return Path(os.environ.get("ARTICLE_INDEX") or "articles.index")


def current_name(root: Path) -> str:
    """The live generation's name. Raises IndexMissing when nothing was ever published."""
    try:
        name = Layout(root).current.read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissing(f"there is no index at {root}; make one with: python -m index build FOLDER") from None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(f"{root / 'CURRENT'} cannot be read ({why(error)}); {REMEDY}") from error
    if not name or "/" in name or "\\" in name or name.startswith("."):
        raise IndexDamaged(f"{root / 'CURRENT'} does not name a generation; {REMEDY}")
    return name


def named_by(root: Path) -> str | None:
    """The live generation's name, or None when CURRENT is missing or names nothing."""
    with contextlib.suppress(IndexMissing, IndexDamaged):
        return current_name(root)
    return None


def why(error: BaseException) -> str:
    """What the system says of an error, in lower case; else the error's type."""
    return (getattr(error, "strerror", None) or type(error).__name__).lower()


def read_manifest(folder: Path) -> Manifest:
    """Raises IndexDamaged when it is missing or unreadable, IndexMismatch when another format wrote it."""
    path = folder / "manifest.json"
    try:
        written = path.read_bytes()
        if not folder.name.endswith(digest(written)):
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


def digest(manifest: bytes) -> str:
    """What a generation's name ends in, so that the file that vouches for all others is vouched for too."""
    return f"-{hashlib.sha256(manifest).hexdigest()[:8]}"


def damage(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What is wrong with a generation's files, one phrase each; empty when all have the size and sha256 stated."""
    wrong = []
    for name, expected in files.items():
        path = folder / name
        try:
            if path.stat().st_size != expected["size"]:
                wrong.append(wrong_size(path, path.stat().st_size, expected["size"]))
            elif file_sha256(path) != expected["sha256"]:
                wrong.append(wrong_content(path))
        except OSError as error:
            wrong.append(f"{path} cannot be read ({why(error)})")
    return wrong


def wrong_size(path: Path, found: int, expected: int) -> str:
    """What is said of a file that is too long or too short."""
    return f"{path} has {found:,} bytes instead of {expected:,}"


def wrong_content(path: Path) -> str:
    """What is said of a file whose sha256 is not that of the manifest."""
    return f"{path} does not hold what was written"


def open_array(path: Path) -> NDArray[Any]:
    """An array that stands in an .npy file, mapped into memory and not writable. Raises OSError or ValueError."""
    with path.open("rb") as file:
        return array_of(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def array_of(content: bytes | mmap.mmap) -> NDArray[Any]:
    """The array that the bytes of an .npy file hold: a view of them, not writable. Raises ValueError for what is no
    such file, or is longer or shorter than its header says.
    """
    try:
        head = io.BytesIO(content[:_HEADER])
        with _OPENING:
            version = np.lib.format.read_magic(head)
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(head)
        if version != (1, 0) or fortran or dtype.hasobject:
            raise ValueError("another kind of .npy file")
        array: NDArray[Any] = np.ndarray(shape, dtype, content, head.tell())
    except (ValueError, TypeError, OverflowError, MemoryError, SyntaxError) as error:
        raise ValueError(f"no array ({error})") from error
    if head.tell() + array.nbytes != len(content):
        raise ValueError("the array is shorter than its file")
    return array
