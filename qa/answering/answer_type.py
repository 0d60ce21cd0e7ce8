"""Answer type: the kind of thing a question asks for (a person, a time, a length), and whether a sentence holds one."""

import re
from collections.abc import Callable, Collection
from functools import partial
from typing import Literal

from index.text.dates import ENGLISH_MONTHS, MONTHS_SHORT

__all__ = ["REQUIRED", "AnswerType", "answer_type", "holds"]

AnswerType = Literal[
    "person", "place", "time", "number", "money", "share", "duration", "measure", "reason",
    "length", "speed", "weight", "temperature", "occasion",
]  # fmt: skip
# A passage without one does not answer. Of passages that answer, 1 of 158 has no time and 1 of 84 no number; of those
# that do not, 201 of 637 and 61 of 336. Lengths and the like are asked for too seldom there to tell.
REQUIRED: frozenset[AnswerType] = frozenset(
    ("time", "number", "money", "share", "length", "speed", "weight", "temperature")
)


def _by_word(words: dict[AnswerType, str]) -> dict[str, AnswerType]:
    return {word: kind for kind, some in words.items() for word in some.split()}


_LONGEST = 2_000  # limit: characters of a sentence or question that are looked at
_WORD = re.compile(r"[\w’'-]+")
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_PARTS = re.compile(r"[’'-]")
_CLOCK = re.compile(r"\b\d{1,2}(?::\d\d|(?:\.\d\d)? ?[ap]\.?m\b)|\b\d+ (?:AD|CE|BCE?|BP)\b|\bAD \d")
_ASKING = _by_word({"person": "who whom whose who's", "place": "where", "time": "when", "reason": "why"})
_NOUNS = _by_word(  # behind "what" or "which"
    {
        "time": "year day date month time week decade century season",
        "place": "country city town state place village region province island continent county capital location venue",
        "person": "person man woman actor actress singer player president minister leader author writer director king "
        "queen politician celebrity athlete senator general rapper star artist driver",
        "share": "percentage percent share proportion",
        "number": "number amount age score",
        "money": "price",
    }
)
_QUANTITIES = _by_word(  # behind "what is the", with at most two words between
    {
        "number": "population", "money": "price cost salary revenue profit", "temperature": "temperature",
        "length": "height depth width diameter altitude elevation wingspan", "speed": "speed", "weight": "weight mass",
    }
)  # fmt: skip
# No sums of money: "What is the environmental cost of ...?"
_NO_SUM = re.compile(r"\b(?:environmental|human|social|political|hidden) (?:cost|price)|cost of living|profit margin")
_IS = frozenset("is was are were".split())
_HOW = _by_word(
    {
        "number": "many", "duration": "long", "length": "tall deep wide thick", "speed": "fast", "weight": "heavy",
        "temperature": "hot cold", "measure": "old far big large high often much strong",
    }
)  # fmt: skip
_MONEY_NOUNS = frozenset(
    "money cost costs price worth pay paid pays earn earned spend spent fine fined raise raised salary budget "
    "debt".split()
)
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
_UNITS = frozenset(
    "second seconds minute minutes hour hours day days night nights week weeks month months year years decade decades "
    "century centuries".split()
)
_NUMBERS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety dozen dozens hundred hundreds thousand "
    "thousands million millions billion billions trillion half twice couple several both none neither single "
    "zero".split()
)
_COINS = frozenset(
    "dollar euro pound cent penny pence quid buck lakh crore yen yuan renminbi rupee rs "
    "rupiah ringgit baht taka peso reais rand naira cedi shilling birr franc lira dinar dirham riyal rial shekel "
    "rouble ruble hryvnia zloty forint koruna krona kronor krone kroner lei guilder drachma bitcoin usd eur gbp inr "
    "cny jpy krw chf cad aud nzd brl mxn zar ngn rub sek nok dkk pln".split()
)  # "won", "real" and "mark" are mostly other words
# "3 million in cash", but not "3 million vehicles"
_ROUND_SUM = re.compile(
    r"\b(?:m|b|tr)illion(?:s\b(?! of\b)|\b(?!\W*\w)"
    r"| (?:in|to|for|from|an?|per|by|on|at|over|and|or|as|with|this|last|each|more)\b)",
    re.IGNORECASE,
)
_COIN_AT = re.compile(r"[$€£¥₹₩₽₺₦₱₫฿]|\b(?:rs|usd|eur|gbp|inr|chf)\.?\d|(?<=\d)(?:p|c|kr|k|m|bn)\b", re.IGNORECASE)
_SHARES = frozenset("percent pct half third fourth quarter fifth sixth seventh eighth ninth tenth majority".split())
_SHARE_AT = re.compile(r"%|\bper cent\b|\bout of\b", re.IGNORECASE)
_REASONS = frozenset(
    "because due since after so amid over following reason caused cause causes led blamed fear".split()
)
_MONTHS = frozenset((*ENGLISH_MONTHS, *MONTHS_SHORT, "sept"))
_MONTH = "|".join(sorted(_MONTHS, reverse=True))
# "June 3", "3 June", "in 2019", "(1847)": no numbers of anything
_DATE = re.compile(
    rf"\b(?:{_MONTH})\b\.? \d{{1,2}}\b(?!,?\d)(?:, [12]\d{{3}}\b)?|\b\d{{1,2}} (?:{_MONTH})\b(?: [12]\d{{3}}\b)?"
    rf"|(?:\b(?:in|since|by|until|till|from|to|of|and|during|before|after|around|circa|early|late|mid|the|{_MONTH})[ -]"
    r"|[(–-])(?:1[5-9]|20)\d\ds?\b(?![,.]?\d)",
    re.IGNORECASE,
)
# "When did" asks for a time; "When does rain fall?" for a condition, or for a time.
_EVENTS = frozenset("did was were will has have had would".split())
_CONDITIONS = frozenset("when whenever if after before until till during since once upon following while".split())
_WHENS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow tonight midnight noon overnight "
    "spring summer autumn winter christmas easter thanksgiving halloween ramadan".split()
)
_AGO = frozenset((*_UNITS, "weekend", "morning", "evening", "afternoon"))
_FROM = frozenset("after before later earlier ago".split())  # behind "two days"
_ORDINALS = ("st", "nd", "rd", "th")  # ends of "19th"


