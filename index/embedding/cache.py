"""A cache of embeddings in one SQLite file beside the index: no passage goes through the same model twice."""

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["VectorCache"]

# Exclusive, because only one builder opens it, and because a write-ahead log then works on network disks too. The log
# is what survives a kill without waiting for the disk at each commit; after a power cut the last commits may be gone.
_SCHEMA = """
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS vectors (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, vector BLOB NOT NULL, crc INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
"""
_VARIABLES = 900  # of a query: below 999, the most in SQLite before 3.32
_PUBLISHED = "published"  # the note that holds the highest id when a generation was last published


class VectorCache:
    """Vectors of fp16 by their 32-byte keys (see `passage_key`), for one writer at a time: open it under the lock.

    Each call of `add` is one transaction, so a process that dies loses at most the vectors of the call under way. A
    damaged file is emptied and a row whose checksum is wrong is not found: damage costs time, never a wrong vector.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError as error:
            self._db = self._anew(error)

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            db.executescript(_SCHEMA)
            db.execute("SELECT id, key, vector, crc FROM vectors LIMIT 1").fetchall()
        except BaseException:
            db.close()
            raise
        return db

    def _anew(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        """An empty file in place of a damaged one; raises any error that is not about damage."""
        if type(error) is not sqlite3.DatabaseError and "no such column" not in str(error):
            raise error
        for path in (self._path, self._path.with_name(f"{self._path.name}-wal")):
            path.unlink(missing_ok=True)
        return self._opened()

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) AS n FROM vectors").fetchone()["n"])

    def find(self, keys: Sequence[bytes], dimension: int) -> tuple[list[int], NDArray[np.float16]]:
        """Which of `keys` are cached (their positions, in order), and their vectors, shape (cached, dimension)."""
        try:
            cached = dict(self._rows(list(dict.fromkeys(keys)), dimension))
        except sqlite3.DatabaseError as error:
            self._db.close()
            self._db, cached = self._anew(error), {}
        places = [place for place, key in enumerate(keys) if key in cached]
        vectors = np.frombuffer(b"".join(cached[keys[place]] for place in places), "<f2")
        return places, vectors.reshape(len(places), dimension)

    def _rows(self, keys: list[bytes], dimension: int) -> Iterator[tuple[bytes, bytes]]:
        for start in range(0, len(keys), _VARIABLES):
            part = keys[start : start + _VARIABLES]
            marks = ",".join("?" * len(part))
            for row in self._db.execute(f"SELECT key, vector, crc FROM vectors WHERE key IN ({marks})", part):
                if row["crc"] == _crc(row["key"], row["vector"]) and len(row["vector"]) == 2 * dimension:
                    yield row["key"], row["vector"]

    def add(self, keys: Sequence[bytes], vectors: NDArray[np.float16]) -> None:
        """Keeps vectors, shape (len(keys), dimension), in place of those that had the same keys."""
        stored = [vector.tobytes() for vector in np.asarray(vectors, "<f2")]
        rows = [(key, vector, _crc(key, vector)) for key, vector in zip(keys, stored, strict=True)]
        self._transaction("INSERT OR REPLACE INTO vectors (key, vector, crc) VALUES (?, ?, ?)", rows)

    def publish(self, keys: Sequence[bytes]) -> None:
        """Drops every vector but those of `keys`, which a published generation holds."""
        if len(self) > len(set(keys)):
            self._keep(keys)
        self.note(_PUBLISHED, self._last())

    def _keep(self, keys: Sequence[bytes]) -> None:
        self._db.execute("CREATE TEMP TABLE live (key BLOB PRIMARY KEY) WITHOUT ROWID")
        self._transaction("INSERT OR IGNORE INTO live VALUES (?)", [(key,) for key in keys])
        self._db.execute("DELETE FROM vectors WHERE key NOT IN (SELECT key FROM live)")
        self._db.execute("DROP TABLE live")
        self._db.executescript("PRAGMA incremental_vacuum")  # `execute` would stop after one page

    @property
    def has_published(self) -> bool:
        """Whether it holds the vectors of a published generation."""
        return self.noted(_PUBLISHED) is not None

    def unpublished(self) -> bool:
        """Whether a build has added vectors and not published."""
        return self._last() > int(self.noted(_PUBLISHED) or 0)

    def forget_published(self) -> None:
        """Drops the vectors of published generations and all notes; those of a build that did not end stay."""
        self._db.execute("DELETE FROM vectors WHERE id <= ?", (self.noted(_PUBLISHED) or 0,))
        self._db.execute("DELETE FROM notes")

    def _last(self) -> int:
        return int(self._db.execute("SELECT coalesce(max(id), 0) AS last FROM vectors").fetchone()["last"])

    def note(self, name: str, value: str | int) -> None:
        """Remembers a value under a name, as long as the cache is kept."""
        self._db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    def noted(self, name: str) -> str | int | None:
        row = self._db.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return None if row is None else row["value"]

    def _transaction(self, statement: str, rows: Sequence[tuple[bytes | int, ...]]) -> None:
        with closing(self._db.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                cursor.executemany(statement, rows)
                cursor.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # on a full disk SQLite has rolled it back by itself
                    cursor.execute("ROLLBACK")
                raise

    def close(self) -> None:
        self._db.close()


def _crc(key: bytes, vector: bytes) -> int:
    return zlib.crc32(vector, zlib.crc32(key))
