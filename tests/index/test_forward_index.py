"""The forward index holds what analysing each text again would give."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.store.bm25 import analyze, tokenize
from index.store.forward_index import ForwardIndex, ForwardWriter
from tests.fakes import files_of

TEXTS = st.lists(
    st.one_of(st.text(max_size=60), st.sampled_from(["İstanbul'da straße", "a_b can’t", "हिन्दी में", "x" * 80, "... –"])),
    max_size=6,
)


def written(folder: Path, texts: list[str], titles: list[str]) -> ForwardIndex:
    with ForwardWriter(folder) as writer:
        for text in texts:
            writer.add_passage(text)
        for title in titles:
            writer.add_title(title)
    return ForwardIndex(files_of(folder.parent), folder.name)


@given(texts=TEXTS, titles=TEXTS)
def test_terms_are_those_of_the_lexical_index(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], titles: list[str]
) -> None:
    forward = written(tmp_path_factory.mktemp("forward") / "forward", texts, titles)
    assert forward.consistent
    assert forward.counts == (len(texts), len(titles))
    for given_texts, found in (
        (texts, forward.passages(np.arange(len(texts)))),
        (titles, forward.titles(np.arange(len(titles)))),
    ):
        for place, text in enumerate(given_texts):
            words = found.words[found.starts[place] : found.starts[place + 1]]
            assert words.tolist() == forward.word_ids(tokenize(text)).tolist()
            assert forward.terms[words].tolist() == forward.term_ids(analyze(text)).tolist()


def test_ids_depend_on_which_words_there_are_and_not_on_their_order(tmp_path: Path) -> None:
    one = written(tmp_path / "one", ["the drone struck", "a convoy"], ["Baghdad"])
    other = written(tmp_path / "other", ["a convoy", "the drone struck"], ["Baghdad"])
    assert one.passages(np.array([1, 0])).words.tolist() == other.passages(np.array([0, 1])).words.tolist()
    assert one.word_ids(["convoy", "absent"]).tolist() == [one.passages(np.array([1])).words[1], -1]
    assert one.term_ids(["absent"]).tolist() == [-1]
