"""The period that a question names: "in December 2020", "last week", "between March and May 2021". English only.

Conservative: "Black Friday", "the January 6 committee", "the 2020 election" and Theresa May name no period, and a
question that names two, unless it joins them, is taken to name none.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from index.text.dates import ENGLISH_MONTHS, MONTHS, MONTHS_SHORT
from qa.types import AsOf

__all__ = ["DAY", "FORMS", "MONTH", "RELATIVE", "Period", "period_said", "relative_period", "said_by", "written_out"]

Period = tuple[date, date]

_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}
_THIRDS = {"early": 0, "beginning": 0, "start": 0, "mid": 1, "middle": 1, "late": 2, "end": 2}
_NUMBERS = {name: number for number, name in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_DAYS_OF_EVENTS = {(1, 6), (9, 11)}  # without a year these are names of what happened then

# (?a: as without it "ſ" is an s, and "ı" an i, that no month or season is looked up by.
_WHOLE_MONTH = rf"(?P<month>(?a:{'|'.join(ENGLISH_MONTHS)}))\b"
MONTH = rf"(?P<month>(?a:{'|'.join(ENGLISH_MONTHS)})|(?a:{'|'.join(MONTHS_SHORT)}|sept)\b\.?)"
DAY, _YEAR = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?", r"(?P<year>(?:19|20)\d\d)\b"
_TO_DAY = r"(?:\s?(?:-|–|to|and)\s?(?P<until>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?)?"
_PART = rf"(?:(?P<part>{'|'.join(_THIRDS)})(?:[ -]|\sof\s(?:the\s)?))?"
# What may follow a date that is one: a noun would make it part of a name, as in "in 2020 dollars".
_ENDS = (
    r"(?=\s*(?:$|[?.!,;:)\]”\"])|\s+(?:a|about|after|against|and|are|as|at|because|before|between|by|did|do|does|during|"
    r"from|had|has|have|how|if|in|inside|into|is|near|on|or|outside|over|regarding|that|the|there|to|under|until|was|"
    r"were|what|when|where|which|while|who|whom|why|with|without)\b)"
)
_EVENT = r"(?!,?\s+(?:committee|panel|hearing|riot|attack|insurrection|commission|investigation|probe|trial)s?\b)"
_OPENING = ("since", "after", "before", "until")
_WITHIN = ("in", "during", "of", "from", "between", "throughout", *_OPENING)
_LEAD = re.compile(rf"(?:^|\b)({'|'.join((*_WITHIN, 'on'))})\s+(?:the\s+)?$", re.IGNORECASE)
_OTHERWISE = re.compile(r"\b(?:(?:confidence|trust|faith|belief|believe[sd]?)\s+in|class\s+of)\s+$", re.IGNORECASE)
_JOIN = re.compile(r",?\s{0,9}(?:\b(?:and|or|to|until|till|through)\b|[-–])\s{0,9}(?:the\s{1,9})?", re.IGNORECASE)
_RECORD = re.compile(r"\b(?:first|most|only|record|worst|best|\w{2,}est)\b[^.?!]*$", re.IGNORECASE)
_FUTURE = re.compile(r"\b(?:will|would|next|upcoming|scheduled|due|going to)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Said:
    """Months and days of a year, which is None where it was not said; `last_day` 0 is the end of `last_month`."""

    year: int | None
    month: int
    last_month: int
    day: int = 1
    last_day: int = 0

    def of(self, year: int) -> Period | None:
        try:
            later = year + (self.last_month < self.month)
            last = self.last_day or monthrange(later, self.last_month)[1]
            first, end = date(year, self.month, self.day), date(later, self.last_month, last)
        except ValueError:
            return None
        return (first, end) if first <= end else None

    def before(self, anchor: date | None) -> Period | None:
        """The last such period that began by a day, where no year was said."""
        if self.year is not None:
            return self.of(self.year)
        if anchor is None or (self.day == self.last_day and (self.month, self.day) in _DAYS_OF_EVENTS):
            return None
        found = [period for year in (anchor.year, anchor.year - 1) if (period := self.of(year))]
        return next((period for period in found if period[0] <= anchor), None)


def said_by(match: re.Match[str]) -> _Said:
    """What an expression of FORMS found."""
    named = match.groupdict()
    year = int(named["year"]) if named.get("year") else None
    third = _THIRDS.get((named.get("part") or "").lower())
    if named.get("season"):
        return _Said(year, *_SEASONS[named["season"].lower()])
    if not named.get("month"):
        return _Said(year, *((1, 12) if third is None else ((1, 4), (5, 8), (9, 12))[third]))
    month = MONTHS.get(named["month"][:3].lower()) or int(named["month"])
    if named.get("day"):
        return _Said(year, month, month, int(named["day"]), int(named.get("until") or named["day"]))
    days = (1, 0) if third is None else ((1, 10), (11, 20), (21, 0))[third]
    return _Said(year, month, month, *days)


_Form = tuple[re.Pattern[str], tuple[str, ...]]


def _form(pattern: str, *leads: str) -> _Form:
    return re.compile(rf"\b{pattern}", re.IGNORECASE), leads


# In order: the longer before the shorter; those without leads need none in front.
FORMS: tuple[_Form, ...] = (
    _form(rf"{_YEAR}-(?P<month>0[1-9]|1[0-2])-(?P<day>\d\d)\b"),
    _form(rf"{DAY}{_TO_DAY}\s(?:of\s)?{MONTH},?\s{_YEAR}{_EVENT}"),
    _form(rf"{MONTH}\s{DAY}{_TO_DAY},?\s{_YEAR}{_EVENT}"),
    _form(rf"{DAY}{_TO_DAY}\s(?:of\s)?{_WHOLE_MONTH}{_ENDS}", "on", *_WITHIN),
    _form(rf"{MONTH}\s{DAY}{_TO_DAY}\b{_ENDS}", "on", *_WITHIN),
    _form(rf"{_PART}{MONTH},?\s(?:of\s)?{_YEAR}"),
    _form(rf"{_PART}{_WHOLE_MONTH}{_ENDS}", *(lead for lead in _WITHIN if lead != "of")),
    _form(rf"(?P<season>(?a:{'|'.join(_SEASONS)}))\s(?:of\s)?{_YEAR}{_ENDS}", *_WITHIN),
    _form(rf"(?P<part>{'|'.join(_THIRDS)})(?:[ -]|\sof\s){_YEAR}{_ENDS}"),
    _form(rf"{_YEAR}{_ENDS}", *_WITHIN),
)
_HINT = re.compile(rf"\b(?:{'|'.join(MONTHS_SHORT)}|{'|'.join(_SEASONS)})|\d\d|\d(?:st|nd|rd|th)", re.IGNORECASE)
_EARLIEST = date(10, 1, 1)  # fact: days of asking before it have no "99 months ago"
LOOK_BACK = 60  # limit: characters before a date or a name that say how it is meant
_UNIT, _BACK = r"(?P<unit>day|week|month)s?", r"(?P<back>day|week|month)s?"  # "a year ago" mostly compares
_SPAN = r"week|weekend|month|year|spring|summer|autumn|fall|winter"
_OWNED = re.compile(r"(?:\b(?:the|his|her|its|their|my|our|your)|[’']s)\s+$", re.IGNORECASE)  # "his last week"
# Lower case, because "Last Week Tonight" is a name.
RELATIVE = re.compile(
    rf"\b(?P<which>[Tt]his|[Ll]ast)\s(?P<span>{_SPAN})\b(?!\s(?:of|tonight|in office)\b)|"
    rf"\b[Ii]n\sthe\s(?:last|past)\s(?:(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})\s)?{_UNIT}\b{_ENDS}|"
    rf"\b(?P<ago>\d{{1,2}}|a|an|{'|'.join(_NUMBERS)})\s{_BACK}\sago\b|\byesterday\b|^Yesterday\b"
)


def period_said(question: str, as_of: AsOf, newest: date | None) -> tuple[Period, str] | None:
    """The first and last day that a question names, with the words that name them; None where it names none.

    "last week" and "in May" count back from the day of asking. When that is today and the newest article is older
    than the period, they count from the newest article's day instead, and when `as_of` is "any" they are not
    understood. A period that begins after the day of asking (or the newest article) is none. A side that is open
    ("since", "before") ends at `date.max` or begins at `date.min`.
    """
    asked = None if as_of == "any" else as_of or date.today()
    if newest is None or (asked is not None and asked < _EARLIEST):
        return None
    found = list(_periods(question, asked))
    if as_of is None and asked is not None and any(period[0] > newest for period, _ in found):
        found = list(_periods(question, newest))
    if len({period for period, _ in found}) != 1:
        return None
    period, words = found[0]
    return None if period[0] > (asked or newest) else (period, words)


def _periods(question: str, anchor: date | None) -> Iterator[tuple[Period, str]]:
    if anchor is not None:
        for match in RELATIVE.finditer(question):
            if not (match["span"] and _OWNED.search(question[max(0, match.start() - LOOK_BACK) : match.start()])):
                yield relative_period(match, anchor), match.group()
    if not _HINT.search(question):  # most questions name no date, and need not be looked through for each form
        return
    place, past = 0, None if _FUTURE.search(question) else anchor
    while found := _next(question, place):
        start, place, lead, one = found
        said = [one]
        while (joint := _JOIN.match(question, place)) and (other := _at(question, joint.end(), lead or "in")):
            place, one = other
            said.append(one)
        if (period := _open(lead, _joined(said, past))) and not (lead == "since" and _RECORD.search(question[:start])):
            yield period, question[start:place]


def _next(question: str, place: int) -> tuple[int, int, str, _Said] | None:
    """The first date at or after a place: where it starts and ends, the preposition in front, and the date."""
    for word in re.compile(r"\b\w").finditer(question, place):
        before = question[max(0, word.start() - LOOK_BACK) : word.start()]
        lead = _LEAD.search(before)
        name = lead[1].lower() if lead else ""
        if (found := _at(question, word.start(), name)) and not _OTHERWISE.search(before):
            return word.start(), found[0], name, found[1]
    return None


def _at(question: str, place: int, lead: str) -> tuple[int, _Said] | None:
    for pattern, leads in FORMS:
        if (match := pattern.match(question, place)) and (not leads or lead in leads):
            said = said_by(match)
            # "may", "march" and "august" are words too.
            named = said.year or said.last_day or match.group()[:1].isupper()
            if named or match["month"].lower() not in ("march", "may", "august"):
                return match.end(), said
    return None


def _joined(said: list[_Said], anchor: date | None) -> Period | None:
    last = said[-1].before(anchor)
    if last is None:
        return None
    ends = [last]
    for one in said[-2::-1]:
        if one.year is None:  # "between November and February 2021" began the year before
            one = replace(one, year=ends[-1][0].year - ((one.month, one.day) > (ends[-1][0].month, ends[-1][0].day)))
        if (period := one.before(anchor)) is None:
            return None
        ends.append(period)
    return min(first for first, _ in ends), max(end for _, end in ends)


def _open(lead: str, period: Period | None) -> Period | None:
    if period is None or lead not in _OPENING:
        return period
    first, last = period
    day = timedelta(days=1)
    return {
        "since": (first, date.max),
        "after": (last + day, date.max),
        "before": (date.min, first - day),
        "until": (date.min, last),
    }[lead]


def written_out(day: date) -> str:
    """A day as people write it: "3 January 2021"."""
    return f"{day.day} {day:%B} {day.year}"


def relative_period(match: re.Match[str], anchor: date) -> Period:
    day = timedelta(days=1)
    if match["ago"] or match["unit"]:
        number = (match["ago"] or match["count"] or "one").lower()
        count = 1 if number in ("a", "an") else _NUMBERS.get(number) or int(number)
        unit = match["back"] or match["unit"]
        length = day * {"day": 1, "week": 7, "month": 30}[unit]
        back = anchor - count * length
        return (back - length / 2, back + length / 2) if match["ago"] else (back, anchor)
    this, span = (match["which"] or "").lower() == "this", match["span"]
    monday = anchor - anchor.weekday() * day
    if span is None:
        return anchor - day, anchor - day
    if span == "week":  # on a Monday, "this week" is the one that has just passed
        return (anchor - 6 * day, anchor) if this else (monday - 7 * day, monday - day)
    if span == "weekend":
        return (monday - 2 * day, monday - day) if not this or anchor.weekday() < 5 else (monday + 5 * day, anchor)
    if span in _SEASONS:
        months = _SEASONS[span]
        season = _Said(None, *months).before(anchor) or (anchor, anchor)
        if not this and season[1] >= anchor:
            season = _Said(season[0].year - 1, *months).before(None) or season
        return season
    if span == "month":
        end = anchor if this else anchor.replace(day=1) - day
        return end.replace(day=1), end
    return (date(anchor.year, 1, 1), anchor) if this else (date(anchor.year - 1, 1, 1), date(anchor.year - 1, 12, 31))
