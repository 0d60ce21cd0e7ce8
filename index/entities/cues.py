"""Weighs whether a name is of a person, an organisation or a place, by its words and by the words around it."""

from collections.abc import Sequence
from typing import NamedTuple

from index.entities.runs import Run
from index.entities.tokens import Token
from index.entities.word_lists import (
    KNOWN_ORGANISATIONS,
    ORGANISATION_HEADS,
    ORGANISATION_THINGS,
    OTHER_ACRONYMS,
    PARTICLES,
    PLACE_FIRST,
    PLACE_HEADS,
    PLACE_NOUNS,
    PLACE_THINGS,
    SINGLE_HEADS,
    SURNAME_HEADS,
    common_words,
    given_names,
    is_adjective,
    places,
)
from index.text.names import PEOPLE, SPEECH

__all__ = ["Votes", "neighbour_votes", "votes"]

# What a cue counts, chosen on tests/golden/entities/tagged.txt: one that decides, one that mostly does, one of several.
_SURE, _LIKELY, _HINT = 4, 2, 1
_WITHIN = frozenset("in near outside across throughout around inside".split())
_TOWARDS = frozenset("from at on to via through between off leaving reached visited".split())
_NAMED = frozenset("named called nicknamed alias".split())
_TOLD = frozenset("with told accused urged thanked asked by met blamed arrested".split())
_OWNERS = frozenset("members shares employees analysts officials spokesman spokeswoman unit subsidiary staff".split())
_IS_PERSON = frozenset("who whose whom".split())
_APPOSED = frozenset("a an the his her their its former then who whose whom".split())
_NAMES = 3  # words of a person's name, of which one may be an English word otherwise
_ACRONYM = 6  # limit: letters of an acronym
_KINDS_OF_THINGS = frozenset("air military naval army border coastal tech oil car media news political".split())
_CLAUSE = 6  # words after a name's comma among which a role says that it is a person's


class Votes(NamedTuple):
    """What speaks for each kind; below 0 where something speaks against it."""

    person: int = 0
    organisation: int = 0
    place: int = 0

    def plus(self, other: "Votes") -> "Votes":
        return Votes(self[0] + other[0], self[1] + other[1], self[2] + other[2])


def votes(words: Sequence[Token], run: Run) -> Votes:
    """The votes of one mention: of the name's own words, and of its neighbours."""
    return _own(words, run).plus(neighbour_votes(words, run))


def neighbour_votes(words: Sequence[Token], run: Run) -> Votes:
    """The votes of what stands before and after a mention."""
    return _before(words, run).plus(_after(words, run))


def _own(words: Sequence[Token], run: Run) -> Votes:
    """What the words of a name say."""
    plain, ends = run.words, run.words[-1]
    whole = " ".join(plain)
    if whole in places():
        return Votes(0, 0, _SURE)
    if " of " in f" {whole} ":
        head = plain[plain.index("of") - 1]
        return Votes(-_SURE, 0, _SURE) if head in PLACE_HEADS else Votes(-_SURE, _SURE, 0)
    if "&" in "".join(token.gap + token.word for token in words[run.first + 1 : run.last + 1]) or "and" in plain:
        return Votes(-_SURE, _SURE, 0)
    if ends in KNOWN_ORGANISATIONS and len(plain) == 1:
        return Votes(-_SURE, _SURE, 0)
    written = words[run.first].word.replace(".", "")
    if len(plain) == 1:
        return _own_word(ends, written, the=bool(run.first) and words[run.first - 1].plain == "the")
    if ends != "today" and all(words[at].word.isupper() for at in range(run.first, run.last + 1)):
        return Votes(0, _SURE if ends in ORGANISATION_HEADS else 0, 0)
    if any(letter.isdigit() for letter in whole):
        return Votes(-_SURE, 0, -_LIKELY)
    if ends in PLACE_HEADS - ORGANISATION_HEADS - SURNAME_HEADS and "school" not in plain:
        return Votes(-_SURE, 0, _SURE)
    heads = [at for at, word in enumerate(plain) if word in ORGANISATION_HEADS]
    if (
        "without" in plain
        or (ends == "today" and plain[0] in places())
        or any(at or plain[1] in places() for at in heads)
    ):
        return Votes(-_SURE, _SURE + _LIKELY, 0)
    first = plain[0]
    if ends in SURNAME_HEADS and first in given_names() and first not in places():  # "Kari Lake"
        return Votes(_LIKELY, 0, _HINT)
    if ends in PLACE_HEADS:
        return Votes(-_SURE, 0, _SURE)
    if any(" ".join(plain[:at]) in places() for at in range(1, len(plain))) and first not in given_names():
        return Votes(-_HINT, _LIKELY if ends.endswith("s") else 0, 0)  # "New York Mets"
    if first in PLACE_FIRST:
        return Votes(0, 0, _LIKELY + _HINT)
    if is_adjective(first):
        return Votes(-_LIKELY, _HINT, 0)
    person = 0
    if first in given_names():
        person += _HINT if first in places() else _LIKELY + (_HINT if ends not in common_words() else 0)
    if any(word in PARTICLES or len(word) == 1 for word in plain[1:]) or ends.startswith("al-"):
        person += _LIKELY
    # Two words that are none of English otherwise are a person more often than not.
    if first not in given_names() and common_words().issuperset(plain):  # "Higher Education"
        person -= _LIKELY
    strange = not common_words().intersection(plain) and places().isdisjoint(plain)
    person += _LIKELY if strange else 0 if first in places() else _HINT
    return Votes(person - (_SURE if len(plain) > _NAMES and not strange else 0), 0, 0)


