"""Passages as a question reads them: each is fetched and analysed once, however many steps look at it."""

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from weakref import WeakKeyDictionary

from index.store.bm25 import analyze
from index.store.catalog import StoredArticle
from index.store.snapshot import SearchEngine
from index.text.sentences import sentence_spans
from index.types import Passage, Span

__all__ = ["Read", "Reading"]

_KEPT = 2048  # passages of an index, about ten kilobytes each
_LOCK = Lock()
_LATELY: "WeakKeyDictionary[SearchEngine, dict[int, Read]]" = WeakKeyDictionary()


@dataclass(frozen=True)
class Read:
    """One passage with its article."""

    passage: Passage
    article: StoredArticle

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
        return [frozenset(analyze(span.of(self.article.text))) for span in self.sentences]


class Reading:
    """The passages of an index that questions have looked at; the ones read lately are shared by all questions."""

    def __init__(self, index: SearchEngine) -> None:
        self.index = index
        with _LOCK:
            self._lately = _LATELY.setdefault(index, {})

    def __getitem__(self, row: int) -> Read:
        known = self._lately.get(row)
        if known is None:
            passage = self.index.passage(row)
            known = Read(passage, self.index.article_at(passage.article))
            with _LOCK:
                while len(self._lately) >= _KEPT:
                    del self._lately[next(iter(self._lately))]
                self._lately[row] = known
        return known
