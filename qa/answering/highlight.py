"""The sentences of passages that answer."""

import re
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine
from index.store.bm25 import analyze, tokenize
from index.types import Span
from qa.search.passages import PassageText
from qa.search.query import Query
from qa.search.term_matching import closeness

__all__ = ["best_sentences"]

_NUMBER = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million)s?\b", re.I
)
_WHEN = re.compile(
    r"\b(january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|"
    r"thursday|friday|saturday|sunday|(19|20)\d\d|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b",
    re.I,
)
_NAME = re.compile(r"(?<=[a-z,;:\"“‘(] )[A-Z][\w’'-]+")
_ASKS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(r"\bhow (many|much|old|long|far|big|large|high|often)\b|\bwhat (number|share|percentage)\b", re.I),
        _NUMBER,
    ),
    (re.compile(r"\bwhen\b|\b(what|which) (day|date|year|month|time)\b", re.I), _WHEN),
    (re.compile(r"\b(who|whom|whose|where|which (country|city|person|company))\b", re.I), _NAME),
)
_FITS = 0.12  # of the question's whole weight, for a sentence that holds the kind of thing that is asked
_BESIDE = 0.2  # of a term's weight, for one that only a neighbouring sentence has
_ALIKE = 0.8  # of a term's weight, at most, for a word that resembles it
_CHANCE = 0.3  # the cosine that any two words may have
_HEADING_WORDS = 12
_NEARLY = 1e-9


def best_sentences(
    index: SearchEngine,
    query: Query,
    passages: Sequence[PassageText],
    unsaid: Sequence[frozenset[str]],
) -> list[Span]:
    """The sentence of each passage that answers best, as offsets of its article's text; the first of equals.

    A sentence counts by the share of the question's idf weight that it covers: a term that is absent counts a
    little when a neighbouring sentence has it, or as much as the nearest word of the sentence resembles it; and by
    whether it holds the kind of thing that is asked (a number, a date, a name). Headings are chosen only when there
    is nothing else. `unsaid` are the terms of the question that go without saying in each passage's article, and so
    count for no sentence.
    """
    cut = [passage.sentences for passage in passages]
    sentences = [span.of(passage.article.text) for passage, spans in zip(passages, cut, strict=True) for span in spans]
    terms = [analyze(sentence) for sentence in sentences]
    near = _near(index, query, passages, sentences, [len(found) for found in terms])
    kind = next((holds for asks, holds in _ASKS if asks.search(query.question)), None)
    best, first = [], 0
    for spans, without in zip(cut, unsaid, strict=True):
        part = slice(first, first + len(spans))
        scores = _scores(query, sentences[part], [set(found) for found in terms[part]], near[:, part], kind, without)
        top = max(scores)
        best.append(next(span for span, score in zip(spans, scores, strict=True) if score >= top - _NEARLY))
        first += len(spans)
    return best


def _scores(
    query: Query,
    sentences: Sequence[str],
    terms: Sequence[set[str]],
    near: NDArray[np.float64],
    kind: re.Pattern[str] | None,
    unsaid: frozenset[str],
) -> list[float]:
    wanted = [(number, *entry) for number, entry in enumerate(query.idf.items()) if entry[0] not in unsaid]
    total = sum(weight for _, _, weight in wanted) or 1.0
    scores = []
    for place, sentence in enumerate(sentences):
        beside = set().union(*terms[max(0, place - 1) : place + 2])
        score = 0.0
        for number, term, weight in wanted:
            if term in terms[place]:
                score += weight
            else:
                alike = _ALIKE * max(0.0, (near[number, place] - _CHANCE) / (1 - _CHANCE))
                score += weight * max(alike, _BESIDE if term in beside else 0.0)
        score /= total
        if kind is not None and kind.search(sentence):
            score += _FITS
        scores.append(score - 1.0 if _is_heading(sentence) else score)
    return scores


def _near(
    index: SearchEngine,
    query: Query,
    passages: Sequence[PassageText],
    sentences: Sequence[str],
    lengths: Sequence[int],
) -> NDArray[np.float64]:
    """Shape (terms, sentences): how near each sentence's nearest word comes to the word of each term."""
    words = index.forward.passages(np.array([passage.passage.row for passage in passages])).words
    whole = all(index.passage(passage.passage.row) == passage.passage for passage in passages)
    if not whole or len(words) != sum(lengths):  # or a sentence ended within what is one word of its passage
        words = index.forward.word_numbers([word for sentence in sentences for word in tokenize(sentence)])
    starts = list(accumulate(lengths, initial=0))
    spaced = np.insert(words, starts[1:], -1)  # a number of no word, so that no sentence is empty
    places = np.array(starts[:-1]) + np.arange(len(sentences))
    asked = [query.words.get(term) for term in query.idf]
    return closeness(asked, index.forward, spaced, places, index.word_vectors)


def _is_heading(sentence: str) -> bool:
    return sentence[-1:] not in ".!?…\"”’')" and len(sentence.split()) <= _HEADING_WORDS
