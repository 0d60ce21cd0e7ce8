"""Detects questions about a name, a word or a quoted phrase: "Who is X?", "What did X say?", "X". English only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.store.bm25 import analyze
from index.text.names import INNER, TITLES, plain_word
from qa.search.terms import content_terms

__all__ = ["JOINING", "PART", "NameQuestion", "asked_about", "is_capital", "words_of"]

_LONGEST = 300  # limit: characters; a longer question is about more than a name
_MOST_WORDS = 8  # limit: of a name or phrase
_WORD = re.compile(r"\w[\w&.'’-]*")
PART = re.compile(r"\w+")
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}
# Words that ask about a name and say nothing themselves.
_FRAME = frozenset(
    "who whom who's what what's which where where's is are was were did does do has have been say says said "
    "saying tell tells told done doing "
    "article articles passage passages story stories news report reports about of on mention "
    "mentions mentioned mentioning name named names the a an me any there in with for to please find show list all "
    "everything anything know we you i by s and but".split()
)
_SPEECH = frozenset("say says said saying tell tells told".split())
_ACTS = frozenset("do done doing".split())
_BE = frozenset("is are was were who's what's where's".split())
_IS = frozenset("is are who's".split())
_ABOUT = frozenset("about mention mentions mentioned mentioning on name named news find show list".split())
JOINING = frozenset("and for on in".split())  # inside names, and between two of them

Wants = Literal["who", "what", "said", "about"]


@dataclass(frozen=True, slots=True)
class NameQuestion:
    """The name, word or phrase that a question is about, as it is written there, and what is wanted of it.

    `capital` says whether it must be written with capitals where it stands; `exact` whether its words are neighbours
    (a quoted phrase); `firm` whether the question is surely about this: when it stands nowhere, nothing answers.
    """

    name: str
    wants: Wants
    capital: bool = False
    exact: bool = False
    firm: bool = True

    @property
    def surname(self) -> "NameQuestion | None":
        """The last word of a name of several; None for others."""
        words = words_of(self.name)
        if self.exact or len(words) < 2 or len(words[-1]) < 2:
            return None
        return NameQuestion(self.name[self.name.rindex(PART.findall(self.name)[-1]) :], self.wants, self.capital)


def asked_about(question: str) -> NameQuestion | None:
    """What a question is about when that is a name, one word or a quoted phrase; None when it asks more.

    "Who is X?", "What is X?", "What did X say?", "Which articles are about X?" and "X" by itself. English only.
    """
    question = question.strip()
    if not question or len(question) > _LONGEST:
        return None
    if (quoted := _quoted(question)) is not None:
        return quoted
    words = list(_WORD.finditer(question))
    shouted = question.isupper()
    said = [_bare(word[0]).lower() for word in words]
    framed = [
        word in _FRAME and (shouted or not (len(word) > 1 and match[0].isupper()))
        for word, match in zip(said, words, strict=True)
    ]
    content = [place for place, frame in enumerate(framed) if not frame]
    if not content or content[-1] - content[0] >= _MOST_WORDS:
        return None
    first, last = content[0], content[-1]
    frames = [word for word, frame in zip(said, framed, strict=True) if frame]
    wants = _wants(said, frames)
    while first < last and said[first].rstrip(".") in TITLES and is_capital(words[first + 1][0]):
        first += 1
    run = range(first, last + 1)
    name = question[words[first].start() : words[last].start() + len(_bare(words[last][0]))].rstrip(".-&")
    if not (content_terms(name) or name.isupper()) or (wants == "about" and frames and not _ABOUT.intersection(frames)):
        return None
    # A capital at the very beginning, or everywhere, tells nothing.
    tells = [place for place in run if (place or len(run) > 1) and not shouted]
    capitals = [place for place in run if place in tells and is_capital(words[place][0])]
    joined = [place for place in run if said[place] in JOINING and place not in capitals]
    if capitals and all(place in capitals or place in joined or said[place] in INNER for place in run):
        return NameQuestion(name, wants, capital=True, firm=not joined)
    if capitals or any(framed[place] for place in run):
        return None
    if frames and wants in ("who", "what") and not _BE.intersection(frames):  # "What happened?"
        return None
    if wants == "who" and not _IS.intersection(frames):  # "Who was killed?"
        return None
    alone = len(run) == 1 and wants != "said"
    return NameQuestion(name, wants, capital=wants == "who", firm=alone and wants != "who")


def words_of(name: str) -> list[str]:
    """The words of a name, without case and accents."""
    return [plain_word(word) for word in PART.findall(name)]


def _quoted(question: str) -> NameQuestion | None:
    """A quoted phrase that is all that a question is about."""
    for place, opening in enumerate(question):
        closing = _QUOTES.get(opening)
        end = question.find(closing, place + 1) if closing else -1
        if end < 0:
            continue
        inside = question[place + 1 : end].strip(" .,!?")
        rest = [_bare(word[0]).lower() for word in _WORD.finditer(f"{question[:place]} {question[end + 1 :]}")]
        if len(words_of(inside)) > _MOST_WORDS * 2 or not analyze(inside) or any(word not in _FRAME for word in rest):
            return None
        return NameQuestion(inside, _wants(rest, rest), exact=True)
    return None


def _wants(said: Sequence[str], frames: Sequence[str]) -> Wants:
    asks = said[0].split("'")[0] if said else ""
    helped = any(word in ("did", "does", "do", "has", "have") for word in frames[:2])
    if asks == "what" and helped and any(word in _SPEECH or word in _ACTS for word in frames[1:]):
        # "What do the articles say about X?"
        return "about" if "about" in frames else "said"
    if asks in ("who", "whom"):
        return "who"
    return "what" if asks in ("what", "where") else "about"


def _bare(word: str) -> str:
    """A word without the possessive and the dot at its end."""
    word = word.replace("’", "'").rstrip(".'")
    return word[:-2] if word.lower().endswith("'s") and word.lower() not in _FRAME else word


def is_capital(word: str) -> bool:
    """Whether a word has a capital, or begins with a digit."""
    return word[:1].isupper() or word[:1].isdigit() or any(char.isupper() for char in word[1:])
