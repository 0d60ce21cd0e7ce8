"""The vectors of a passage's sentences depend on nothing but the passage."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index import Index
from tests.fakes import FakeEncoder


class Counting(FakeEncoder):
    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.queries += 1
        return np.full((len(texts), 3), len(texts), np.float32)  # depends on the batch, as bf16 does


def test_sentences_are_embedded_a_passage_at_a_time_whatever_was_asked_before(built: Index) -> None:
    rows = list(range(min(6, built.passage_count)))
    counting = Counting()
    with Index(built.folder, encoder=counting) as once, Index(built.folder, encoder=Counting()) as other:
        together = once.sentence_vectors(rows)
        assert counting.queries == len(rows)
        other.sentence_vectors(rows[3:])
        for one, two in zip(together, other.sentence_vectors(rows), strict=True):
            assert np.array_equal(one, two)
        once.sentence_vectors(rows)
        assert counting.queries == len(rows)  # kept
