"""The vectors of a passage's sentences depend on nothing but the passage."""

import numpy as np
from numpy.typing import NDArray

from index import Index
from index.store.sentence_vectors import SentenceVectors


def test_sentences_are_embedded_a_passage_at_a_time_whatever_was_asked_before(built: Index) -> None:
    asked: list[list[str]] = []

    def encode(texts: list[str]) -> NDArray[np.float32]:
        asked.append(texts)
        return np.full((len(texts), 3), len(texts), np.float32)  # depends on the batch, as bf16 does

    rows = list(range(min(6, built.passage_count)))
    once, other = SentenceVectors(), SentenceVectors()
    together = once.of(built, rows, encode)
    assert len(asked) == len(rows)
    other.of(built, rows[3:], encode)
    for one, two in zip(together, other.of(built, rows, encode), strict=True):
        assert np.array_equal(one, two)
    before = len(asked)
    once.of(built, rows, encode)
    assert len(asked) == before  # kept
