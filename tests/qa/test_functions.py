"""The small functions of ranking, as written-out arithmetic."""

from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.store.bm25 import analyze
from qa.answering.answer_type import AnswerType, answer_type
from qa.answering.deduplicate import containment, shingles
from qa.answering.time_agreement import fits, years_said
from qa.answering.type_in_text import holds
from qa.search.features import FEATURES, Weights, proximity
from qa.search.followup import queries
from qa.search.fusion import recency, share_of_maximum
from qa.search.query import is_small
from qa.search.rank import effective_weights
from qa.search.terms import covered, longest_run, query_terms


def test_shares_are_of_the_highest_when_it_is_a_good_match() -> None:
    # What could be reached is 2.2 x 2 = 4.4, and half of that is a good match: 5 is more, so 5 counts as 1.
    assert share_of_maximum(np.array([5.0, 2.5, 0.0]), 2.0).tolist() == [1.0, 0.5, 0.0]


def test_a_poor_best_match_is_no_full_share() -> None:
    assert share_of_maximum(np.array([1.1, 0.0]), 2.0).tolist() == pytest.approx([0.5, 0.0])


@pytest.mark.parametrize("scores", [[], [0.0], [0.0, 0.0]])
def test_no_match_is_no_share(scores: list[float]) -> None:
    assert share_of_maximum(np.array(scores), 0.0).tolist() == scores


@given(st.lists(st.floats(0, 1e6), max_size=20), st.floats(0, 1e6))
def test_shares_keep_the_order_and_stay_within_one(scores: list[float], idf_sum: float) -> None:
    shares = share_of_maximum(np.array(scores), idf_sum)
    assert ((shares >= 0) & (shares <= 1)).all()
    order = np.argsort(scores, kind="stable")
    assert (np.diff(shares[order]) >= 0).all()


def test_recency_halves_and_ignores_the_undated_and_the_future() -> None:
    days = np.array([1000, 986, 972, 0, 1001])
    assert recency(days, 1000).tolist() == [1.0, 0.5, 0.25, 0.0, 0.0]


def test_recency_of_an_archive_is_nought() -> None:
    assert recency(np.array([700_000]), 700_000 + 5 * 365)[0] < 1e-30


def test_question_words_are_dropped_unless_nothing_is_left() -> None:
    assert list(query_terms("How many troops did Britain send?")) == ["troop", "britain", "send"]
    assert list(query_terms("What is it?")) == ["what", "is", "it"]
    assert "won" not in query_terms("Why won’t they leave?")
    assert "won" in query_terms("Who won?")


def test_covered_is_a_share_of_weight() -> None:
    assert covered({"rocket": 3.0, "embassi": 1.0}, analyze("Rockets fell")) == 0.75
    assert covered({}, analyze("Rockets fell")) == 0.0


def test_the_longest_run_is_a_share_of_weight() -> None:
    weights, asked = {"gulf": 4.0, "cup": 2.0, "win": 1.0, "host": 1.0}, ["who", "win", "the", "gulf", "cup"]
    assert longest_run(weights, asked, ["the", "gulf", "cup", "win"]) == 6 / 8
    assert longest_run(weights, asked, ["he", "win", "the", "gulf", "last", "cup"]) == 5 / 8  # "the" is in the run
    assert longest_run(weights, asked, ["cup", "gulf"]) == 4 / 8
    assert longest_run(weights, ["cup", "cup", "cup", "cup", "cup"], ["cup"] * 5) == 1.0
    assert longest_run(weights, asked, ["host"]) == longest_run({}, asked, asked) == longest_run(weights, [], []) == 0.0


@given(*[st.lists(st.sampled_from("abcd"), max_size=8)] * 2)
def test_the_longest_run_is_the_heaviest_of_all(asked: list[str], text: list[str]) -> None:
    weights = {"a": 3.0, "b": 2.0, "c": 1.0}

    def runs(terms: list[str]) -> set[tuple[str, ...]]:
        return {tuple(terms[i:j]) for i in range(len(terms)) for j in range(i + 1, len(terms) + 1)}

    heaviest = max((sum(weights.get(term, 0.0) for term in run) for run in runs(asked) & runs(text)), default=0.0)
    assert longest_run(weights, asked, text) == min(1.0, heaviest / 6.0)


