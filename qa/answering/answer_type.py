"""Answer type: the kind of thing a question asks for (a person, a time, a length), and whether a sentence holds one."""

import re
from collections.abc import Callable
from functools import partial
from typing import Literal

__all__ = ["FIGURES", "AnswerType", "answer_type", "holds"]

AnswerType = Literal[
    "person", "place", "time", "number", "money", "share", "duration", "measure", "reason",
    "length", "speed", "weight", "temperature",
]  # fmt: skip
# A passage without one does not answer: of 122 that answer "how many", "how much" or "what share", 1 has none, of 588
# that do not, 106; lengths and the like are asked for too seldom there to tell.
FIGURES: frozenset[AnswerType] = frozenset(
    ("number", "money", "share", "length", "speed", "weight", "temperature"),
)

_LONGEST = 2_000  # limit: characters of a sentence or question that are looked at
_WORD = re.compile(r"[\w’'-]+")
_YEAR = re.compile(r"(?:17|18|19|20)\d\d")
_MONEY_NOUNS = frozenset(
    "money cost costs price worth pay paid pays earn earned spend spent fine fined raise raised salary budget "
    "debt".split()
)
_OF_MEASURE: dict[str, AnswerType] = {
    "tall": "length", "deep": "length", "wide": "length", "thick": "length", "fast": "speed", "heavy": "weight",
    "hot": "temperature", "cold": "temperature",
}  # fmt: skip
_AFTER_FIGURE = r"(?:(?<=\d)|(?<=\d ))"
_FAR = r"feet|foot|inch(?:es)?|yards?|miles?|light-years?|(?:kilo|centi|milli)?met(?:er|re)s?"
_MEASURED: dict[AnswerType, re.Pattern[str]] = {
    "length": re.compile(rf"\b(?:{_FAR}|stor(?:e?y|e?ys|ies))\b|{_AFTER_FIGURE}(?:ft|mi|[kcm]?m)\b", re.IGNORECASE),
    "speed": re.compile(
        rf"\b(?:{_FAR}|km)(?:/| per | an | a )(?:h|s|hour|second|minute)\b|\b(?:knots?|mach|seconds?|minutes?)\b"
        rf"|{_AFTER_FIGURE}(?:mph|kph|km/?h|m/s)\b",
        re.IGNORECASE,
    ),
    "weight": re.compile(
        r"\b(?:pounds?|kilos?|(?:kilo)?gram(?:me)?s?|ounces?|tons?|tonnes?|stones?)\b"
        rf"|{_AFTER_FIGURE}(?:lbs?|kg|g|oz|t)\b",
        re.IGNORECASE,
    ),
    "temperature": re.compile(r"°|\bdegrees?\b|(?<=\d)[CF]\b"),
}
_MEASURES = frozenset("old far big large high often much strong".split())
_UNITS = (
    "second seconds minute minutes hour hours day days night nights week weeks month months year years decade decades "
    "century centuries"
).split()
_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety dozen dozens hundred hundreds thousand thousands "
    "million millions billion billions trillion half twice couple several both"
).split()
_NUMBERS = frozenset(_NUMBER_WORDS)
_MONTHS = (
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep "
    "sept oct nov dec"
).split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_WHENS = frozenset((*_DAYS, *"yesterday today tomorrow tonight midnight noon overnight spring autumn winter".split()))
_AGO = frozenset((*_UNITS, "weekend", "morning", "evening", "afternoon", "summer"))
_REASONS = frozenset(
    "because due since after so amid over following reason caused cause causes led blamed fear".split()
)
_ASKS_TIME = frozenset("year day date month time week decade century season".split())
_ASKS_PLACE = frozenset(
    "country city town state place village region province island continent county capital location venue".split()
)
_ASKS_PERSON = frozenset(
    "person man woman actor actress singer player president minister leader author writer director king queen "
    "politician "
    "celebrity athlete senator general rapper star artist driver".split()
)


def answer_type(question: str) -> AnswerType | None:
    """The kind of thing that a question asks for; None where any sentence may answer. English only."""
    words = [word.lower() for word in _WORD.findall(question[:_LONGEST])]
    for place, word in enumerate(words):
        after = words[place + 1 : place + 4]
        if word in ("what", "which") and after:
            if (found := _of_noun(after)) is not None:
                return found
        elif word in _BY_WORD:
            return _BY_WORD[word]
        elif word == "how" and after:
            return _of_how(after, words)
    return None


