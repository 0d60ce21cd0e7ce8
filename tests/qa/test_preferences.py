"""What a question says of when and by whom, as a table of phrases, and what it does to a ranking."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.building.staging import BuildOptions
from index.engine import SearchEngine
from index.stores import builder
from qa import ask, retrieve
from qa.search.fusion import within
from qa.search.preferences import NO_PREFERENCES, parse, period_name, preferences_of
from qa.search.search import search
from qa.types import Request
from tests.fakes import FakeEncoder
from tests.lite_server import LiteServer
from tests.qa.conftest import new_place, opened

ASKED, NEWEST = date(2020, 12, 25), date(2020, 12, 24)  # a Friday, a Thursday
SOURCES = (
    "Politico", "The Guardian", "www.reuters.com", "BBC News", "cnn.com", "e.newsletters.cnn.com", "usatoday.com",
    "theweek.co.uk", "Sample Wire", "The New York Times", "The Times of Israel", "The Sun", "Nature", "Time", "AP", "",
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("What happened in December 2020?", "of December 2020"),
        ("What was the December 2020 agreement?", "of December 2020"),
        ("What happened in Mar. 2020?", "of March 2020"),
        ("What happened in late March 2020?", "of 21 March 2020 to 31 March 2020"),
        ("Who won in 2019?", "of 2019"),
        ("Who won the vote of 2019?", "of 2019"),
        ("Who resigned at the end of 2019?", "of September 2019 to December 2019"),
        ("Who resigned in early 2020?", "of January 2020 to April 2020"),
        ("What happened on 3 January 2020?", "of 3 January 2020"),
        ("What happened on January 3rd, 2020?", "of 3 January 2020"),
        ("What happened on 2020-01-03?", "of 3 January 2020"),
        ("What happened on January 3?", "of 3 January 2020"),
        ("What happened on the 3rd of January?", "of 3 January 2020"),
        ("What happened from 3 to 7 January 2020?", "of 3 January 2020 to 7 January 2020"),
        ("What happened in the summer of 2019?", "of June 2019 to August 2019"),
        ("What happened in winter 2019?", "of December 2019 to February 2020"),
        ("What has changed since March 2020?", "since 1 March 2020"),
        ("What happened after 3 January 2020?", "since 4 January 2020"),
        ("Who ruled before 2019?", "up to 31 December 2018"),
        ("Who ruled until June 2020?", "up to 30 June 2020"),
        ("What happened between March and May 2020?", "of March 2020 to May 2020"),
        ("What happened between November and February 2020?", "of November 2019 to February 2020"),
        ("What happened between 2018 and 2020?", "of January 2018 to December 2020"),
        ("Who died in April and May?", "of April 2020 to May 2020"),
        ("who died in december?", "of December 2020"),
        ("Who resigned in May?", "of May 2020"),
        ("Who resigned yesterday?", "of 24 December 2020"),
        ("Who resigned last week?", "of 14 December 2020 to 20 December 2020"),
        ("This week, who resigned?", "of 19 December 2020 to 25 December 2020"),
        ("Who resigned last weekend?", "of 19 December 2020 to 20 December 2020"),
        ("Who resigned last month?", "of November 2020"),
        ("Who resigned this month?", "of 1 December 2020 to 25 December 2020"),
        ("Who resigned last year?", "of 2019"),
        ("Who resigned last summer?", "of June 2020 to August 2020"),
        ("Who resigned in the past three weeks?", "of 4 December 2020 to 25 December 2020"),
        ("Who resigned two weeks ago?", "of 8 December 2020 to 14 December 2020"),
    ],
)
def test_a_period_that_is_named_is_understood(question: str, period: str) -> None:
    wishes = parse(question, ASKED, NEWEST, SOURCES)
    assert wishes.period is not None
    assert period_name(wishes.period) == period
    assert wishes.said[0] in question


@pytest.mark.parametrize(
    "question",
    [
        "What did May say about Brexit?",
        "Was there a vote of no confidence in May?",
        "What is sold on Black Friday?",
        "Who spoke during March for Life?",
        "Who sat on the January 6 committee?",
        "Who sat on January 6 committee?",
        "Who was charged over the January 6, 2020 riot?",
        "What happened on January 6?",
        "What changed since September 11?",
        "What is it worth in 2020 dollars?",
        "Who won the 2020 election?",
        "What was said in the 2020 election?",
        "Who led a force of 2000 people?",
        "Who is of the class of 2020?",
        "Who sang in the 1990s?",
        "What happened for the first time since 1979?",
        "Which is the hottest summer since 1979?",
        "in august company",
        "Did they march in march order?",
        "What was said on Last Week Tonight?",
        "Who wrote Yesterday?",
        "Who owns USA Today?",
        "What did he do in his last week in office?",
        "What happened in the last week of the campaign?",
        "How much more than a year ago is it?",
        "What will be built by 2025?",
        "Where are the Olympics in 2030?",
        "Which award will be given in September?",
        "What happened on February 30, 2020?",
        "What happened in 2018 and not in 2020?",
        "How many troops remain today?",
        "What happened in ſeptember 2020?",
        "What happened in sprıng 2020?",
        "",
    ],
)
def test_what_only_looks_like_a_date_is_none(question: str) -> None:
    assert parse(question, ASKED, NEWEST, SOURCES) == NO_PREFERENCES


@pytest.mark.parametrize(
    ("question", "sources"),
    [
        ("Who won, according to Politico?", ("Politico",)),
        ("according to politico, who won?", ("Politico",)),
        ("What stood in the Guardian about it?", ("The Guardian",)),
        ("Who won, by Reuters?", ("www.reuters.com",)),
        ("What does the BBC say about Iraq?", ("BBC News",)),
        ("What did BBC News report?", ("BBC News",)),
        ("What was in CNN's report?", ("cnn.com", "e.newsletters.cnn.com")),
        ("What does USA Today say?", ("usatoday.com",)),
        ("What was reported by usatoday.com?", ("usatoday.com",)),
        ("Who won, according to The New York Times?", ("The New York Times",)),
        ("What was written in the Times of Israel?", ("The Times of Israel",)),
        ("Which quiz is in The Week?", ("theweek.co.uk",)),
        ("How does the Sample Wire describe it?", ("Sample Wire",)),
        ("Which articles from AP name him?", ("AP",)),
        ("Who won, according to Nature?", ("Nature",)),
    ],
)
def test_a_source_that_is_named_is_understood(question: str, sources: tuple[str, ...]) -> None:
    assert parse(question, ASKED, NEWEST, SOURCES).sources == sources


@pytest.mark.parametrize(
    "question",
    [
        "Who bought Politico?",
        "Who was hired by Politico?",
        "Who holds shares in Politico?",
        "Which CNN anchor left?",
        "Who runs the New York Times?",
        "Who is the guardian of the realm?",
        "Did it happen in the week of the vote?",
        "Who won, according to the sun?",
        "Who won in the World Cup?",
        "Did it come in time?",
        "Which laws are there in nature?",
        "What is new in Nature?",
        "Who won, according to the Economist?",
    ],
)
def test_what_is_no_source_or_is_asked_about_is_none(question: str) -> None:
    assert parse(question, ASKED, NEWEST, SOURCES).sources == ()


def test_relative_days_of_an_archive_count_from_its_newest_article() -> None:
    now = parse("Who resigned last week?", None, date.today(), ())
    assert now.period is not None
    assert timedelta(0) < date.today() - now.period[1] < timedelta(8)
    archive = parse("Who resigned last week?", None, NEWEST, ())
    assert archive.period == (date(2020, 12, 14), date(2020, 12, 20))
    assert parse("Who resigned in March?", None, NEWEST, ()).period == (date(2020, 3, 1), date(2020, 3, 31))
    assert parse("Who resigned last week?", date(2025, 1, 8), NEWEST, ()).period == (
        date(2024, 12, 30),
        date(2025, 1, 5),
    )
    assert parse("Who resigned last week?", "any", NEWEST, ()) == NO_PREFERENCES
    assert parse("Who resigned in 2020?", "any", NEWEST, ()).period == (date(2020, 1, 1), date(2020, 12, 31))
    assert parse("Who resigned in 2020?", None, None, ()) == NO_PREFERENCES
    for question in ("Who resigned last year?", "Who resigned 99 months ago?", "Who resigned before January?"):
        assert parse(question, date.min, NEWEST, ()) == NO_PREFERENCES


def test_only_a_period_that_is_over_takes_the_place_of_recency() -> None:
    assert parse("Who resigned in March 2020?", ASKED, NEWEST, ()).over
    assert not parse("Who resigned this week?", ASKED, NEWEST, ()).over
    assert not parse("Who resigned since 2019?", ASKED, NEWEST, ()).over


def test_what_is_written_later_may_tell_of_a_period_and_what_is_earlier_does_not() -> None:
    days = np.array([100, 110, 97, 94, 170, 230, 0])
    assert within(days, 100, 110).tolist() == [1.0, 1.0, 0.5, 0.25, 0.5, 0.25, 0.0]


@given(st.text(max_size=300), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_any_question_can_be_read(question: str, day: date) -> None:
    parse(question, day, NEWEST, SOURCES)


@given(
    st.lists(
        st.sampled_from("in on since before between and the to of from 2020 2021 March May January 6 31 30, last this "
                        "week year summer winter late Jan. 2020-02-30 ago two 99 months , according by Sun".split()),
        max_size=12,
    ),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
)  # fmt: skip
def test_any_mixture_of_such_words_can_be_read(words: list[str], day: date) -> None:
    period = parse(" ".join(words), day, NEWEST, SOURCES).period
    assert period is None or (period[0] <= period[1] and period_name(period))


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory, engine: LiteServer | None) -> Iterator[SearchEngine]:
    """Twelve reports that differ in month and source alone, the last of them undated."""
    folder = tmp_path_factory.mktemp("news")
    rows = [
        {
            "id": f"m{month}",
            "title": "Rockets in Baghdad",
            "source": ("Politico", "Sample Wire")[month % 2],
            "text": "Rockets struck the embassy in Baghdad and one of the convoys was hit.",
        }
        | ({"date": f"2020-{month:02}-15"} if month < 12 else {})
        for month in range(1, 13)
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    encoder = FakeEncoder()
    place = new_place(folder, engine)
    builder(place, folder / "articles.index")([folder / "rows.jsonl"], BuildOptions(encoder=encoder))
    with closing(opened(place, encoder)) as index:
        yield index


def first(index: SearchEngine, question: str, **options: object) -> str:
    return retrieve(question, 1, index=index, **options)[0].article_id  # type: ignore[arg-type]


@pytest.mark.parametrize("month", [2, 7, 11])
def test_articles_of_the_period_come_first_unless_the_words_are_only_words(news: SearchEngine, month: int) -> None:
    name = f"{date(2020, month, 1):%B}"
    question = f"What struck the embassy in Baghdad in {name} 2020?"
    assert first(news, question) == f"m{month}"
    assert first(news, question, as_of=date(2020, 12, 1)) == f"m{month}"  # recency gives way
    assert first(news, question, as_of=date(2020, 12, 1), understand=False) == "m11"
    answer = ask(question, index=news, as_of=date(2020, 12, 1))
    assert answer.notes == (f"articles of {name} 2020 were preferred",)
    assert not ask(question, index=news, understand=False).found  # no word of it says when it was


def test_articles_of_the_source_come_first(news: SearchEngine) -> None:
    question = "What struck the embassy in Baghdad, according to {}?"
    for source in ("Politico", "Sample Wire"):
        asked = question.format(source)
        assert retrieve(asked, 1, index=news)[0].source == source
        assert ask(asked, index=news).notes == (f"articles of {source} were preferred",)
        assert ask(asked, index=news, understand=False).notes == ()


def test_a_refusal_says_that_no_article_is_of_a_period_only_where_none_is(news: SearchEngine) -> None:
    question = "Which convoy of rockets was hit {} and struck by one of the embassy?"
    closest = "The closest passages under these filters share words with the question, but no sentence of them answers"
    for said, since, reason in (
        ("in 2020, according to Politico,", "2020-03-01", closest),
        ("in March", "2020-05-01", "No article of March 2020 was found under these filters, and none from another"),
    ):
        answer = ask(question.format(said), index=news, since=since, as_of=date(2020, 12, 1))
        assert not answer.found
        assert answer.reason.startswith(reason), answer.reason


def test_without_a_date_or_a_source_nothing_changes(news: SearchEngine) -> None:
    for question in ("What struck the embassy in Baghdad?", "Which convoy did Politico buy?"):
        for as_of in (None, "any", date(2020, 12, 1)):
            kept = [retrieve(question, 12, index=news, as_of=as_of, understand=on) for on in (True, False)]  # type: ignore[arg-type]
            assert kept[0] == kept[1]


def test_a_wish_that_no_article_or_each_of_them_fulfils_changes_nothing(news: SearchEngine) -> None:
    for question in ("What struck the embassy in 2012?", "What struck the embassy in 2020, by Reuters?"):
        wishes = preferences_of(news, question, "any")
        plain, wished = (search(news, Request(question, as_of="any", use_dates_and_sources=on)) for on in (False, True))
        if "2012" in question:
            assert wishes.period is not None
            assert plain.score.tolist() == wished.score.tolist()
        else:
            undated = wished.rows[wished.features.column("period") == 0]  # only it is not of 2020
            assert [news.article_at(int(news.articles_of(undated)[0])).id] == ["m12"]
