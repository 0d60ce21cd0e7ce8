"""The day on which an article says that it was published. A date is never guessed: what is unclear is None.

The rule for time zones: the day is the one that is written. "2020-01-03T23:30:00-05:00" is 3 January, as it was
where it was written, though it was the 4th in UTC. A count of seconds has no place, so it is taken in UTC.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from index.text.dates import MONTHS, day_of

__all__ = ["MONTH", "parse_date"]

# A pattern with one group: the name of a month, in any of these languages.
MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"((?:1[5-9]|20|21)\d\d)(?!\d)"
_ISO = re.compile(rf"(?<!\d){_YEAR}([-/.])(\d{{1,2}})\2(\d{{1,2}})(?!\d)")
_DIGITS = re.compile(r"^\s*((?:1[5-9]|20|21)\d\d)(\d\d)(\d\d)(?:[T ]?\d{4,6}.*)?$")
_MONTH_FIRST = re.compile(rf"\b{MONTH}\s{{1,9}}(\d{{1,2}})(?:st|nd|rd|th)?(?:\s?,)?\s{{1,9}}{_YEAR}", re.I)
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]{{1,9}}(?:(?:of|de)\s{{1,9}})?{MONTH},?[\s-]{{1,9}}(?:de\s{{1,9}})?{_YEAR}",
    re.I,
)
_SEPARATED = re.compile(rf"(?<!\d)(\d{{1,2}})([/.-])(\d{{1,2}})\2{_YEAR}")
_CJK = re.compile(rf"{_YEAR}\s?[年년]\s?(\d{{1,2}})\s?[月월]\s?(\d{{1,2}})\s?[日일]")
_YEAR_DIGITS = re.compile(r"\d{4}")
_EPOCH = re.compile(r"^\s*\d{9,13}(?:\.\d+)?\s*$")


def parse_date(value: object) -> date | None:
    """The date that a field holds: a date, a count of seconds or milliseconds, or words such as ISO 8601, RFC 5322,
    "January 3, 2020" or "3 Jan 2020". None where there is none, where it lacks a day or a year of four digits, and
    for "03/04/2020", which is a day in March or in April."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _from_number(value)
    if not isinstance(value, str) or len(value) > 200 or not _YEAR_DIGITS.search(value):
        return None
    if _EPOCH.match(value):
        return _from_number(float(value))
    found: list[tuple[int, date]] = []
    for pattern, day_from in _FORMS:
        match = pattern.search(value)
        day = day_from(match) if match else None
        if match and day:
            found.append((match.start(), day))
    return min(found)[1] if found else None


def _separated(match: re.Match[str]) -> date | None:
    """Day and month in figures: with dots the day comes first; otherwise only where the order makes no difference."""
    first, mark, second, year = int(match[1]), match[2], int(match[3]), match[4]
    if mark == "." or first > 12 or first == second:
        return day_of(year, second, first)
    if second > 12:
        return day_of(year, first, second)
    return None


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date | None]], ...] = (
    (_ISO, lambda m: day_of(m[1], m[3], m[4])),
    (_DIGITS, lambda m: day_of(m[1], m[2], m[3])),
    (_MONTH_FIRST, lambda m: day_of(m[3], MONTHS.get(m[1].casefold()), m[2])),
    (_DAY_FIRST, lambda m: day_of(m[3], MONTHS.get(m[2].casefold()), m[1])),
    (_SEPARATED, _separated),
    (_CJK, lambda m: day_of(m[1], m[2], m[3])),
)


def _from_number(value: float) -> date | None:
    if not 0 < value < 1e15:  # NaN and infinity too
        return None
    if value == int(value) and 15_000_101 <= value <= 21_991_231:
        digits = str(int(value))
        return day_of(digits[:4], digits[4:6], digits[6:])
    seconds = value / 1000 if value >= 1e11 else value
    if not 1e8 <= seconds < 1e10:  # 1973 to 2286: smaller numbers are years, ranks and row numbers
        return None
    return datetime.fromtimestamp(seconds, UTC).date()
