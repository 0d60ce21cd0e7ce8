"""Dates as people write them in a filter."""

from datetime import date

import pytest

from index import UsageError
from qa.search.written_dates import written_date

TODAY = date(2026, 3, 18)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2020", "2020-01-01", "2020-12-31"),
        ("Dec 2020", "2020-12-01", "2020-12-31"),
        ("Dec. 2020", "2020-12-01", "2020-12-31"),
        ("december  2020", "2020-12-01", "2020-12-31"),
        ("February 2020", "2020-02-01", "2020-02-29"),
        ("2020-12", "2020-12-01", "2020-12-31"),
        ("1 December 2020", "2020-12-01", "2020-12-01"),
        ("December 1, 2020", "2020-12-01", "2020-12-01"),
        ("1st of Dec 2020", "2020-12-01", "2020-12-01"),
        (" 2020-12-01 ", "2020-12-01", "2020-12-01"),
        ("2020-12-01 10:30:00", "2020-12-01", "2020-12-01"),
        ("2020-12-01T23:30:00-05:00", "2020-12-01", "2020-12-01"),
        ("31/12/2020", "2020-12-31", "2020-12-31"),
        ("12/31/2020", "2020-12-31", "2020-12-31"),
        ("01.12.2020", "2020-12-01", "2020-12-01"),
        ("5/5/2020", "2020-05-05", "2020-05-05"),
        ("summer 2020", "2020-06-01", "2020-08-31"),
        ("early 2020", "2020-01-01", "2020-04-30"),
        ("today", "2026-03-18", "2026-03-18"),
        ("Yesterday", "2026-03-17", "2026-03-17"),
        ("Last Week", "2026-03-09", "2026-03-15"),
        ("this week", "2026-03-12", "2026-03-18"),
        ("last month", "2026-02-01", "2026-02-28"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("2020-W49", "2020-11-30", "2020-12-06"),
        ("2020-W49-3", "2020-12-02", "2020-12-02"),
        ("3 days ago", "2026-03-15", "2026-03-15"),
        ("two weeks ago", "2026-03-04", "2026-03-04"),
    ],
)
def test_a_span_begins_for_since_and_ends_for_until(text: str, first: str, last: str) -> None:
    assert written_date(text, end=False, today=TODAY).isoformat() == first
    assert written_date(text, end=True, today=TODAY).isoformat() == last


@pytest.mark.parametrize("text", ["01/12/2020", "1-12-2020"])
def test_a_day_that_may_be_two_is_asked_about(text: str) -> None:
    with pytest.raises(UsageError, match="may be 1 December 2020 or 12 January 2020; write 2020-12-01 for the first"):
        written_date(text, end=False, today=TODAY)


@pytest.mark.parametrize(
    "text",
    ["", "foo", "x", "2020-13-01", "2020-02-30", "31 February 2020", "13.13.2020", "12", "20200", "1/12/20", "Dec",
     "1 December", "in 2020", "since 2020", "a month ago", "2020 " * 50, "\x00", "9" * 100, "2020-00",
     "9999-W52", "ſept 2020"],
)  # fmt: skip
def test_anything_else_names_what_is_understood(text: str) -> None:
    with pytest.raises(UsageError, match="write it as 2020-12-01, 1 December 2020, Dec 2020"):
        written_date(text, end=True, today=TODAY)
