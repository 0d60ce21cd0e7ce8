"""What articles can be narrowed by, also as HTML: a histogram over time, and the sources, each with its count."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qa.window.html import counted, encoded, escape

__all__ = ["Bar", "bars", "facets_html", "sources_counted"]

_MOST = 14  # view: bars, so that on a phone of 390 px each is 24 px wide, which a finger can hit (WCAG 2.2, 2.5.8)
_STEPS = (1, 3, 12, 24, 60, 120, 240, 600, 1200, 12_000)  # view: months in a bar; ten of the last hold all dates
_YEAR = 12  # fact: months
_SHOWN = 8  # view: sources in sight; the others are folded


@dataclass(frozen=True, slots=True)
class Bar:
    """How many articles are of the days from `first` to `last`, which are whole months."""

    first: date
    last: date
    count: int

    @property
    def label(self) -> str:
        """Such as "March 2020", "January to March 2020", "2020" or "2010 to 2019"."""
        if (self.first.year, self.first.month) == (self.last.year, self.last.month):
            return f"{self.first:%B} {self.first.year}"
        if self.first.month != 1 or self.last.month != _YEAR:
            return f"{self.first:%B} to {self.last:%B} {self.last.year}"
        if self.first.year == self.last.year:
            return str(self.first.year)
        return f"{self.first.year} to {self.last.year}"


def bars(days: Iterable[date]) -> list[Bar]:
    """Articles over time, by months, quarters, years or more years, so that there are at most 14 bars, oldest first;
    also those of no article between two. None where all days are in one."""
    months = Counter(day.year * _YEAR + day.month - 1 for day in days)
    if not months:
        return []
    low, high = min(months), max(months)
    step = next(step for step in _STEPS if high // step - low // step < _MOST)
    counts = Counter[int]()
    for month, count in months.items():
        counts[month // step] += count
    places = range(low // step, high // step + 1)
    if len(places) == 1:
        return []
    return [Bar(_first_of(place * step), _last_before((place + 1) * step), counts[place]) for place in places]


def sources_counted(sources: Iterable[str]) -> list[tuple[str, int]]:
    """Each source with its number of articles, most first; articles without one count for nothing."""
    counts: Sequence[tuple[str, int]] = Counter(source for source in sources if source).most_common()
    return sorted(counts, key=lambda item: (-item[1], item[0].casefold()))


def _first_of(month: int) -> date:
    year, place = divmod(month, _YEAR)
    return date.min if year < date.min.year else date(year, place + 1, 1)


def _last_before(month: int) -> date:
    return date.max if month // _YEAR > date.max.year else _first_of(month) - timedelta(days=1)


def facets_html(
    histogram: Sequence[Bar],
    outlets: Sequence[tuple[str, int]],
    chosen: Sequence[str],
    since: date | None,
    until: date | None,
) -> str:
    """`chosen` are the sources, `since` and `until` the days that a search is limited to now."""
    parts = _histogram(histogram, since, until) + _outlets(outlets, {name.casefold() for name in chosen})
    return f'<section class="facets" aria-label="Narrow the list">{parts}</section>' if parts else ""


def _histogram(histogram: Sequence[Bar], since: date | None, until: date | None) -> str:
    if not histogram:
        return ""
    highest = max(bar.count for bar in histogram)
    items = "".join(_bar(bar, highest, _within(bar, since, until)) for bar in histogram)
    reset = '<a class="all-days" href="#days-">All dates</a>' if since or until else ""
    ends = f"<span>{histogram[0].label}</span>{reset}<span>{histogram[-1].label}</span>"
    return (
        f'<div class="histogram" role="group" aria-label="Articles over time">{items}</div><p class="ends">{ends}</p>'
    )


def _within(bar: Bar, since: date | None, until: date | None) -> bool:
    return (since is None or bar.last >= since) and (until is None or bar.first <= until)


def _bar(bar: Bar, highest: int, within: bool) -> str:
    words = f"{bar.label}: {counted(bar.count, 'article')}"
    share = f"{bar.count / highest:.0%}"
    return (
        f'<a class="bar{" within" if within else ""}" href="#days-{bar.first}/{bar.last}" aria-label="{words}" '
        f'title="{words}" draggable="false"><span style="height: {share}"></span></a>'
    )


def _outlets(outlets: Sequence[tuple[str, int]], chosen: set[str]) -> str:
    if len(outlets) < 2 and not chosen:
        return ""
    items = [_outlet(name, count, name.casefold() in chosen) for name, count in outlets]
    more = ""
    if rest := items[_SHOWN:]:
        more = (
            f'<details class="more-outlets"><summary>{len(rest):,} more sources</summary>'
            f'<ul class="outlets">{"".join(rest)}</ul></details>'
        )
    return f'<ul class="outlets" aria-label="Sources">{"".join(items[:_SHOWN])}</ul>{more}'


def _outlet(name: str, count: int, chosen: bool) -> str:
    current = ' aria-current="true"' if chosen else ""
    return (
        f'<li><a class="outlet" href="#source-{encoded(name)}"{current}><bdi>{escape(name)}</bdi> '
        f"<span>{count:,}</span></a></li>"
    )
