"""Answer type: the kind of thing that a question asks for: a person, a time, a length."""

import re
from typing import Literal

__all__ = ["REQUIRED", "AnswerType", "answer_type"]

AnswerType = Literal[
    "person", "place", "time", "number", "money", "share", "duration", "measure", "reason",
    "length", "speed", "weight", "temperature", "occasion", "relative",
]  # fmt: skip
# A passage without one does not answer. Of passages that answer, 1 of 158 has no time and 1 of 84 no number; of those
# that do not, 201 of 637 and 61 of 336. Lengths and the like are asked for too seldom there to tell. All of 39 texts
# that answer who a relative is (26 sentences of SQuAD, 13 of eleven other sets) speak of family, 162 of 653 others do.
REQUIRED: frozenset[AnswerType] = frozenset(
    ("time", "number", "money", "share", "length", "speed", "weight", "temperature", "relative")
)


def _by_word(words: dict[AnswerType, str]) -> dict[str, AnswerType]:
    return {word: kind for kind, some in words.items() for word in some.split()}


_LONGEST = 2_000  # limit: characters of a question that are looked at
_WORD = re.compile(r"[\w’'-]+")
_ASKING = _by_word({"person": "who whom whose who's", "place": "where", "time": "when", "reason": "why"})
_NOUNS = _by_word(  # behind "what" or "which"
    {
        "time": "year day date month time week decade century season",
        "place": "country city town state place village region province island continent county capital location venue",
        "person": "person man woman actor actress singer player president minister leader author writer director king "
        "queen politician celebrity athlete senator general rapper star artist driver",
        "share": "percentage percent share proportion",
        "number": "number amount score",
        "measure": "age",
        "money": "price",
    }
)
_QUANTITIES = _by_word(  # behind "what is the" or "what was her aunt's", with at most two words between
    {
        "number": "population", "money": "price cost fee fine salary revenue profit", "temperature": "temperature",
        "length": "height depth width diameter altitude elevation wingspan", "speed": "speed", "weight": "weight mass",
    }
)  # fmt: skip
# No sums of money: "What is the environmental cost of ...?"
_NO_SUM = re.compile(r"\b(?:environmental|human|social|political|hidden) (?:cost|price)|cost of living|profit margin")
# "It will do what this week?" asks for no week, "which age group" for no age, "in what time" for no date.
_BEFORE_NOUN, _BEHIND_NOUN = frozenset("this last next".split()), frozenset("group groups limit limits".split())
_IN_TIME = re.compile(r"\bin what time\b(?! (?:frame|of|period|span|zone)\b)", re.IGNORECASE)
_POSSESSIVES = ("'s", "’s", "s'", "s’")
_NEAR = 6  # words behind "what" in which "the" or a possessive is looked for
_IS = frozenset("is was are were".split())
_HOW = _by_word(
    {
        "number": "many", "duration": "long", "length": "tall deep wide thick", "speed": "fast", "weight": "heavy",
        "temperature": "hot cold", "measure": "old far big large high often much strong",
    }
)  # fmt: skip
# "What does a ticket cost?", but not "What did the war cost Russia?" and "What did she earn?", a degree
_DOES: dict[str, AnswerType] = {"cost": "money", "earn": "money", "weigh": "weight"}
_WEIGHS = frozenset("weigh weighs weighed".split())
_MONEY_NOUNS = frozenset(
    "money cost costs price worth pay paid pays earn earned spend spent fine fined raise raised salary budget "
    "debt".split()
)
# "When did" asks for a time; "When does rain fall?" for a condition, or for a time.
_OF_EVENTS = frozenset("did was were will has have had would".split())


_RELATIVES = (
    "husband|wife|spouse|partner|fiancée?|sons?|daughters?|child|children|kids|siblings?|brothers?|sisters?|twins?|"
    "parents?|mother|father|grandmother|grandfather|uncle|aunt|cousins?|nephews?|nieces?"
)
_WHO_IS = r"(?i:who|what)(?:[’']s| is| was| are| were)(?: the names? of)?"
_ASKS_RELATIVE = re.compile(
    # "Who is Ann Lee's first husband?", "What are the names of his children?"
    rf"{_WHO_IS}(?: [A-Z][\w.-]*)*(?: [A-Z][\w.-]*[’']s?| his| her| their)(?: [\w-]+){{0,2}}? (?:{_RELATIVES})\W*$"
    # "Who was the wife of Henry VIII?"
    rf"|{_WHO_IS} the(?: [\w-]+)? (?:{_RELATIVES}) of [A-Z]"
    # "Who did Ann Lee marry?", "Whom is she married to?"
    r"|(?i:whom?) (?:did|is|was)(?: [\w.-]+){1,4} (?:marry|married to)\W*$|(?i:who) (?:is|was) married to "
)


def answer_type(question: str) -> AnswerType | None:
    """The kind of thing that a question asks for; None where any sentence may answer. English only."""
    question = question[:_LONGEST].strip()
    if _ASKS_RELATIVE.match(question):
        return "relative"
    words = [word.lower() for word in _WORD.findall(question)]
    asked = False
    for place, word in enumerate(words):
        after = words[place + 1 : place + 3]
        if word in ("what", "which"):
            if (found := _named(words[place + 1 : place + 4])) is not None:
                return "duration" if _IN_TIME.search(question) is not None else found
            found = _quantity(words[place + 1 :])
            if found is not None and (found != "money" or _NO_SUM.search(question.lower()) is None):
                return found
            asked = True
        elif word in _ASKING and not (asked and after):  # "What happened when ...?" does not ask when
            return "occasion" if word == "when" and not _OF_EVENTS.intersection(after[:1]) else _ASKING[word]
        elif word == "how" and after:
            if after[0] == "much" and _WEIGHS.intersection(words):
                return "weight"
            if after[0] == "much" and _MONEY_NOUNS.intersection(words):
                return "money"
            return "length" if after[0] == "far" and "from" in words else _HOW.get(after[0])
    return None


def _named(words: list[str]) -> AnswerType | None:
    """The kind of thing that one of two words behind "what" or "which" names; `words` are three."""
    for noun, before, behind in zip(words[:2], ["", *words], [*words[1:], ""], strict=False):
        if noun in _NOUNS and before not in _BEFORE_NOUN and behind not in _BEHIND_NOUN:
            return _NOUNS[noun]
    return None


def _quantity(words: list[str]) -> AnswerType | None:
    """The kind of quantity that the words behind "what" ask for: "is the average price", "was her aunt's salary", "does
    a ticket cost"."""
    if words[:1] and words[0] in ("do", "does"):
        return _DOES.get(words[-1])
    if words[:1] and words[0] in _IS:
        found = (place for place, word in enumerate(words[1:_NEAR], 1) if word == "the" or word.endswith(_POSSESSIVES))
        if (owner := next(found, None)) is not None:
            return next((_QUANTITIES[noun] for noun in words[owner + 1 : owner + 4] if noun in _QUANTITIES), None)
    return None
