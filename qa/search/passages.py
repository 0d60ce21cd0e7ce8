"""Caches the text, sentences and terms of passages, so that each is fetched and analysed once."""

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from weakref import WeakKeyDictionary

from cachetools import LRUCache

from index.engine import SearchEngine
from index.store.bm25 import analyze
from index.store.catalog import StoredArticle
from index.text.languages import ENGLISH
from index.text.sentences import sentence_spans
from index.types import Passage, Span
from qa.search.languages import language_in

__all__ = ["PassageText", "PassageTexts"]

_KEPT = 2048  # limit: passages of an index, about ten kilobytes each
_LOCK = Lock()
_CACHES: "WeakKeyDictionary[SearchEngine, LRUCache[int, PassageText]]" = WeakKeyDictionary()


@dataclass(frozen=True)
class PassageText:
    """One passage with its article, and the language whose terms it has in its index."""

    passage: Passage
    article: StoredArticle
    language: str = ENGLISH

    @cached_property
    def text(self) -> str:
        return self.passage.span.of(self.article.text)

    @cached_property
    def sentences(self) -> list[Span]:
        """The passage's sentences in order, or the whole of it, as offsets of the article's text."""
        span = self.passage.span
        return sentence_spans(self.article.text, span, self.article.language or "en") or [span]

    @cached_property
    def terms_of_sentences(self) -> list[frozenset[str]]:
        return [frozenset(analyze(span.of(self.article.text), self.language)) for span in self.sentences]


class PassageTexts:
    """The passages of an index, by row; those read last are shared by all questions."""

    def __init__(self, index: SearchEngine) -> None:
        self.index = index
        with _LOCK:
            self._cache = _CACHES.setdefault(index, LRUCache(_KEPT))

    def __getitem__(self, row: int) -> PassageText:
        with _LOCK:
            found = self._cache.get(row)
        if found is None:
            passage = self.index.passage(row)
            article = self.index.article_at(passage.article)
            found = PassageText(passage, article, language_in(self.index, article))
            with _LOCK:
                self._cache[row] = found
        return found
