"""A document as the readers get it, and the limits within which it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from index.errors import UsageError

__all__ = ["Document", "Limits", "PagePicture", "PageRead", "Started", "UnreadableError", "reason", "size_words"]

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one source file. A file that goes over one is skipped, with a reason that names the flag.
    Raises UsageError where `seconds` is not above 0; infinity is no limit.

    file_bytes      size of a file on disk                                          --max-file-mb
    article_bytes   size of one article: a text file, a page, a row, a message      --max-article-mb
    unpacked_bytes  what a compressed file or archive may unpack to, in all         --max-unpacked-mb
    entries         files in one archive, those of nested archives included         --max-entries
    nesting         archives within archives; 1 reads no archive inside another     --max-nesting
    seconds         CPU time that one document may take; an archive's, per member,
                    and each page that OCR reads                                --max-seconds
    """

    file_bytes: int = 4096 * _MB
    article_bytes: int = 32 * _MB
    unpacked_bytes: int = 16384 * _MB
    entries: int = 200_000
    nesting: int = 3
    seconds: float = 60.0

    def __post_init__(self) -> None:
        if not self.seconds > 0:
            raise UsageError(f"Limits: seconds is a number above 0, not {self.seconds}.")


class UnreadableError(Exception):
    """A document cannot be read; the message is the reason, a phrase that a person understands."""


def reason(error: BaseException) -> str:
    """Why a document is skipped, for whatever was raised while it was read."""
    if isinstance(error, UnreadableError):
        return str(error)
    if isinstance(error, PermissionError):
        return "cannot be opened: permission denied"
    if isinstance(error, MemoryError):
        return "needs more memory than there is"
    if isinstance(error, NotImplementedError):
        return "packed by a method that is not read"
    if type(error).__name__ in ("BadGzipFile", "EOFError", "error"):
        return "damaged: its compressed data end early or are corrupt"
    if isinstance(error, OSError):
        return f"cannot be read: {(error.strerror or type(error).__name__).lower()}"
    return f"damaged or not what its name says ({type(error).__name__})"


def size_words(size: int) -> str:
    """A size for people: `3 KB`, `1.5 MB`."""
    value, unit = float(size), "bytes"
    for unit in ("bytes", "KB", "MB", "GB"):
        if value < 1024 or unit == "GB":
            break
        value /= 1024
    return f"{value:.3g} {unit}" if value < 1000 else f"{value:.0f} {unit}"


@dataclass(frozen=True, slots=True)
class Started:
    """Not an article, but news of the reading: a member of an archive has been begun."""

    id: str
    path: str


@dataclass(frozen=True, slots=True)
class PageRead:
    """Not an article, but news of the reading: OCR has read a page, and the limit of time counts anew. `of` is how many
    pages the file has; 0 where only its end tells."""

    number: int
    of: int = 0


@dataclass(frozen=True, slots=True)
class PagePicture:
    """Not an article, but a page to look at: `width` times `height` pixels, row by row, red, green and blue."""

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """One document: a file, what a .gz file unpacks to, or a member of an archive.

    `id` becomes the id of its article, or the beginning of the ids of its rows; `name` is its file name in lower
    case, without .gz; `path` is where a person finds it. `open` gives a new stream at each call; a compressed one's
    stream raises UnreadableError at its limit. `size` is in bytes, None where only reading it would tell. `depth`
    counts the archives around it; `done` names members that are not to be read again. Where a `page`
    is named, from 1 on, its picture is wanted, and no article.
    """

    id: str
    name: str
    path: str
    open: Callable[[], BinaryIO]
    size: int | None = None
    depth: int = 0
    done: frozenset[str] = frozenset()
    page: int = 0

    @classmethod
    def of_bytes(cls, name: str, data: bytes, *, id: str = "", path: str = "", depth: int = 0) -> "Document":
        """A document that is in memory already."""
        return cls(id or name, name.casefold(), path or name, lambda: BytesIO(data), len(data), depth)

    def read(self, limits: Limits, most: int | None = None) -> bytes:
        """All of it. Raises UnreadableError when it holds more than `most` bytes, an article's limit unless given."""
        bound = limits.article_bytes if most is None else most
        flag = "--max-article-mb" if most is None else "--max-file-mb"
        if self.size is not None and self.size > bound:
            raise UnreadableError(f"{size_words(self.size)}, more than {size_words(bound)} in one document ({flag})")
        with self.open() as stream:
            data = stream.read(bound + 1)
        if len(data) > bound:
            raise UnreadableError(f"more than {size_words(bound)} in one document ({flag})")
        return data

    def head(self) -> bytes:
        """Its first 4,096 bytes."""
        with self.open() as stream:
            return stream.read(4096)
