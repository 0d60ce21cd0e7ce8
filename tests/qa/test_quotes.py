"""What is quoted: runs of sentences, which may begin and end within passages and go on from one into the next."""

from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.engine import SearchEngine
from index.text.chunking import ChunkSettings
from index.types import Span
from qa import ask, retrieve
from qa.answering.cite import cite
from qa.answering.deduplicate import Distinct
from qa.answering.quotes import Quote, runs, select_quotes
from qa.answering.second_look import look_again
from qa.search.search import search
from qa.types import Request
from tests.qa.conftest import Indexed
from tests.qa.test_golden import assert_verbatim

FILLER = {
    name: [" ".join(["Then", *(f"{name}{n}x{word}" for word in range(12))]) + "." for n in range(12)] for name in "ab"
}
FIRST = "The quartermaster counted 4711 crates of apricots on the quay."
SECOND = "The crates of apricots that the quartermaster counted went to Erbil."
QUESTION = "How many crates of apricots were counted by the quartermaster?"

Make = Callable[..., SearchEngine]


@pytest.fixture
def make(tmp_path: Path, indexed: Indexed, monkeypatch: pytest.MonkeyPatch) -> Make:
    monkeypatch.setattr("qa.answering.quotes._LONG", 1)

    def of(*, words: int = 120, **articles: str) -> SearchEngine:
        (tmp_path / "articles").mkdir()
        for name, text in articles.items():
            (tmp_path / "articles" / f"{name}.txt").write_text(text, "utf-8")
        return indexed(tmp_path / "articles", settings=ChunkSettings(max_words=words))

    return of


def within(sentences: list[str], place: int, name: str = "a") -> str:
    return " ".join([*FILLER[name][:place], *sentences, *FILLER[name][place:]])


gains = st.lists(st.tuples(st.integers(-5, 5), st.booleans()), max_size=7)


@given(gains, st.integers(1, 3))
def test_runs_gain_as_much_as_any_choice_of_runs(items: list[tuple[int, bool]], k: int) -> None:
    gain = np.array([value for value, _ in items], float)
    first = np.array([flag for _, flag in items], bool)
    found = runs(gain, first, k)
    assert len(found) <= k
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    assert not any(first[begin + 1 : end].any() for begin, end in found)
    possible = [
        (begin, end)
        for begin in range(len(items))
        for end in range(begin + 1, len(items) + 1)
        if not first[begin + 1 : end].any()
    ]
    best = 0.0
    for count in range(1, k + 1):
        for chosen in combinations(possible, count):
            if all(one[1] <= other[0] for one, other in pairwise(chosen)):
                best = max(best, sum(gain[begin:end].sum() for begin, end in chosen))
    assert sum(gain[begin:end].sum() for begin, end in found) == best


def test_an_answer_that_goes_on_in_the_next_passage_is_one_quote(make: Make) -> None:
    with make(words=40, one=within([FIRST, SECOND], 5)) as index:
        cuts = [index.passage(row).span.end for row in range(index.passage_count)]
        article = index.article_at(0)
        between = article.text.index(SECOND)
        assert any(article.text.index(FIRST) < cut <= between for cut in cuts)
        best = retrieve(QUESTION, 3, index=index, as_of="any")[0]
        assert f"{FIRST} {SECOND}" in best.text
        assert_verbatim(index, best)


def test_quotes_are_no_more_than_asked_for_and_share_no_character(make: Make) -> None:
    with make(words=30, one=within([FIRST], 3), two=within([SECOND], 7, "b")) as index:
        for k in range(1, 9):
            citations = retrieve(QUESTION, k, index=index, as_of="any")
            assert 1 <= len(citations) <= k
            assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))
            for citation in citations:
                assert_verbatim(index, citation)
            for one, other in combinations(citations, 2):
                assert one.article_id != other.article_id or one.end <= other.start or other.end <= one.start
        answer = ask(QUESTION, 5, index=index, as_of="any")
        assert any(FIRST in citation.text for citation in answer.citations)


def test_a_passage_that_is_looked_at_again_stands_once(make: Make) -> None:
    named = "Mrs Quenneville painted it."
    question = "How many crates of apricots were counted by the quartermaster for Quenneville?"
    with make(words=60, one=within([FIRST, named], 0)) as index:
        ranking = search(index, Request(question, as_of="any"))
        passage = ranking.read(0)
        start = passage.article.text.index(FIRST)
        quote = Quote(Distinct(0), passage, Span(start, start + len(FIRST)))
        again = look_again(index, ranking, cite(index, ranking, [quote], reader=False), reader=False)
        assert [one.citation.text for one in again] == [passage.text]
        assert named in passage.text
        assert_verbatim(index, again[0].citation)


def test_a_copy_is_quoted_in_the_same_words(make: Make) -> None:
    story = within([FIRST], 4)
    with make(agency=story, gazette=story.replace(FILLER["a"][0], "The Gazette has this from an agency.")) as index:
        folded = [citation for citation in retrieve(QUESTION, 5, index=index, as_of="any") if citation.also_in]
        assert folded
        for citation in folded:
            assert_verbatim(index, citation)
        answering = next(citation for citation in folded if FIRST in citation.text)
        assert all(FIRST in copy.text for copy in answering.also_in)


@pytest.mark.parametrize("k", [3, 20])
def test_whole_passages_are_quoted_of_a_large_index_and_when_many_are_asked_for(
    make: Make, monkeypatch: pytest.MonkeyPatch, k: int
) -> None:
    if k == 3:
        monkeypatch.setattr("qa.search.query._SMALL", 1)
    with make(words=30, one=within([FIRST], 3), two=within([SECOND], 7, "b")) as index:
        found = select_quotes(index, search(index, Request(QUESTION, as_of="any")), k)
        assert len(found) == min(k, index.passage_count)
        assert all(quote.span == quote.passage.passage.span for quote in found)


def test_whole_passages_are_quoted_of_short_articles(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.answering.quotes._LONG", 30)
    with make(a=within([FIRST], 4)) as index:
        for citation in retrieve(QUESTION, 3, index=index):
            assert (citation.start, citation.end) in {
                (p.span.start, p.span.end) for p in map(index.passage, range(index.passage_count))
            }
