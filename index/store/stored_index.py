"""`StoredIndex`: what every engine answers in the same way, from the manifest and from columns in memory."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from threading import Lock
from typing import Self

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from index.embedding.encoder import Encoder, shared_encoder
from index.embedding.threads import each_alone
from index.engine import Articles, Selection
from index.errors import IndexMismatch
from index.store.catalog import StoredArticle
from index.store.columns import Columns, select
from index.store.layout import REMEDY, Manifest
from index.text.languages import ENGLISH
from index.text.sentences import sentence_spans
from index.types import Passage

__all__ = ["StoredIndex"]

_PASSAGES_KEPT = 4096  # whose sentences' vectors are kept: 30 MB
_FILTERS_KEPT = 8  # a byte for each passage, and what was counted of those they admit
_ARTICLES_KEPT = 512  # articles read lately, a few kilobytes each


class StoredIndex(ABC):
    """The half of a `SearchEngine` that searches nothing: model, filters, articles, and which one a passage is of.
    Whoever opens a store sets these, and calls `_take_columns`."""

    manifest: Manifest
    generation: str
    catalog: Articles

    def __init__(self, encoder: Encoder | None) -> None:
        self._encoder = encoder
        self._sentences: LRUCache[int, NDArray[np.float32]] = LRUCache(_PASSAGES_KEPT)
        self._embedding = Lock()

    @abstractmethod
    def passage(self, row: int) -> Passage:
        """The passage at a row."""

    @abstractmethod
    def close(self) -> None:
        """Lets go of what is open; nothing can be asked after."""

    def _take_columns(self, columns: Columns) -> None:
        self._columns = columns
        self._select = lru_cache(_FILTERS_KEPT)(partial(select, columns, self.catalog.source_names))
        self._sources = sorted((name for name in self.catalog.source_names if name), key=str.casefold)
        self._articles = lru_cache(maxsize=_ARTICLES_KEPT)(self.catalog.article)
        self.article_count = int(columns.searched.sum())
        self.passage_count = len(columns.article)

    @property
    def languages(self) -> Mapping[str, int]:
        """The number of articles by the language whose terms they have; English where the index names none."""
        return self.manifest.languages or {ENGLISH: self.article_count}

    @property
    def encoder(self) -> Encoder:
        """The model that made the vectors, loaded at first use and shared by all indexes of this process."""
        if self._encoder is None:
            model, encoder = self.manifest.model, self._shared_encoder()
            if encoder.fingerprint != model["sha256"] or encoder.dimension != model["dimension"]:
                raise IndexMismatch(
                    f"the index was made with other weights of {model['name']!r} than are installed; {REMEDY}"
                )
            self._encoder = encoder
        return self._encoder

    @property
    def uses_shared_encoder(self) -> bool:
        """Whether another process that opens this index has the same model: not one that was handed to this one."""
        return self.encoder is self._shared_encoder()

    def _shared_encoder(self) -> Encoder:
        model = self.manifest.model
        return shared_encoder(model["name"], model["precision"], model.get("method"))

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimension), rows of length 1."""
        return self.encoder.encode_queries(texts)

    def sentence_vectors(self, rows: Sequence[int]) -> list[NDArray[np.float32]]:
        """The unit vectors of each passage's sentences, shape (sentences, dimension), embedded when first asked for."""
        encode = self.encoder.encode_passages
        with self._embedding:  # held while texts are embedded, so that two questions do not embed the same ones
            found = {row: self._sentences[row] for row in rows if row in self._sentences}
            missing = [row for row in dict.fromkeys(rows) if row not in found]
            # Each passage by itself: what stands beside a text in a batch changes its last bits at bf16, and an answer
            # must not depend on what was asked before.
            made = dict(zip(missing, each_alone(encode, list(map(self._sentences_of, missing))), strict=True))
            self._sentences.update(made)
            found |= made
            return [found[row] for row in rows]

    def _sentences_of(self, row: int) -> list[str]:
        passage = self.passage(row)
        article = self.article_at(passage.article)
        spans = sentence_spans(article.text, passage.span, article.language or "en")
        return [span.of(article.text) for span in spans]

    def select(
        self, since: date | None = None, until: date | None = None, sources: Sequence[str] | None = None
    ) -> Selection | None:
        """The articles within a range of days (inclusive) and of some sources; None when nothing is asked.

        Sources are compared without case. Undated articles are in no range.
        """
        if since is None and until is None and sources is None:
            return None
        return self._select(since, until, None if sources is None else tuple(sources))

    def articles_of(self, passages: NDArray[np.int64]) -> NDArray[np.int64]:
        """The article of each passage."""
        return self._columns.article[passages].astype(np.int64)

    def passages_of(self, article: int) -> NDArray[np.int64]:
        """The passages of an article, in reading order."""
        first = int(self._columns.first[article])
        return np.arange(first, first + int(self._columns.count[article]), dtype=np.int64)

    def leads_of(self, articles: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first passage of each article, all of which must have one."""
        return self._columns.first[articles].astype(np.int64)

    def days(self, articles: NDArray[np.int64]) -> NDArray[np.int64]:
        """Publication days as proleptic ordinals; 0 for undated articles."""
        return self._columns.day[articles].astype(np.int64)

    def clusters_of(self, articles: NDArray[np.int64]) -> NDArray[np.int64]:
        """The cluster of near-identical articles that each article is in, named by the row of its first one: an
        article that has no copy is a cluster of its own."""
        return self._columns.cluster[articles].astype(np.int64)

    def article_at(self, row: int) -> StoredArticle:
        """The article at a row of the catalog."""
        return self._articles(int(row))  # `articles_of` gives numbers of numpy, by which SQLite finds nothing

    def article(self, article_id: str) -> StoredArticle | None:
        """The article with an id, or None."""
        return self.catalog.article_by_id(article_id)

    def changed_on_disk(self, article: StoredArticle) -> bool | None:
        """Whether an article's file has changed since it was indexed; None when it is not there, or not readable."""
        state = self.catalog.file_of(article.row)
        return None if state is None else state.has_changed()

    def sources(self) -> list[str]:
        """The names of the articles' sources, sorted; articles without one count for nothing."""
        return list(self._sources)

    def date_range(self) -> tuple[date | None, date | None]:
        """The days of the oldest and of the newest dated article."""
        return self._columns.date_range

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
