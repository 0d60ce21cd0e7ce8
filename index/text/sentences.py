"""Splits texts into sentences, as ranges: for cutting passages and for marking the sentence that answers."""

import re
from itertools import pairwise
from statistics import median

import sentencex

from index.types import Span

__all__ = ["sentence_spans"]

_NEWLINES = re.compile(r"[\r\n]+")
_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n|\r[ \t]*\r")
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
    for boundary in sentencex.get_sentence_boundaries(language or "en", part):
        cuts.update((boundary["start_index"], boundary["end_index"]))
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


def _hard_wrapped(text: str) -> bool:
    lines = [len(line) for line in text.splitlines() if line.strip()]
    return len(lines) >= 4 and _WRAP_MIN <= median(lines) <= _WRAP_MAX and max(lines) <= _WRAP_MAX + 10
