"""From a source file to its articles: which reader, and how whatever goes wrong becomes a skip."""

import gzip
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from index.readers.find import SourceFile
from index.readers.limits import Limits, UnreadableError, size_words
from index.readers.source import Document
from index.types import Article, Skipped

__all__ = ["SUFFIXES", "articles_of", "read"]

Reader = Callable[[Document, Limits], Iterator[Article | Skipped]]


def _plain(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    from index.readers.plain import read_plain

    return read_plain(document, limits)


def _html(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    from index.readers.html import read_html

    return read_html(document, limits)


def _jsonl(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    from index.readers.rows import read_jsonl

    return read_jsonl(document, limits)


def _json(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    from index.readers.rows import read_json

    return read_json(document, limits)


def _csv(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    from index.readers.rows import read_csv

    return read_csv(document, limits)


def _gunzip(document: Document) -> BinaryIO:
    return cast(BinaryIO, gzip.GzipFile(fileobj=document.open()))


_READERS: dict[str, Reader] = {
    ".txt": _plain,
    ".text": _plain,
    ".md": _plain,
    ".markdown": _plain,
    ".html": _html,
    ".htm": _html,
    ".xhtml": _html,
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".json": _json,
    ".csv": _csv,
    ".tsv": _csv,
}
SUFFIXES = frozenset({*_READERS, ".gz"})


def read(file: SourceFile, limits: Limits | None = None) -> Iterator[Article | Skipped]:
    """The articles of a file, one at a time, and a Skipped for the file or each row of it that cannot be read.

    It never raises for what a file holds. Ids are unique within the file: a second "7" becomes "7~2".
    """
    bounds = limits or Limits()
    path = str(file.path)
    document = Document(file.id, file.path.name.casefold(), path, lambda: file.path.open("rb"), file.size)
    seen: dict[str, int] = {}
    given = 0
    for item in _guarded(document, bounds):
        given += 1
        if isinstance(item, Article):
            count = seen[item.id] = seen.get(item.id, 0) + 1
            if count > 1:
                from dataclasses import replace

                item = replace(item, id=f"{item.id}~{count}")
        yield item
    if not given:
        yield Skipped(path, "empty")


def _guarded(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    try:
        yield from articles_of(document, limits)
    except UnreadableError as error:
        yield Skipped(document.path, str(error))
    except PermissionError:
        yield Skipped(document.path, "cannot be opened: permission denied")
    except OSError as error:
        yield Skipped(document.path, f"cannot be read: {(error.strerror or type(error).__name__).lower()}")
    except MemoryError:
        yield Skipped(document.path, "needs more memory than there is")
    except Exception as error:
        yield Skipped(document.path, f"damaged or not what its name says ({type(error).__name__})")


def articles_of(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    """The articles of a document. Raises UnreadableError, or whatever a parser raises for a damaged one."""
    if document.size is not None and document.size > limits.file_bytes:
        raise UnreadableError(f"{size_words(document.size)}, more than {size_words(limits.file_bytes)} (--max-file-mb)")
    if document.size == 0:
        raise UnreadableError("empty")
    if document.name.endswith(".gz"):
        inner = Document(document.id, document.name[:-3], document.path, lambda: _gunzip(document), None)
        yield from articles_of(inner, limits)
        return
    suffix = "." + document.name.rpartition(".")[2]
    reader = _READERS.get(suffix)
    if reader is None:
        raise UnreadableError(f"not a kind of file that is read ({suffix if '.' in document.name else 'no suffix'})")
    yield from reader(document, limits)
