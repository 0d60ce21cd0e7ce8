"""The list of articles is narrowed by source and by time: what there is to choose from, and what a choice does."""

import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st
from playwright.sync_api import Locator, Page, expect

from qa.window.article_panel import days_chosen, toggled
from qa.window.articles import Listed
from qa.window.facets import bars, facets_html, sources_counted

Open = Callable[..., Page]


@given(st.lists(st.dates()))
@example([date.min, date.max])
@example([date(2020, 1, 31), date(2021, 2, 1)])
@example([date(2020, 1, 1), date(2021, 3, 1)])
def test_bars_follow_each_other_and_hold_every_article_once(days: list[date]) -> None:
    made = bars(days)
    assert len(made) <= 14
    if not made:
        return
    for bar, following in pairwise(made):
        assert (following.first - bar.last).days == 1
    assert [sum(bar.first <= day <= bar.last for day in days) for bar in made] == [bar.count for bar in made]
    assert made[0].count
    assert made[-1].count
    assert sum(bar.count for bar in made) == len(days)


def test_bars_are_months_quarters_years_or_more() -> None:
    assert [bar.label for bar in bars([date(2020, 3, 5), date(2020, 5, 1)])] == ["March 2020", "April 2020", "May 2020"]
    assert bars([date(2020, 1, 1), date(2021, 12, 1)])[-1].label == "October to December 2021"
    assert bars([date(2010, 1, 1), date(2020, 12, 1)])[0].label == "2010"
    assert bars([date(1900, 1, 1), date(2020, 12, 1)])[0].label == "1900 to 1909"
    assert bars([date(2020, 3, 5), date(2020, 3, 6)]) == bars([]) == []


def test_sources_are_counted_most_first() -> None:
    assert sources_counted(["b", "", "A", "b", "a"]) == [("b", 2), ("A", 1), ("a", 1)]


def test_what_is_chosen_is_seen_and_names_are_text() -> None:
    made = bars([date(2020, 3, 5), date(2020, 5, 1)])
    html = facets_html(made, [("<b>A&B</b>", 2), ("C", 1)], ["c"], date(2020, 5, 1), None)
    assert "<b>" not in html
    assert re.findall(r'class="bar( within)?"', html) == ["", "", " within"]
    assert html.count("aria-current") == 1
    assert "All dates" in html
    assert "All dates" not in facets_html(made, [], [], None, None)
    assert facets_html([], [("A", 3)], [], None, None) == ""
    assert "2 more sources" in facets_html([], [(f"s{n}", 1) for n in range(10)], [], None, None)


def test_a_choice_is_what_the_filter_takes() -> None:
    assert toggled("Wire", None) == ["Wire"]
    assert toggled("wire", ["Wire", "Post"]) == ["Post"]
    assert days_chosen("2020-03-01/2020-03-31") == ["2020-03-01", "2020-03-31"]
    assert days_chosen("") == ["", ""]


def test_an_article_is_listed_without_author_or_copies_too() -> None:
    assert Listed(0, "a", "", "", None, 0).alike == ()


def articles_view(open_page: Open, sample: str) -> tuple[Page, Locator, Locator]:
    """A page that lists the sample articles, their list, and the line that says which they are."""
    page = open_page(sample)
    expect(page.locator(".status.ready")).to_be_visible()
    page.get_by_role("tab", name="Articles").click()
    listed, hint = page.locator("#articles .listed li"), page.locator("#articles .articles .hint").first
    expect(listed).to_have_count(15)
    return page, listed, hint


def test_sources_and_days_are_chosen_in_a_browser(open_page: Open, sample: str) -> None:
    page, listed, hint = articles_view(open_page, sample)
    facts = listed.first.locator(".facts")
    expect(facts).to_have_text(re.compile(r"Sample|Demo|Example"))
    expect(facts).to_have_text(re.compile(r"words · (text|HTML|Markdown)$"))
    expect(page.locator("#articles .alike").first).to_contain_text("Nearly the same in")
    outlet = page.locator("#articles .outlet").first
    name, count = (outlet.locator(part).text_content() or "" for part in ("bdi", "span"))
    outlet.click()
    expect(listed).to_have_count(int(count))
    expect(hint).to_contain_text(f"only {name}")
    expect(page.locator(".chip bdi")).to_have_text(name)
    expect(page.locator("#articles .outlet")).to_have_count(3)
    page.locator("#articles .outlet[aria-current]").click()
    expect(listed).to_have_count(15)
    every = page.locator("#articles .bar")
    expect(every).to_have_count(12)
    every.nth(2).click()
    expect(hint).to_contain_text("only from 1 March 2020 to 31 March 2020")
    expect(listed).to_have_count(int(re.findall(r": (\d+) ", every.nth(2).get_attribute("title") or "")[0]))
    expect(page.locator("#articles .bar.within")).to_have_count(1)
    expect(page.get_by_role("textbox", name="Find")).to_have_value("")
    start, end = every.nth(2).bounding_box(), every.nth(4).bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 5, start["y"] + 30)
    page.mouse.down()
    page.mouse.move(end["x"] + 5, end["y"] + 30, steps=8)
    page.mouse.up()
    expect(hint).to_contain_text("only from 1 March 2020 to 31 May 2020")
    expect(page.locator(".chip bdi")).to_have_text(["from 1 March 2020", "up to 31 May 2020"])
    page.get_by_role("link", name="All dates").click()
    expect(listed).to_have_count(15)
    expect(page.locator(".chip")).to_have_count(0)
