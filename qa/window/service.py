"""The articles behind the window, which is served while they are still being read and the model is being loaded."""

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

from index.errors import ArticleQAError, IndexBusy
from qa.window import html as render

if TYPE_CHECKING:
    from index import Index

__all__ = ["Desk"]

_STAGES = {"reading": "Reading your articles", "embedding": "Preparing passages for search"}


class Desk:
    """The index at a path. With `sources` it is first made, or brought up to date, by `build(progress)`.

    An index of these same sources goes on answering meanwhile; one of other sources must not, and does not.
    """

    def __init__(
        self,
        index_dir: Path,
        sources: Sequence[Path] = (),
        build: Callable[[Callable[[Any], None]], Any] | None = None,
        label: str = "",
        reranker: str | None = None,
    ) -> None:
        from index import LiveIndex

        self.live = LiveIndex(index_dir)
        self.warm = threading.Event()  # set once a question is answered without loading anything first
        self.reranker = reranker
        self._sources = [os.path.abspath(path) for path in sources]
        self._build = build
        self._label = label
        self._progress: Any = None
        self._failure = ""
        self._done = False

    def start(self) -> None:
        threading.Thread(target=self._prepare, name="prepare-articles", daemon=True).start()

    def index(self) -> "Index | None":
        """What can be asked now; None while there is nothing."""
        try:
            index = self.live.current()
        except ArticleQAError:
            return None
        return index if not self._sources or index.manifest.sources == self._sources else None

    def waiting(self) -> str:
        """What a question would have to wait for now, such as "Still reading your articles: 3 of 15"; or empty."""
        if self.warm.is_set():
            return ""
        progress = self._progress
        if self.index() is not None:
            return "Getting the search ready"
        if progress is None or not progress.total:
            return "Still reading your articles"
        unit = " passages" if progress.stage == "embedding" else ""
        return f"Still reading your articles: {progress.done} of {progress.total}{unit}"

    def hindrance(self) -> str:
        """Why no question can be answered, in a sentence; empty when one can."""
        if self.index() is not None:
            return ""
        if waiting := self.waiting():
            return f"{waiting}. Please ask again in a moment."
        return self._failure or "There is no index to ask; build one with: python -m index build FOLDER"

    def status(self) -> tuple[str, bool]:
        """HTML of the status line, and whether it is final."""
        index, progress = self.index(), self._progress
        if not self._done:
            if progress is None:
                return render.status_html("Getting the search ready", state="busy"), False
            words = _STAGES.get(progress.stage, "Finishing")
            words += f": {progress.done} of {progress.total}" if progress.total else ""
            return render.status_html(words, done=progress.done, total=progress.total, state="busy"), False
        if index is None:
            return render.status_html(self._failure or self.hindrance(), state="failed"), True
        first, last = index.date_range()
        sources = len(index.sources())
        words = f"{index.article_count:,} {self._label}{'article' if index.article_count == 1 else 'articles'}"
        words += f" from {sources} {'source' if sources == 1 else 'sources'}" if sources else ""
        words += f", {render.day(first)} to {render.day(last)}" if first and last else ""
        return render.status_html(
            f"{words}. {self._failure}".strip(), state="failed" if self._failure else "ready"
        ), True

    def newest(self, count: int = 4) -> list[str]:
        """Titles of the newest articles, newest first, which make fair examples of what can be asked."""
        index = self.index()
        if index is None:
            return []
        facts = (
            (day or date.min, title) for _, title, _, day, passages in index.catalog.metadata() if title and passages
        )
        return [title for _, title in heapq.nlargest(count, facts)]

    def _prepare(self) -> None:
        try:
            if self._build is None or self.index() is not None:
                self._load_model()
            if self._build is not None:
                self._read(self._build)
                self._load_model()
        except ArticleQAError as error:
            self._failure = str(error)
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            self._failure = f"The articles could not be made ready ({error}); the terminal shows why."
        finally:
            self._done = True
            self.warm.set()

    def _load_model(self) -> None:
        try:
            self.live.current().encode_queries(["warm"])
            if self.reranker:
                from qa.search.rerank import load_reranker

                load_reranker(self.reranker)
        except ArticleQAError:
            if self._build is None or self._progress is not None:
                raise  # otherwise the index is about to be made anew, which mends it
        else:
            self.warm.set()

    def _read(self, build: Callable[[Callable[[Any], None]], Any]) -> None:
        while True:
            try:
                report = build(lambda progress: setattr(self, "_progress", progress))
            except IndexBusy:
                if self.index() is not None:
                    return
                time.sleep(1)  # another process is building the very index that this one waits for
            else:
                if report.skipped:
                    self._failure = f"Not read: {len(report.skipped)}, such as {report.skipped[0]}."
                return
