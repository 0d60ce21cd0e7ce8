"""SQLite: article text and facts, the ranges that are the article itself, and which files they came from."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamaged
from index.store.files import Files, guarded
from index.store.layout import REMEDY
from index.types import Article, Skipped, Span

__all__ = ["Catalog", "CatalogWriter", "FileState", "StoredArticle", "text_sha256"]

_SCHEMA = """
CREATE TABLE sources (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE files (id TEXT PRIMARY KEY, path TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
                    ctime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE articles (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, file TEXT NOT NULL, own_id TEXT NOT NULL,
                       title TEXT NOT NULL, source INTEGER NOT NULL, author TEXT NOT NULL, published INTEGER,
                       url TEXT NOT NULL, path TEXT NOT NULL, language TEXT NOT NULL, agency TEXT NOT NULL,
                       place TEXT NOT NULL, pages BLOB NOT NULL, sha256 TEXT NOT NULL);
CREATE INDEX articles_of_file ON articles (file);
CREATE TABLE texts (row INTEGER PRIMARY KEY, text BLOB NOT NULL);
CREATE TABLE bodies (row INTEGER PRIMARY KEY, body BLOB NOT NULL, first INTEGER NOT NULL, passages INTEGER NOT NULL);
CREATE TABLE skipped (file TEXT NOT NULL, path TEXT NOT NULL, line INTEGER, reason TEXT NOT NULL);
"""
_FILE = "f.id, f.path, f.size, f.mtime_ns, f.ctime_ns, f.sha256"


@dataclass(frozen=True, slots=True)
class FileState:
    """What a file was when it was last read: enough to tell whether it must be read again."""

    id: str
    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    sha256: str

    def same_stat(self, other: "FileState") -> bool:
        """Whether nothing that changes with a file's content has changed: no need to read it again."""
        # ctime, because files unpacked together share size and mtime, and renaming one over another keeps both.
        return (self.path, self.size, self.mtime_ns, self.ctime_ns) == (
            other.path,
            other.size,
            other.mtime_ns,
            other.ctime_ns,
        )


@dataclass(frozen=True, slots=True)
class StoredArticle(Article):
    """An article as stored, with its row, the ranges of `text` that are the article itself (the rest is page
    furniture), and the rows of its passages: `first` and the `passages` after it."""

    row: int = 0
    body: tuple[Span, ...] = ()
    sha256: str = ""
    first: int = 0
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Body:
    """The ranges of an article that are the article itself, and the rows of its passages."""

    row: int
    body: tuple[Span, ...]
    first: int
    passages: int


def text_sha256(text: str) -> str:
    """sha256, in hex, of the UTF-8 of a text."""
    return hashlib.sha256(_to_bytes(text)).hexdigest()


def _to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _to_text(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogatepass")


def _pack(numbers: Iterable[int]) -> bytes:
    return np.fromiter(numbers, np.dtype("<i8")).tobytes()


def _unpack(stored: bytes) -> list[int]:
    return [int(number) for number in np.frombuffer(stored, np.dtype("<i8"))]


def _spans(stored: bytes) -> tuple[Span, ...]:
    offsets = _unpack(stored)
    return tuple(Span(a, b) for a, b in zip(offsets[::2], offsets[1::2], strict=True))


class CatalogWriter:
    """Fills a new catalog in one transaction: articles in order of row, then their bodies, then `close`."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        try:
            self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192;" + _SCHEMA)
            self._db.execute("BEGIN")
        except BaseException:
            self._db.close()
            raise
        self._sources: dict[str, int] = {}
        self.rows = 0

    def source_key(self, name: str) -> int:
        if name not in self._sources:
            self._sources[name] = len(self._sources)
            self._db.execute("INSERT INTO sources VALUES (?, ?)", (self._sources[name], name))
        return self._sources[name]

    def has_id(self, article_id: str) -> bool:
        return self._db.execute("SELECT 1 FROM articles WHERE id = ?", (article_id,)).fetchone() is not None

    def add_file(self, state: FileState) -> None:
        self._db.execute(
            "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)",
            (state.id, state.path, state.size, state.mtime_ns, state.ctime_ns, state.sha256),
        )

    def add_article(self, article: Article, file: str) -> int:
        """Stores an article and returns its row. An id that is taken gets the first free of `#2`, `#3`, ..."""
        unique, number = article.id, 1
        while self.has_id(unique):
            number += 1
            unique = f"{article.id}#{number}"
        row, self.rows = self.rows, self.rows + 1
        self._db.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row,
                unique,
                file,
                article.id,
                article.title,
                self.source_key(article.source),
                article.author,
                article.published.toordinal() if article.published else None,
                article.url,
                article.path,
                article.language,
                article.agency,
                article.place,
                _pack(article.pages),
                text_sha256(article.text),
            ),
        )
        self._db.execute("INSERT INTO texts VALUES (?, ?)", (row, _to_bytes(article.text)))
        return row

    def text(self, row: int) -> str:
        """The text of an article that was added. Raises KeyError when there is none at this row."""
        found = self._db.execute("SELECT text FROM texts WHERE row = ?", (row,)).fetchone()
        if found is None:
            raise KeyError(row)
        return _to_text(found[0])

    def add_body(self, row: int, body: Sequence[Span], first: int, passages: int) -> None:
        numbers = [offset for span in body for offset in (span.start, span.end)]
        self._db.execute("INSERT INTO bodies VALUES (?, ?, ?, ?)", (row, _pack(numbers), first, passages))

    def add_skipped(self, skipped: Skipped, file: str) -> None:
        self._db.execute("INSERT INTO skipped VALUES (?, ?, ?, ?)", (file, skipped.path, skipped.line, skipped.reason))

    def articles(self) -> Iterator[tuple[int, Article, int]]:
        """Every article so far with its row and source key, in order of row, one at a time."""
        names = {key: name for name, key in self._sources.items()}
        query = (
            "SELECT a.row, a.id, a.title, a.source, a.published, a.language, t.text "
            "FROM articles a JOIN texts t USING (row) ORDER BY a.row"
        )
        for row, article_id, title, source, published, language, text in self._db.execute(query):
            day = date.fromordinal(published) if published is not None else None
            yield (
                row,
                Article(article_id, _to_text(text), title, names[source], published=day, language=language),
                source,
            )

    def close(self, commit: bool = True) -> None:
        try:
            self._db.execute("COMMIT" if commit else "ROLLBACK")
        finally:
            self._db.close()


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
        self.source_names: tuple[str, ...] = tuple(
            name for (name,) in self._all("SELECT name FROM sources ORDER BY key")
        )

    def _all(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
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
        found = self._select("a.id = ?", (article_id,))
        return found[0] if found else None

    def articles_of(self, file: str) -> Iterator[Article]:
        """The articles that a file gave, as its reader gave them, in order, one at a time."""
        rows = [row for (row,) in self._all("SELECT row FROM articles WHERE file = ? ORDER BY row", (file,))]
        for row in rows:
            stored = self.article(row)
            (own_id,) = self._all("SELECT own_id FROM articles WHERE row = ?", (row,))[0]
            yield Article(
                own_id,
                stored.text,
                stored.title,
                stored.source,
                stored.author,
                stored.published,
                stored.url,
                stored.path,
                stored.language,
                stored.agency,
                stored.place,
                stored.pages,
            )

    def _select(self, where: str, values: Sequence[Any]) -> list[StoredArticle]:
        query = (
            "SELECT a.row, a.id, t.text, a.title, a.source, a.author, a.published, a.url, a.path, a.language, a.agency,"
            " a.place, a.pages, a.sha256, b.body, b.first, b.passages"
            f" FROM articles a JOIN texts t USING (row) JOIN bodies b USING (row) WHERE {where}"
        )
        articles = []
        for values_of in self._all(query, values):
            row, article_id, text, title, source, author, published, url, path, language = values_of[:10]
            agency, place, pages, sha256, body, first, passages = values_of[10:]
            # Of a large catalog the file is hashed while it serves; an article that is quoted vouches for itself.
            if hashlib.sha256(text).hexdigest() != sha256:
                raise IndexDamaged(f"the index is damaged: the text of {article_id} is not what was read; {REMEDY}")
            articles.append(
                StoredArticle(
                    article_id,
                    _to_text(text),
                    title,
                    self.source_names[source],
                    author,
                    date.fromordinal(published) if published is not None else None,
                    url,
                    path,
                    language,
                    agency,
                    place,
                    tuple(_unpack(pages)),
                    row,
                    _spans(body),
                    sha256,
                    first,
                    passages,
                )
            )
        return articles

    @guarded
    def bodies(self) -> dict[tuple[str, str, str], Body]:
        """The bodies of all articles, by the sha256 of the text, the title and the language."""
        rows = self._all(
            "SELECT a.sha256, a.title, a.language, row, b.body, b.first, b.passages"
            " FROM articles a JOIN bodies b USING (row)"
        )
        return {
            (sha256, title, language): Body(row, _spans(body), first, passages)
            for sha256, title, language, row, body, first, passages in rows
        }

    @guarded
    def columns(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Of every article, in order of row: its day (proleptic ordinal, 0 undated), source key, first passage's row
        and number of passages."""
        rows = self._all(
            "SELECT coalesce(a.published, 0), a.source, b.first, b.passages"
            " FROM articles a JOIN bodies b USING (row) ORDER BY row"
        )
        table = np.array(rows, np.int32).reshape(len(rows), 4)
        day, source, first, passages = (np.ascontiguousarray(table[:, column]) for column in range(4))
        return day, source, first, passages

    @guarded
    def files(self) -> dict[str, FileState]:
        """Every file that was read, by id."""
        return {state[0]: FileState(*state) for state in self._all(f"SELECT {_FILE} FROM files f")}

    @guarded
    def file_of(self, row: int) -> FileState | None:
        found = self._all(
            f"SELECT {_FILE} FROM files f JOIN articles a ON a.file = f.id WHERE a.row = ?",
            (row,),
        )
        return FileState(*found[0]) if found else None

    @guarded
    def skipped(self) -> list[tuple[str, Skipped]]:
        """What could not be read, each with the id of its file ("" for what is not a file), in the order met."""
        rows = self._all("SELECT file, path, line, reason FROM skipped ORDER BY rowid")
        return [(file, Skipped(path, reason, line)) for file, path, line, reason in rows]

    @guarded
    def only_furniture(self) -> list[str]:
        """Ids of the articles of which nothing is left without the page furniture; they are not searched."""
        query = "SELECT a.id FROM articles a JOIN bodies b USING (row) WHERE b.passages = 0 ORDER BY row"
        return [article_id for (article_id,) in self._all(query)]

    @guarded
    def facts(self) -> list[tuple[str, str, str, date | None, int]]:
        """Id, title, source, date and number of passages of every article, in order of row."""
        rows = self._all(
            "SELECT a.id, a.title, a.source, a.published, b.passages"
            " FROM articles a JOIN bodies b USING (row) ORDER BY row"
        )
        return [
            (article_id, title, self.source_names[source], date.fromordinal(day) if day is not None else None, passages)
            for article_id, title, source, day, passages in rows
        ]

    @guarded
    def paths(self) -> dict[str, str]:
        """Of every article, by its id and in order of row: the file it was read from."""
        return dict(self._all("SELECT id, path FROM articles ORDER BY row"))

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def __del__(self) -> None:
        # A generation that a LiveIndex has left may still be answering in another thread, so nobody closes it by hand.
        if hasattr(self, "_db"):
            self._db.close()
