"""Each argument of `ask` and `retrieve`: what is taken, and the one sentence for what is not."""

from datetime import date, datetime
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pytest

from index import Index, UsageError
from qa import ask, retrieve
from qa.arguments import Given, checked_day_of_asking, checked_filters, checked_request

QUESTION = "rockets"


def test_a_date_may_be_a_string(sample: Index) -> None:
    by_date = retrieve(QUESTION, 20, index=sample, since=date(2020, 3, 1), until=date(2020, 6, 30), as_of="any")
    assert by_date
    for since, until in (("2020-03-01", "2020-06-30"), ("March 2020", "Jun 2020"), ("1 March 2020", "30 June 2020")):
        assert retrieve(QUESTION, 20, index=sample, since=since, until=until, as_of="any") == by_date


def test_a_year_is_from_its_first_day_to_its_last(sample: Index) -> None:
    filters = checked_filters(sample, "2020", "2020", None)
    assert (filters.since, filters.until) == (date(2020, 1, 1), date(2020, 12, 31))


def test_a_moment_is_its_day(sample: Index) -> None:
    assert checked_filters(sample, datetime(2020, 3, 1, 12), date(2020, 3, 2), None).since == date(2020, 3, 1)


def test_the_day_of_asking_of_a_span_is_its_last_that_has_come() -> None:
    today = date.today()
    assert checked_day_of_asking("Dec 2020") == date(2020, 12, 31)
    assert checked_day_of_asking(str(today.year)) == today
    assert checked_day_of_asking(" Any ") == "any"
    assert checked_day_of_asking(None) is None


def test_one_source_may_be_a_string(sample: Index) -> None:
    alone = retrieve(QUESTION, 20, index=sample, sources="sample wire")
    assert alone
    assert alone == retrieve(QUESTION, 20, index=sample, sources=["Sample Wire"])
    assert alone == retrieve(QUESTION, 20, index=sample, sources={"Sample Wire"})


def test_an_unknown_source_names_the_nearest_three(sample: Index) -> None:
    with pytest.raises(UsageError) as refused:
        ask(QUESTION, index=sample, sources=["Sample Wire", "Wire"])
    said = str(refused.value)
    assert said.startswith("no article is from 'Wire'; the nearest sources are 'Sample Wire'")
    named = said.partition("are ")[2].split(", ")
    assert len(named) == min(3, len(sample.sources()))
    assert {name.strip("'") for name in named} <= set(sample.sources())


def test_an_unknown_source_of_any_length_is_compared_at_once(sample: Index) -> None:
    started = process_time()
    with pytest.raises(UsageError, match="the nearest sources are"):
        ask(QUESTION, index=sample, sources="the daily news of " * 20_000)
    assert process_time() - started < 5  # it took minutes


def test_numbers_of_numpy_are_numbers(sample: Index) -> None:
    assert checked_request("x", sample, Given(np.int64(3)))[1].k == 3


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"question": None}, "the question is text"),
    ({"question": 7}, "the question is text"),
    ({"question": b"rockets"}, "the question is text"),
    ({"question": ["rockets"]}, "the question is text"),
    *(({"k": k}, "k is the number of citations, from 1 to 100") for k in ("3", True, None, 2.5, 0, -1, 101, [5])),
    *(
        ({"history": history}, "history is a list of \\(question, answer\\) pairs, oldest first")
        for history in (["x"], "xy", None, 3, [("a",)], [("a", "b", "c")], [(1, "b")], [("a", None)], {"a": "b"})
    ),
    *(
        ({name: day}, f"{name}.* 2020-12-01, 1 December 2020, Dec 2020, 2020, today, yesterday or last week")
        for name in ("since", "until", "as_of")
        for day in ("foo", "x", "", 20201201, True, ["2020"], b"2020")
    ),
    *(({name: "01/12/2020"}, "write 2020-12-01 for the first") for name in ("since", "until", "as_of")),
    ({"as_of": "foo"}, '"any"'),
    *(
        ({"sources": sources}, "sources is the name of a source or a list")
        for sources in (3, b"Wire", {"a": 1}, [None])
    ),
    *(
        ({"sources": sources}, "the nearest sources are")
        for sources in ("", "Sample", ["?"], ["Sample Wire", "x" * 9999])
    ),
    *(
        ({"index": index}, "index is an Index, a LiveIndex, a folder or milvus://")
        for index in (3, b"x", "", "a\0b", ["x"], object())
    ),
    *(({"reranker": model}, "reranker is the name or the path") for model in (3, "", True, object())),
    *(({"understand": value}, "understand is True or False") for value in ("no", None, 1)),
]


@pytest.mark.parametrize("function", [ask, retrieve])
@pytest.mark.parametrize(("given", "said"), WRONG, ids=lambda value: repr(value).partition(" at 0x")[0][:60])
def test_anything_else_is_one_sentence_that_names_what_is_right(
    sample: Index, function: Any, given: dict[str, Any], said: str
) -> None:
    arguments = {"question": QUESTION, "index": sample} | given
    with pytest.raises(UsageError, match=said) as refused:
        function(arguments.pop("question"), **arguments)
    assert len(str(refused.value)) < 300
    assert "\n" not in str(refused.value)


def test_an_index_without_sources_says_so(built: Index, tmp_path: Path) -> None:
    known = built.sources()
    assert known == ["Rows"]
    with pytest.raises(UsageError, match="the nearest sources are 'Rows'"):
        ask(QUESTION, index=built, sources="Wire")
