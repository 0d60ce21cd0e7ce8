"""What name, word or quoted phrase a question is about, and in which passages it stands."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine, Selection
from index.store.bm25 import analyze
from index.types import Span
from qa.search.terms import content_terms

__all__ = ["Asked", "asked_about", "find_name", "passages_with", "plain_word", "words_of"]

_READ = 300  # limit: characters; a longer question is about more than a name
_MOST_WORDS = 8  # limit: of a name or phrase
_MOST_PASSAGES = 3_000  # limit: passages with the name's rarest word that are looked at
_GAP = 1  # words between two of a name: a middle name or its initial
_WORD = re.compile(r"\w[\w&.'’-]*")
_PART = re.compile(r"\w+")
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
_INNER = frozenset("of the de da di du la le el al bin ibn von van der den".split())  # inside names
_JOINING = frozenset("and for on in".split())  # inside names, and between two of them
_HONORIFICS = frozenset("mr mrs ms miss dr prof sir dame lord lady gen sen rep gov lt col sgt capt adm".split())
_TITLES = _HONORIFICS | frozenset("president general senator professor minister king queen prince princess".split())

Wants = Literal["who", "what", "said", "about"]


@dataclass(frozen=True, slots=True)
class Asked:
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
    def surname(self) -> "Asked | None":
        """The last word of a name of several; None for others."""
        words = words_of(self.name)
        if self.exact or len(words) < 2 or len(words[-1]) < 2:
            return None
        return Asked(self.name[self.name.rindex(_PART.findall(self.name)[-1]) :], self.wants, self.capital)


def asked_about(question: str) -> Asked | None:
    """What a question is about when that is a name, one word or a quoted phrase; None when it asks more.

    "Who is X?", "What is X?", "What did X say?", "Which articles are about X?" and "X" by itself. English only.
    """
    question = question.strip()
    if not question or len(question) > _READ:
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
    wants = _wants(said, [said[place] for place in range(len(said)) if framed[place]])
    while first < last and said[first].rstrip(".") in _TITLES and _capital(words[first + 1][0]):
        first += 1
    run = range(first, last + 1)
    name = question[words[first].start() : words[last].start() + len(_bare(words[last][0]))].rstrip(".-&")
    if not (content_terms(name) or name.isupper()) or (wants == "about" and frames and not _ABOUT.intersection(frames)):
        return None
    # A capital at the very beginning, or everywhere, tells nothing.
    tells = [place for place in run if (place or len(run) > 1) and not shouted]
    capitals = [place for place in run if place in tells and _capital(words[place][0])]
    joined = [place for place in run if said[place] in _JOINING and place not in capitals]
    if capitals and all(place in capitals or place in joined or said[place] in _INNER for place in run):
        return Asked(name, wants, capital=True, firm=not joined)
    if capitals or any(framed[place] for place in run):
        return None
    if frames and wants in ("who", "what") and not _BE.intersection(frames):  # "What happened?"
        return None
    if wants == "who" and not _IS.intersection(frames):  # "Who was killed?"
        return None
    alone = len(run) == 1 and wants != "said"
    return Asked(name, wants, capital=wants == "who", firm=alone and wants != "who")


def passages_with(index: SearchEngine, asked: Asked, selection: Selection | None = None) -> NDArray[np.int64]:
    """The rows of the passages, in order, in whose text or title the words of a name stand in its order, next to each
    other but for a middle name; accents, case and endings do not count. Looked up by its rarest word; at most 3,000.
    """
    words = _PART.findall(asked.name) if asked.exact else _searched(asked.name)
    terms = [term for word in words for term in analyze(word)]
    frequency = {term: index.document_frequency(term, selection) for term in terms}
    if not terms or not all(frequency.values()):
        return np.empty(0, np.int64)
    rarest = min(frequency, key=lambda term: frequency[term])
    most = min(frequency[rarest], _MOST_PASSAGES)
    rows = np.sort(index.lexical_passages({rarest: 1.0}, most, selection).rows)
    forward, numbers = index.forward, index.forward.term_numbers(terms)
    gap = 0 if asked.exact else _GAP
    held = np.zeros(len(rows), bool)
    for texts in (forward.passages(rows), forward.titles(index.articles_of(rows))):
        passage = np.repeat(np.arange(len(rows)), np.diff(texts.starts))
        found = _sequence(forward.terms[texts.words], passage, numbers, gap)
        held[passage[found]] = True
    return rows[held]


def find_name(asked: Asked, text: str) -> Span | None:
    """Where a name first stands in a text as it is asked: with capitals where it must have them, an initial standing
    for a word that begins with it.
    """
    wanted = words_of(asked.name)
    letters = all(len(word) == 1 for word in wanted)
    parts = [(match.start(), match.end(), plain_word(match[0])) for match in _PART.finditer(text)]
    gap = 0 if asked.exact or letters else _GAP
    for place in range(len(parts)):
        if (ends := _match(wanted, parts, place, gap, letters)) is None:
            continue
        span = Span(parts[place][0], parts[ends][1])
        joined = ("," in asked.name or not _parted(text, parts, place, ends)) or asked.exact
        if joined and (not asked.capital or _written_large(asked, text, parts, place, ends)):
            return span
    return None


def words_of(name: str) -> list[str]:
    """The words of a name, without case and accents."""
    return [plain_word(word) for word in _PART.findall(name)]


def plain_word(word: str) -> str:
    """A word without case and accents."""
    folded = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in folded if not unicodedata.combining(char))


def _match(
    wanted: Sequence[str], parts: Sequence[tuple[int, int, str]], place: int, gap: int, letters: bool
) -> int | None:
    """Where the words of a name end, when they begin at a place; None when they do not stand there."""
    here = place
    for number, word in enumerate(wanted):
        reach = range(here, min(len(parts), here + (gap if number else 0) + 1))
        found = next((at for at in reach if _same(word, parts[at][2], letters)), None)
        if found is None:
            if len(word) == 1 and number and not letters:  # "Kenneth F. McKenzie", of whom the text says no F.
                continue
            return None
        here = found + 1
    return here - 1


def _same(word: str, other: str, letters: bool) -> bool:
    if len(word) == 1 and not letters:
        return other.startswith(word)
    if word == other:
        return True
    if len(other) == 1 or abs(len(word) - len(other)) > 3:
        return False
    return analyze(word) == analyze(other)


def _parted(text: str, parts: Sequence[tuple[int, int, str]], first: int, last: int) -> bool:
    """Whether a comma or the like stands between the words of a range."""
    between = (text[one[1] : other[0]] for one, other in pairwise(parts[first : last + 1]))
    return any(mark in gap for gap in between for mark in ",;:()[]")


def _written_large(asked: Asked, text: str, parts: Sequence[tuple[int, int, str]], first: int, last: int) -> bool:
    small = _INNER.union(words_of(asked.name)) & (_INNER | _JOINING)
    return all(_capital(text[start:end]) or word in small for start, end, word in parts[first : last + 1])


def _sequence(
    terms: NDArray[np.int32], passage: NDArray[np.int64], wanted: NDArray[np.int32], gap: int
) -> NDArray[np.bool_]:
    """Which words are the last of a sequence of terms within one passage, up to `gap` others between two of them."""
    ends: NDArray[np.bool_] = terms == wanted[0]
    for _, term in pairwise(wanted.tolist()):
        reached = np.zeros(len(terms), bool)
        for apart in range(1, gap + 2):
            reached[apart:] |= ends[:-apart] & (passage[apart:] == passage[:-apart])
        ends = reached & (terms == term)
    return ends


def _searched(name: str) -> list[str]:
    """The words by which a name is looked up: without initials, unless it has nothing else ("U.S.")."""
    words = _PART.findall(name)
    return [word for word in words if len(word) > 1] or words


def _quoted(question: str) -> Asked | None:
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
        return Asked(inside, _wants(rest, rest), exact=True)
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


def _capital(word: str) -> bool:
    return word[:1].isupper() or word[:1].isdigit() or any(char.isupper() for char in word[1:])
