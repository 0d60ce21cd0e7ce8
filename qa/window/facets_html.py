"""The facets above the list of articles as HTML: a histogram over time and the sources, each with its count."""

from collections.abc import Sequence
from datetime import date

from qa.window.facets import Bar
from qa.window.html import counted, encoded, escape

__all__ = ["facets_html"]

_SHOWN = 8  # view: sources in sight; the others are folded


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