def answer_type(question: str) -> AnswerType | None:
    """The kind of thing that a question asks for; None where any sentence may answer. English only."""
    words = [word.lower() for word in _WORD.findall(question[:_LONGEST])]
    asked = False
    for place, word in enumerate(words):
        after = words[place + 1 : place + 3]
        if word in ("what", "which"):
            if (found := next((_NOUNS[noun] for noun in after if noun in _NOUNS), None)) is not None:
                return found
            if len(after) > 1 and after[0] in _IS and after[1] == "the":
                named = (_QUANTITIES[noun] for noun in words[place + 3 : place + 6] if noun in _QUANTITIES)
                found = next(named, None)
                if found is not None and (found != "money" or _NO_SUM.search(question.lower()) is None):
                    return found
            asked = True
        elif word in _ASKING and not (asked and after):  # "What happened when ...?" does not ask when
            return "occasion" if word == "when" and not _EVENTS.intersection(after[:1]) else _ASKING[word]
        elif word == "how" and after:
            if after[0] == "much" and _MONEY_NOUNS.intersection(words):
                return "money"
            return "length" if after[0] == "far" and "from" in words else _HOW.get(after[0])
    return None


def holds(wanted: AnswerType, sentence: str) -> bool:
    """Whether a sentence holds a thing of a type, as far as its words tell."""
    sentence = sentence[:_LONGEST]
    return _HOLDS[wanted](sentence, _WORD.findall(sentence))


def _has_one_of(names: Collection[str], sign: re.Pattern[str], sentence: str, words: list[str]) -> bool:
    """Whether a sentence has a sign, or a word of these, be it a plural or the end of a compound."""
    ends = [word.lower().rpartition("-")[2] for word in words]
    return any(word in names or word.removesuffix("s") in names for word in ends) or sign.search(sentence) is not None


def _has_money(sentence: str, words: list[str]) -> bool:
    return _has_one_of(_COINS, _COIN_AT, sentence, words) or _ROUND_SUM.search(sentence) is not None


def _has_share(sentence: str, words: list[str]) -> bool:
    if _has_one_of(_SHARES, _SHARE_AT, sentence, words):
        return True
    lower = [word.lower() for word in words]
    return any(
        between == "in" and _is_number(before) and _is_number(after)
        for before, between, after in zip(lower, lower[1:], lower[2:], strict=False)
    )


def _is_number(word: str) -> bool:
    return word[:1].isdigit() or word in _NUMBERS


def _has_name(sentence: str, words: list[str]) -> bool:
    return any(word[0].isupper() for word in words[1:]) or sum(word[0].isupper() for word in words[:2]) == 2


def _has_number(sentence: str, words: list[str]) -> bool:
    return any(char.isdigit() for char in _DATE.sub(" ", sentence)) or any(word.lower() in _NUMBERS for word in words)


def _has_duration(sentence: str, words: list[str]) -> bool:
    return any(word.lower().rpartition("-")[2] in _UNITS for word in words)


def _has_time(sentence: str, words: list[str]) -> bool:
    lower = [word.lower().strip("'’-") for word in words]
    if any(_YEAR.fullmatch(part) for word in lower for part in _PARTS.split(word)) or not _WHENS.isdisjoint(lower):
        return True
    if _CLOCK.search(sentence) is not None or any(map(_is_time, lower, lower[1:])):
        return True
    # "may" is mostly a verb; a month by itself is one where it is written with a capital, and beside a number.
    return any(word[0].isupper() and word.lower() in _MONTHS for word in words) or any(
        word.endswith("0s") and word[:-1].isdigit() for word in lower
    )


def _is_time(word: str, after: str) -> bool:
    """Whether two words in a row, in lower case, tell when."""
    return (
        (word in ("last", "this", "next", "that") and after in _AGO)
        or (word in _UNITS and (after in _FROM or after.isdigit()))
        or (word[:1].isdigit() and (after in _MONTHS or after == "o'clock"))
        or (after in ("century", "centuries", "millennium") and word.endswith(_ORDINALS))
    )


def _has_occasion(sentence: str, words: list[str]) -> bool:
    return any(word.lower() in _CONDITIONS for word in words) or _has_time(sentence, words)


def _has_reason(sentence: str, words: list[str]) -> bool:
    return " to " in sentence or any(word.lower() in _REASONS for word in words)


def _has_measure(unit: re.Pattern[str], sentence: str, words: list[str]) -> bool:
    return _has_number(sentence, words) and unit.search(sentence) is not None


_HOLDS: dict[AnswerType, Callable[[str, list[str]], bool]] = {
    "person": _has_name, "place": _has_name, "time": _has_time, "number": _has_number, "measure": _has_number,
    "money": _has_money, "share": _has_share,
    "duration": _has_duration, "reason": _has_reason, "occasion": _has_occasion,
    **{kind: partial(_has_measure, unit) for kind, unit in _MEASURED.items()},
}  # fmt: skip