@pytest.mark.parametrize(
    ("question", "wanted", "yes", "no"),
    [
        ("How many US troops will remain?", "number", "About 2,500 will remain.", "Few of them will remain."),
        ("Who is the prime minister of Iraq?", "person", "It is Mustafa al-Kadhimi.", "The office is vacant."),
        ("Which city was struck?", "place", "Rockets fell on Erbil.", "Rockets fell on a city."),
        ("On what date did it happen?", "time", "It was on 3 January.", "It may happen again."),
        ("When was he sacked?", "time", "He was sacked last week.", "He won many awards."),
        ("When did Luther write it?", "time", "It was printed in 1520.", "It was printed on 1,520 sheets."),
        ("What century is it from?", "time", "It is of the mid-18th century.", "It is the 18th of them."),
        ("When did the ice melt?", "time", "It melted about 9000 BP.", "About 9000 people saw it melt."),
        ("When will they land?", "time", "They land at 9pm.", "They land at gate 9."),
        ("When was it found?", "time", "It was found two days later.", "It was found two days from Arvik."),
        ("When was it closed?", "time", "It closed in mid-March.", "It was closed mid-sentence."),
        ("When was the mill shut?", "time", "It was shut after World War I.", "It was shut after a long row."),
        ("How many guests came?", "number", "It was attended by 2000 guests.", "It was attended by guests in 2000."),
        ("When was the club founded?", "time", "It is 1903's oldest club.", "It is the oldest club."),
        ("When does a precipitate form?", "occasion", "It forms when salt is added.", "It is a solid."),
        ("What does a cell extend when it meets a germ?", None, "", ""),
        ("What is the environmental cost of beef?", None, "", ""),
        ("What is the cost of living in Arvik?", None, "", ""),
        ("What were the gross profit margins?", None, "", ""),
        ("What did the man who was shot say?", None, "", ""),
        ("The price was stable until when?", "occasion", "It was so until the shock.", "It was stable."),
        ("How many were hurt?", "number", "In 2019, 12 were hurt.", "It was on 3 May, by the report (2019)."),
        ("How many treaties mention it?", "number", "None of them does.", "The treaties of 1957 mention it."),
        ("How many were held?", "number", "Seven women were held.", "A 22-year-old woman was held."),
        ("How many years was her sentence?", "number", "It was a nine-year sentence.", "It was a long sentence."),
        ("At what age did she retire?", "measure", "She was a 22-year-old woman.", "She was a young woman."),
        ("In what time did he solve it?", "duration", "It took him three seconds.", "He did so on 3 May."),
        ("The bank will do what this week?", None, "", ""),
        ("How much does the capsule weigh?", "weight", "It weighs 9 tonnes.", "It flew 9 times."),
        ("What was Ada Lind's salary?", "money", "She earned $90,000.", "She earned a rest."),
        ("What is the actor's highest salary?", "money", "She earned $90,000.", "She earned a rest."),
        ("What is Arvik's population?", "number", "It has 900 people.", "It has people."),
        ("What is Ada Lind's plan for the price?", None, "", ""),
        ("Which age group was vaccinated?", None, "", ""),
        ("What percentage last year voted?", "share", "Some 62% voted.", "Many voted."),
        ("In what time period was it built?", "time", "It was built in 1520.", "It was built of stone."),
        ("How much did the deal cost?", "money", "It cost $8.8 billion.", "It cost the firm a lot."),
        ("What does a nurse in Arvik earn?", "money", "She earned $90,000.", "She earned a rest."),
        ("What do two whales weigh?", "weight", "They weigh 80 tonnes.", "They weigh a lot."),
        ("What did the war cost Arvik?", None, "", ""),
        ("What does it cost a town to lose its mill?", None, "", ""),
        ("How much did he pay?", "money", "He paid 3 million in cash.", "He sold 3 million vehicles."),
        ("How much did she earn?", "money", "She earned millions each year.", "She is known to millions of people."),
        ("How much was it worth?", "money", "It was worth 5 billion.", "It was built for a city of 5 million, by 200."),
        ("How long did it last?", "duration", "It lasted six hours.", "It lasted."),
        ("What percentage voted?", "share", "Some 62% voted.", "Many voted."),
        ("How old is the painting?", "measure", "It is 400 years old.", "It is old."),
        ("What kind of missile defence was sent?", None, "", ""),
        ("", None, "", ""),
    ],
)
def test_the_answer_type_is_that_of_the_question_and_is_looked_for(
    question: str, wanted: AnswerType | None, yes: str, no: str
) -> None:
    assert answer_type(question) == wanted
    if wanted is not None:
        assert holds(wanted, yes)
        assert not holds(wanted, no)


