"""Splits texts into sentences, as ranges: for cutting passages and for marking the sentence that answers."""

import re
from collections.abc import Iterator
from itertools import pairwise
from statistics import median

import sentencex

from index.text.languages import ENGLISH, analyzed_as
from index.text.sentence_rules import goes_on
from index.types import Span

__all__ = ["sentence_spans"]

_NEWLINES = re.compile(r"[\r\n]+")
_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n|\r[ \t]*\r")
_ENDS = ".!?…。！？｡\n"
_COSTLY = 150_000_000  # sentences times characters: .2 s on the machine of the other measurements
_WINDOW = 8_000  # characters: 300,000 CJK full stops take 2 s, instead of 60 at one go
_WRAP_MIN, _WRAP_MAX = 50, 90  # columns at which e-mail and typewriter text is wrapped by hand


def sentence_spans(text: str, within: Span | None = None, language: str = "en") -> list[Span]:
    """The sentences of `text[within]` (of the whole text by default), in order, without surrounding white space.

    Offsets are code points of `text`. A line break ends a sentence, except in text whose lines are wrapped by hand;
    a blank line always does. Every character that is not white space lies in exactly one sentence.
    """
    start, end = (0, len(text)) if within is None else (within.start, within.end)
    part = text[start:end]
    ends_at = _BLANK_LINE if _hard_wrapped(part) else _NEWLINES
    cuts = {0, len(part)}
    rules = analyzed_as(language)
    code = language or ENGLISH if rules == ENGLISH else rules
    cuts.update(place for place in _boundaries(part, code) if not goes_on(part, place, rules))
    for match in ends_at.finditer(part):
        cuts.add(match.end())
    ordered = sorted(cut for cut in cuts if 0 <= cut <= len(part))
    spans = []
    for left, right in pairwise(ordered):
        piece = part[left:right]
        stripped = piece.strip()
        if stripped:
            first = left + len(piece) - len(piece.lstrip())
            spans.append(Span(start + first, start + first + len(stripped)))
    return spans


def _boundaries(text: str, language: str) -> Iterator[int]:
    """Where sentences start and end, as sentencex finds them. It counts from the start of a text that is not ASCII for
    each sentence; so where that would take long, in windows. A window's last sentence may go on beyond it, and begins
    the next one."""
    costly = not text.isascii() and sum(map(text.count, _ENDS)) * len(text) > _COSTLY
    window = _WINDOW if costly else len(text)
    start, size = 0, window
    while start < len(text):
        found = sentencex.get_sentence_boundaries(language, text[start : start + size])
        inside = found if start + size >= len(text) else found[:-1]
        if not inside:
            size *= 2  # a sentence as long as the window
            continue
        for boundary in inside:
            yield start + boundary["start_index"]
            yield start + boundary["end_index"]
        start, size = start + inside[-1]["end_index"], window


def _hard_wrapped(text: str) -> bool:
    lines = [len(line) for line in text.splitlines() if line.strip()]
    return len(lines) >= 4 and _WRAP_MIN <= median(lines) <= _WRAP_MAX and max(lines) <= _WRAP_MAX + 10
