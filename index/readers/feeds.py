"""RSS and Atom files, through feedparser: an article per entry."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from index.readers.dates import parse_date
from index.readers.html import fragment_text
from index.readers.source import Document, Limits, UnreadableError
from index.readers.text_metadata import dateline
from index.types import Article, Skipped

__all__ = ["read_feed"]


def read_feed(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    """One article per entry, in order, with the entry's own id; an entry without text is named by its number. The
    text is the entry's content, else its summary, without markup."""
    import feedparser  # type: ignore[import-untyped]

    feed = feedparser.parse(
        BytesIO(document.read(limits, limits.file_bytes)), sanitize_html=False, resolve_relative_uris=False
    )
    if not feed.entries:
        raise UnreadableError("no feed with entries" if not feed.get("version") else "no entries in the feed")
    outlet = _words(feed.feed.get("title"))
    for number, entry in enumerate(feed.entries, start=1):
        text = _text(entry)
        if not text.strip():
            yield Skipped(document.path, f"entry {number}: no text")
            continue
        place, agency = dateline(text[:200])
        inner = entry.get("source")
        yield Article(
            id=_words(entry.get("id") or entry.get("link")) or f"{document.id}#{number}",
            text=text,
            title=fragment_text(_words(entry.get("title"))),
            source=_words(inner.get("title") if isinstance(inner, dict) else "") or outlet,
            author=_words(entry.get("author")),
            # The parsed time is in UTC; the written one says which day it was where it was written.
            published=parse_date(entry.get("published")) or parse_date(entry.get("updated")),
            url=_words(entry.get("link")),
            path=document.path,
            language=_words(entry.get("language") or feed.feed.get("language")),
            agency=agency,
            place=place,
        )


def _text(entry: Any) -> str:
    """The longest of an entry's contents and its summary, without markup where it is not stated to be plain text."""
    parts = [part for part in (*entry.get("content", ()), entry.get("summary_detail")) if isinstance(part, dict)]
    value, kind = max(
        ((str(part.get("value") or ""), part.get("type")) for part in parts),
        key=lambda part: len(part[0]),
        default=("", ""),
    )
    return value.strip() if kind == "text/plain" else fragment_text(value)


def _words(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
