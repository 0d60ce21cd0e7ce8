"""Sentence selection: features of each sentence of a passage, and the one or two with the highest learned score."""

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from index.types import Span
from qa.answering.answer_type import answer_type
from qa.answering.reader import PassageReading
from qa.answering.type_in_text import holds
from qa.search.passages import PassageText
from qa.search.terms import covered

__all__ = ["SENTENCE_FEATURES", "marked", "reader_words", "sentence_features"]

SENTENCE_FEATURES = ("reader", "covered", "covered_beside", "type", "heading", "barred")
_HALF = float(np.log(2.0))  # choice: a second sentence is marked beside the first if it is at least half as likely
_HEADING_WORDS = 12  # a line without a full stop and of at most so many words is a heading, one with a credit is one
_BYLINE_WORDS = 6  # "By Jane Doe and John Roe"
_CREDITS = (
    "getty images", "photograph:", "photo:", "image source", "image caption", "file photo", "(reuters)", "credit:",
)  # fmt: skip
_ENDS = ".!?…؟۔\"”’')»"
_DATELINE_WORDS = 9  # "Cape Canaveral, Florida (CNN) —", "WASHINGTON, Oct. 3 (Reuters) -"
_DATELINE_END = re.compile(r"[—–-]\s*$|\((?:CNN|AP|AFP|Reuters)[^()]{0,20}\)\s*$")
# "Onion recall:Salmonella in 37 states", a link to another article: of 34 such marks on realtimeqa 5 were right
_LINK = re.compile(r"[^\W\d_]:(?=[A-Z\d“‘])")

Floats = NDArray[np.float64]


def sentence_features(
    question: str, idf: Mapping[str, float], passage: PassageText, seen: PassageReading | None
) -> Floats:
    """The features of a passage's sentences, in order: shape (sentences, 6).

    - reader: log-probability of each among the sentences by the reader's scores; 0 for all without a reader
    - covered: share of the question's idf weight in the sentence
    - covered_beside: share that only the sentences next to it have
    - type: whether it holds the kind of thing that is asked for; 0 for all where that is not known
    - heading: a line without a full stop and of few words
    - barred: a question, byline, dateline, credit or link, or what only leads up to a list or a quotation
    """
    texts = [span.of(passage.article.text) for span in passage.sentences]
    terms = passage.terms_of_sentences
    wanted = answer_type(question)
    values = np.zeros((len(texts), len(SENTENCE_FEATURES)))
    if seen is not None:
        values[:, 0] = _log_shares(np.array(seen.sentences, np.float64))
    for place, text in enumerate(texts):
        beside = frozenset[str]().union(*terms[max(0, place - 1) : place + 2])
        own = covered(idf, terms[place])
        values[place, 1:] = (
            own,
            covered(idf, beside) - own,
            float(wanted is not None and holds(wanted, text)),
            float(_is_heading(text)),
            float(_is_barred(text)),
        )
    return values


def marked(scores: Floats) -> tuple[int, int]:
    """The half-open range of sentences to mark, given their log-odds against each other, shape (n,): the likeliest (the
    first of equals), and the next likeliest too if it stands beside it and is at least half as likely: "... was found
    dead. He had been shot."."""
    rounded = np.round(scores, 9)
    order = np.argsort(-rounded, kind="stable")
    best = int(order[0])
    if len(order) > 1:
        second = int(order[1])
        if abs(second - best) == 1 and rounded[best] - rounded[second] <= _HALF:
            return min(best, second), max(best, second) + 1
    return best, best + 1


def reader_words(passage: PassageText, seen: PassageReading | None) -> Span | None:
    """The words that the reader takes for the answer, as a range of the article's text; None where it names none."""
    if seen is None or seen.start >= seen.end:
        return None
    start = passage.passage.span.start
    return Span(start + seen.start, start + seen.end)


def _is_heading(sentence: str) -> bool:
    return sentence[-1:] not in _ENDS and len(sentence.split()) <= _HEADING_WORDS


def _is_barred(sentence: str) -> bool:
    words, lower = sentence.split(), sentence.lower()
    return (
        sentence.rstrip("\"”’')").endswith(("?", "؟", ":"))
        or (len(words) <= _HEADING_WORDS and any(credit in lower for credit in _CREDITS))
        or (len(words) <= _BYLINE_WORDS and words[:1] in (["By"], ["BY"]))
        or (sentence[-1:] not in _ENDS and _LINK.search(sentence) is not None)
        or (len(words) <= _DATELINE_WORDS and _DATELINE_END.search(sentence) is not None)
    )


def _log_shares(scores: Floats) -> Floats:
    """Log-softmax, shape (n,); sentences that the reader did not read get the least of those that it read."""
    read = scores[np.isfinite(scores)]
    if not len(read):
        return np.zeros(len(scores))
    shares: Floats = scores - read.max() - np.log(np.exp(read - read.max()).sum())
    least: Floats = np.where(np.isfinite(shares), shares, shares[np.isfinite(shares)].min())
    return least