_BY_WORD: dict[str, AnswerType] = {
    "who": "person", "whom": "person", "whose": "person", "who's": "person", "where": "place", "when": "time",
    "why": "reason",
}  # fmt: skip


def _of_noun(after: list[str]) -> AnswerType | None:
    """The type that the noun behind "what" or "which" names."""
    for noun in after[:2]:
        if noun in _ASKS_TIME:
            return "time"
        if noun in _ASKS_PLACE:
            return "place"
        if noun in _ASKS_PERSON:
            return "person"
        if noun in ("percentage", "percent", "share", "proportion"):
            return "share"
        if noun in ("number", "amount", "age", "score"):
            return "number"
        if noun == "price":
            return "money"
    return None


def _of_how(after: list[str], words: list[str]) -> AnswerType | None:
    if after[0] == "many":
        return "number"
    if after[0] == "long":
        return "duration"
    if after[0] == "much":
        return "money" if _MONEY_NOUNS.intersection(words) else "measure"
    if after[0] == "far" and "from" in words:
        return "length"
    if after[0] in _OF_MEASURE:
        return _OF_MEASURE[after[0]]
    return "measure" if after[0] in _MEASURES else None


def holds(wanted: AnswerType, sentence: str) -> bool:
    """Whether a sentence holds a thing of a type, as far as its words tell."""
    sentence = sentence[:_LONGEST]
    return _HOLDS[wanted](sentence, _WORD.findall(sentence))


def _has_name(sentence: str, words: list[str]) -> bool:
    return any(word[0].isupper() for word in words[1:]) or sum(word[0].isupper() for word in words[:2]) == 2


def _has_number(sentence: str, words: list[str]) -> bool:
    return any(char.isdigit() for char in sentence) or any(word.lower() in _NUMBERS for word in words)


def _has_money(sentence: str, words: list[str]) -> bool:
    coins = {"dollar", "dollars", "euro", "euros", "pound", "pounds", "cents", "million", "billion", "trillion", "yen"}
    return any(sign in sentence for sign in "$€£¥₹") or any(word.lower() in coins for word in words)


def _has_share(sentence: str, words: list[str]) -> bool:
    parts = {"percent", "half", "third", "quarter", "thirds", "quarters", "majority", "fifth", "tenth"}
    return "%" in sentence or "per cent" in sentence or any(word.lower() in parts for word in words)


def _has_duration(sentence: str, words: list[str]) -> bool:
    units = frozenset(_UNITS)
    return any(word.lower() in units or _hyphened(word.lower()) in units for word in words)


def _hyphened(word: str) -> str:
    return word.rpartition("-")[2]


def _has_time(sentence: str, words: list[str]) -> bool:
    lower = [word.lower().strip("'’-") for word in words]
    if any(_YEAR.fullmatch(word) for word in lower):
        return True
    if any(word in _WHENS for word in lower):
        return True
    for word, before in zip(lower[1:], lower, strict=False):
        if word in _AGO and before in ("last", "this", "next", "that"):
            return True
        if word == "ago" or (word in ("a.m", "p.m", "am", "pm", "o'clock") and before[:1].isdigit()):
            return True
        # "may" is mostly a verb; a month by itself is one where it is written with a capital, and beside a number.
        if before[:1].isdigit() and word[:3] in _MONTHS and word in _MONTHS:
            return True
    return any(word[0].isupper() and word.lower() in _MONTHS for word in words) or any(
        word.endswith("0s") and word[:-1].isdigit() for word in lower
    )


def _has_measure(unit: re.Pattern[str], sentence: str, words: list[str]) -> bool:
    return _has_number(sentence, words) and unit.search(sentence) is not None


def _has_reason(sentence: str, words: list[str]) -> bool:
    return any(word.lower() in _REASONS for word in words) or " to " in sentence


_HOLDS: dict[AnswerType, Callable[[str, list[str]], bool]] = {
    "person": _has_name, "place": _has_name, "time": _has_time, "number": _has_number, "money": _has_money,
    "share": _has_share, "duration": _has_duration, "measure": _has_number, "reason": _has_reason,
    **{kind: partial(_has_measure, unit) for kind, unit in _MEASURED.items()},
}  # fmt: skip
