"""Seventy cases, checked by hand and written before the rule: sentences of different days, and whether they differ
about what is asked. A timeline that is not one is worse than none."""

from datetime import date
from typing import Any

import pytest

from qa.answering.asked_figure import asked_figure, is_about
from qa.answering.figures import Figure, figure, timeline
from qa.answering.numbers import agree, tokens_of, words_of
from qa.answering.quantities import quantities
from qa.answering.said_dates import said_dates
from tests.qa.test_golden import load

CASES: list[dict[str, Any]] = load("figures.jsonl")


def told(case: dict[str, Any]) -> list[str]:
    """The values of the timeline that a case's sentences make."""
    asked = asked_figure(case["question"])
    if asked is None:
        return []
    found: list[tuple[date, Figure]] = []
    words = []
    for day, _, sentence in case["passages"]:
        published = date.fromisoformat(day)
        one = figure(asked, sentence, published) if is_about(asked, words_of(sentence)) else None
        if one is not None:
            found.append((published, one))
            words.append(one.span.of(sentence))
    return [words[place] for place in timeline(found)]


@pytest.mark.parametrize(
    ("name", "count", "precision", "recall"),
    [
        pytest.param("first", 50, 0.8, 0.8, id="fifty, on which the rule was made"),
        pytest.param("held out", 20, 0.8, 0.6, id="twenty, looked at once at the end"),
    ],
)
def test_a_timeline_is_shown_only_where_it_is_one(name: str, count: int, precision: float, recall: float) -> None:
    cases = [case for case in CASES if case["set"] == name]
    assert len(cases) == count
    shown = [case for case in cases if told(case)]
    right = [case for case in shown if told(case) == case["timeline"]]
    wanted = [case for case in cases if case["timeline"]]
    assert len(wanted) < count
    assert len(right) >= precision * len(shown), [case["question"] for case in shown if case not in right]
    assert len(right) >= recall * len(wanted), [case["question"] for case in wanted if case not in right]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("It killed 12 people and cost $1.5bn.", [("12", 12.0, ""), ("$1.5bn", 1.5e9, "$")]),
        ("About twenty-one of 40 boats sank.", [("About twenty-one", 21.0, "")]),
        ("Or was it 51.2 per cent?", [("51.2 per cent", 51.2, "%")]),
        ("Nearly 8.8 billion is 8,800,000,000.", [("Nearly 8.8 billion", 8.8e9, ""), ("8,800,000,000", 8.8e9, "")]),
        ("The 6.8-magnitude quake, of magnitude 7, came.", [("6.8", 6.8, "magnitude"), ("7", 7.0, "magnitude")]),
        ("It was a 31-second tremor.", [("31-second", 31.0, "second")]),
        ("It was up to 90, between 10 and 12, 3-1, 555-0134, 10:30, the 25th, A380, No. 5 and in 1987.", []),
        ("A 31-year-old, aged 31, with another 12 and fewer than 9.", []),
        (f"It was {'9' * 400} people and 2{' trillion' * 30} more.", []),
    ],
)  # fmt: skip
def test_quantities_are_slices_with_value_and_unit(sentence: str, found: list[tuple[str, float, str]]) -> None:
    read = quantities(tokens_of(sentence))
    assert [(one.span.of(sentence), one.value, one.unit) for one in read] == found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(2500, 2487, True), (12, 15, False), (1000, 1012, True), (51.2, 51, True), (51.2, 52, False), (900, 1200, False)],
)
def test_a_rounded_number_agrees_with_what_it_is_rounded_from(one: float, other: float, same: bool) -> None:
    assert agree(float(one), float(other)) is agree(float(other), float(one)) is same


def test_dates_are_slices_and_one_without_a_year_is_the_nearest() -> None:
    sentence = "From 3 May it may march on to December 24, 2021, and in 1999 or Jan. 2 too."
    found = said_dates(sentence, date(2021, 11, 20))
    assert [one.span.of(sentence) for one in found] == ["3 May", "December 24, 2021", "1999", "Jan. 2"]
    assert [(one.year, one.month, one.day) for one in found] == [
        (2022, 5, 3),
        (2021, 12, 24),
        (1999, 0, 0),
        (2022, 1, 2),
    ]
    assert said_dates("Written on 3 ſeptember 1702.", date(2021, 11, 20)) == []


@pytest.mark.parametrize(
    "question", ["Who won?", "How old is she?", "Why did it rain?", "How do I bake bread?", "", "how many", "when"]
)
def test_other_questions_ask_for_no_figure(question: str) -> None:
    asked = asked_figure(question)
    assert asked is None or asked.kind == "date"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many people did police arrest in St. Louis?", "count"),
        ("The ferry sank off Brennholm. How many people did the Brennholm accident kill?", "count"),
        ("Some say that 12 people died. When did the Brennholm ferry sink?", "date"),
    ],
)
def test_the_last_sentence_of_a_question_asks_if_it_can(question: str, kind: str) -> None:
    asked = asked_figure(question)
    assert asked is not None
    assert asked.kind == kind


def test_long_runs_are_read_in_linear_time() -> None:
    for text in ("1," * 50_000, "twenty-" * 50_000, "from 1 to " * 20_000, "May 1 " * 50_000, "a" * 100_000):
        quantities(tokens_of(text))
        said_dates(text, date(2021, 1, 1))
