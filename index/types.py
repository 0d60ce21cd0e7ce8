"""The values that travel through an index: spans, articles, passages.

The offset rule: `Article.text` is kept exactly as it was decoded or extracted, and everything that is quoted
from it is a half-open range of its code points. A `Passage` has no text of its own, so it cannot drift.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

__all__ = ["KINDS", "Article", "Entity", "Kind", "Passage", "Skipped", "Span"]

Kind = Literal["person", "organisation", "place"]
KINDS: tuple[Kind, ...] = ("person", "organisation", "place")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range `[start, end)` of code points of an article's text, never empty."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def __contains__(self, other: object) -> bool:
        """Whether another span (or an offset) lies wholly inside this one."""
        if isinstance(other, Span):
            return self.start <= other.start and other.end <= self.end
        return isinstance(other, int) and self.start <= other < self.end

    def of(self, text: str) -> str:
        """The words themselves: `text[start:end]`."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Article:
    """One article as a reader found it.

    `id` is unique within an index. `text` is the whole stored text, boilerplate included; which ranges of it
    are the article itself is decided later, over the whole corpus, in index/text/boilerplate.py. `published` is None
    when the article does not state a date: a date is never invented. `path` is the file it came from, as given.
    `pages` holds the offset in `text` at which each page begins, for formats that have pages; else it is empty.
    `ocr_pages` holds the numbers, from 1, of the pages that were read by OCR.
    """

    id: str
    text: str
    title: str = ""
    source: str = ""
    author: str = ""
    published: date | None = None
    url: str = ""
    path: str = ""
    language: str = ""
    agency: str = ""
    place: str = ""
    pages: tuple[int, ...] = ()
    ocr_pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file (or one row of a file) that could not be read, and why, in a phrase that a person understands."""

    path: str
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}, line {self.line}"
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Passage:
    """A range of an article that is searched and quoted as one piece. It has no text of its own.

    `row` is its position in the vector store, `article` the row of its article in the catalog.
    """

    row: int
    article: int
    span: Span


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, an organisation or a place that articles name; two are the same where kind and name are."""

    kind: Kind
    name: str
