"""The sentence of a passage that answers."""

import re

from index.lexical import analyze
from index.sentences import sentence_spans
from index.types import Span
from qa.reading import Read, words_of
from qa.wording import Question, WordVectors, closeness

__all__ = ["best_sentence"]

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


def best_sentence(question: str, parsed: Question, passage: Read, vectors: WordVectors) -> Span:
    """The sentence of a passage that answers best, as offsets of the article's text; the first of equals.

    A sentence counts by the share of the question's idf weight that it covers: a term that is absent counts a
    little when a neighbouring sentence has it, or as much as the nearest word of the sentence resembles it; and by
    whether it holds the kind of thing that is asked (a number, a date, a name). Headings are chosen only when there
    is nothing else.
    """
    text, within = passage.article.text, passage.passage.span
    spans = sentence_spans(text, within, passage.article.language or "en") or [within]
    if len(spans) == 1:
        return spans[0]
    sentences = [span.of(text) for span in spans]
    total = sum(parsed.idf.values()) or 1.0
    terms = [set(analyze(sentence)) for sentence in sentences]
    near = closeness(parsed, [words_of(sentence) for sentence in sentences], vectors)
    kind = next((holds for asks, holds in _ASKS if asks.search(question)), None)
    best, top = spans[0], -2.0
    for place, sentence in enumerate(sentences):
        beside = set().union(*terms[max(0, place - 1) : place + 2])
        score = 0.0
        for term, weight in parsed.idf.items():
            if term in terms[place]:
                score += weight
            else:
                alike = _ALIKE * max(0.0, (near[place].get(term, 0.0) - _CHANCE) / (1 - _CHANCE))
                score += weight * max(alike, _BESIDE if term in beside else 0.0)
        score /= total
        if kind is not None and kind.search(sentence):
            score += _FITS
        if _is_heading(sentence):
            score -= 1.0
        if score > top + _NEARLY:
            best, top = spans[place], score
    return best


def _is_heading(sentence: str) -> bool:
    return sentence[-1:] not in ".!?…\"”’')" and len(sentence.split()) <= _HEADING_WORDS
