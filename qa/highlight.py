"""The sentence of a passage that answers."""

import re
from collections.abc import Mapping

from index.lexical import analyze
from index.sentences import sentence_spans
from index.types import Span

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
_HEADING_WORDS = 12
_NEARLY = 1e-9


def best_sentence(question: str, weights: Mapping[str, float], text: str, within: Span, language: str = "en") -> Span:
    """The sentence of `text[within]` that answers best, as offsets of `text`; the first of equals.

    A sentence counts by the share of the question's idf weight that it covers, half as much for what only its
    neighbours cover, and by whether it holds the kind of thing that is asked (a number, a date, a name). Headings
    are chosen only when there is nothing else.
    """
    spans = sentence_spans(text, within, language) or [within]
    if len(spans) == 1:
        return spans[0]
    total = sum(weights.values()) or 1.0
    terms = [set(analyze(span.of(text))) for span in spans]
    kind = next((holds for asks, holds in _ASKS if asks.search(question)), None)
    best, top = spans[0], -1.0
    for place, span in enumerate(spans):
        near = set().union(*terms[max(0, place - 1) : place + 2]) - terms[place]
        score = (
            sum(weight * ((term in terms[place]) + 0.35 * (term in near)) for term, weight in weights.items()) / total
        )
        sentence = span.of(text)
        if kind is not None and kind.search(sentence):
            score += _FITS
        if _is_heading(sentence):
            score -= 1.0
        if score > top + _NEARLY:
            best, top = span, score
    return best


def _is_heading(sentence: str) -> bool:
    return sentence[-1:] not in ".!?…\"”’')" and len(sentence.split()) <= _HEADING_WORDS
