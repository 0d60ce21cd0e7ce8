"""The interface of a search engine: what another one must implement to answer questions in place of local files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.types import Passage

if TYPE_CHECKING:
    from index.store.catalog import StoredArticle
    from index.store.forward_index import ForwardIndex

__all__ = ["Hits", "Restriction", "SearchEngine", "Selection"]


@dataclass(frozen=True, slots=True)
class Hits:
    """Rows and their scores, best first; equal scores in order of row."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Restriction:
    """What a hard filter asks of an article: a range of days (inclusive) and a set of source keys.

    `days`, where they are known and few, are the proleptic ordinals of all days in the range that any article has:
    their postings are read in a tenth of the time that looking at each document's day takes.
    """

    since: date | None = None
    until: date | None = None
    sources: frozenset[int] | None = None
    days: frozenset[int] | None = None


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Selection:
    """A hard filter, made ready for both engines: `articles` has shape (articles,), `passages` shape (passages,). The
    counts are of what it admits and has any passage.
    """

    restriction: Restriction
    articles: NDArray[np.bool_]
    passages: NDArray[np.bool_]
    article_count: int
    passage_count: int


class SearchEngine(Protocol):
    """What a question asks of an index. Rows are stable within one generation."""

    @property
    def generation(self) -> str: ...
    @property
    def article_count(self) -> int: ...
    @property
    def passage_count(self) -> int: ...
    @property
    def forward(self) -> "ForwardIndex": ...
    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]: ...
    def word_vectors(self, words: Sequence[str]) -> NDArray[np.float32]: ...
    def sentence_vectors(self, rows: Sequence[int]) -> list[NDArray[np.float32]]: ...
    def select(
        self, since: date | None = None, until: date | None = None, sources: Sequence[str] | None = None
    ) -> Selection | None: ...
    def dense(self, vector: NDArray[np.float32], k: int, selection: Selection | None = None) -> Hits: ...
    def cosines(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]: ...
    def lexical_passages(self, terms: Mapping[str, float], k: int, selection: Selection | None = None) -> Hits: ...
    def lexical_articles(self, terms: Mapping[str, float], k: int, selection: Selection | None = None) -> Hits: ...
    def document_frequency(self, term: str, selection: Selection | None = None) -> int: ...
    def vectors_of(self, rows: NDArray[np.int64]) -> NDArray[np.float32]: ...
    def articles_of(self, passages: NDArray[np.int64]) -> NDArray[np.int64]: ...
    def passages_of(self, article: int) -> NDArray[np.int64]: ...
    def leads_of(self, articles: NDArray[np.int64]) -> NDArray[np.int64]: ...
    def days(self, articles: NDArray[np.int64]) -> NDArray[np.int64]: ...
    def clusters_of(self, articles: NDArray[np.int64]) -> NDArray[np.int64]: ...
    def passage(self, row: int) -> Passage: ...
    def article_at(self, row: int) -> "StoredArticle": ...
    def sources(self) -> Sequence[str]: ...
    def date_range(self) -> tuple[date | None, date | None]: ...
