"""The usual names of an article's fields in JSON, CSV and front matter, and what their values may look like."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from index.readers.dates import parse_date

__all__ = ["Fields", "has_text_field", "metadata_of", "plain_name"]


# In order of preference. No "created", "updated", "crawled" or "timestamp": those may be the day of the export.
_TITLE = "title headline headlinemain subject name".split()
_TEXT = (
    "text body content contenttext articlebody articletext fulltext bodytext maintext article story "
    "contenthtml bodyhtml html document passage"
).split()
_SUMMARY = "description summary abstract snippet excerpt".split()
_DATE = (
    "published publishedat datepublished publicationdate publisheddate publishdate pubdate publishedon "
    "publishtime publishedtime date datetime issued webpublicationdate firstpublished"
).split()
_AUTHOR = "author authors byline creator writer by".split()
_SOURCE = "source outlet publisher publication newspaper sitename site sourcename website journal feed domain".split()
_URL = "url link permalink canonicalurl canonical weburl sourceurl articleurl uri href".split()
_ID = "id articleid docid documentid guid uuid key".split()
_LANGUAGE = "language lang inlanguage".split()
_PARAGRAPHS = "\n\n"
_BY = re.compile(r"^by\s+", re.I)
_INNER = ("rendered", "name", "title", "text", "value", "main", "href", "url", "content", "id")


@dataclass(frozen=True, slots=True)
class Fields:
    """The metadata of a row; empty where it has none. `summary` stands in for a text that is not there."""

    id: str = ""
    title: str = ""
    text: str = ""
    summary: str = ""
    source: str = ""
    author: str = ""
    published: date | None = None
    url: str = ""
    language: str = ""


def plain_name(name: object) -> str:
    """A column's name without case, spaces and marks: "Published At", published_at and publishedAt are one."""
    return re.sub(r"[\W_]+", "", str(name)).casefold()


def has_text_field(names: Iterable[object]) -> bool:
    """Whether one of the names is that of an article's text."""
    return any(plain_name(name) in _TEXT or plain_name(name) in _SUMMARY for name in names)


def metadata_of(row: Mapping[str, object]) -> Fields:
    """The metadata that a row states under any of the usual names."""
    fields = {plain_name(key): value for key, value in reversed(list(row.items()))}
    text = _first(fields, _TEXT, _PARAGRAPHS)
    return Fields(
        id=_first(fields, _ID).strip(),
        title=_one_line(_first(fields, _TITLE)),
        text=text,
        summary="" if text else _first(fields, _SUMMARY, _PARAGRAPHS),
        source=_one_line(_first(fields, _SOURCE)),
        author=_BY.sub("", _one_line(_first(fields, _AUTHOR))),
        published=next((day for name in _DATE if (day := parse_date(_date_value(fields.get(name))))), None),
        url=_first(fields, _URL).strip(),
        language=_first(fields, _LANGUAGE).strip()[:16],
    )


def _first(fields: Mapping[str, object], names: Sequence[str], gap: str = ", ") -> str:
    for name in names:
        value = _words(fields.get(name), gap)
        if value.strip():
            return value
    return ""


def _words(value: object, gap: str, depth: int = 0) -> str:
    """A value as text: a list with a gap between its items, an object by its name; nothing for what is not words."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or depth > 2:
        return ""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(value) if math.isfinite(value) else ""  # pandas writes NaN where there is nothing
    if isinstance(value, list):
        return gap.join(part for item in value if (part := _words(item, gap, depth + 1).strip()))
    if isinstance(value, dict):
        return next((text for name in _INNER if (text := _words(value.get(name), gap, depth + 1)).strip()), "")
    return ""


def _date_value(value: object) -> object:
    """Front matter and JSON give numbers as words too; MongoDB's exports wrap a date in an object."""
    return next(iter(value.values()), None) if isinstance(value, dict) else value


def _one_line(text: str) -> str:
    return " ".join(text.split())
