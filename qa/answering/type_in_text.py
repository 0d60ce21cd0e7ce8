"""Whether a sentence holds a thing of an answer type, as far as its words tell. English only."""

import re
from collections.abc import Callable, Collection
from functools import partial

from index.text.dates import ENGLISH_MONTHS, MONTHS_SHORT
from qa.answering.answer_type import AnswerType

__all__ = ["holds"]

_LONGEST = 2_000  # limit: characters of a sentence that are looked at
_WORD = re.compile(r"[\w’'-]+")
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_PARTS = re.compile(r"[’'-]")
_CLOCK = re.compile(r"\b\d{1,2}(?::\d\d|(?:\.\d\d)? ?[ap]\.?m\b)|\b\d+ (?:AD|CE|BCE?|BP)\b|\bAD \d")
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
# "June 3", "3 June", "in 2019", "(1847)": no numbers of anything; "by 2000 guests" is one
_DATE = re.compile(
    rf"\b(?:{_MONTH})\b\.? \d{{1,2}}\b(?!,?\d)(?:, [12]\d{{3}}\b)?|\b\d{{1,2}} (?:{_MONTH})\b(?: [12]\d{{3}}\b)?"
    rf"|(?:\b(?:in|since|by|until|till|from|to|of|and|during|before|after|around|circa|early|late|mid|the|{_MONTH})[ -]"
    r"|[(–-])(?:1[5-9]|20)\d\ds?\b(?![,.]?\d)(?! [a-z]{3,}s\b)",
    re.IGNORECASE,
)
_AGE = re.compile(r"\b\w{1,20}[ -]years?[ -]olds?\b", re.IGNORECASE)  # "a 22-year-old woman": no number of women
_CONDITIONS = frozenset("when whenever if after before until till during since once upon following while".split())
_TIME_WORDS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow tonight midnight noon overnight "
    "spring summer autumn winter christmas easter thanksgiving halloween ramadan".split()
)
_WARS = re.compile(r"\bWorld War\b|\b(?:Civil|Cold|Great|Gulf) War\b")  # "at the end of World War I"
_SPANS = frozenset((*_UNITS, "weekend", "morning", "evening", "afternoon"))  # behind "last", "this", "next"
_SHIFTS = frozenset("after before later earlier ago".split())  # behind "two days"
_ORDINALS = ("st", "nd", "rd", "th")  # ends of "19th"


_FAMILY = re.compile(
    r"\b(?:husband|wife|wives|spouse|sons?|daughters?|child|children|kids|sibling|brothers?|sisters?|twins?|triplets|"
    r"parents?|mother|mom|mum|father|dad|uncle|aunt|cousins?|nephews?|nieces?|grand\w+|step\w+|half-\w+|in-law|"
    r"marri\w+|marry|weds?|wedding|widow\w*|divorc\w+|partner|couple|fianc\w+|engaged|bride|groom|girlfriend|"
    r"boyfriend|baby|babies|girls?|boys?|family|heirs?|born to|fathered|bore|descend\w+|dynasty|ex-\w+)s?\b",
    re.IGNORECASE,
)


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


def _has_figure(sentence: str, words: list[str]) -> bool:
    parts = (part for word in words for part in word.lower().split("-"))  # "nine-year"
    return any(char.isdigit() for char in _DATE.sub(" ", sentence)) or not _NUMBERS.isdisjoint(parts)


def _has_number(sentence: str, words: list[str]) -> bool:
    counting = _AGE.sub(" ", sentence)
    return _has_figure(counting, words if counting == sentence else _WORD.findall(counting))


def _has_duration(sentence: str, words: list[str]) -> bool:
    return any(word.lower().rpartition("-")[2] in _UNITS for word in words)


def _has_time(sentence: str, words: list[str]) -> bool:
    lower = [word.lower().strip("'’-") for word in words]
    if any(_YEAR.fullmatch(part) for word in lower for part in _PARTS.split(word)) or not _TIME_WORDS.isdisjoint(lower):
        return True
    if _CLOCK.search(sentence) or _WARS.search(sentence) or any(map(_is_time, lower, lower[1:])):
        return True
    # "may" is mostly a verb; a month by itself is one where it is written with a capital, and beside a number.
    parts = (part for word in words for part in _PARTS.split(word))  # "mid-March", "March's"
    return any(part[:1].isupper() and part.lower() in _MONTHS for part in parts) or any(
        word.endswith("0s") and word[:-1].isdigit() for word in lower
    )


def _is_time(word: str, after: str) -> bool:
    """Whether two words in a row, in lower case, tell when."""
    return (
        (word in ("last", "this", "next", "that") and after in _SPANS)
        or (word in _UNITS and (after in _SHIFTS or after.isdigit()))
        or (word[:1].isdigit() and (after in _MONTHS or after == "o'clock"))
        or (after in ("century", "centuries", "millennium") and word.endswith(_ORDINALS))
    )


def _has_occasion(sentence: str, words: list[str]) -> bool:
    return any(word.lower() in _CONDITIONS for word in words) or _has_time(sentence, words)


def _has_reason(sentence: str, words: list[str]) -> bool:
    return " to " in sentence or any(word.lower() in _REASONS for word in words)


def _has_measure(unit: re.Pattern[str], sentence: str, words: list[str]) -> bool:
    return _has_figure(sentence, words) and unit.search(sentence) is not None


_HOLDS: dict[AnswerType, Callable[[str, list[str]], bool]] = {
    "person": _has_name, "place": _has_name, "time": _has_time, "number": _has_number, "measure": _has_figure,
    "money": _has_money, "share": _has_share,
    "relative": lambda sentence, _: _FAMILY.search(sentence) is not None,
    "duration": _has_duration, "reason": _has_reason, "occasion": _has_occasion,
    **{kind: partial(_has_measure, unit) for kind, unit in _MEASURED.items()},
}  # fmt: skip
