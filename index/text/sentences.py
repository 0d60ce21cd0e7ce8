"""Splits texts into sentences, as ranges: for cutting passages and for marking the sentence that answers.

Rules by language say where sentencex cuts and no sentence ends: at abbreviations, initials and ordinals.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from statistics import median

import sentencex

from index.text.languages import ENGLISH, analyzed_as
from index.types import Span

__all__ = ["sentence_spans"]

_NEWLINES = re.compile(r"[\r\n]+")
_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n|\r[ \t]*\r")
_ENDS = ".!?…。！？｡\n"
_COSTLY = 150_000_000  # sentences times characters: .2 s on the machine of the other measurements
_WINDOW = 8_000  # characters: 300,000 CJK full stops take 2 s, instead of 60 at one go
_WRAP_MIN, _WRAP_MAX = 50, 90  # columns at which e-mail and typewriter text is wrapped by hand
_REACH = 24  # characters in front of a boundary that are looked at, and behind it
_LOWER = re.compile(r"[«»„“\"'(–—-]?\s?[a-zß-öø-ÿа-яё]")  # a sentence begins with a capital in these languages
_ARTICLES = "der|die|das|dem|den|des|im|am|zum|zur|vom|beim|ab|bis|seit|ein|eine|einem|einen|eines|einer"
_COUNTED = "Jahrhundert|Jahrtausend|Weltkrieg|Jahrestag|Geburtstag|Todestag|Lebensjahr|Spieltag|Mal |Stock |Platz "
# What no sentence ends with.
_BEFORE = {
    "ar": re.compile(r"(?:^|[\s(«])(?:[اأبتجحخدذرزسشصضطظعغفقكلمنهوي]|ص\.ب)\.$"),
    "de": re.compile(rf"\b(?:(?:{_ARTICLES})\s\d{{1,3}}|Abb|bzw|ca|evtl|geb|ggf|inkl|Nr|sog|St|Str|vgl|zzgl)\.$", re.I),
    "es": re.compile(r"\b(?:Sra?|Srta|Sres|Dr[ae]?s?|Uds?|Prof|Ing|Lic|Gral|avda|núms?|págs?|aprox)\.$", re.I),
    "fr": re.compile(
        r"(?:(?<!\d)(?<!\d\s)\bM|\b(?:J|MM|Mmes?|Mlles?|Mgr|Drs?|Prs?|Prof|Ste?|av|apr|chap|fig|pp?|vol))\.$"
    ),
    "ru": re.compile(r"\b(?:акад|гл|доц|им|обл|ок|пл|пос|пр|проф|рис|см|ср|стр|табл|ул|т\. ?е|[А-ЯЁ])\.$"),
}
_ORDINAL, _OF_ORDINALS = re.compile(r"\b\d{1,3}\.$"), re.compile(_COUNTED)


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
    cuts.update(place for place in _boundaries(part, code) if not _goes_on(part, place, rules))
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


def _goes_on(text: str, place: int, language: str) -> bool:
    """Whether the sentence goes on at a place of a text where sentencex ends one; never in English."""
    if language not in _BEFORE:
        return False
    before = text[max(0, place - _REACH) : place].rstrip()
    behind = text[place : place + _REACH].lstrip()
    if not before or not behind:
        return False
    if _BEFORE[language].search(before) or (language != "ar" and _LOWER.match(behind)):
        return True
    return language == "de" and bool(_ORDINAL.search(before) and _OF_ORDINALS.match(behind))
