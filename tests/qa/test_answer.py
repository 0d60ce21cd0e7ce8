"""`ask` and `retrieve` on the sample articles."""

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from index import Index, IndexMissing, UsageError
from index.stores import follow
from qa import ask, retrieve
from qa.answering.highlight import SENTENCE_FEATURES, sentence_features
from qa.search import candidates
from qa.search.search import search
from qa.types import Request

QUESTION = "How many rockets hit Camp Taji on March 11?"


def places(citations: object) -> list[tuple[str, int, int]]:
    return [(citation.article_id, citation.start, citation.end) for citation in citations]  # type: ignore[attr-defined]


def test_copies_of_one_story_are_one_citation(sample: Index) -> None:
    citations = retrieve(QUESTION, index=sample)
    twins = {"2020-03-12-taji-rockets.txt", "2020-03-12-taji-rocket-attack.html"}
    folded = [citation for citation in citations if citation.also_in]
    assert folded
    for citation in folded:
        assert {citation.article_id, *(copy.article_id for copy in citation.also_in)} == twins
    shown = [(citation.article_id, citation.start) for citation in citations]
    assert not [copy.text for citation in folded for copy in citation.also_in if (copy.article_id, copy.start) in shown]


def test_a_large_index_is_searched_in_both_ways_at_once_with_the_same_answer(
    sample: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = set()
    dense = type(sample).dense

    def watched(*given: object, **named: object) -> object:
        threads.add(threading.current_thread())
        return dense(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(type(sample), "dense", watched)
    history = [(QUESTION, "Fourteen rockets hit Camp Taji.")]
    one_by_one = ask("And on March 14?", index=sample, history=history).to_dict()
    assert threads == {threading.current_thread()}
    threads.clear()
    monkeypatch.setattr(candidates, "_AT_ONCE", 0)
    assert ask("And on March 14?", index=sample, history=history).to_dict() == one_by_one
    assert threads
    assert threading.current_thread() not in threads


def test_facts_and_hashes_travel_with_the_quote(sample: Index) -> None:
    for citation in retrieve(QUESTION, index=sample):
        article = sample.article(citation.article_id)
        assert article is not None
        assert (citation.title, citation.source, citation.published) == (
            article.title,
            article.source,
            article.published,
        )
        assert citation.quote_sha256 == hashlib.sha256(citation.text.encode()).hexdigest()
        assert citation.article_sha256 == hashlib.sha256(article.text.encode()).hexdigest()


def test_citations_are_numbered_in_order_and_the_likelier_is_never_behind_the_worse(sample: Index) -> None:
    citations = retrieve("Why did Iraq's parliament vote?", 8, index=sample, as_of="any")
    assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))
    for one, other in pairwise(citations):
        assert one.score >= other.score or one.confidence >= other.confidence


def test_the_same_question_gives_the_same_answer(sample: Index) -> None:
    first = ask(QUESTION, index=sample).to_dict()
    assert all(ask(QUESTION, index=sample).to_dict() == first for _ in range(3))


def test_many_threads_get_what_one_gets(sample: Index) -> None:
    questions = [QUESTION, "Where was Mohsen Fakhrizadeh ambushed?", "Who is the prime minister?", "troop cut"] * 4
    alone = [places(retrieve(question, index=sample)) for question in questions]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda question: places(retrieve(question, index=sample)), questions))
    assert together == alone


