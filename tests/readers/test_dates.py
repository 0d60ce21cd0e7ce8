"""Dates: what is understood, and what is not guessed."""

from datetime import UTC, date, datetime

import pytest

from index.readers.dates import parse_date

THIRD = date(2020, 1, 3)


@pytest.mark.parametrize(
    "value",
    [
        "2020-01-03",
        "2020-1-3",
        "2020/01/03",
        "2020.01.03",
        "20200103",
        "20200103T235959Z",
        "2020-01-03T23:30:00-05:00",
        "2020-01-03 00:10:00 +0200",
        "Fri, 03 Jan 2020 23:30:00 -0500",
        "January 3, 2020",
        "Jan. 3rd, 2020 at 4:05 p.m. EST",
        "Friday 3 January 2020",
        "3rd of January 2020",
        "3-Jan-2020",
        "3. Januar 2020",
        "3 janvier 2020",
        "3 de enero de 2020",
        "2020年1月3日",
        "03.01.2020",
        "1/3/2020 or 2020-01-03",
        20200103,
        1578009600,
        "1578009600",
        1578009600000,
        1578009600.5,
        date(2020, 1, 3),
        datetime(2020, 1, 3, 23, 59, tzinfo=UTC),
    ],
)
def test_understood(value: object) -> None:
    assert parse_date(value) == THIRD


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Jan. 3",
        "January 2020",
        "2020",
        2020,
        "03/04/2020",
        "13/13/2020",
        "2020-02-30",
        "yesterday",
        "3 Jan 20",
        None,
        True,
        [],
        {},
        "12345",
        float("nan"),
        float("inf"),
        -1,
        10**400,
        "9" * 400,
        "0000-00-00",
    ],
)
def test_not_guessed(value: object) -> None:
    assert parse_date(value) is None


@pytest.mark.parametrize(("value", "day"), [("13/01/2020", 13), ("01/13/2020", 13), ("01/01/2020", 1)])
def test_day_and_month_in_figures_where_their_order_makes_no_difference(value: str, day: int) -> None:
    assert parse_date(value) == date(2020, 1, day)


def test_the_first_of_two_dates_counts() -> None:
    assert parse_date("Published January 3, 2020, updated 5 January 2020") == THIRD


def test_letters_that_match_a_month_in_another_case_only() -> None:
    assert parse_date("Auguſt 3, 1720") == parse_date("3 Auguſt 1720") == date(1720, 8, 3)
    assert parse_date("3 APRİL 2020") is None