def _own_word(word: str, written: str, *, the: bool) -> Votes:
    """What a single word says."""
    if any(letter.isdigit() for letter in word) or word in OTHER_ACRONYMS:
        return Votes(-_SURE, -_SURE, -_SURE)
    if written.isupper() and len(written) > 1:
        if len(written) > _ACRONYM or (word in common_words() and not the):  # "READ MORE", but "the WHO"
            return Votes(-_SURE, 0, -_SURE)
        return Votes(-_SURE, _SURE if len(written) > len("EU") else _LIKELY, 0)
    if word in SINGLE_HEADS:
        return Votes(-_SURE, _SURE, 0)
    if word in common_words():
        return Votes(-_LIKELY, -_LIKELY, -_LIKELY)
    return Votes(_HINT if word in given_names() else 0, 0, 0)


def _before(words: Sequence[Token], run: Run) -> Votes:
    """What stands before a name."""
    if run.titled:
        return Votes(_SURE, 0, 0)
    if not run.first or "\n" in words[run.first].gap:
        return Votes()
    before, gap = words[run.first - 1], words[run.first].gap
    earlier = words[run.first - 2].plain if run.first > 1 else ""
    plain = before.plain
    if plain == "the" and words[run.first].joins:
        return Votes(-_SURE, _HINT, 0)
    if plain in PEOPLE and not before.capital and gap in (" ", ", "):
        return Votes(_SURE if gap == " " else _LIKELY, 0, 0)
    if plain in ORGANISATION_THINGS and not before.capital and gap == " ":
        return Votes(-_LIKELY, _SURE, 0)
    if not words[run.first].joins:
        return Votes(_HINT, 0, 0) if plain in SPEECH else Votes()
    if plain in _NAMED:
        return Votes(_SURE, 0, 0)
    if plain in SPEECH or (plain == "to" and earlier == "according"):
        return Votes(_LIKELY, _HINT, 0)
    known = run.words[-1] in given_names() or run.words[-1] in common_words()
    alone = len(run.words) == 1 or run.words[0] not in given_names()
    return _after_preposition(plain, earlier, known, alone, words[run.last].possessive)


def _after_preposition(plain: str, earlier: str, known: bool, alone: bool, possessive: bool) -> Votes:
    if plain in _WITHIN and not possessive:
        return Votes(-_LIKELY, 0, _SURE) if alone else Votes(-_HINT, 0, _LIKELY)
    if (plain == "of" and earlier in PLACE_NOUNS and not possessive) or (plain == "at" and earlier in PLACE_THINGS):
        return Votes(0, 0, _SURE)
    if plain in ("of", "in", "at") and earlier in _OWNERS:
        return Votes(0, _SURE, 0)
    if plain == "of" and earlier in PEOPLE:
        return Votes(-_HINT, _LIKELY, _HINT)
    if plain == "at" and earlier in PEOPLE:
        return Votes(-_LIKELY, _LIKELY, 0)
    if plain in _TOWARDS:
        return Votes(-_HINT, 0, _LIKELY if known else _LIKELY + _HINT)
    return Votes(_HINT, 0, 0) if plain in _TOLD else Votes()


def _after(words: Sequence[Token], run: Run) -> Votes:
    """What follows a name."""
    if run.last + 1 >= len(words):
        return Votes()
    token = words[run.last + 1]
    if run.keeps_ending:
        return Votes(-_LIKELY, _SURE, 0)
    if token.joins and not words[run.last].possessive:
        if not token.capital and (thing := _thing(words, run.last + 1)) is not None:
            return thing
        if token.plain in SPEECH:
            return Votes(_LIKELY, _HINT, 0)
        return Votes(_LIKELY, 0, 0) if token.plain in _IS_PERSON else Votes()
    if token.gap == ", ":
        return _apposed(words, run)
    if token.gap == " (" and token.plain.isdigit() and len(token.plain) == len("45"):
        return Votes(_LIKELY, 0, 0)
    return Votes()


def _thing(words: Sequence[Token], place: int) -> Votes | None:
    """The votes of a small word behind a name that says what it is, also of the second: "air base"."""
    for token in words[place : place + 2]:
        if not token.joins or token.capital:
            break
        if token.plain in PLACE_THINGS:
            return Votes(-_LIKELY, 0, _SURE)
        if token.plain in ORGANISATION_THINGS:
            return Votes(-_LIKELY, _SURE, 0)
        if token.plain not in _KINDS_OF_THINGS:
            break
    return None


def _apposed(words: Sequence[Token], run: Run) -> Votes:
    """What an apposition says: "X, 45,", "X, a nurse", "X, who ..."."""
    token = words[run.last + 1]
    clause: list[str] = []
    for place in range(run.last + 1, min(len(words), run.last + 1 + _CLAUSE)):
        if clause and not words[place].joins:
            break
        clause.append(words[place].plain)
    if token.plain.isdigit() and len(token.plain) <= len("100"):
        return Votes(_SURE, 0, 0)
    if token.plain in _IS_PERSON:
        return Votes(_SURE, -_HINT, -_LIKELY)
    if token.plain == "which":
        return Votes(-_LIKELY, _HINT, _HINT)
    if not token.capital and not PEOPLE.isdisjoint(clause) and (clause[0] in _APPOSED or clause[0] in PEOPLE):
        return Votes(_LIKELY, 0, -_HINT)
    if clause[0] in _APPOSED and not ORGANISATION_THINGS.isdisjoint(clause):
        return Votes(-_LIKELY, _SURE, 0)
    if clause[0] in _APPOSED and not PLACE_THINGS.isdisjoint(clause):
        return Votes(-_LIKELY, 0, _LIKELY)
    if " ".join(clause[:1]) in places() and len(run.words) <= 2:
        return Votes(-_HINT, 0, _LIKELY)
    return Votes()
