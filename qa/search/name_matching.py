"""Finds a name in passages: its words in order, but for a middle name, whatever their case, accents and endings."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine, Selection
from index.store.bm25 import analyze
from index.text.languages import ENGLISH
from index.text.names import INNER, plain_word
from index.types import Span
from qa.search.names import JOINING, PART, NameQuestion, is_capital, words_of

__all__ = ["find_name", "passages_with"]

_MOST_PASSAGES = 3_000  # limit: passages that are looked at for a name
_ENDING = 3  # limit: letters by which two forms of a word differ; others are not stemmed
_GAP = 1  # fact: words between two of a name: a middle name or its initial


def passages_with(index: SearchEngine, asked: NameQuestion, selection: Selection | None = None) -> NDArray[np.int64]:
    """The rows of the passages, in order, in whose text or title the words of a name stand in its order, next to each
    other but for a middle name; accents, case and endings do not count. Looked up by its rarest word, where
    that stands in more than 3,000 by all of its words; at most 3,000.
    """
    found = [_passages_with(index, asked, selection, language) for language in index.languages]
    return np.unique(np.concatenate(found))


def _passages_with(
    index: SearchEngine, asked: NameQuestion, selection: Selection | None, language: str
) -> NDArray[np.int64]:
    words = PART.findall(asked.name) if asked.exact else _searched(asked.name)
    terms = [term for word in words for term in analyze(word, language)]
    frequency = {term: index.document_frequency(term, selection) for term in terms}
    if not terms or not all(frequency.values()):
        return np.empty(0, np.int64)
    rarest = min(frequency, key=lambda term: frequency[term])
    # Of more than are looked at, those with all of the words stand first where all are searched for.
    sought = [rarest] if frequency[rarest] <= _MOST_PASSAGES else terms
    rows = np.sort(index.lexical_passages(dict.fromkeys(sought, 1.0), _MOST_PASSAGES, selection).rows)
    forward, numbers = index.forward, index.forward.term_ids(terms)
    gap = 0 if asked.exact else _GAP
    held = np.zeros(len(rows), bool)
    for texts in (forward.passages(rows), forward.titles(index.articles_of(rows))):
        passage = np.repeat(np.arange(len(rows)), np.diff(texts.starts))
        found = _sequence(forward.terms[texts.words], passage, numbers, gap)
        held[passage[found]] = True
    return rows[held]


def find_name(asked: NameQuestion, text: str, language: str = ENGLISH) -> Span | None:
    """Where a name first stands in a text as it is asked: with capitals where it must have them, an initial standing
    for a word that begins with it.
    """
    wanted = words_of(asked.name)
    letters = all(len(word) == 1 for word in wanted)
    parts = [(match.start(), match.end(), plain_word(match[0])) for match in PART.finditer(text)]
    gap = 0 if asked.exact or letters else _GAP
    for place in range(len(parts)):
        if (ends := _match(wanted, parts, place, gap, None if letters else language)) is None:
            continue
        span = Span(parts[place][0], parts[ends][1])
        joined = ("," in asked.name or not _parted(text, parts, place, ends)) or asked.exact
        if joined and (not asked.capital or _written_large(asked, text, parts, place, ends)):
            return span
    return None


def _match(
    wanted: Sequence[str], parts: Sequence[tuple[int, int, str]], place: int, gap: int, language: str | None
) -> int | None:
    """Where the words of a name end, when they begin at a place; None when they do not stand there. A name of mere
    letters has no language."""
    here = place
    for number, word in enumerate(wanted):
        reach = range(here, min(len(parts), here + (gap if number else 0) + 1))
        found = next((at for at in reach if _same(word, parts[at][2], language)), None)
        if found is None:
            if len(word) == 1 and number and language:  # "Kenneth F. McKenzie", of whom the text says no F.
                continue
            return None
        here = found + 1
    return here - 1


def _same(word: str, other: str, language: str | None) -> bool:
    if len(word) == 1 and language:
        return other.startswith(word)
    if word == other:
        return True
    if len(other) == 1 or abs(len(word) - len(other)) > _ENDING:
        return False
    return analyze(word, language or ENGLISH) == analyze(other, language or ENGLISH)


def _parted(text: str, parts: Sequence[tuple[int, int, str]], first: int, last: int) -> bool:
    """Whether a comma or the like stands between the words of a range."""
    between = (text[one[1] : other[0]] for one, other in pairwise(parts[first : last + 1]))
    return any(mark in gap for gap in between for mark in ",;:()[]")


def _written_large(
    asked: NameQuestion, text: str, parts: Sequence[tuple[int, int, str]], first: int, last: int
) -> bool:
    small = INNER.union(words_of(asked.name)) & (INNER | JOINING)
    return all(is_capital(text[start:end]) or word in small for start, end, word in parts[first : last + 1])


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
    words = PART.findall(name)
    return [word for word in words if len(word) > 1] or words
