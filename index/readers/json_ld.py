"""Metadata of the articles that a web page describes in JSON-LD (schema.org)."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any

from index.readers.field_names import metadata_of

__all__ = ["PageMetadata", "has_local_day", "json_ld"]

_ARTICLE = re.compile(r"Article|BlogPosting|Report\b|LiveBlog|Recipe|Review", re.I)
_UTC = re.compile(r"\d:\d\d(?::\d\d)?(?:\.\d{1,9})?\s{0,9}(?:Z|UTC|GMT|[+-]00:?00)?$")


@dataclass(slots=True)
class PageMetadata:
    """Metadata of a page, empty where it states none. `body` is the text that JSON-LD gives, for pages without any;
    `sure` says that the date cannot be off by a day."""

    title: str = ""
    author: str = ""
    published: date | None = None
    source: str = ""
    url: str = ""
    language: str = ""
    body: str = ""
    sure: bool = False


def has_local_day(value: object) -> bool:
    """Whether a date in markup is a day, or a time with the offset of a place: not a time in UTC."""
    return isinstance(value, str) and _UTC.search(value.strip()) is None


def json_ld(tree: Any) -> PageMetadata:
    """The metadata of the first article in the JSON-LD (schema.org) of an lxml tree; empty without one."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            loaded = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _items(loaded):
            if not _ARTICLE.search(str(item.get("@type"))):
                continue
            stated = metadata_of({name: _cleaned(value) for name, value in item.items()})
            if stated.title or stated.published:
                body = item.get("articleBody")
                return PageMetadata(
                    title=unescape(stated.title),
                    author=unescape(stated.author),
                    published=stated.published,
                    source=unescape(stated.source),
                    url=stated.url,
                    language=stated.language,
                    sure=has_local_day(item.get("datePublished")),
                    body=unescape(body) if isinstance(body, str) else "",
                )
    return PageMetadata()


def _cleaned(value: object) -> object:
    """A list of authors may name the same one twice."""
    if isinstance(value, list) and all(isinstance(item, str | dict) for item in value):
        return list({json.dumps(item, sort_keys=True): item for item in value}.values())
    return value


def _items(value: object, depth: int = 0) -> Iterator[dict[str, object]]:
    if depth > 4:
        return
    if isinstance(value, list):
        for item in value[:100]:
            yield from _items(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement"):
            yield from _items(value.get(name), depth + 1)
