"""Quantities: the numbers of an English sentence with their unit, what they count, and what limits them."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.text.dates import MONTHS
from index.types import Span
from qa.answering.numbers import SCALES, SMALL, Token, number_at, text_at

__all__ = ["UNITS", "Quantity", "quantities"]

_YEARS = (1800, 2100)  # fact: what is written without a comma between these is a year
_HEAD = 4  # limit: words behind a number among which the thing counted stands
_SIGNS = "$£€¥₹"
_COINS = {"dollar": "$", "euro": "€", "yen": "¥", "rupee": "₹"}
# What a unit is compared by, and the words that name it.
UNITS = {
    word: unit
    for unit, words in {
        "second": "second seconds", "minute": "minute minutes", "hour": "hour hours", "day": "day days",
        "week": "week weeks", "month": "month months", "year": "year years", "decade": "decade decades",
        "mile": "mile miles", "kilometre": "kilometre kilometres kilometer kilometers km",
        "metre": "metre metres meter meters", "foot": "foot feet ft", "inch": "inch inches",
        "hectare": "hectare hectares", "acre": "acre acres", "tonne": "tonne tonnes ton tons",
        "kilogram": "kilogram kilograms kg", "pound": "pound pounds", "degree": "degree degrees", "mph": "mph",
        "barrel": "barrel barrels", "gallon": "gallon gallons", "litre": "litre litres liter liters",
    }.items()
    for word in words.split()
}  # fmt: skip
_PERIODS = frozenset("second minute hour day night week month year season person head share game match".split())
_RATES = {
    "each": "each", "apiece": "each", "annually": "year", "yearly": "year", "monthly": "month", "weekly": "week",
    "daily": "day", "hourly": "hour",
}  # fmt: skip
_ABOUT = frozenset("about around some nearly almost over roughly approximately estimated exceeding".split())
# A bound is no figure, and a base, a rest or an earlier value not the one that is told.
_BOUNDS = ("up to", "as many as", "as much as", "fewer than", "less than", "no more than", "at most", "below", "under")
_OTHERS = (
    *("another", "additional", "further", "extra", "other", "the next", "the first", "the last", "previous", "past"),
    *("compared with", "compared to", "down from", "up from", "instead of", "rather than", "versus", "within"),
    *("no", "no .", "number", "page", "section", "article", "chapter", "aged", "age", "than"),
)
_AMOUNTS = frozenset(
    "total toll number population sum fine value price cost tally majority crowd record maximum loss profit "
    "sentence term reward bounty magnitude estimate".split()
)
_PARTS = frozenset(("of those", "of them", "of whom", "of these", "of the", "of its", "of his", "of her", "of their"))
_REST = frozenset("more others other additional further extra".split())
_ENDS = frozenset(
    "a an the and but of in on at by for from to with as is are was were be been has have had will would can could "
    "may might who that which when while after before since during into over under near there it he she they".split()
)
_CHANGES = frozenset(
    "rose risen rise rises rising raised raises fell fallen fall falls falling cut cuts cutting increased increase "
    "increases dropped drop drops reduced reduce grew grown grow lifted lowered climbed jumped went up down".split()
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a sentence. `span` has it with "about" or "at least" in front and its unit behind. `unit` is "%", the
    sign of a currency, a unit of UNITS, "magnitude", or empty for a count; `rate` is the unit that it is per, or empty.
    `counted` are the words right behind it, for a count those that may name what is counted; `first` and `last` are
    its first and last token."""

    span: Span
    value: float
    unit: str
    rate: str
    counted: tuple[str, ...]
    first: int
    last: int


def quantities(tokens: Sequence[Token]) -> list[Quantity]:
    """The quantities that a sentence tells, in order, without bounds ("up to 9"), ranges, ranks, times, ages, telephone
    numbers, years, and values that it compares with or adds to others."""
    found: list[Quantity] = []
    place = 0
    while place < len(tokens):
        read = number_at(tokens, place)
        if read is None:
            place += 1
            continue
        value, last, sign = read
        if (one := _quantity(tokens, place, last, value, sign)) is not None:
            found.append(one)
        place = last + 1
    return found


def _quantity(tokens: Sequence[Token], first: int, last: int, value: float, form: str) -> Quantity | None:
    """The quantity of the number from its first to its last token, if it is one."""
    begin, sign = first, ""
    if first and tokens[first - 1].text in _SIGNS and tokens[first - 1].end == tokens[first].start:
        begin, sign = first - 1, tokens[first - 1].text
        if begin and tokens[begin].start == tokens[begin - 1].end and tokens[begin - 1].text.isalpha():
            begin, sign = begin - 1, tokens[begin - 1].text.removeprefix("us") + sign
    elif first and tokens[first - 1].end == tokens[first].start and tokens[first - 1].text not in "(“\"‘'—–":
        return None  # A380, 3-1, 10:30, #4
    end, unit, rest = _unit(tokens, last, sign)
    if unit is None or _is_range(tokens, begin, end) or (form == "word" and value < 2 and not unit):
        return None
    if not unit and form == "figure" and _YEARS[0] <= value <= _YEARS[1] and "," not in tokens[first].text:
        return None
    words = [token.text for token in tokens[max(0, begin - 4) : begin]]
    behind = text_at(tokens, rest)
    if not unit and behind == "of":
        behind = f"of {text_at(tokens, rest + 1)}"
    if _is_told_of_another(words, behind):
        return None
    if not unit and (_is_month(text_at(tokens, rest)) or any(map(_is_month, words[-2:]))):
        return None  # Aug. 14
    if not unit and begin > 1 and tokens[begin - 1].capital and not tokens[begin - 1].text.endswith("day"):
        return None  # Boeing 737
    start = _with_about(words, begin)
    counted = []
    for token in tokens[rest : rest + _HEAD]:
        if not token.text.isalpha() or token.text in _ENDS:
            break
        counted.append(token.text)
    if not unit and (text_at(tokens, start - 1) == "magnitude" or words[-2:] == ["magnitude", "of"]):
        unit = "magnitude"
    rate = _rate(tokens, rest)
    span = Span(tokens[start].start, tokens[end].end)
    return Quantity(span, value, unit, rate, tuple(counted), start, end)


