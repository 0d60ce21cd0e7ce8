"""Parses the period and source that a question prefers: "in December 2020", "according to Politico".

It is a preference, never a filter: articles of the period or of the source get a higher score, the person
is told so, and can have the question taken as plain words instead. English only.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine
from qa.search.fusion import within
from qa.search.time_expressions import LOOK_BACK, Period, period_said, written_out
from qa.types import AsOf

__all__ = ["NO_PREFERENCES", "Preferences", "boosts", "parse", "period_name", "preferences_of"]

_LONGEST = 1_000  # limit: characters of a question; a longer one is a pasted text, whose dates are no preferences
_MOST_WORDS = 5  # limit: of a source's name

_WORD = re.compile(r"\w(?:[\w&.]{0,80}\w)?")
_SUFFIX = re.compile(r"(?:\.(?:com|org|net|gov|edu|news|info|[a-z]{2})){1,3}$")
_GENERIC = re.compile(r"(?<=\w)\s{1,9}(?:news|news agency|online|magazine|newspaper)$")
_REPORT = r"(?:articles?|reports?|reporting|coverage|story|stories|interviews?|analysis)"
_SAYS = r"(?:say|report|write|claim|reveal|describe)(?:s|ed|d)?|said|wrote|written"
_FROM = re.compile(
    rf"\b(?:according to|(?:reported|published|written|quoted) (?:by|in)|{_REPORT} (?:by|from|in))\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_IN_OR_BY = re.compile(r"\b(?:in|by)\s+(?:the\s+)?$", re.IGNORECASE)
# A newspaper can be bought, and people can be hired by it: then it is what is asked about.
_ABOUT = re.compile(
    r"\b(?:\w+ed|bought|sold|run|sent|led|paid|held|made|shares?|stakes?|jobs?|investments?)\s+(?:in|by)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_SPEAKS = re.compile(rf"(?:[’']s?)?\s{{1,9}}(?:{_SAYS}|{_REPORT})\b")
_GOES_ON = re.compile(r"\s{1,9}[A-Z]|[’']s?\s|-\w")  # the name is longer than the source's
# Names of newspapers that are words too.
_COMMON = frozenset(
    "business daily economist express fortune globe guardian independent life local mail mirror nation national nature "
    "observer people politics post science sky spectator standard star sun telegraph time times today update variety "
    "week weekly world".split()
)


@dataclass(frozen=True, slots=True)
class Preferences:
    """`period` is the first and the last day, both inclusive; `over` says whether it ended before the day of asking,
    and so whether the preference for recent articles gives way to it; `sources` are names as the index has them;
    `said` the words of the question that were understood so, those of the period first.
    """

    period: Period | None = None
    sources: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    over: bool = False


NO_PREFERENCES = Preferences()


def parse(question: str, as_of: AsOf, newest: date | None, sources: Sequence[str]) -> Preferences:
    """The preferences of a question that is asked on a day (None: today; "any": none, so that "last week" has no
    meaning), of articles of which the newest is of the day `newest`, and whose sources have these names.

    Names are compared without case, blanks, "The", "www." and ".com", and count only where the question speaks of
    what they say ("according to Politico", "in the Guardian", "what does the BBC say").
    """
    question = question[:_LONGEST]
    when, (named, words) = period_said(question, as_of, newest), _sources_said(question, tuple(sources))
    period, said = when or (None, "")
    asked = date.today() if as_of is None or as_of == "any" else as_of
    over = period is not None and period[1] < asked
    return Preferences(period, named, tuple(part for part in (said, words) if part), over)


def preferences_of(index: SearchEngine, question: str, as_of: AsOf) -> Preferences:
    """The preferences of a question that is asked of an index."""
    return parse(question, as_of, index.date_range()[1], index.sources())


def boosts(
    index: SearchEngine, preferences: Preferences, articles: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far each of n articles is of the period, and whether it is of the source that is wished for: shapes (n,),
    0 to 1. A wish that none of them, or each of them, fulfils tells nothing, and is nought for all.
    """
    fits = named = np.zeros(len(articles))
    if preferences.period is not None and len(articles):
        fits = within(index.days(articles), *(day.toordinal() for day in preferences.period))
        if fits.max() < 1.0 or fits.min() >= 1.0:  # no article, or each one, is of the period itself
            fits = np.zeros(len(articles))
    if preferences.sources and (selection := index.select(sources=preferences.sources)) is not None:
        named = selection.articles[articles].astype(np.float64)
    return fits, named


def period_name(period: Period) -> str:
    """A period after "articles": "of December 2020", "of 2019", "of 3 January 2021", "since 1 March 2021"."""
    first, last = period
    if last == date.max:
        return f"since {written_out(first)}"
    if first == date.min:
        return f"up to {written_out(last)}"
    if first == last:
        return f"of {written_out(first)}"
    after = date.fromordinal(last.toordinal() + 1)
    if first.day == 1 and after.day == 1:
        if first.month == 1 and after == date(first.year + 1, 1, 1):
            return f"of {first.year}"
        if (first.year, first.month) == (last.year, last.month):
            return f"of {first:%B} {first.year}"
        return f"of {first:%B} {first.year} to {last:%B} {last.year}"
    return f"of {written_out(first)} to {written_out(last)}"


def _sources_said(question: str, names: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The sources of which the question speaks as such, with the words that name them."""
    keyed = _keyed(names)
    words = list(_WORD.finditer(question)) if keyed else []
    anywhere = bool(_SPEAKS.search(question))
    for place, word in enumerate(words):
        before = question[max(0, word.start() - LOOK_BACK) : word.start()]
        if not (anywhere or _IN_OR_BY.search(before) or _FROM.search(before)):
            continue
        the = before.rstrip().lower().endswith("the")
        for last in reversed(words[place : place + _MOST_WORDS]):
            said = question[word.start() : last.end()]
            key = _key(said)
            found = keyed.get(key, ()) or (keyed.get(f"the{key}", ()) if the else ())
            if found and _speaks(said, key, the, before, question[last.end() :]):
                return found, said
    return (), ""


def _speaks(said: str, key: str, the: bool, before: str, after: str) -> bool:
    if _GOES_ON.match(after) and not _SPEAKS.match(after):
        return False
    capital, common = said[:1].isupper() or "." in said, key in _COMMON
    if _FROM.search(before):
        return capital or not common
    if not capital or (common and not the):
        return False
    if _SPEAKS.match(after):
        return True
    return bool(_IN_OR_BY.search(before)) and not _ABOUT.search(before)


@lru_cache(maxsize=8)  # limit: indexes whose sources are remembered
def _keyed(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        short = _key(_GENERIC.sub("", name.casefold()))
        for key in {_key(name)} | ({short} - _COMMON):
            if len(key) > 1 and not key.isdigit():
                found[key] = (*found.get(key, ()), name)
    return found


def _key(name: str) -> str:
    """What is compared of a name: "www.theweek.co.uk" is "theweek", "The New York Times" is "newyorktimes"."""
    name = name.casefold().strip()
    if "." in name and " " not in name:
        name = _SUFFIX.sub("", name).rpartition(".")[2]
    return re.sub(r"[\W_]+", "", name.removeprefix("the "))
