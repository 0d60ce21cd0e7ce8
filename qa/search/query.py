"""A request as it is searched: terms, vectors, filter, preferences, and what it takes of the conversation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine, Selection
from index.store.bm25 import term_of
from qa.search.followup import Encode, QueryPart, encoded, queries
from qa.search.languages import main_language, question_language
from qa.search.preferences import NO_PREFERENCES, Preferences, preferences_of
from qa.search.references import refers_outside
from qa.search.terms import content_terms, idf_weights, query_terms
from qa.types import Request

__all__ = ["Query", "is_small", "parse_query"]

_WORD = re.compile(r"[^\W_]+")
_SMALL = 3_000  # passages up to which it pays to compare sentences with the question; beyond, that ranks worse


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed request.

    `parts` are the question and, for a follow-up, earlier questions and the last answer, each with its weight;
    `vectors`, shape (parts, d), are theirs, of length 1; `terms` their terms with idf, in order. `language` is that of
    the question, where an article is in it; `asked_in` is the question's own. `selection` is the filter made ready for
    the engine, None for none; `passage_count` and `article_count` count what it admits.
    """

    request: Request
    asked_in: str
    language: str
    parts: tuple[QueryPart, ...]
    vectors: NDArray[np.float32]
    terms: tuple[Mapping[str, float], ...]
    preferences: Preferences
    selection: Selection | None
    passage_count: int
    article_count: int

    @property
    def small(self) -> bool:
        """Whether so few passages are searched that their sentences are compared with the question by vectors too."""
        return is_small(self.passage_count)

    @property
    def question(self) -> str:
        return self.parts[0].text

    @property
    def idf(self) -> Mapping[str, float]:
        """The idf of each term of the question, in order."""
        return self.terms[0]

    @property
    def words(self) -> Mapping[str, str]:
        """The word that each term of the question came from, as it is written there."""
        words: dict[str, str] = {}
        for word in _WORD.findall(self.question):
            if (term := term_of(word, self.language)) in self.idf:
                words.setdefault(term, word)
        return words

    @property
    def vector(self) -> NDArray[np.float32]:
        """The question's vector, shape (d,), of length 1."""
        vector: NDArray[np.float32] = self.vectors[0]
        return vector


def is_small(passages: int) -> bool:
    """Whether so many passages are few: weights and coefficients are learned for small and for large indexes."""
    return passages <= _SMALL


def parse_query(index: SearchEngine, request: Request, encode: Encode | None = None) -> Query:
    """What a request searches for in an index. `encode` gives texts their unit vectors: the index, unless given."""
    encode = encode or index.encode_queries
    filters = request.filters
    selection = index.select(filters.since, filters.until, filters.sources)
    among = index if selection is None else selection
    asked_in = question_language(request.question, index.languages)
    language = asked_in if asked_in in index.languages else main_language(index.languages)
    foreign = bool(request.history) and _is_foreign(index, request.question, language)
    parts = queries(request.question, () if foreign else request.history, encode, language)
    preferences = (
        preferences_of(index, request.question, request.as_of) if request.use_dates_and_sources else NO_PREFERENCES
    )
    terms = tuple(idf_weights(index, query_terms(part.text, language), selection) for part in parts)
    return Query(
        request=request,
        asked_in=asked_in,
        language=language,
        parts=tuple(parts),
        vectors=encoded(parts, encode),
        terms=terms,
        preferences=preferences,
        selection=selection,
        passage_count=among.passage_count,
        article_count=among.article_count,
    )


def _is_foreign(index: SearchEngine, question: str, language: str) -> bool:
    """Whether no article has a word of the question, which refers to nothing outside it: what was said before cannot be
    what it is about."""
    terms = content_terms(question, language)
    return bool(terms) and not refers_outside(question) and not any(map(index.document_frequency, terms))
