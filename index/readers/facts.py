"""Facts that plain text states about itself in its first lines: a title, a byline, a date line, a dateline."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from index.furniture import is_furniture_line
from index.readers.dates import parse_date

__all__ = ["TextFacts", "dateline", "text_facts"]

_HEADER_LINES = 12  # facts stand at the top; further down they are the article's words
_LONGEST_TITLE = 160  # characters; headlines with a subject and a report line reach about 140
_PLACE = r"[A-ZÀ-Þ][A-ZÀ-Þ.'’-]+(?:[ -][A-ZÀ-Þ.'’-]+)*(?:, [A-Z][A-Za-zÀ-ÿ.'’ -]{1,30})?"
_DATELINE = re.compile(
    rf"^\s*(?P<place>{_PLACE})?,?\s*(?:[A-Z][a-z]{{2,8}}\.? \d{{1,2}},?\s*)?"
    r"(?:\((?P<agency>[A-Z][\w.&/ -]{1,30})\))?\s*(?:—|–|--|-)\s+(?=\S)"
)
_BARE_AGENCY = re.compile(r"^\s*\((?P<agency>[A-Z]{2,6}|Reuters|Bloomberg)\)\s+(?:[—–-]\s+)?(?=\S)")
_BYLINE = re.compile(r"^\s*(?:by|written by|reported by)\s+(?P<who>[A-ZÀ-Þ][^\d@]{2,80})$", re.I)
_DATE_LABEL = re.compile(
    r"^\s*(?:published|posted|date|first published|publication date|publish date)\b\s*(?:on|at)?\s*[:\-–]?\s*", re.I
)
_DATE_WORDS = re.compile(
    r"[\d\s,./:+|-]|st\b|nd\b|rd\b|th\b|[ap]\.?m\.?\b|\b(?:[A-Z]{1,5}|at|of|on|GMT[+-]?\d*|mon\w*|tue\w*|wed\w*|thu\w*|fri\w*|sat\w*|"
    r"sun\w*|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sept?\w*|oct\w*|nov\w*|dec\w*)\b\.?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What the first lines of a text say; an empty string or None where they do not."""

    title: str = ""
    author: str = ""
    published: date | None = None
    place: str = ""
    agency: str = ""


def text_facts(text: str, start: int = 0) -> TextFacts:
    """The facts in the lines of `text` from `start` on. "Jan. 3" inside a sentence is never the article's date."""
    title = author = ""
    published: date | None = None
    lines = list(_lines(text, start))
    for number, line in enumerate(lines):
        if is_furniture_line(line):
            continue
        byline = _BYLINE.match(line)
        if byline and len(line) < 90 and not line.endswith("."):
            author = author or byline["who"].strip()
            continue
        day = _date_line(line)
        if day:
            published = published or day
            continue
        place, agency = dateline(line)
        if place or agency:
            return TextFacts(title, author, published, place, agency)
        if title or (number > 0 and author):
            continue
        if _is_title(line, lines[number + 1 :]):
            title = line.lstrip("#= ").strip()
        else:
            break  # the article has begun
    return TextFacts(title, author, published)


def dateline(line: str) -> tuple[str, str]:
    """(place, agency) of a line such as "BAGHDAD (AP) - Two rockets ..."; ("", "") when it has no dateline."""
    match = _DATELINE.match(line[:120])
    if match and (match["place"] or match["agency"]):
        place, agency = match["place"] or "", match["agency"] or ""
        if not agency and place in ("CNN", "AP", "AFP", "BBC", "UPI", "DPA", "TASS"):
            return "", place
        return place.title() if place.isupper() else _place_case(place), agency.strip()
    match = _BARE_AGENCY.match(line[:120])
    return ("", match["agency"]) if match else ("", "")


def _place_case(place: str) -> str:
    city, comma, rest = place.partition(",")
    return city.title() + comma + rest


def _lines(text: str, start: int) -> Iterator[str]:
    """The first non-empty lines, without their surrounding space."""
    given = 0
    while start < len(text) and given < _HEADER_LINES:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        # Only the beginning of an endless line is of interest here.
        line = text[start : min(end, start + 2000)].strip()
        if line:
            given += 1
            yield line
        start = end + 1


def _date_line(line: str) -> date | None:
    """The date, when a line says nothing else: "Published: January 3, 2020 4:05 p.m. EST"."""
    if len(line) > 90:
        return None
    day = parse_date(_DATE_LABEL.sub("", line))
    return day if day and not _DATE_WORDS.sub("", _DATE_LABEL.sub("", line)).strip(" ()|·•—–") else None


def _is_title(line: str, below: list[str]) -> bool:
    """A short line without the full stop of a sentence, above a longer one or a line of facts."""
    if len(line) > _LONGEST_TITLE or not any(character.isalpha() for character in line):
        return False
    if line.startswith("#"):
        return True
    if line.endswith((".", ",", ";", ":")):
        return False
    following = next((other for other in below if not is_furniture_line(other)), "")
    return len(following) > len(line) or bool(_BYLINE.match(following) or _date_line(following))