@given(st.text(max_size=200))
def test_any_question_can_be_taken_apart(question: str) -> None:
    if (wanted := answer_type(question)) is not None:
        holds(wanted, question)
    query_terms(question.encode("utf-8", "replace").decode())


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Who led it from 2004 to 2006?", [(2004, 2006)]),
        ("He held it in 2004–2005.", [(2004, 2005)]),
        ("She has led it since 2010.", [(2010, 2100)]),
        ("He was mayor until 1999", [(1500, 1999)]),
        ("in the 1990s", [(1990, 1999)]),
        ("mayor 1998-2003, and in 2004–06", [(1998, 2003), (2004, 2006)]),
        ("on 2020-12-01", [(2020, 2020)]),
        ("between 1971 and 1973", [(1971, 1973)]),
        ("It cost $2004 and weighed 1,900 tonnes.", []),
        ("In 2004 he left, and in 2007 he came back.", [(2004, 2004), (2007, 2007)]),
    ],
)
def test_years_are_read_as_spans(text: str, years: list[tuple[int, int]]) -> None:
    assert years_said(text) == years


def test_years_agree_contradict_or_are_silent() -> None:
    assert fits([(2004, 2004)], [(2003, 2006)])  # covered
    assert fits([(2004, 2006)], [(2004, 2004)])  # "in 2004 he joined"
    assert not fits([(2004, 2006)], [(2005, 2005)])
    assert not fits([(2004, 2004)], [(2007, 2007)])
    assert not fits([], [(2007, 2007)])
    assert not fits([(2004, 2004)], [])


def _terms(text: str) -> NDArray[np.int32]:
    return np.array([ord(letter) for letter in text.split()], np.int32)


def test_containment_is_of_the_smaller() -> None:
    small, large = shingles(_terms("a b c d e")), shingles(_terms("x a b c d e y"))
    assert containment(small, large) == 1.0
    assert containment(small, shingles(_terms("p q r s t"))) == 0.0
    assert containment(frozenset(), large) == 0.0


@pytest.mark.parametrize("words", ["", "a", "a b c", "a b c d", "a b c d e f"])
def test_shingles_are_of_four_terms_or_of_the_whole(words: str) -> None:
    assert len(shingles(_terms(words))) == max(1, len(words.split()) - 3)
    assert containment(shingles(_terms(words)), shingles(_terms(words))) == 1.0


@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=12), min_size=1, max_size=5), st.integers(1, 4))
def test_proximity_counts_pairs_within_three_words(texts: list[list[int]], terms: int) -> None:
    starts = np.cumsum([0, *map(len, texts)])[:-1]
    stands = np.concatenate(texts) == np.arange(terms)[:, None]
    for text, found in zip(texts, proximity(stands, starts), strict=True):
        places = [[place for place, term in enumerate(text) if term == wanted] for wanted in range(terms)]
        met = [any(abs(a - b) <= 3 for a in one for b in other) for one, other in pairwise(places)]
        assert found == pytest.approx(sum(met) / len(met) if met else 0.0)


def test_a_question_that_leans_brings_the_conversation_along() -> None:
    history = [("Who killed him?", "An American drone."), ("Where was that?", "At the airport.")]
    found = queries("And when did it happen?", history)
    assert [(query.text, query.weight) for query in found] == [
        ("And when did it happen?", 1.0),
        ("Who killed him? Where was that? And when did it happen?", 1.5),
        ("At the airport.", 1.0),
    ]
    assert len(queries("How many rockets hit the American embassy in Baghdad?", history)) == 1


@pytest.mark.parametrize(
    ("articles", "passages", "passage_bm25", "lead_cosine", "rm3"),
    [(100, 400, 1.0, 1.0, 0.75), (100, 100, 1.0, 1.0, 0.0), (6, 24, 1.5, 0.5, 0.375), (1, 9, 2.0, 0.0, 0.0)],
    ids=["many articles", "of one passage each", "six articles", "one article"],
)
def test_features_of_articles_count_by_how_many_there_are_and_how_long(
    articles: int, passages: int, passage_bm25: float, lead_cosine: float, rm3: float
) -> None:
    ones = dict.fromkeys(FEATURES, 1.0)
    query = cast(Any, SimpleNamespace(article_count=articles, passage_count=passages, small=is_small(passages)))
    counted = dict(zip(FEATURES, effective_weights(query, Weights(ones, ones, ones, ones)), strict=True))
    wanted = (1.0, passage_bm25, 2.0 - passage_bm25, lead_cosine, 1.0, rm3)
    names = ("cosine", "passage_bm25", "article_bm25", "lead_cosine", "recency", "rm3")
    assert [counted[name] for name in names] == pytest.approx(wanted)
