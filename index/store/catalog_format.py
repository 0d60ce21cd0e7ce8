"""The tables of articles.db, and how texts, dates and ranges are stored in their columns."""

import hashlib
from collections.abc import Iterable
from datetime import date

import numpy as np

from index.types import Span

__all__ = ["SCHEMA", "pack", "text_sha256", "to_bytes", "to_date", "to_spans", "to_text", "unpack"]

SCHEMA = """
CREATE TABLE sources (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE files (id TEXT PRIMARY KEY, path TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
                    ctime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE articles (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, file TEXT NOT NULL, own_id TEXT NOT NULL,
                       title TEXT NOT NULL, source INTEGER NOT NULL, author TEXT NOT NULL, published INTEGER,
                       url TEXT NOT NULL, path TEXT NOT NULL, language TEXT NOT NULL, agency TEXT NOT NULL,
                       place TEXT NOT NULL, pages BLOB NOT NULL, sha256 TEXT NOT NULL, ocr_pages BLOB NOT NULL);
CREATE INDEX articles_of_file ON articles (file);
CREATE TABLE texts (row INTEGER PRIMARY KEY, text BLOB NOT NULL);
CREATE TABLE bodies (row INTEGER PRIMARY KEY, body BLOB NOT NULL, first INTEGER NOT NULL, passages INTEGER NOT NULL);
CREATE TABLE entities (key INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (kind, name));
CREATE TABLE named (row INTEGER PRIMARY KEY, entities BLOB NOT NULL);
CREATE TABLE skipped (file TEXT NOT NULL, path TEXT NOT NULL, line INTEGER, reason TEXT NOT NULL);
"""


def text_sha256(text: str) -> str:
    """sha256, in hex, of the UTF-8 of a text."""
    return hashlib.sha256(to_bytes(text)).hexdigest()


def to_bytes(text: str) -> bytes:
    """A text as it is stored: UTF-8, lone surrogates included."""
    return text.encode("utf-8", "surrogatepass")


def to_text(stored: bytes) -> str:
    """The text that `to_bytes` stored."""
    return stored.decode("utf-8", "surrogatepass")


def to_date(stored: int | None) -> date | None:
    """The date of a proleptic ordinal; None where there is none."""
    return date.fromordinal(stored) if stored is not None else None


def pack(integers: Iterable[int]) -> bytes:
    """Integers as they are stored: 8 bytes each, the lowest first."""
    return np.fromiter(integers, np.dtype("<i8")).tobytes()


def unpack(stored: bytes) -> list[int]:
    """The integers that `pack` stored."""
    return [int(value) for value in np.frombuffer(stored, np.dtype("<i8"))]


def to_spans(stored: bytes) -> tuple[Span, ...]:
    """Ranges that were stored as their starts and ends in turn."""
    offsets = unpack(stored)
    return tuple(Span(a, b) for a, b in zip(offsets[::2], offsets[1::2], strict=True))
