"""The words, numbers and signs of an English sentence, and what its numbers are worth."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "SCALES", "SMALL", "Token", "agree", "clause_of", "may_count", "number_at", "text_at", "tokens_of", "words_of",
]  # fmt: skip

_LONGEST = 2_000  # limit: characters of a sentence that are looked at
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*|[^\w\s]|_")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "ten twenty thirty forty fifty sixty seventy eighty ninety".split()
# fact: what words are worth
SMALL = dict(zip(_ONES, range(20), strict=True)) | dict(zip(_TENS, range(10, 100, 10), strict=True))
SCALES = {"dozen": 12, "hundred": 100} | {  # fact: likewise
    name: 1000**power  # fact: likewise
    for power, names in enumerate(("thousand k", "million m mn", "billion bn", "trillion tn"), 1)
    for name in names.split()
}
_STOPS = frozenset((",", ";", ":", "(", ")", "—", "–", "but", "while", "whereas"))
_LETTERS = frozenset(("k", "m", "mn", "bn", "tn"))  # scales only where they touch the number


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign of a sentence, lower-cased, where it stands, and whether it begins with a capital."""

    text: str
    start: int
    end: int
    capital: bool


def tokens_of(sentence: str) -> list[Token]:
    """The tokens of a sentence, in order."""
    return [
        Token(match.group().lower(), match.start(), match.end(), match.group()[0].isupper())
        for match in _TOKEN.finditer(sentence[:_LONGEST])
    ]


def words_of(text: str) -> frozenset[str]:
    """The words of a text of any length, lower-cased, each once."""
    return frozenset(_WORD.findall(text.lower()))


def may_count(word: str) -> bool:
    """Whether a number may begin with a word in lower case."""
    return word[0].isdigit() or word in SMALL


def agree(one: float, other: float) -> bool:
    """Whether one number is the other, rounded to as many digits as it shows: 2,500 and 2,487 do, 12 and 15 do not."""
    return any(round(a, _digits(b)) == b for a, b in ((one, other), (other, one)))


def _digits(value: float) -> int:
    """The place to which a number is rounded, as `round` counts it: 0 for 2,487, -2 for 2,500, 1 for 7.5."""
    if value != int(value):
        return len(f"{value:.6f}".rstrip("0").partition(".")[2])
    digits = str(int(abs(value)))
    return -min(len(digits) - len(digits.rstrip("0")), len(digits) - 1)


def number_at(tokens: Sequence[Token], place: int) -> tuple[float, int, str] | None:
    """The value of the number that begins at a place, its last token, and "word" or "figure"; None for one
    beyond what a float holds."""
    text = tokens[place].text
    if text[0].isdigit():
        if not _GROUPED.fullmatch(text):
            return None
        value, last = float(text.replace(",", "")), place
    elif text in SMALL:
        value, last = float(SMALL[text]), place
        ones = SMALL.get(text_at(tokens, place + 2), 0)
        hyphen = text_at(tokens, place + 1) == "-" and tokens[place + 1].start == tokens[place].end
        if text in _TENS and 0 < ones < 10 and hyphen:  # fact: "twenty-one"
            value, last = value + ones, place + 2
    else:
        return None
    scaled = False
    while last + 1 < len(tokens) and (scale := SCALES.get(tokens[last + 1].text)):
        touches = tokens[last + 1].start == tokens[last].end
        if touches != (tokens[last + 1].text in _LETTERS):
            break
        value, last, scaled = value * scale, last + 1, True
    if math.isinf(value):
        return None
    return round(value, 6), last, "figure" if text[0].isdigit() or scaled else "word"


def text_at(tokens: Sequence[Token], place: int) -> str:
    """The text of the token at a place; empty where there is none."""
    return tokens[place].text if 0 <= place < len(tokens) else ""


def clause_of(tokens: Sequence[Token], first: int, last: int, *, back: bool = True) -> list[Token]:
    """The words around some tokens up to the next comma, colon, bracket or "but" on either side; without `back`, only
    those from them on."""
    while back and first and tokens[first - 1].text not in _STOPS:
        first -= 1
    while last + 1 < len(tokens) and tokens[last + 1].text not in _STOPS:
        last += 1
    return list(tokens[first : last + 1])
