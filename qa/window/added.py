"""Files that people add in the window: kept in a folder of the index, under safe names and within limits.

A name only ever becomes a name: whatever it holds, the file lands in that one folder. What a file holds is read by the
readers of a build, in a process of its own and within tighter limits, before it is kept.
"""

import hashlib
import os
import re
import secrets
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock

from index.errors import UsageError
from index.types import Skipped

__all__ = ["AT_ONCE", "AT_ONCE_BYTES", "LARGEST", "SUFFIXES", "AddedFile", "AddedFiles", "check_amount", "safe_name"]

_MB = 1 << 20  # fact: bytes
LARGEST = 20 * _MB  # limit: bytes of one file; a scanned book has that, a text of a thousand pages three
AT_ONCE = 100  # limit: files that are dropped together
AT_ONCE_BYTES = 50 * _MB  # limit: bytes of these; all of them are in memory for a moment
_MOST = 2_000  # limit: files kept; for more there is `python -m index build`
_MOST_BYTES = 500 * _MB  # limit: bytes of these together
_SUFFIXES = "txt text md markdown html htm xhtml pdf docx epub eml mbox json jsonl ndjson csv tsv rss atom xml"
_PICTURES = "png jpg jpeg tif tiff"  # refused, with how to install OCR, where it is missing
SUFFIXES = tuple(f".{name}" for name in (*_SUFFIXES.split(), *_PICTURES.split()))
_KINDS = "text, Markdown, HTML, PDF, Word (.docx), EPUB, e-mail, feeds, JSON, CSV and pictures of pages"
_ARCHIVES = frozenset({".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".warc", ".bz2", ".xz"})
_LONGEST_NAME = 180  # limit: bytes of UTF-8, so that a number and a temporary prefix fit into the 255 of a file system
_LONGEST_SHOWN = 80  # view: characters of a name in a sentence
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\.|$)", re.IGNORECASE)  # devices of Windows
_FORBIDDEN = re.compile(r'[<>:"|?*]+')  # in names on Windows
_FLAG = re.compile(r" \(--[a-z-]+\)")  # of the command line, which is of no use in a window
_HALF = ".adding-"  # files that are being checked; a build passes hidden files over


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A file that was added: its name, its size in bytes, and the day."""

    name: str
    size: int
    day: date


def safe_name(name: str) -> str:
    """A file name made of what a browser called a file: one part of a path, of visible characters, neither hidden nor
    reserved nor too long; its ending is kept, in lower case."""
    name = unicodedata.normalize("NFKC", name.encode("utf-8", "replace").decode())  # a full-width slash is a slash too
    name = re.split(r"[/\\\u2044\u2215\u29f5\u29f8\ufe68]", name)[-1]
    name = "".join(" " if char.isspace() else char for char in name)
    # Of category C: control, format (such as "right to left"), surrogate, private, none.
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    name = " ".join(_FORBIDDEN.sub("-", name).split()).strip(". ")
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    suffix = f".{suffix.lower()}" if suffix else ""
    most = max(_LONGEST_NAME - len(suffix.encode()), 0)
    stem = stem.strip(". ~").encode()[:most].decode("utf-8", "ignore").rstrip(". ") or "article"
    return f"_{stem}{suffix}" if _RESERVED.match(stem) else f"{stem}{suffix}"


def check_amount(files: int, size: int) -> None:
    """Refuses more files, or bytes of them, than are taken at once."""
    if files > AT_ONCE:
        raise UsageError(f"{files:,} files are too many at once: {AT_ONCE} are the most. None of them was added.")
    if size > AT_ONCE_BYTES:
        most = AT_ONCE_BYTES // _MB
        raise UsageError(f"{size / _MB:,.0f} MB are too much at once: {most} MB are the most. Nothing was added.")


class AddedFiles:
    """The files in a folder, which need not exist yet. Thread-safe. Whatever is refused is a UsageError that says why
    in one sentence."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()

    def files(self) -> list[AddedFile]:
        """What is there, by name."""
        try:
            found = [entry for entry in os.scandir(self.folder) if not entry.name.startswith(".")]
        except FileNotFoundError:
            return []
        stats = [(entry.name, entry.stat()) for entry in found if entry.is_file(follow_symlinks=False)]
        return [
            AddedFile(name, stat.st_size, date.fromtimestamp(stat.st_mtime))
            for name, stat in sorted(stats, key=lambda one: (one[0].casefold(), one[0]))
        ]

    def add(self, given: str, content: bytes, size: int | None = None) -> str:
        """Keeps a file, and returns the name that it has now. Of a file that is too large, its `size` will do."""
        name = safe_name(given)
        shown = name if len(name) <= _LONGEST_SHOWN else name[:_LONGEST_SHOWN] + "…"
        try:
            _check_type(name)
            _check_size(max(len(content), size or 0))
            with self._lock:
                self._check_room(content)
            self.folder.mkdir(parents=True, exist_ok=True)
            half = self.folder / f"{_HALF}{secrets.token_hex()}{Path(name).suffix}"
            try:
                _write(half, content)
                _check_readable(half)
                with self._lock:  # a file of that name may have come meanwhile
                    self._check_room(content)
                    name = self._free(name)
                    os.replace(half, self.folder / name)
            finally:
                half.unlink(missing_ok=True)
        except UsageError as error:
            raise UsageError(f"“{shown}” was not added: {error}.") from None
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            raise UsageError(f"“{shown}” was not added: it cannot be kept here ({why}).") from error
        return name

    def remove(self, name: str) -> None:
        """Removes the file of exactly that name."""
        with self._lock:
            if name not in [file.name for file in self.files()]:
                raise UsageError("That file is not there any more.")
            try:
                (self.folder / name).unlink()
            except OSError as error:
                raise UsageError(f"“{name}” cannot be removed ({(error.strerror or '').lower()}).") from error

    def clear_halves(self) -> None:
        """Removes what a process that died has left half written."""
        for left in self.folder.glob(f"{_HALF}*"):
            with suppress(OSError):
                left.unlink()

    def _check_room(self, content: bytes) -> None:
        files = self.files()
        if len(files) >= _MOST or sum(file.size for file in files) + len(content) > _MOST_BYTES:
            raise UsageError(
                f"{_MOST:,} files and {_MOST_BYTES // _MB} MB are the most that can be added in the window;"
                " remove some, or build an index of a folder"
            )
        digest = hashlib.sha256(content).digest()
        for file in files:
            if file.size == len(content) and hashlib.sha256((self.folder / file.name).read_bytes()).digest() == digest:
                raise UsageError(f"it is there already, as “{file.name}”")

    def _free(self, name: str) -> str:
        """The name, with a number where there is one like it, also on a disk that does not tell A from a."""
        taken = {file.name.casefold() for file in self.files()}
        stem, suffix = os.path.splitext(name)
        number, free = 1, name
        while free.casefold() in taken:
            number += 1
            free = f"{stem}-{number}{suffix}"
        return free


def _check_type(name: str) -> None:
    suffix = os.path.splitext(name)[1]
    if suffix in _ARCHIVES:
        raise UsageError("it is an archive; unpack it, and drop the files that are in it")
    if suffix not in SUFFIXES:
        raise UsageError(f"only {_KINDS} can be read")


def _check_size(size: int) -> None:
    if not size:
        raise UsageError("it is empty")
    if size > LARGEST:
        raise UsageError(f"it has {size / _MB:,.0f} MB, and {LARGEST // _MB} MB are the most for one file")


def _check_readable(path: Path) -> None:
    """Refuses what would be skipped by a build, or cost one too much."""
    from index.readers import Limits, SourceFile, read

    limits = Limits(
        file_bytes=LARGEST,
        article_bytes=8 * _MB,  # limit: the text of a long book has 2 MB
        unpacked_bytes=64 * _MB,  # limit: a Word file or a book with its pictures
        entries=2_000,  # limit: parts of such a file
        nesting=1,
        seconds=30.0,  # limit: a person waits
    )
    size = path.stat().st_size
    items = list(read(SourceFile(path, path.name, size, 0), limits))  # to its end: its process then takes the next
    skipped = [item for item in items if isinstance(item, Skipped)]
    if len(skipped) == len(items):
        reason = _FLAG.sub("", skipped[0].reason) if skipped else "no text"
        raise UsageError(f"it cannot be read ({reason})")


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
