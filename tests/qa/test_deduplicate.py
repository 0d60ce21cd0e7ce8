"""The same passage of one story under several names takes one place; its other passages keep theirs."""

import json
from collections.abc import Callable
from itertools import combinations, pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from index.engine import SearchEngine
from index.store.bm25 import analyze
from index.text.chunking import ChunkSettings
from qa import Citation, retrieve
from qa.answering.deduplicate import containment, shingles
from tests.fakes import article_text
from tests.qa.conftest import Indexed

WORDS = 40  # of a passage: four sentences
QUESTION = "What does sentence s0x1 say, and s5x2, and s13x3?"

Make = Callable[..., SearchEngine]


def sentences(name: str, count: int) -> list[str]:
    """Sentences of ten words that stand nowhere else."""
    return [f"It {' '.join(f'{name}{number}x{word}' for word in range(9))}." for number in range(count)]


STORY = sentences("s", 16)


@pytest.fixture
def make(tmp_path: Path, indexed: Indexed) -> Make:
    """An index of articles, given as lists of sentences under the names of their outlets."""

    def make(**articles: list[str]) -> SearchEngine:
        rows = [{"id": name, "title": "Report", "source": name, "text": " ".join(of)} for name, of in articles.items()]
        (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        return indexed(tmp_path / "rows.jsonl", settings=ChunkSettings(max_words=WORDS))

    return make


def found(index: SearchEngine) -> list[Citation]:
    return retrieve(QUESTION, 40, index=index, as_of="any")


def runs_of(text: str) -> frozenset[int]:
    return shingles(np.array([crc32(term.encode()) >> 1 for term in analyze(text)], np.int32))


def shared(one: Citation, other: Citation) -> float:
    return containment(runs_of(one.text), runs_of(other.text))


def overlaps(index: SearchEngine) -> list[float]:
    """The containment of each two passages of different articles."""
    passages = [index.passage(row) for row in range(index.passage_count)]
    runs = [runs_of(of.span.of(index.article_at(of.article).text)) for of in passages]
    pairs = combinations(range(len(passages)), 2)
    return [containment(runs[a], runs[b]) for a, b in pairs if passages[a].article != passages[b].article]


# One sentence more shares three of four, 27 of 37 runs; two more share two of four with each neighbour, 17 of 37.
@pytest.mark.parametrize(("added", "most"), [(1, 27 / 37), (2, 17 / 37)])
def test_a_story_that_another_outlet_opens_in_its_own_words_fills_no_place_twice(
    make: Make, added: int, most: float
) -> None:
    with make(agency=STORY, gazette=sentences("g", added) + STORY) as index:
        assert index.clusters_of(np.array([0, 1])).tolist() == [0, 0]
        shares = [share for share in overlaps(index) if share < 1]  # the short last passage is within another
        assert max(shares) == pytest.approx(most)
        citations = found(index)
        for one, other in combinations(citations, 2):
            assert one.source == other.source or shared(one, other) < 17 / 37
        folded = [citation for citation in citations if citation.also_in]
        assert len(folded) >= 3
        for citation in folded:
            (copy,) = citation.also_in
            assert {citation.source, copy.source} == {"agency", "gazette"}
            assert shared(citation, copy) >= 17 / 37
            article = index.article(copy.article_id)
            assert article is not None
            assert copy.text == article.text[copy.start : copy.end]


def test_other_passages_of_twin_articles_are_not_copies(make: Make) -> None:
    with make(agency=STORY, gazette=STORY, herald=STORY) as index:
        citations = found(index)
        assert len(citations) == index.passage_count // 3 == 4
        assert len({citation.text for citation in citations}) == 4
        for citation in citations:
            assert {citation.source, *(copy.source for copy in citation.also_in)} == {"agency", "gazette", "herald"}
            assert {copy.text for copy in citation.also_in} == {citation.text}


def test_a_copy_that_changed_a_word_of_the_marked_sentence_marks_the_same_one(make: Make) -> None:
    changed = [one.replace("x8.", "y8.") if number in (0, 6, 13) else one for number, one in enumerate(STORY)]
    with make(agency=STORY, gazette=changed) as index:
        asked = retrieve(" ".join(STORY[6].split()[:5]), 40, index=index, as_of="any")
        folded = [citation for citation in asked if citation.also_in]
        assert folded
        for citation in folded:
            (copy,) = citation.also_in
            assert copy.sentence.replace("y8", "x8") == citation.sentence.replace("y8", "x8")
        assert any(citation.sentence != citation.also_in[0].sentence for citation in folded)


def test_a_sentence_at_the_seam_makes_no_copy(make: Make) -> None:
    with make(agency=STORY, gazette=sentences("g", 1) + STORY) as index:
        citations = retrieve(f"What of {STORY[0]} {STORY[1]} {STORY[3]}", 40, index=index, as_of="any")
        best = citations[0]
        assert best.text == " ".join(STORY[:4])
        assert [copy.text for copy in best.also_in] == [" ".join(sentences("g", 1) + STORY[:3])]
        places = [{citation.text, *(copy.text for copy in citation.also_in)} for citation in citations]
        assert {" ".join(STORY[3:7]), " ".join(STORY[4:8])} in places


def test_overlapping_passages_of_different_articles_are_not_copies(make: Make) -> None:
    with make(one=STORY, two=sentences("t", 1) + STORY[:3] + sentences("u", 16)) as index:
        assert index.clusters_of(np.array([0, 1])).tolist() == [0, 1]
        assert max(overlaps(index)) == pytest.approx(27 / 37)
        assert not [citation for citation in found(index) if citation.also_in]


@pytest.mark.parametrize("words", [5, 40, 120])
def test_passages_of_one_article_are_disjoint_so_no_two_citations_overlap(
    tmp_path: Path, indexed: Indexed, words: int
) -> None:
    """Passages that overlap would have to be merged into one citation. None do, so adjacent ones stay apart."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for seed in range(3):
        (folder / f"{seed}.txt").write_text(article_text(seed, 24), "utf-8", newline="")
    with indexed(folder, settings=ChunkSettings(max_words=words)) as index:
        for article in range(3):
            spans = [index.passage(int(row)).span for row in index.passages_of(article)]
            assert all(one.end <= other.start for one, other in pairwise(spans))
        citations = retrieve("Who negotiated the ceasefire in Doha?", 40, index=index)
        cited = sorted((citation.article_id, citation.start, citation.end) for citation in citations)
        assert len(cited) > 1
        for (one, _, end), (other, start, _) in pairwise(cited):
            assert one != other or end <= start
