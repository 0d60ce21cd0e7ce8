"""The dates that an English sentence names: a day, a month or a year."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from index.text.dates import MONTHS
from index.types import Span
from qa.search.time_expressions import DAY, MONTH

__all__ = ["SaidDate", "is_time", "said_dates"]

_LONGEST = 2_000  # limit: characters of a sentence that are looked at
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)(?![\d%]|,\d)"
# In order: the longer before the shorter. A month by itself is also a verb or a name, a year a number.
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<![\w.]){DAY}\s(?:of\s)?{MONTH},?\s{_YEAR}\b",
        rf"\b{MONTH}\s{DAY},?\s{_YEAR}\b",
        rf"\b{MONTH},?\s(?:of\s)?{_YEAR}\b",
        rf"(?<![\w.]){DAY}\s(?:of\s)?{MONTH}\b",
        rf"\b{MONTH}\s{DAY}\b",
        rf"(?<=\bin\s){_YEAR}\b",
    )
)
_WEEK = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_HALF = 183  # fact: days of half a year; a date without its year is the one nearest to the day of publication


@dataclass(frozen=True, slots=True)
class SaidDate:
    """A date and the range of the sentence that names it; `month` and `day` are 0 where they are not said."""

    span: Span
    year: int
    month: int
    day: int

    def agrees(self, other: "SaidDate") -> bool:
        """Whether two are the same as far as both are said."""
        pairs = zip((self.year, self.month, self.day), (other.year, other.month, other.day), strict=True)
        return all(one == two or not one or not two for one, two in pairs)

    def is_before(self, day: date) -> bool:
        """Whether it is over on a day; one that is not said to the day, when it has begun."""
        return (self.year, self.month, self.day) < (day.year, day.month, day.day)


def is_time(word: str) -> bool:
    """Whether a word in lower case is a month or a day of the week, also "monday's"."""
    bare = word.replace("’", "'").removesuffix("'s")
    return bare in MONTHS or bare in _WEEK


def said_dates(sentence: str, published: date) -> list[SaidDate]:
    """The dates of a sentence, in order; one without its year is that nearest to the day of publication."""
    found: list[SaidDate] = []
    for one in _every(sentence[:_LONGEST], published):
        if not any(one.span.start < other.span.end and other.span.start < one.span.end for other in found):
            found.append(one)
    return sorted(found, key=lambda one: one.span.start)


def _every(sentence: str, published: date) -> Iterator[SaidDate]:
    for form in _FORMS:
        for match in form.finditer(sentence):
            parts = match.groupdict()
            month = MONTHS[parts["month"][:3].lower()] if parts.get("month") else 0
            day = int(parts.get("day") or 0)
            if month and not match["month"][0].isupper():
                continue
            year = int(parts["year"]) if parts.get("year") else _nearest(month, day, published)
            if year:
                yield SaidDate(Span(*match.span()), year, month, day)


def _nearest(month: int, day: int, published: date) -> int:
    for year in (published.year, published.year + 1, published.year - 1):
        try:
            if abs((date(year, month, day) - published).days) <= _HALF:
                return year
        except ValueError:
            continue
    return 0
