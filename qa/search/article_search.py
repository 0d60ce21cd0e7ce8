"""Articles found by words: BM25 of whole articles, exact phrases in quotation marks, and where the words stand."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.engine import SearchEngine, Selection
from index.store.bm25 import analyze, term_of
from index.text.languages import ENGLISH
from index.types import Span
from qa.search.name_matching import passages_with
from qa.search.names import NameQuestion

__all__ = ["Found", "Wording", "find_articles", "places_of", "wording"]

_WORD = re.compile(r"[^\W_]+")
_QUOTES = str.maketrans("“”„«»", '"""""')
_MOST = 1_000  # limit: articles listed for one search; more are not counted
_WORDS_KEPT = 65_536  # limit: words whose terms are remembered


@dataclass(frozen=True, slots=True)
class Wording:
    """What is searched for: `terms` of single words, and phrases, each the terms of its words in order."""

    terms: frozenset[str]
    phrases: tuple[tuple[str, ...], ...] = ()
    written: tuple[str, ...] = ()  # the phrases as they were written

    def __bool__(self) -> bool:
        return bool(self.terms or self.phrases)


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of articles, best first; `complete` says whether these are all that there are."""

    rows: tuple[int, ...]
    complete: bool


def wording(text: str, languages: Collection[str] = (ENGLISH,)) -> Wording:
    """Words, and phrases in quotation marks, by their terms in some languages; a mark that is not closed opens none."""
    parts = text.translate(_QUOTES).split('"')
    if len(parts) % 2 == 0:
        parts[-2:] = [" ".join(parts[-2:])]
    written = [part for part in parts[1::2] if analyze(part)]
    phrases = dict.fromkeys(tuple(analyze(part, language)) for part in written for language in languages)
    words = frozenset(term for part in parts[::2] for language in languages for term in analyze(part, language))
    return Wording(words, tuple(phrases), tuple(part.strip() for part in written))


def find_articles(index: SearchEngine, wanted: Wording, selection: Selection | None = None) -> Found:
    """The articles that a filter admits, in which each phrase stands and any of the words, by BM25; equals in order of
    row. A phrase that a boundary of passages parts is not found.
    """
    terms = sorted(wanted.terms | {term for phrase in wanted.phrases for term in phrase})
    hits = index.lexical_articles(dict.fromkeys(terms, 1.0), _MOST + 1, selection)
    rows = [int(row) for row in hits.rows]
    if not wanted.phrases:
        return Found(tuple(rows[:_MOST]), len(rows) <= _MOST)
    asked = (NameQuestion(words, "about", exact=True) for words in wanted.written)
    articles = (index.articles_of(passages_with(index, one, selection)).tolist() for one in asked)
    holding = set.intersection(*map(set, articles))
    place = {row: number for number, row in enumerate(rows)}
    ordered = sorted(holding, key=lambda row: (place.get(row, len(place)), row))
    return Found(tuple(ordered[:_MOST]), len(ordered) <= _MOST)


def places_of(wanted: Wording, text: str, within: Sequence[Span], language: str = ENGLISH) -> list[Span]:
    """Where the words and phrases stand in a text of a language, in order, none overlapping another; only inside spans
    that follow each other."""
    found: list[Span] = []
    for part in within:
        words = [(match.start(), match.end()) for match in _WORD.finditer(text, part.start, part.end)]
        terms = [_term(text[start:end], language) for start, end in words]
        place = 0
        while place < len(terms):
            length = _length_at(wanted, terms, place)
            if length:
                found.append(Span(words[place][0], words[place + length - 1][1]))
            place += length or 1
    return found


def _length_at(wanted: Wording, terms: Sequence[str], place: int) -> int:
    """The words of the longest phrase that begins at a place, 1 for a single word, 0 for neither."""
    lengths = [len(phrase) for phrase in wanted.phrases if tuple(terms[place : place + len(phrase)]) == phrase]
    return max(lengths, default=int(terms[place] in wanted.terms))


_term = lru_cache(maxsize=_WORDS_KEPT)(term_of)
