"""The files of one generation, opened once: the smaller ones are read into memory, the larger ones mapped and watched.

Touching a mapped page that its file has lost kills the process (SIGBUS) and no library can report it. What is read
cannot change any more. What is mapped is never written by this program, so that its size or its time of change moves
only through damage from outside: both are compared before use, and where they moved the file is hashed again.
"""

import hashlib
import mmap
import os
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, TypeVar, cast

from numpy.typing import NDArray

from index.errors import ArticleQAError, IndexDamaged
from index.store import layout

__all__ = ["Files", "guarded", "is_engine_error"]

_READ_UP_TO = 64_000_000  # limit, bytes of one file: a larger one is mapped, and watched while it is
_LOOK_EVERY = 0.001  # seconds: a look costs 3 us a file, and one question uses the files some hundred times

_Method = TypeVar("_Method", bound=Callable[..., Any])


@dataclass(slots=True, eq=False)
class _Watched:
    """A file that is used where it lies, its size and sha256 as published, and its time of change when last hashed."""

    path: Path
    file: BufferedReader
    size: int
    sha256: str
    changed: int
    hashed: bool


class Files:
    """Thread-safe. `damage` says what was found wrong, one phrase each; `checked` whether every byte was hashed."""

    def __init__(
        self, folder: Path, expected: Mapping[str, Mapping[str, Any]], *, hashes: bool | Sequence[str] = True
    ) -> None:
        """Opens the files of `folder` that have these sizes and sha256s, by their paths inside it.

        Sizes are always compared. Contents are: with True all, with path beginnings what is read into memory and the
        larger files whose paths begin so, with False none: the caller vouches for them. Raises IndexDamaged.
        """
        self.folder = folder
        self.damage: tuple[str, ...] = ()
        self._unhashed = {} if hashes else dict(expected)
        self._hashes = hashes
        self._read: dict[str, bytes] = {}
        self._watched: dict[str, _Watched] = {}
        self._looked = 0.0
        self._lock = Lock()
        opened: list[BufferedReader] = []
        self._close = weakref.finalize(self, _close, opened)
        wrong = []
        for name, stated in expected.items():
            try:
                if said := self._open(name, stated, opened):
                    wrong.append(said)
            except OSError as error:
                wrong.append(f"{folder / name} cannot be read ({layout.why(error)})")
        if wrong:
            self.close()
            raise _refusal(wrong)

    def _open(self, name: str, stated: Mapping[str, Any], opened: list[BufferedReader]) -> str:
        """What is wrong with a file; empty when nothing is."""
        path = self.folder / name
        file = path.open("rb")
        opened.append(file)
        found = os.fstat(file.fileno())
        if found.st_size != stated["size"]:
            return layout.wrong_size(path, found.st_size, stated["size"])
        if found.st_size <= _READ_UP_TO:
            content = file.read(found.st_size + 1)
            opened.remove(file)
            file.close()
            if len(content) != stated["size"]:
                return layout.wrong_size(path, len(content), stated["size"])
            self._read[name] = content
            wrong = bool(self._hashes) and hashlib.sha256(content).hexdigest() != stated["sha256"]
        else:
            seen = _Watched(path, file, stated["size"], stated["sha256"], found.st_mtime_ns, False)
            self._watched[name] = seen
            wanted = name.startswith(tuple(self._hashes)) if isinstance(self._hashes, Sequence) else self._hashes
            seen.hashed = wanted and _sha256(file) == seen.sha256
            wrong = wanted and not seen.hashed
        return layout.wrong_content(path) if wrong else ""

    @property
    def checked(self) -> bool:
        """Whether every file was hashed; a caller that vouches for them counts as that."""
        return bool(self.damage) or not self._hashes or all(seen.hashed for seen in self._watched.values())

    def take(self, name: str) -> bytes | None:
        """The content of a file that was read, which is then held no longer; None for one that was not."""
        return self._read.pop(name, None)

    def array(self, name: str) -> NDArray[Any]:
        """The array that stands in an .npy file, not writable. Raises ValueError or KeyError."""
        if (content := self.take(name)) is not None:
            return layout.array_of(content)
        return layout.array_of(mmap.mmap(self._watched[name].file.fileno(), 0, access=mmap.ACCESS_READ))

    @contextmanager
    def folder_of(self, inner: str) -> Iterator[Path]:
        """A folder of its own, for a library that opens no bytes: copies of the files under `inner` that were read,
        links to the others. Whatever the library adds (tantivy: lock files) goes with it.
        """
        names = [name for name in (*self._read, *self._watched) if name.startswith(f"{inner}/")]
        with ExitStack() as stack:
            try:
                made = TemporaryDirectory(prefix="article-qa-", ignore_cleanup_errors=True)
                place = Path(stack.enter_context(made))
                for name in names:
                    copy = place / name.removeprefix(f"{inner}/")
                    if name in self._read:
                        copy.write_bytes(self._read[name])
                    else:
                        copy.symlink_to((self.folder / name).absolute())
            except OSError:  # no room for copies, or no right to make links: used, and so watched, where they lie
                for name in self._read.keys() & names:
                    self._watch(name)
                place = self.folder / inner
            yield place
        for name in names:
            self._read.pop(name, None)

    def _watch(self, name: str) -> None:
        path, content = self.folder / name, self._read[name]
        file = path.open("rb")
        weakref.finalize(self, file.close)
        changed = os.fstat(file.fileno()).st_mtime_ns
        self._watched[name] = _Watched(path, file, len(content), hashlib.sha256(content).hexdigest(), changed, False)

    def release(self) -> None:
        """Lets go of what was read and not taken."""
        self._read.clear()

    def look(self) -> None:
        """Compares the sizes and times of the files in use. Raises IndexDamaged."""
        if self.damage:
            raise _refusal(self.damage)
        if not self._watched or (now := time.monotonic()) - self._looked < _LOOK_EVERY:
            return
        for seen in list(self._watched.values()):
            found = os.fstat(seen.file.fileno())
            if (found.st_size, found.st_mtime_ns) != (seen.size, seen.changed):
                self._inspect(seen, found)
        self._looked = now

    def check(self) -> None:
        """Hashes what was not hashed yet. Raises IndexDamaged."""
        for seen in list(self._watched.values()):
            if not seen.hashed:
                self._inspect(seen, os.fstat(seen.file.fileno()))
        # Only what a caller vouched for: those files were read and can be compared no other way than where they lie.
        if self._unhashed and (wrong := layout.damage(self.folder, self._unhashed)) and self.folder.exists():
            self.damage = tuple(wrong)
            raise _refusal(wrong)
        self._unhashed = {}

    def _inspect(self, seen: _Watched, found: os.stat_result) -> None:
        with self._lock:
            if found.st_size != seen.size:
                self.damage = (layout.wrong_size(seen.path, found.st_size, seen.size),)
            elif not seen.hashed or found.st_mtime_ns != seen.changed:
                if _sha256(seen.file) != seen.sha256:
                    self.damage = (layout.wrong_content(seen.path),)
                seen.changed, seen.hashed = found.st_mtime_ns, True
        if self.damage:
            raise _refusal(self.damage)

    def close(self) -> None:
        """Lets go of every file."""
        self._read.clear()
        self._watched.clear()
        self._close()


def _close(files: list[BufferedReader]) -> None:
    for file in files:
        file.close()


def _sha256(file: BufferedReader) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _refusal(wrong: Sequence[str]) -> IndexDamaged:
    more = f" (and {len(wrong) - 1} more files)" if len(wrong) > 1 else ""
    return IndexDamaged(f"the index is damaged: {wrong[0]}{more}; {layout.REMEDY}")


def is_engine_error(error: BaseException) -> bool:
    """Whether it came of the work, not of the keyboard: a panic in Rust is no Exception in Python."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def guarded(method: _Method) -> _Method:
    """The edge of a stored index: a method during which its files (`_files`) are looked at first, and whatever an
    engine raises because a file is not as it was written is raised as IndexDamaged.

    With all files as they were written, an error is the caller's or the program's own, and stays what it is.
    """

    @wraps(method)
    def call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        self._files.look()
        try:
            return method(self, *args, **kwargs)
        except (ArticleQAError, MemoryError):
            raise
        except BaseException as error:
            if not is_engine_error(error):
                raise
            with suppress(OSError, ValueError):  # closed meanwhile
                self._files.check()
            if not isinstance(error, Exception):
                raise RuntimeError(f"the search engine failed ({error})") from error
            raise

    return cast(_Method, call)
