"""Writes articles.db, the SQLite file that holds the articles of a generation, with their metadata and their files."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from index.store.catalog_format import SCHEMA, pack, text_sha256, to_bytes, to_date, to_text
from index.store.file_state import FileState
from index.text.languages import ENGLISH, analyzed_as
from index.types import Article, Entity, Skipped, Span

__all__ = ["CatalogWriter"]


class CatalogWriter:
    """Fills a new catalog in one transaction: articles in order of row, then their bodies, then `close`. As a context
    manager, it is closed at the end, and what was written is thrown away where that is an error."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        try:
            self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192;" + SCHEMA)
            self._db.execute("BEGIN")
        except BaseException:
            self._db.close()
            raise
        self._sources: dict[str, int] = {}
        self._entities: dict[Entity, int] = {}
        self._numbers: dict[str, int] = {}  # the last one given to each id that was taken
        self.rows = 0

    def source_key(self, name: str) -> int:
        if name not in self._sources:
            self._sources[name] = len(self._sources)
            self._db.execute("INSERT INTO sources VALUES (?, ?)", (self._sources[name], name))
        return self._sources[name]

    def has_id(self, article_id: str) -> bool:
        return self._db.execute("SELECT 1 FROM articles WHERE id = ?", (article_id,)).fetchone() is not None

    def add_file(self, state: FileState) -> None:
        self._db.execute("INSERT INTO files VALUES (:id, :path, :size, :mtime_ns, :ctime_ns, :sha256)", asdict(state))

    def add_article(self, article: Article, file: str) -> int:
        """Stores an article and returns its row. An id that is taken gets the first free of `#2`, `#3`, ..."""
        unique, number = article.id, self._numbers.get(article.id, 1)
        while self.has_id(unique):
            number += 1
            unique = f"{article.id}#{number}"
        if number > 1:
            self._numbers[article.id] = number
        row, self.rows = self.rows, self.rows + 1
        stored = asdict(article) | {
            "row": row,
            "id": unique,
            "file": file,
            "own_id": article.id,
            "source": self.source_key(article.source),
            "published": article.published.toordinal() if article.published else None,
            "pages": pack(article.pages),
            "sha256": text_sha256(article.text),
            "ocr_pages": pack(article.ocr_pages),
        }
        text = to_bytes(stored.pop("text"))
        self._db.execute(f"INSERT INTO articles ({', '.join(stored)}) VALUES (:{', :'.join(stored)})", stored)
        self._db.execute("INSERT INTO texts VALUES (?, ?)", (row, text))
        return row

    def text(self, row: int) -> str:
        """The text of an article that was added. Raises KeyError when there is none at this row."""
        found = self._db.execute("SELECT text FROM texts WHERE row = ?", (row,)).fetchone()
        if found is None:
            raise KeyError(row)
        return to_text(found["text"])

    def add_body(self, row: int, body: Sequence[Span], first: int, passages: int) -> None:
        offsets = [offset for span in body for offset in (span.start, span.end)]
        self._db.execute("INSERT INTO bodies VALUES (?, ?, ?, ?)", (row, pack(offsets), first, passages))

    def add_entities(self, row: int, entities: Sequence[Entity]) -> None:
        """Stores what an article names, in that order."""
        keys = []
        for entity in entities:
            if entity not in self._entities:
                self._entities[entity] = len(self._entities)
                self._db.execute(
                    "INSERT INTO entities VALUES (?, ?, ?)", (self._entities[entity], entity.kind, entity.name)
                )
            keys.append(self._entities[entity])
        if keys:
            self._db.execute("INSERT INTO named VALUES (?, ?)", (row, pack(keys)))

    def add_skipped(self, skipped: Skipped, file: str) -> None:
        self._db.execute("INSERT INTO skipped VALUES (?, ?, ?, ?)", (file, skipped.path, skipped.line, skipped.reason))

    def articles(self) -> Iterator[tuple[int, Article, int]]:
        """Every article so far with its row and source key, in order of row, one at a time."""
        names = {key: name for name, key in self._sources.items()}
        query = (
            "SELECT a.row, a.id, a.title, a.source, a.published, a.language, t.text "
            "FROM articles a JOIN texts t USING (row) ORDER BY a.row"
        )
        for found in self._db.execute(query):
            article = Article(
                found["id"],
                to_text(found["text"]),
                found["title"],
                names[found["source"]],
                published=to_date(found["published"]),
                language=found["language"],
            )
            yield found["row"], article, found["source"]

    def languages(self) -> dict[str, int]:
        """The number of articles by the language that they are analysed as; empty where all are English."""
        found: dict[str, int] = {}
        for row in self._db.execute("SELECT language, count(*) AS n FROM articles GROUP BY language ORDER BY language"):
            code = analyzed_as(row["language"])
            found[code] = found.get(code, 0) + row["n"]
        return {} if set(found) == {ENGLISH} else found

    def __enter__(self) -> "CatalogWriter":
        return self

    def __exit__(self, error: object, *_: object) -> None:
        if error is None:
            self.close()
            return
        with suppress(sqlite3.Error):
            self.close(commit=False)

    def close(self, commit: bool = True) -> None:
        try:
            self._db.execute("COMMIT" if commit else "ROLLBACK")
        finally:
            self._db.close()
