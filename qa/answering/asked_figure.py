"""Asked figure: which number or date an English question asks for, of what, and whether a sentence is about that."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from index.store.bm25 import term_of
from qa.answering.numbers import Token, tokens_of
from qa.answering.quantities import UNITS
from qa.answering.said_dates import is_time
from qa.answering.time_agreement import years_said
from qa.search.terms import content_terms

__all__ = [
    "PEOPLE", "PLURALS", "AskedFigure", "asked_figure", "has_most_terms", "is_about", "is_of", "lemma", "names_in",
    "predicate", "tells",
]  # fmt: skip

Kind = Literal["count", "share", "money", "unit", "magnitude", "date"]
_STEM = 4  # letters by which names are one: "Iran" and "Iranian", but not "US" and "use"
_SPECIFIC = 2  # names, terms and predicates from which a question tells one thing: "years in the Senate" are anybody's
_NOUNS = 4  # limit: words behind "how many" among which the noun stands

PEOPLE = frozenset("people person persons".split())
PLURALS = frozenset("people persons men women children police troops fish sheep species aircraft cattle".split())
_NOPLURALS = frozenset("this us has was is does news less various across".split())
# What is said of people and things in different words, by the word that stands for all of them.
_PREDICATES = {
    word: name
    for name, words in {
        "kill": "kill kills killed killing die dies died dying dead death deaths fatal fatality fatalities lives lost",
        "injure": "injure injures injured injuring injury injuries wounded wounding hurt",
        "arrest": "arrest arrests arrested arresting detained detains custody",
        "miss": "missing unaccounted",
        "displace": "displaced homeless evacuated evacuate fled flee",
        "rescue": "rescued saved",
        "infect": "infected infections tested sickened sick ill illnesses",
        "hospitalise": "hospitalised hospitalized hospital",
        "dismiss": "lay laid laying layoffs fired dismissed sacked",
    }.items()
    for word in words.split()
}  # fmt: skip
_LEMMAS = {
    word: name
    for name, words in {
        "win": "won", "sell": "sold", "buy": "bought", "pay": "paid", "spend": "spent", "lose": "lost",
        "build": "built", "make": "made", "fall": "fell fallen", "rise": "rose risen", "strike": "struck",
        "steal": "stole stolen", "take": "took taken", "begin": "began begun start starts started", "sink": "sank sunk",
        "burn": "burnt", "shoot": "shot", "write": "wrote written", "grow": "grew grown", "give": "gave given",
        "sentence": "sentenced", "cost": "costs price", "raise": "raised",
    }.items()
    for word in words.split()
}  # fmt: skip
# Words that say nothing of what is counted.
_LIGHT = frozenset(
    "have keep be maintain hold there still now current currently total number amount approximately about around "
    "estimated estimate according recent recently new week year month today many much long far old big times time "
    "expected likely say said report reported percentage percent share proportion toll day date money cost announce "
    "announced live go get will how what when next first".split()
)
_OVER = frozenset("did was were had".split())
_AHEAD = frozenset("will next upcoming due scheduled expected".split())
_MONEY = frozenset(
    "cost costs price pay paid pays earn earned fine fined spend spent sell sold raise raised money".split()
)
_stem = lru_cache(maxsize=65_536)(term_of)  # limit: words that are remembered
_MONEY_NOUNS = frozenset("price cost fine bill bounty reward ransom salary".split())


@dataclass(frozen=True, slots=True)
class AskedFigure:
    """`head` is the term of what is counted; `unit` one of UNITS; `said` the name of what is said of it ("kill"), or
    empty. `terms` are the question's other terms and `names` those of its names: what a sentence must speak of. `words`
    are all of it; `dated` says whether it names a year, `ahead` whether it asks of what is to come (True) or
    is over (False), None where that cannot be told."""

    kind: Kind
    head: str
    unit: str
    said: str
    terms: frozenset[str]
    names: frozenset[str]
    words: frozenset[str]
    dated: bool
    ahead: bool | None


def lemma(word: str) -> str:
    """The term that a word is compared by."""
    return _stem(_LEMMAS.get(word, word))


@cache
def _light() -> frozenset[str]:
    return frozenset(map(_stem, _LIGHT))


def predicate(word: str) -> str:
    """The name of what a word says of people, such as "kill" for "deaths"; empty for other words."""
    return _PREDICATES.get(word, "")


def asked_figure(question: str) -> AskedFigure | None:
    """What a question asks for; None where that is no number and no date, or cannot be told."""
    every = tokens_of(question)
    tokens = _asking(every)
    words = [token.text for token in tokens]
    asked = _kind(words)
    if asked is None:
        return None
    kind, head, unit = asked
    said = next((name for word in words if (name := predicate(word))), "")
    names = {token.text for place, token in enumerate(every) if _is_name(every, place)}
    content = set(content_terms(question))
    light = _light()
    terms = {
        lemma(word)
        for word in words
        if _stem(word) in content and word not in names and _stem(word) not in light | {head} and not predicate(word)
        and word not in UNITS and word not in PEOPLE
    }  # fmt: skip
    if _name_count(every) + len(terms) + bool(said) < _SPECIFIC:
        return None
    ahead = True if not _AHEAD.isdisjoint(words) else False if not _OVER.isdisjoint(words) else None
    dated = bool(years_said(question))
    return AskedFigure(kind, head, unit, said, frozenset(terms), frozenset(names), frozenset(words), dated, ahead)


def _asking(tokens: list[Token]) -> list[Token]:
    """The last sentence of a question, if that asks for a figure: what stands before it tells how it comes to be asked.
    Not so "Louis" and what follows it in "St. Louis"."""
    ends = [place for place, token in enumerate(tokens[:-2]) if token.text in "?." and tokens[place + 1].capital]
    last = tokens[ends[-1] + 1 :] if ends else tokens
    return tokens if _kind([token.text for token in last]) is None else last


def _kind(words: list[str]) -> tuple[Kind, str, str] | None:
    """The kind of figure, the term of what is counted, and the unit."""
    for place in range(len(words) - 1, -1, -1):  # the last "how many": what stands before it tells of other things
        word, after = words[place], words[place + 1 : place + 2]
        rest = words[place + 1 :]
        if word == "how" and after == ["many"]:
            return _counted(rest[1 : 1 + _NOUNS])
        if word == "how" and after == ["much"]:
            return ("share", "", "") if rest[1:2] == ["of"] else ("money", "", "") if _MONEY & set(words) else None
        if word == "how" and after == ["long"]:
            return "unit", "", "time"
        if word == "how" and after and after[0] in ("high", "tall", "deep", "far", "wide"):
            return "unit", "", "length"
        if word == "when" and not place:
            return "date", "", ""
        if word in ("what", "which", "the"):
            if after and after[0] in ("percentage", "percent", "share", "proportion"):
                return "share", "", ""
            if after == ["magnitude"]:
                return "magnitude", "", ""
            if after == ["death"] and rest[1:2] == ["toll"]:
                return "count", _stem("people"), ""
            if word != "the" and after and after[0] in ("date", "day", "year"):
                return "date", "", ""
            if word != "the" and after and after[0] in _MONEY_NOUNS:
                return "money", "", ""
        if word == "number" and after == ["of"]:
            return _counted(rest[1 : 1 + _NOUNS])
    return None


def _counted(after: list[str]) -> tuple[Kind, str, str] | None:
    for word in after:
        if word in UNITS:
            return "unit", "", UNITS[word]
        if word in PLURALS or (
            len(word) > 2 and word.endswith("s") and not word.endswith("ss") and word not in _NOPLURALS
        ):
            return "count", _stem("people" if word in PEOPLE else word), ""
    return None


def _name_count(tokens: list[Token]) -> int:
    """The number of names of a question, where words side by side are one."""
    return sum(_is_name(tokens, place) and not _is_name(tokens, place - 1) for place in range(1, len(tokens)))


def _is_name(tokens: list[Token], place: int) -> bool:
    token = tokens[place]
    if not token.capital or not token.text.isalpha() or len(token.text) < 2 or is_time(token.text):
        return False
    return place > 0 and tokens[place - 1].text not in '.?!:“"'


def is_about(asked: AskedFigure, context: Collection[str]) -> bool:
    """Whether the words of a passage and its title have more of the names that a question has than they lack."""
    found = names_in(asked, context)
    return not asked.names or found > len(asked.names) - found


def tells(asked: AskedFigure, words: Collection[str]) -> bool:
    """Whether the words of a sentence tell what a question asks: most of its terms, and most of its names where nothing
    is said of people."""
    return bool(asked.said or is_about(asked, words)) and has_most_terms(asked, words)


def has_most_terms(asked: AskedFigure, words: Collection[str]) -> bool:
    """Whether more of the question's terms, and of what it says of people, stand among words than do not; also where it
    has none."""
    said = {lemma(word) for word in words}
    held = [term in said for term in asked.terms]
    if asked.said:
        held.append(any(predicate(word) == asked.said for word in words))
    return not held or sum(held) > held.count(False)


def names_in(asked: AskedFigure, words: Collection[str]) -> int:
    """How many of the question's names stand among words; "Iran" does in "Iranian"."""
    return sum(any(is_of(name, word) for word in words) for name in asked.names)


def is_of(name: str, word: str) -> bool:
    """Whether a word is a name, or made of it."""
    return word == name or (len(name) >= _STEM and word.startswith(name[:_STEM]))