def test_an_index_can_be_given_in_every_form(sample: Index, sample_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = places(retrieve(QUESTION, index=sample))
    assert places(retrieve(QUESTION, index=follow(sample_root))) == expected
    assert places(retrieve(QUESTION, index=sample_root)) == expected
    assert places(retrieve(QUESTION, index=str(sample_root))) == expected
    monkeypatch.setenv("ARTICLE_INDEX", str(sample_root))
    assert places(retrieve(QUESTION)) == expected


def test_filters_are_hard(sample: Index) -> None:
    since, until = date(2020, 3, 1), date(2020, 6, 30)
    for citation in retrieve("rockets", 20, index=sample, since=since, until=until):
        assert citation.published is not None
        assert since <= citation.published <= until
    for citation in retrieve("rockets", 20, index=sample, sources=["sample WIRE"]):
        assert citation.source == "Sample Wire"
    nothing = ask("rockets", index=sample, since=date(2031, 1, 1))
    assert not nothing.found
    assert not nothing.closest
    assert "filters" in nothing.reason


def test_recent_articles_are_preferred_as_of_a_day(sample: Index) -> None:
    question = "rockets fired at bases and embassies in Iraq"
    in_spring = retrieve(question, 1, index=sample, as_of=date(2020, 3, 14))[0]
    in_winter = retrieve(question, 1, index=sample, as_of=date(2020, 12, 25))[0]
    assert in_spring.published == date(2020, 3, 12)
    assert in_winter.published == date(2020, 12, 24)
    noted = ask(question, index=sample, as_of=date(2020, 12, 25))
    assert noted.notes
    assert not ask(question, index=sample, as_of="any").notes


def test_years_later_the_preference_is_nought(sample: Index) -> None:
    for question in (QUESTION, "troop cut in Iraq", "Who was killed by the drone?"):
        later = retrieve(question, index=sample, as_of=date(2025, 12, 31))
        assert places(later) == places(retrieve(question, index=sample, as_of="any"))


def test_a_follow_up_leans_on_the_conversation(sample: Index) -> None:
    first = ask("Where was Mohsen Fakhrizadeh ambushed?", index=sample)
    follow_up = retrieve("And who did Iran blame for it?", 3, index=sample, history=[(first.question, first)])
    assert any(citation.article_id == "2020-12-11-b52s-over-the-gulf.txt" for citation in follow_up)


def test_a_question_on_its_own_forgets_the_conversation(sample: Index) -> None:
    first = ask("Where was Mohsen Fakhrizadeh ambushed?", index=sample)
    question = "How many rockets struck the base called Camp Taji in March?"
    assert places(retrieve(question, index=sample, history=[(first.question, first)])) == places(
        retrieve(question, index=sample)
    )


def test_a_question_of_words_in_no_article_is_no_follow_up(sample: Index) -> None:
    first = ask("How many people were killed at Camp Taji?", index=sample)
    assert first.found
    said = [(first.question, first)]
    assert ask("How do I bake sourdough bread?", index=sample, history=said).read_as == ()
    assert ask("Who attacked it?", index=sample, history=said).read_as == (first.question,)


def test_a_refusal_gives_its_reason_and_what_is_closest(sample: Index) -> None:
    answer = ask("How do I mend a puncture in a bicycle tyre?", index=sample)
    assert not answer.found
    assert answer.citations == ()
    assert answer.reason
    assert answer.closest
    json.dumps(answer.to_dict())


@pytest.mark.parametrize("question", ["", "   ", "\n\t"])
def test_an_empty_question_is_wrong_usage(sample: Index, question: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        ask(question, index=sample)


@pytest.mark.parametrize(
    "question", ["?!", "the of and", "\U0001f600", "x" * 9_999, "a b c " * 1_000, "\ud800", "\x00"]
)
def test_odd_questions_get_an_answer_or_a_refusal(sample: Index, question: str) -> None:
    answer = ask(question, index=sample)
    assert answer.found or answer.reason


def test_wrong_arguments_are_named(sample: Index, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="characters"):
        ask("x" * 10_001, index=sample)
    with pytest.raises(UsageError, match="k is the number"):
        ask("x", 0, index=sample)
    with pytest.raises(UsageError, match="swap"):
        ask("x", index=sample, since=date(2021, 1, 1), until=date(2020, 1, 1))
    with pytest.raises(IndexMissing, match="python -m index build"):
        ask("x", index=tmp_path / "none.index")


def test_what_goes_without_saying_marks_no_sentence(sample: Index) -> None:
    ranking = search(sample, Request("Which sanctions fell on the minister?", as_of="any"))
    for position in range(len(ranking)):
        passage = ranking.read(position)
        idf = {"sanction": 1.0, "minist": 1.0}
        place = SENTENCE_FEATURES.index("covered")
        said, unsaid = (
            sentence_features("sanctions minister", terms, passage, None)[:, place] for terms in (idf, {"minist": 1.0})
        )
        holding = ["minist" in terms for terms in passage.terms_of_sentences]
        assert ((unsaid == 1.0) == holding).all()
        assert (said[holding] >= 0.5).all()