def _unit(tokens: Sequence[Token], last: int, sign: str) -> tuple[int, str | None, int]:
    """The last token of the unit behind a number, the unit (None where the number is part of a word that is no unit),
    and the place of what follows."""
    after = last + 1
    if sign or after >= len(tokens):
        glued = after < len(tokens) and tokens[after].start == tokens[last].end and tokens[after].text in "-–/:"
        return last, None if glued and _digit_at(tokens, after + 1) else sign, after
    token = tokens[after]
    touches = token.start == tokens[last].end
    if touches and token.text == "-" and after + 1 < len(tokens):
        word = tokens[after + 1].text
        if word == "magnitude":
            return last, "magnitude", after + 2
        old = "old" in (text_at(tokens, place) for place in range(after + 2, after + _HEAD))
        return (after + 1, UNITS[word], after + 2) if word in UNITS and not old else (last, None, after)
    if token.text == "%":
        return after, "%", after + 1
    if token.text == "percent" or (token.text == "per" and text_at(tokens, after + 1) == "cent"):
        end = after + (token.text == "per")
        return end, "%", end + 1
    if token.text == "percentage" or (token.text == "points" and not touches):
        return after, None, after + 1
    singular = token.text.removesuffix("s")
    if singular in _COINS:
        return after, _COINS[singular], after + 1
    if token.text in UNITS:
        is_age = text_at(tokens, after + 1) in ("old", "ago", "later", "earlier")
        return after, None if is_age else UNITS[token.text], after + 1
    if touches and token.text not in ".,;:!?)”\"’'—–":
        return last, None, after  # 25th, 3pm, 12/13
    if touches and token.text in ":–—" and _digit_at(tokens, after + 1):
        return last, None, after
    return last, "", after


def _digit_at(tokens: Sequence[Token], place: int) -> bool:
    return text_at(tokens, place)[:1].isdigit()


def _is_month(word: str) -> bool:
    return word in MONTHS


def _is_range(tokens: Sequence[Token], begin: int, end: int) -> bool:
    """Whether a number is one end of a range, or the value before a change."""
    before, after = text_at(tokens, begin - 1), text_at(tokens, end + 1)

    def number(place: int) -> bool:
        text = text_at(tokens, place)
        return text[:1].isdigit() or text in SMALL or text in _SIGNS

    if after in ("to", "or", "–", "-", "—") and number(end + 2):
        return True
    if before == "between" or (
        before == "and" and "between" in [token.text for token in tokens[max(0, begin - 5) : begin]]
    ):
        return True
    if before in ("to", "or", "–", "-", "—") and begin > 1 and _ends_number(tokens, begin - 2):
        near = {token.text for token in tokens[max(0, begin - 8) : begin]}
        return not (before == "to" and "from" in near and near & _CHANGES)
    return before == "from"


def _ends_number(tokens: Sequence[Token], place: int) -> bool:
    text = tokens[place].text
    return text[:1].isdigit() or text in SMALL or text in SCALES or text == "%" or text in UNITS


def _is_told_of_another(before: Sequence[str], after: str) -> bool:
    """Whether the words around a number make it a bound, a rest, a base, a rank or what another is compared with."""
    if _ends(before, _BOUNDS):
        return True
    if _ends(before[:-2] if before[-2:] in (["more", "than"], ["at", "least"]) else before, _OTHERS):
        return True
    if before[-1:] == ["of"] and (len(before) < 2 or before[-2] not in _AMOUNTS):
        return True
    return before[-2:] == ["of", "the"] or after in _REST or after in _PARTS


def _ends(words: Sequence[str], phrases: Sequence[str]) -> bool:
    return f" {' '.join(words)}".endswith(tuple(f" {phrase}" for phrase in phrases))


def _with_about(before: Sequence[str], begin: int) -> int:
    """The place where "about", "at least" or "more than" in front of a number begins, else the number's own."""
    if list(before[-2:]) in (["more", "than"], ["at", "least"]):
        return begin - 2
    return begin - 1 if before and before[-1] in _ABOUT else begin


def _rate(tokens: Sequence[Token], place: int) -> str:
    """What a quantity is per: "year" for "a year", "per year", "annually"; empty for none."""
    for at in range(place, min(place + _HEAD, len(tokens))):
        word = tokens[at].text
        if word in ("per", "a", "an", "each", "every") and text_at(tokens, at + 1) in _PERIODS:
            return text_at(tokens, at + 1)
        if word in _RATES:
            return _RATES[word]
    return ""
