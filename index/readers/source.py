"""A document as the readers get it: bytes to open, and the names it goes by."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from index.readers.limits import Limits, UnreadableError, size_words

__all__ = ["Document", "PagePicture", "PageRead", "Started"]


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
