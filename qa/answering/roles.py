"""Whether a sentence says who or what a name is, or what it said. English only."""

import re
from collections.abc import Iterator

from index.text.names import PEOPLE, SPEECH, THINGS
from index.types import Span

__all__ = ["people", "says", "tells_role"]

_WORD = re.compile(r"[\w’'-]+")
_NEAR = 60  # characters after a name in which a role or a verb of speech belongs to it
_BEFORE = 4  # words before a name
_ARTICLES = frozenset("a an the his her their its who whose which former head chief".split())
_IS = frozenset("is are was were became remains".split())
_ROLES = PEOPLE | THINGS
_PERSON = re.compile(r"(?<![\w’'-])(?:[A-Z][\w’'-]++ ){1,2}[A-Z][\w’'-]++")
_TITLES = PEOPLE | frozenset("mr mrs ms dr".split())
_NO_PERSON = _ROLES | frozenset(
    """the a an but and if when while as for with from after before then even yet so or nor north south east west new
    saint united house white supreme security national international world news times post forces guards corps
    nations affairs street lake monday tuesday wednesday thursday friday saturday sunday january february march april
    may june july august september october november december act bill day republican democratic federal""".split()
)


def tells_role(sentence: str, name: Span) -> bool:
    """Whether a sentence says who or what stands at a name's range: a role before it ("the spokesman X"), an
    apposition after it ("X, the head of ...", "X, 45, a nurse") or "X is a ...".
    """
    before, after = sentence[: name.start], sentence[name.end : name.end + _NEAR]
    ends_before = max(before.rfind(mark) for mark in ".;:!?()")
    words = _words(before[ends_before + 1 :])[-_BEFORE:]
    if words and words[-1] in _ROLES:
        return True
    # "the head of the agency, X," and "the city of X"
    if _ROLES.intersection(words) and (before.rstrip().endswith(",") or words[-1] in ("of", "named", "called")):
        return True
    follows = _words(after)
    if follows[:1] and follows[0] in _IS:
        return bool(_ARTICLES.intersection(follows[1:3])) or bool(_ROLES.intersection(follows[1:5]))
    if after.startswith((",", " (", " –", " —")):
        clause = _words(_clause(after[1:]))
        if clause and clause[0].isdigit():  # an age
            clause = _words(_clause(after[1:].partition(",")[2]))
        return bool(clause) and (clause[0] in _ARTICLES - {"who", "which"} or bool(_ROLES.intersection(clause)))
    return False


def says(sentence: str, name: Span) -> bool:
    """Whether whoever stands at a name's range speaks in a sentence: "X said", "said X", "according to X"."""
    before = _words(sentence[: name.start])[-_BEFORE:]
    after = _words(sentence[name.end : name.end + _NEAR])[:_BEFORE]
    return bool(SPEECH.intersection(after) or SPEECH.intersection(before[-3:]) or before[-2:] == ["according", "to"])


def people(sentence: str) -> Iterator[str]:
    """The persons, by first name and last name, of whom a sentence says what they are: "President X Y", "X Y, a
    nurse". Each once, in their order."""
    seen = set()
    for match in _PERSON.finditer(sentence):
        words = match[0].split()
        words[-1] = words[-1].removesuffix("’s").removesuffix("'s")
        while len(words) > 2 and _plain(words[0]) in _TITLES:
            words = words[1:]
        name = " ".join(words)
        if any(_plain(word) in _NO_PERSON or word.isupper() for word in words) or name in seen:
            continue
        start = sentence.index(name, match.start())
        before = sentence[:start].rstrip()
        title = _words(before)[-1:]
        follows = _words(_clause(sentence[match.end() + 1 :][:_NEAR]))
        beside = sentence.startswith(", ", match.end()) and len(follows) > 1 and follows[0] in _ARTICLES
        if (before[-1:].isalpha() and PEOPLE.intersection(title)) or (beside and PEOPLE.intersection(follows)):
            seen.add(name)
            yield name


def _clause(text: str) -> str:
    """What stands up to the next comma or bracket."""
    ends = [place for mark in ",)–—;" if (place := text.find(mark)) >= 0]
    return text[: min(ends)] if ends else text


def _words(text: str) -> list[str]:
    return [_plain(word) for word in _WORD.findall(text)]


def _plain(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")
