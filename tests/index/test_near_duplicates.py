"""Near-identical articles are found whatever their order, and different ones about one event are left apart."""

import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.store.snapshot import Index
from index.text.near_duplicates import Duplicates, Shingles, are_copies, shared, shingle_hashes
from tests.conftest import Build
from tests.fakes import FakeEncoder, article_text, write_article


def words(count: int, seed: int = 0) -> list[str]:
    """Words that no two seeds share."""
    return [f"w{seed}x{number}" for number in range(count)]


def prose(*parts: list[str]) -> str:
    return " ".join(word for part in parts for word in part)


def clusters(bodies: list[str]) -> list[int]:
    found = Duplicates()
    for row, body in enumerate(bodies):
        found.add(row, body)
    return found.clusters(len(bodies), bodies.__getitem__).tolist()


def reported(body: str, seed: int) -> str:
    """The same story as another outlet prints it: a dateline, a word here and there, its own last line."""
    chosen = random.Random(seed)
    edited = [f"{word}," if chosen.random() < 0.03 else word for word in body.split()]
    edited[chosen.randrange(len(edited))] = "reportedly"
    return f"BAGHDAD ({seed}) - {' '.join(edited)} Additional reporting by desk {seed}."


def test_a_text_is_its_runs_of_five_words() -> None:
    assert len(shingle_hashes("one two three four five six seven")) == 3
    assert len(shingle_hashes("one two three four five")) == 1
    assert len(shingle_hashes("one two")) == 1
    assert shingle_hashes("one two")[0] != shingle_hashes("one")[0] != shingle_hashes("two one")[0]
    assert len(shingle_hashes("")) == len(shingle_hashes("... - !")) == 0
    assert shingle_hashes("a b c d e")[0] != shingle_hashes("e d c b a")[0]


def test_case_punctuation_and_white_space_do_not_count() -> None:
    assert shingle_hashes("Don’t go,\r\nhe  SAID.").tolist() == shingle_hashes("don't go he said").tolist()


def test_hashes_are_the_same_in_every_process() -> None:
    # Python's own hash is salted: with it, no two builds of the same articles would look at the same pairs.
    assert shingle_hashes("rockets hit the camp today").tolist() == [2133692941986605855]


@given(st.text())
def test_any_text_has_hashes(text: str) -> None:
    whole = Shingles.of(text).whole
    assert (np.diff(whole.astype(object)) > 0).all()
    assert shared(whole, whole) == len(whole)
    assert are_copies(Shingles.of(text), Shingles.of(text)) == bool(len(whole))


@pytest.mark.parametrize(
    ("one", "other", "copies"),
    [
        # 100 words are 96 runs. Of 76 + 24 words each, 72 runs are shared: 72 / (96 + 96 - 72) = .6.
        (prose(words(76), words(24, 1)), prose(words(76), words(24, 2)), True),
        (prose(words(75), words(25, 1)), prose(words(75), words(25, 2)), False),
        # The first 100 of 196 words: all its 96 runs, half of 192.
        (prose(words(100)), prose(words(196)), True),
        (prose(words(100)), prose(words(197)), False),
        # The same 500 runs at the beginning, and then two thousand words of one's own.
        (prose(words(504), words(2000, 1)), prose(words(504), words(2000, 2)), True),
        (prose(words(2000, 1), words(504)), prose(words(2000, 2), words(504)), False),
        (prose(words(300)), prose(words(300, 1)), False),
        ("Correction", "correction!", True),
        ("", "", False),
        ("", "Correction", False),
    ],
)
def test_what_makes_a_copy(one: str, other: str, copies: bool) -> None:
    assert are_copies(Shingles.of(one), Shingles.of(other)) is copies
    assert are_copies(Shingles.of(other), Shingles.of(one)) is copies
    assert clusters([one, other]) == ([0, 0] if copies else [0, 1])


def test_an_agency_story_under_several_names_is_one_cluster_named_by_its_first_article() -> None:
    story, other = article_text(1, 40), article_text(2, 40)
    bodies = [article_text(3), reported(story, 1), other, story, "", reported(story, 2), reported(other, 3), "..."]
    assert clusters(bodies) == [0, 1, 2, 1, 4, 1, 2, 7]


def test_different_reports_in_the_same_phrases_are_left_apart() -> None:
    assert clusters([article_text(seed, 40) for seed in range(60)]) == list(range(60))


def test_copies_of_copies_are_one_cluster() -> None:
    story = words(400)
    steps = [prose(story[start : start + 300]) for start in (100, 50, 0)]
    assert not are_copies(Shingles.of(steps[0]), Shingles.of(steps[2]))
    assert clusters(steps) == [0, 0, 0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_clusters_do_not_depend_on_the_order_of_articles(stories: list[int], random_of: random.Random) -> None:
    bodies = [reported(article_text(story, 24), number) for number, story in enumerate(stories)]
    order = list(range(len(bodies)))
    random_of.shuffle(order)
    found, shuffled = clusters(bodies), clusters([bodies[row] for row in order])
    assert found == [stories.index(story) for story in stories]
    assert all(first <= row and found[first] == first for row, first in enumerate(found))
    for place, row in enumerate(order):
        assert order[shuffled[place]] in [other for other in range(len(bodies)) if found[other] == found[row]]


def test_thousands_of_copies_cost_no_millions_of_pairs() -> None:
    story, asked = article_text(5, 24), []
    found = Duplicates()
    for row in range(3000):
        found.add(row, story)

    def body_of(row: int) -> str:
        asked.append(row)
        return story

    assert not found.clusters(3000, body_of).any()
    assert len(asked) <= 3000


def test_only_likely_copies_are_read_again() -> None:
    bodies = [article_text(seed, 24) for seed in range(100)] + [article_text(7, 24)]
    found, asked = Duplicates(), []
    for row, body in enumerate(bodies):
        found.add(row, body)
    found.clusters(len(bodies), lambda row: asked.append(row) or bodies[row])  # type: ignore[func-returns-value]
    assert {7, 100} <= set(asked)
    assert len(asked) < 50


def test_an_index_knows_the_clusters_of_its_articles(
    make: Build, articles: Path, root: Path, encoder: FakeEncoder
) -> None:
    (articles / "wire.txt").write_text(reported(article_text(0), 1), "utf-8")
    make()
    with Index.open(root, encoder=encoder) as index:
        rows = {name: index.article(name).row for name in ("a.txt", "wire.txt", "b.txt")}  # type: ignore[union-attr]
        found = index.clusters_of(np.array([rows["a.txt"], rows["wire.txt"], rows["b.txt"]]))
        assert found.tolist() == [rows["a.txt"], rows["a.txt"], rows["b.txt"]]
        assert len(index.clusters_of(np.empty(0, np.int64))) == 0


def test_an_incremental_build_finds_the_clusters_of_a_build_from_scratch(
    make: Build, articles: Path, root: Path, encoder: FakeEncoder
) -> None:
    def found() -> list[int]:
        make()
        with Index.open(root, encoder=encoder) as index:
            return index.clusters_of(np.arange(len(index.catalog.metadata()))).tolist()

    write_article(articles, "0-first.txt", 1)
    (articles / "wire.txt").write_text(reported(article_text(1), 1), "utf-8")
    found()
    (articles / "0-first.txt").unlink()
    (articles / "zz.txt").write_text(reported(article_text(1), 2), "utf-8")
    kept = found()
    shutil.rmtree(root)
    assert kept == found()
    assert len(kept) - len(set(kept)) == 2
