"""Whether a question refers to something that it does not itself name: "Who led it?", "And in Iraq?". English only."""

import re
from itertools import pairwise

from qa.search.terms import content_terms

__all__ = ["refers_outside"]

_WORD = re.compile(r"[\w'’-]+")
_PERSONAL = frozenset("it its he him his she her hers they them their theirs".split())
_POINTING = frozenset("this that these those another else former latter other others".split())
_INSIDE = frozenset("that another other others".split())  # of these, what may refer to a noun before them
_ORDER = frozenset(("former", "latter"))
_OPENINGS = (
    *(("and",), ("but",), ("so",), ("or",), ("what", "about"), ("how", "about"), ("how", "so")),
    *(("what", "else"), ("who", "else"), ("why", "not")),
)
# "this year" is the day's, not the conversation's.
_TIMES = frozenset(
    "year years month months week weeks day days morning afternoon evening night time decade century season summer "
    "winter spring autumn fall weekend".split()
)
_FUNCTION = frozenset(
    "is are was were be been do does did has have had can could will would shall should may might must of in on at by "
    "for from to with about like and or but as than what which who how why when where not".split()
)
_DETERMINERS = frozenset("a an the my your our some any each every which what many most several both all few".split())


def refers_outside(question: str) -> bool:
    """Whether a question has a pronoun, a pointing word or an opening ("And ...", "What about ...") that refers to what
    was said before, or no word of its own meaning.

    A pronoun, "another" or "others" refers inside when a noun phrase or a name stands before it: "Which painter cut off
    part of his own ear?"
    """
    words = _WORD.findall(question)
    lower = [_plain(word) for word in words]
    if any(tuple(lower[: len(opening)]) == opening for opening in _OPENINGS) or not content_terms(question):
        return True
    named = _first_named(words, lower)
    for place, word in enumerate(lower):
        inside = place > named
        if word in _PERSONAL and not inside:
            return True
        if _points(lower, place) and not (inside and word in _INSIDE):
            return True
    return False


def _points(lower: list[str], place: int) -> bool:
    word, before = lower[place], lower[place - 1] if place else ""
    after = lower[place + 1] if place + 1 < len(lower) else ""
    if word == "one":  # "which one", "the biggest one", but neither "one of" nor "one year"
        return after == "" or (after in _FUNCTION and after != "of")
    if word not in _POINTING or after in _TIMES:
        return False
    if word in _ORDER:  # "the former was", but neither "former president" nor "the latter half"
        return after == "" or after in _FUNCTION
    # "the fire that destroyed it", "say that Iran won"
    return word != "that" or not before or before in _FUNCTION or after == ""


def _first_named(words: list[str], lower: list[str]) -> int:
    """The place of the first name, or noun behind a determiner or number; that behind the last word where none is."""
    if words and words[0].isupper() and len(words[0]) > 1:  # "NASA launched its ..."
        return 0
    for place, (before, word) in enumerate(pairwise(lower), 1):
        determined = before in _DETERMINERS or before.isdigit()
        name = words[place][:1].isupper() and word != "i"
        if word not in _FUNCTION and (name or (determined and word not in _PERSONAL)):
            return place
    return len(words)


def _plain(word: str) -> str:
    return word.lower().replace("’", "'").split("'")[0]
