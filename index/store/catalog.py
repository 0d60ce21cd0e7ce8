"""Reads articles.db, the SQLite file that holds the articles of a generation, with their metadata and their files."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamaged
from index.store.catalog_format import to_date, to_spans, to_text, unpack
from index.store.entities import NamedEntities, read_entities
from index.store.file_state import FileState
from index.store.files import Files, guarded
from index.store.layout import REMEDY
from index.types import Article, Skipped, Span

__all__ = ["ArticleMetadata", "Body", "Catalog", "StoredArticle"]


@dataclass(frozen=True, slots=True)
class StoredArticle(Article):
    """An article as stored, with its row, the ranges of `text` that are the article itself (the rest is boilerplate),
    and the rows of its passages: `passages` of them, from `first` on."""

    row: int = 0
    body: tuple[Span, ...] = ()
    sha256: str = ""
    first: int = 0
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Body:
    """The ranges of an article that are no boilerplate, and the rows of its passages."""

    row: int
    body: tuple[Span, ...]
    first: int
    passages: int


class ArticleMetadata(NamedTuple):
    """What a list of articles shows of one."""

    id: str
    title: str
    source: str
    published: date | None
    passages: int


class Catalog:
    """An open catalog, read-only and thread-safe."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._lock = Lock()
        content = files.take("articles.db")
        if content is None:
            # `immutable` lets SQLite skip locks and journals: a published generation never changes.
            uri = f"{(files.folder / 'articles.db').absolute().as_uri()}?mode=ro&immutable=1"
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
        else:
            self._db = sqlite3.connect(":memory:", check_same_thread=False)
            self._db.deserialize(content)
        self._db.row_factory = sqlite3.Row
        self.source_names: tuple[str, ...] = tuple(
            found["name"] for found in self._all("SELECT name FROM sources ORDER BY key")
        )

    def _all(self, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    @guarded
    def article(self, row: int) -> StoredArticle:
        """The article at a row. Raises KeyError when there is none."""
        found = self._select("a.row = ?", (row,))
        if not found:
            raise KeyError(row)
        return found[0]

    @guarded
    def article_by_id(self, article_id: str) -> StoredArticle | None:
        with suppress(UnicodeEncodeError):  # of an id from outside, with half of a surrogate pair: none is stored so
            return next(iter(self._select("a.id = ?", (article_id,))), None)
        return None

    def articles_of(self, file: str) -> Iterator[Article]:
        """The articles that a file gave, as its reader gave them, in order, one at a time."""
        for found in self._all("SELECT row, own_id FROM articles WHERE file = ? ORDER BY row", (file,)):
            stored = self.article(found["row"])
            values = {field.name: getattr(stored, field.name) for field in fields(Article)}
            yield Article(**values | {"id": found["own_id"]})

    def _select(self, where: str, values: Sequence[Any]) -> list[StoredArticle]:
        query = (
            "SELECT a.*, t.text, b.body, b.first, b.passages"
            f" FROM articles a JOIN texts t USING (row) JOIN bodies b USING (row) WHERE {where}"
        )
        return [self._article(found) for found in self._all(query, values)]

    def _article(self, found: sqlite3.Row) -> StoredArticle:
        # Of a large catalog the file is hashed while it serves; an article that is quoted vouches for itself.
        if hashlib.sha256(found["text"]).hexdigest() != found["sha256"]:
            raise IndexDamaged(f"the index is damaged: the text of {found['id']} is not what was read; {REMEDY}")
        values = dict(found) | {
            "text": to_text(found["text"]),
            "source": self.source_names[found["source"]],
            "published": to_date(found["published"]),
            "pages": tuple(unpack(found["pages"])),
            # An index that was built before 2026-11-29 has no such column, and nothing that OCR read.
            "ocr_pages": tuple(unpack(found["ocr_pages"])) if "ocr_pages" in found.keys() else (),  # noqa: SIM118
            "body": to_spans(found["body"]),
        }
        del values["file"], values["own_id"]
        return StoredArticle(**values)

    @guarded
    def bodies(self) -> dict[tuple[str, str, str], Body]:
        """The bodies of all articles, by the sha256 of the text, the title and the language."""
        rows = self._all(
            "SELECT a.sha256, a.title, a.language, a.row, b.body, b.first, b.passages"
            " FROM articles a JOIN bodies b USING (row)"
        )
        return {
            (sha256, title, language): Body(row, to_spans(body), first, passages)
            for sha256, title, language, row, body, first, passages in rows
        }

    @guarded
    def columns(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Of every article, in order of row: its day (proleptic ordinal, 0 undated), source key, first passage's row
        and number of passages."""
        rows = self._all(
            "SELECT coalesce(a.published, 0) AS day, a.source, b.first, b.passages"
            " FROM articles a JOIN bodies b USING (row) ORDER BY row"
        )
        day, source, first, passages = (
            np.fromiter((found[name] for found in rows), np.int32, len(rows))
            for name in ("day", "source", "first", "passages")
        )
        return day, source, first, passages

    @guarded
    def files(self) -> dict[str, FileState]:
        """Every file that was read, by id."""
        return {found["id"]: FileState(**found) for found in self._all("SELECT * FROM files")}

    @guarded
    def file_of(self, row: int) -> FileState | None:
        """The file that an article was read from, as it was then."""
        found = self._all("SELECT f.* FROM files f JOIN articles a ON a.file = f.id WHERE a.row = ?", (row,))
        return FileState(**found[0]) if found else None

    @guarded
    def skipped(self) -> list[tuple[str, Skipped]]:
        """What could not be read, each with the id of its file ("" for what is not a file), in the order met."""
        rows = self._all("SELECT file, path, reason, line FROM skipped ORDER BY rowid")
        return [(file, Skipped(*what)) for file, *what in rows]

    @guarded
    def boilerplate_only(self) -> list[str]:
        """Ids of the articles that are nothing but boilerplate; they are not searched."""
        query = "SELECT a.id FROM articles a JOIN bodies b USING (row) WHERE b.passages = 0 ORDER BY row"
        return [found["id"] for found in self._all(query)]

    @guarded
    def metadata(self) -> list[ArticleMetadata]:
        """The metadata of every article, in order of row."""
        rows = self._all(
            "SELECT a.id, a.title, a.source, a.published, b.passages"
            " FROM articles a JOIN bodies b USING (row) ORDER BY row"
        )
        return [
            ArticleMetadata(one, title, self.source_names[source], to_date(day), count)
            for one, title, source, day, count in rows
        ]

    @guarded
    def entities(self) -> NamedEntities | None:
        """Whom and what the articles name; None in an index that was built before they were stored."""
        return read_entities(self._all)

    @guarded
    def paths(self) -> dict[str, str]:
        """Of every article, by its id and in order of row: the file it was read from."""
        return {found["id"]: found["path"] for found in self._all("SELECT id, path FROM articles ORDER BY row")}

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def __del__(self) -> None:
        # A generation that a LiveIndex has left may still be answering in another thread, so nobody closes it by hand.
        if hasattr(self, "_db"):
            self._db.close()
