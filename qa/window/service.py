"""The articles behind the window, which is served while they are still being read and the model is being loaded."""

import asyncio
import heapq
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import index
from index.errors import ArticleQAError, IndexBusy, StoreUnavailable
from qa.window.adding import Adding, how_far
from qa.window.html import counted, format_day
from qa.window.layout import WAIT
from qa.window.page_html import instead_html, status_html
from qa.window.unread import unread_html, without_places

if TYPE_CHECKING:
    from index.engine import SearchEngine
    from index.store.catalog import StoredArticle

__all__ = ["SAMPLE", "Service"]

SAMPLE = Path(index.__file__).parent / "sample"  # the articles that are shown where nobody named others

_STAGES = {
    "reading": "Reading your articles",
    "embedding": "Preparing passages for search",
    "indexing": "Preparing the search",
}
_EXAMPLES = 4  # view: questions to start with
_GONE = "This article is no longer in the index; look among the articles for what is."
_WARMING = "Getting the search ready"


class Service:
    """The index at a path. With `sources` it is first made, or brought up to date, by `build(progress)`.

    An index of these same sources goes on answering meanwhile; one of other sources must not, and does not. With
    `adding`, people may add to it in the window; what they say of answers is kept in the file `feedback`, where one is
    named.
    """

    def __init__(
        self,
        index_dir: Path | str,
        sources: Sequence[Path] = (),
        build: Callable[[Callable[[Any], None]], Any] | None = None,
        *,
        reranker: str | None = None,
        adding: bool = False,
        feedback: Path | None = None,
    ) -> None:
        from index.stores import follow

        self.live = follow(index_dir)
        self._index_dir = index_dir
        self.warm = threading.Event()  # set once a question is answered without loading anything first
        self.reranker = reranker
        self._sources = [os.path.abspath(path) for path in sources]
        self._build = build
        self._progress: Any = None
        self._failure = ""
        self._away = ""  # what is said of a server that does not answer, until it does
        self._done = False
        self.feedback = feedback
        self.adding = Adding(self.live, Path(index_dir).absolute(), self._is_ready) if adding else None

    def _is_ready(self) -> bool:
        return self._done and self.index() is not None

    def start(self) -> None:
        threading.Thread(target=self._prepare, name="prepare-articles", daemon=True).start()

    def index(self) -> "SearchEngine | None":
        """What can be asked now; None while there is nothing."""
        try:
            index = self.live.current()
        except ArticleQAError as error:
            self._away = f"{error}." if isinstance(error, StoreUnavailable) else ""
            return None
        self._away = ""
        return index if not self._sources or index.manifest.sources == self._sources else None

    def opened(self, article_id: str, shown: "Callable[[SearchEngine, StoredArticle], str]") -> str:
        """HTML of an article, which `shown` makes; a notice where it is gone, or its server does not answer."""
        try:
            index = self.index()
            article = index.article(article_id) if index else None
            return shown(index, article) if index and article else instead_html("No longer here", _GONE)
        except StoreUnavailable as error:
            return instead_html("Not there now", f"{error}.")

    def waiting(self) -> str:
        """What a question would have to wait for now, such as "Still reading your articles: 3 of 15"; or empty."""
        if self.warm.is_set():
            return ""
        progress = self._progress
        if self.index() is not None:
            return _WARMING
        if progress is None or not progress.done or progress.stage == "indexing":
            return "Still reading your articles"
        unit = " passages" if progress.stage == "embedding" else ""
        return f"Still reading your articles: {progress.done} of {progress.total}{unit}"

    async def moment(self) -> None:
        """Until questions can be answered, but no longer than from one look to the next."""
        await asyncio.to_thread(self.warm.wait, WAIT)

    def hindrance(self) -> str:
        """Why no question can be answered, in a sentence; empty when one can."""
        if self.index() is not None:
            return ""
        if waiting := self.waiting():
            return f"{waiting}. Please ask again in a moment."
        return self._failure or self._away or "There is no index to ask; build one with: python -m index build FOLDER"

    def status(self) -> tuple[str, bool]:
        """HTML of the status line, and whether it is final."""
        index, progress = self.index(), self._progress
        if not self._done:
            if progress is None:
                return status_html(_WARMING, state="busy"), False
            return status_html(*how_far(_STAGES[progress.stage], progress), state="busy"), False
        if index is None:
            return status_html(self._failure or self.hindrance(), state="failed"), not self._away
        if self.adding and self.adding.working():
            return status_html(*self.adding.progress(), state="busy") + self.unread(), True
        first, last = index.date_range()
        sources = len(index.sources())
        added = self.adding and self.adding.files.files()
        label = "sample " if self._sources == [str(SAMPLE)] and not added else ""
        words = counted(index.article_count, f"{label}article")
        words += f" from {counted(sources, 'source')}" if sources else ""
        words += f", {format_day(first)} to {format_day(last)}" if first and last else ""
        state = "failed" if self._failure else "ready"
        return status_html(f"{words}. {self._failure}".strip(), state=state) + self.unread(), True

    def unread(self) -> str:
        """HTML of what could not be read."""
        index = self.index()
        if index is None:
            return ""
        return unread_html([skip for _, skip in index.catalog.skipped()], index.manifest.sources)

    def examples(self) -> list[str]:
        """Questions that the newest articles answer, of the newest first."""
        from qa.window.suggestions import questions_to_start_with  # brings numpy, which --help does without

        index = self.index()
        if index is None:
            return []
        known = enumerate(index.catalog.metadata())
        newest = heapq.nlargest(_EXAMPLES, ((day or date.min, -row) for row, (_, _, _, day, size) in known if size))
        return questions_to_start_with(index.article_at(-row) for _, row in newest)

    def _prepare(self) -> None:
        try:
            if self._build is None or self.index() is not None:
                self._load_model(before_build=self._build is not None)
            if self._build is not None:
                self._read(self._build)
                self._load_model()
        except ArticleQAError as error:
            if self._build is None and isinstance(error, StoreUnavailable):
                return  # it is asked for again with every question
            self._failure = without_places(str(error), [*self._sources, os.path.abspath(self._index_dir)])
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            self._failure = f"The articles could not be made ready ({error}); the terminal shows why."
        finally:
            self._done = True
            self.warm.set()

    def _load_model(self, *, before_build: bool = False) -> None:
        try:
            self.live.current().encode_queries(["warm"])
            if self.reranker:
                from qa.search.rerank import load_reranker

                load_reranker(self.reranker)
        except ArticleQAError:
            if not before_build:  # which would make the index anew, and mend it
                raise
        else:
            self.warm.set()
            from qa.answering.reader import shared_reader

            shared_reader()  # while a first question is searched for, or typed

    def _read(self, build: Callable[[Callable[[Any], None]], Any]) -> None:
        while True:
            try:
                build(lambda progress: setattr(self, "_progress", progress))
            except IndexBusy:
                if self.index() is not None:
                    return
                time.sleep(1)  # another process is building the very index that this one waits for
            else:
                return
            finally:
                self._progress = None  # what comes now is no part of the build
