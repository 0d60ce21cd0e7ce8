"""Sentence selection: features of each sentence of a passage, and the sentence with the highest learned score."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.store.bm25 import analyze
from index.types import Span
from qa.answering.answer_type import answer_type, holds
from qa.answering.coefficients import Coefficients
from qa.search.passages import PassageText
from qa.search.terms import covered

__all__ = ["SENTENCE_FEATURES", "best_sentence", "is_aside", "sentence_features"]

SENTENCE_FEATURES = ("reader", "covered", "covered_beside", "type", "aside", "question")
_HEADING_WORDS = 12  # a line without a full stop and of at most so many words is a heading
_BYLINE_WORDS = 6  # "By Jane Doe and John Roe"
_CREDITS = (
    "getty images",
    "photograph:",
    "photo:",
    "image source",
    "image caption",
    "file photo",
    "(reuters)",
    "credit:",
)
_ENDS = ".!?…؟۔\"”’')»"

Floats = NDArray[np.float64]


def sentence_features(
    question: str, idf: Mapping[str, float], passage: PassageText, reader: Sequence[float] | None
) -> Floats:
    """The features of a passage's sentences, in order: shape (sentences, 6).

    - reader: log-probability of each among the sentences by the reader's scores; 0 for all without a reader
    - covered: share of the question's idf weight in the sentence
    - covered_beside: share that only the sentences next to it have
    - type: whether it holds the kind of thing that is asked for; 0 for all where that is not known
    - aside: heading, byline, dateline or credit
    - question: whether it asks something itself
    """
    texts = [span.of(passage.article.text) for span in passage.sentences]
    terms = [frozenset(analyze(text, passage.language)) for text in texts]
    wanted = answer_type(question)
    values = np.zeros((len(texts), len(SENTENCE_FEATURES)))
    if reader is not None:
        values[:, 0] = _log_shares(np.array(reader, np.float64))
    for place, text in enumerate(texts):
        beside = frozenset[str]().union(*terms[max(0, place - 1) : place + 2])
        own = covered(idf, terms[place])
        values[place, 1:] = (
            own,
            covered(idf, beside) - own,
            float(wanted is not None and holds(wanted, text)),
            float(is_aside(text)),
            float(text.rstrip("\"”’')").endswith(("?", "؟"))),
        )
    return values


def best_sentence(features: Floats, coefficients: Coefficients, passage: PassageText) -> tuple[int, Span]:
    """The place and the span of the sentence with the highest score; the first of equals."""
    scores = np.round(features @ coefficients.sentence, 9)
    place = int(np.argmax(scores))
    return place, passage.sentences[place]


def is_aside(sentence: str) -> bool:
    """Whether a sentence is a heading, a byline or a credit, which names what it does not say."""
    words = sentence.split()
    if sentence[-1:] not in _ENDS and len(words) <= _HEADING_WORDS:
        return True
    if words and words[0] in ("By", "BY") and len(words) <= _BYLINE_WORDS:
        return True
    lower = sentence.lower()
    return any(credit in lower for credit in _CREDITS)


def _log_shares(scores: Floats) -> Floats:
    """Log-softmax, shape (n,); sentences that the reader did not read get the least of those that it read."""
    read = scores[np.isfinite(scores)]
    if not len(read):
        return np.zeros(len(scores))
    shares: Floats = scores - read.max() - np.log(np.exp(read - read.max()).sum())
    least: Floats = np.where(np.isfinite(shares), shares, shares[np.isfinite(shares)].min())
    return least
