"""Tokens counted word by word are those of the whole text."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.embedding.encoder import Encoder, load_encoder

ODD = (
    "word won\u2019t U.S. na\u00efve e\u0301 \u0301 \u6771\u4eac\u90fd \u0939\u093f\u0928\u094d\u0926\u0940 \ufeff "
    "\ufffd \x00 3.14 -- [CLS] [UNK] ##ing \u200b \u00ad"
)
SPACES = [" ", "\t", "\r\n", "\u2028", "\v", "\x1c", "\x85", "\u00a0"]
PIECES = st.sampled_from([*ODD.split(" "), *SPACES, "\U0001f600", "x" * 120])


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(precision="fp32")


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=20).map("".join)))
@example("")
@example(" \n ")
def test_counts_are_those_of_the_whole_text(encoder: Encoder, text: str) -> None:
    whole = encoder.tokens.count_whole([text])  # type: ignore[attr-defined]
    assert encoder.count_tokens([text]) == whole
    assert encoder.count_tokens([text, text]) == whole * 2


def test_a_text_has_the_same_vector_alone_and_among_others_of_any_length(encoder: Encoder) -> None:
    texts = [" ".join(["word"] * length) + f" {length}" for length in range(1, 240, 9)]
    together = encoder.encode_passages(texts)
    alone = np.concatenate([encoder.encode_passages([text]) for text in texts])
    assert (together * alone).sum(axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-5)
