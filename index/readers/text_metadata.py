"""Metadata that plain text states about itself in its first lines: a title, a byline, a date line, a dateline."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from index.readers.dates import MONTH, parse_date
from index.text.boilerplate_rules import is_boilerplate_line, is_menu
from index.text.dates import MONTHS_SHORT

__all__ = ["TextMetadata", "address_title", "byline_of", "date_line", "dateline", "lead_title", "text_metadata"]

_TOP = 24_000  # characters that can hold a header
_LINE = 2000  # characters of a line that matter here
_HEADER_LINES = 12  # metadata stand at the top; further down they are the article's words
_SLUG_WORDS = 3
_PLAIN = re.compile(r"[a-z0-9]+")
_ENDING = re.compile(r"(?:-\d{5,})?(?:\.\w{1,5})?$")  # an article's number, and the kind of file
_LEAD_TITLE = 110  # characters of the first paragraph that stand in for a title
_LONGEST_TITLE = 160  # characters; headlines with a subject and a report line reach about 140
_CITY = re.compile(r"[A-ZÀ-Þ][A-ZÀ-Þ.'’-][A-ZÀ-Þ.'’ -]*")
_REGION = re.compile(r"[A-Z][A-Za-zÀ-ÿ.'’ -]{1,30}")
_AGENCY = re.compile(r"[A-Z][\w.&/ -]{1,30}")
_MONTHS = rf"(?:{'|'.join(MONTHS_SHORT)})[a-z]{{0,9}}\.?"
_DASH = re.compile(r"(?:—|–|--|-)\s+(?=\S)")
_DATELINE_DAY = re.compile(rf"{_MONTHS} \d{{1,2}},?(?:\s{{0,9}}\d{{4}},?)?$", re.I)
_DATELINE = 120  # characters of a line that can hold one
_BARE_AGENCY = re.compile(r"^\s*\((?P<agency>[A-Z]{2,6}|Reuters|Bloomberg)\)\s+(?:[—–-]\s+)?(?=\S)")
_BYLINE = re.compile(
    r"^\s{0,9}(?:by|written by|reported by)\s{1,9}(?P<who>[A-ZÀ-Þ][^\d@|•·]{2,80}?)"
    r"(?P<rest>(?:[,|•·–—\s-]{1,9}(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s?)?"
    rf"(?:{_MONTHS}\s?)?\d.*)?)$",
    re.I,
)
_UPDATE = re.compile(r"^\s*(?:last )?(?:updated|modified)\b", re.I)
_SENTENCE = re.compile(rf".{{20,{_LEAD_TITLE}}}?[.!?][”\"’']?(?=\s[A-Z“\"])")
_DATE_LABEL = re.compile(
    r"^\s{0,9}(?:(?:first |last )?(?:publish|post|updat|modifi)ed|date|publi(?:cation|sh) date|publiziert|"
    r"veröffentlicht|publié|publicado|pubblicato)\b\s{0,9}(?:on|at|am|le|el|em|il)?\s{0,9}[:\-–]?\s{0,9}",
    re.I,
)
_FOREIGN_LABEL = re.compile(r"[^\x00-\u024f]{0,8}\.?")  # such as "기사입력", or "года" after a Russian year
_DATE_WORDS = re.compile(
    rf"\b{MONTH}|"
    r"[\d\s,./:+|-]|\bde\b|st\b|nd\b|rd\b|th\b|[ap]\.?m\.?\b|"
    r"\b(?:(?-i:[A-Z]{1,5})|at|of|on|GMT[+-]?\d*|mon\w*|tue\w*|wed\w*|thu\w*|fri\w*|sat\w*|"
    r"sun\w*|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sept?\w*|oct\w*|nov\w*|dec\w*)\b\.?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Dateline:
    place: str
    day: str
    agency: str
    end: int  # of the dash and the space behind it


@dataclass(frozen=True, slots=True)
class TextMetadata:
    """What the first lines of a text say; an empty string or None where they do not. `lead` is the first paragraph."""

    title: str = ""
    author: str = ""
    published: date | None = None
    place: str = ""
    agency: str = ""
    lead: str = ""


def text_metadata(text: str, start: int = 0) -> TextMetadata:
    """The metadata in the lines of `text` from `start` on. "Jan. 3" inside a sentence is never the article's date; the
    day of the last update stands in where no day of publication is stated."""
    title = author = place = agency = lead = ""
    published: date | None = None
    updated: date | None = None
    lines = _lines(text, start)
    for number, line in enumerate(lines):
        if is_menu(line) or is_boilerplate_line(line):
            continue
        byline, rest = byline_of(line)
        day = date_line(rest) if rest else None
        if byline or day:
            author = author or byline
            if _UPDATE.match(line):
                updated = updated or day
            else:
                published = published or day
            continue
        place, agency = dateline(line)
        if place or agency or len(line) > _LONGEST_TITLE:
            dated = _dateline(line)
            published = published or parse_date(dated.day if dated else None)
            lead = line
            break
        if not title and _is_title(line, lines[number + 1 :]):
            title = line.lstrip("#= ").strip()
        elif title:
            # Between the headline and the first paragraph there may be a summary or a caption; a short line too.
            continue
        else:
            lead = line
            break
    return TextMetadata(title, author, published or updated, place, agency, lead)


def lead_title(lead: str) -> str:
    """A title for a text that has none: the first words of its first paragraph, without the dateline."""
    found = _dateline(lead) if any(dateline(lead)) else None
    words = " ".join(lead[found.end if found else 0 :][:400].split())
    sentence = _SENTENCE.match(words)
    if sentence and len(sentence[0]) <= _LEAD_TITLE:
        return sentence[0].rstrip(".")
    if len(words) <= _LEAD_TITLE:
        # Not the line itself: what equals the title is taken for a headline, and left out of passages.
        return words.rstrip(".") if words.endswith(".") else f"{words}…" * bool(words)
    return words[:_LEAD_TITLE].rpartition(" ")[0].rstrip(",;:–— ") + "…"


def address_title(url: str) -> str:
    """A title for an article that has none, of the words in its address: "Senate agrees on gun reform" of
    .../2022/06/12/senate-agrees-on-gun-reform/index.html; "" where there are none."""
    try:
        parts = [_ENDING.sub("", part).split("-") for part in urlsplit(url).path.lower().split("/")]
    except ValueError:
        return ""
    slugs = [words for words in parts if len(words) >= _SLUG_WORDS and all(map(_PLAIN.fullmatch, words))]
    slugs = [words for words in slugs if sum(len(word) > 2 and word.isalpha() for word in words) > 1]
    longest: list[str] = max(slugs, key=len, default=[])
    return " ".join(longest)[:_LEAD_TITLE].capitalize()


def dateline(line: str) -> tuple[str, str]:
    """(place, agency) of a line such as "BAGHDAD (AP) - Two rockets ..."; ("", "") when it has no dateline."""
    found = _dateline(line)
    if found and (found.place or found.agency):
        place = found.place.rstrip(" -")
        if not found.agency and place in ("CNN", "AP", "AFP", "BBC", "UPI", "DPA", "TASS"):
            return "", place
        return place.title() if place.isupper() else _place_case(place), found.agency.strip()
    match = _BARE_AGENCY.match(line[:_DATELINE])
    return ("", match["agency"]) if match else ("", "")


def _dateline(line: str) -> _Dateline | None:
    """What stands before a dash, where that is nothing but a place, a day and an agency, each of which may be absent;
    of several such dashes the last."""
    head = line[:_DATELINE]
    for dash in reversed(list(_DASH.finditer(head))):
        place, agency = head[: dash.start()].strip(), ""
        if place.endswith(")"):
            place, _, agency = place[:-1].rpartition("(")
            if not _AGENCY.fullmatch(agency):
                continue
            place = place.rstrip()
        dated = _DATELINE_DAY.search(place)
        place = (place[: dated.start()] if dated else place).rstrip().removesuffix(",")
        if not place or _is_place(place):
            return _Dateline(place, dated[0] if dated else "", agency, dash.end())
    return None


def _is_place(words: str) -> bool:
    city, comma, region = words.partition(", ")
    return (
        _CITY.fullmatch(city) is not None
        and "  " not in city
        and not city.endswith(" ")
        and (not comma or _REGION.fullmatch(region) is not None)
    )


def _place_case(place: str) -> str:
    city, comma, rest = place.partition(",")
    return city.title() + comma + rest


def _lines(text: str, start: int) -> list[str]:
    """The first non-empty lines, without their surrounding space, cut where one does not end."""
    lines = (line.strip()[:_LINE] for line in text[start : start + _TOP].splitlines())
    return [line for line in lines if line][:_HEADER_LINES]


def byline_of(line: str) -> tuple[str, str]:
    """(author, what else the line says) of "By Ann Lee, 3 January 2020"; ("", the line) when it is no byline."""
    match = _BYLINE.match(line) if len(line) < 120 and not line.endswith((".", "?", "!")) else None
    # Whoever begins with a small letter is believed alone or above a date: "By the end of 2019 ..." is a headline.
    if not match or (match["who"][0].islower() and match["rest"] and not date_line(match["rest"])):
        return "", line
    return match["who"].strip(" ,|·•–—-"), match["rest"]


def date_line(line: str) -> date | None:
    """The date, when a line says nothing else: "Published: January 3, 2020 4:05 p.m. EST"."""
    if len(line) > 90:
        return None
    words = _DATE_LABEL.sub("", line)
    day = parse_date(words)
    rest = _DATE_WORDS.sub("", words).strip(" ()[]|·•—–")
    return day if _FOREIGN_LABEL.fullmatch(rest) else None


def _is_title(line: str, below: list[str]) -> bool:
    """A short line without the full stop of a sentence, above a longer one or a line of metadata."""
    if len(line) > _LONGEST_TITLE or not any(character.isalpha() for character in line):
        return False
    if line.startswith("#"):
        return True
    if line.endswith((".", ",", ";", ":")):
        return False
    following = next((other for other in below if not is_menu(other) and not is_boilerplate_line(other)), "")
    return len(following) > len(line) or bool(byline_of(following)[0] or date_line(following))
