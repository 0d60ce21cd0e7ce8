"""A date as people write it: "2020-12-01", "1 December 2020", "Dec 2020", "2020", "yesterday", "last week"."""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta

from index.errors import UsageError
from index.text.dates import day_of
from qa.search.time_expressions import FORMS, RELATIVE, Period, relative_period, said_by, written_out

__all__ = ["UNDERSTOOD", "AmbiguousDateError", "written_date"]

# What a message says of the dates that are understood.
UNDERSTOOD = "2020-12-01, 1 December 2020, Dec 2020, 2020, today, yesterday or last week"
_LONGEST = 60  # limit: characters; nothing understood is longer, and the expressions need not look at more
_WEEK = re.compile(r"\d{4}-?W\d\d")
_YEAR_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_FIGURES = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")


class AmbiguousDateError(UsageError):
    """A date in figures that may be two days, `days`."""

    def __init__(self, words: str, days: tuple[date, date]) -> None:
        self.words = words
        self.days = days
        one, two = days
        may_be = f"{written_out(one)} or {written_out(two)}"
        super().__init__(f"{words} may be {may_be}; write {one} for the first or {two} for the second")


def written_date(text: str, *, end: bool, today: date) -> date:
    """The day that a text names. Of a span such as "Dec 2020" or "last week" it is the last day for `end`, else the
    first; relative words count back from `today`.

    Raises UsageError, naming what to write instead, for a day and a month in figures that could be either
    ("01/12/2020"), for a date without its year, and for anything else that is no date.
    """
    words = " ".join(text.split())
    if len(words) > _LONGEST:
        raise UsageError(f"{words[:_LONGEST]!r}... is not a date; write it as {UNDERSTOOD}")
    span = _stamp(words) or _named(words.lower(), today) or _figures(words)
    if span is None:
        raise UsageError(f"{words!r} is not a date; write it as {UNDERSTOOD}")
    return span[1] if end else span[0]


def _stamp(words: str) -> Period | None:
    """ISO 8601, with or without a time, or a week; the day is the one that is written, whatever the time zone."""
    try:
        day = datetime.fromisoformat(words).date()
        return day, day + timedelta(days=6 * bool(_WEEK.fullmatch(words)))
    except (ValueError, OverflowError):
        return None


def _named(words: str, today: date) -> Period | None:
    """Words of a calendar, and those that count back from today."""
    if words == "today":
        return today, today
    if match := RELATIVE.fullmatch(words):
        if not match["ago"]:
            return relative_period(match, today)
        if match["back"] == "month":  # about thirty days is near enough to prefer articles, but not to leave them out
            return None
        first, last = relative_period(match, today)
        middle = first + (last - first) / 2
        return middle, middle
    for pattern, _ in FORMS:
        if match := pattern.fullmatch(words):
            said = said_by(match)
            if said.year is None:
                raise UsageError(f"{words!r} lacks its year; write it as {UNDERSTOOD}")
            return said.of(said.year)
    return None


def _figures(words: str) -> Period | None:
    """A year and a month, or day, month and year: with dots the day comes first, otherwise the figures must tell."""
    if match := _YEAR_MONTH.fullmatch(words):
        first = day_of(match[1], match[2], "1")
        return (first, first.replace(day=monthrange(first.year, first.month)[1])) if first else None
    match = _FIGURES.fullmatch(words)
    if match is None:
        return None
    day_first, month_first = day_of(match[4], match[3], match[1]), day_of(match[4], match[1], match[3])
    if day_first and month_first and day_first != month_first and match[2] != ".":
        raise AmbiguousDateError(words, (day_first, month_first))
    day = day_first if match[2] == "." else day_first or month_first
    return (day, day) if day else None
