"""Indexes what is added in the window, or removed again, while the window goes on answering from the index before."""

import os
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from index.errors import ArticleQAError, IndexBusy, UsageError
from qa.window.added import AddedFiles, check_amount
from qa.window.html import escape
from qa.window.layout import WAIT
from qa.window.unread import without_places

__all__ = ["Adding", "how_far", "pasted_file"]

_PAGE = re.compile(r"\s{0,99}<(!doctype|html|head|body|article|main|div|h1|p)\b", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_STAGES = {
    "reading": "Looking at the articles",
    "embedding": "Preparing passages for search",
    "indexing": "Preparing the search",
}
_PATIENCE = 60.0  # limit: seconds until the window should have moved to what was published: it looks twice a second


def pasted_file(text: str, title: str = "", source: str = "", day: str = "") -> tuple[str, bytes]:
    """The name and the content of a file for a pasted text or page; what is said about it goes in front, as front
    matter, or as meta tags, before which a page's own JSON-LD is believed. UsageError, in one sentence, for what is
    none."""
    text = text.encode("utf-8", "replace").decode()
    if not text.strip():
        raise UsageError("There is nothing to add; paste the text of an article.")
    if _LINK.fullmatch(text.strip()):
        raise UsageError("Links are not followed; paste the text of the article, or save its page and drop the file.")
    if _PAGE.match(text):
        tags = (("og:title", title), ("og:site_name", source), ("article:published_time", day))
        head = "".join(f'<meta property="{tag}" content="{escape(said)}">' for tag, said in tags if said.strip())
        return f"{title.strip() or 'Pasted page'}.html", (head + text).encode()
    import yaml

    said = {key: value for key, value in (("title", title), ("source", source), ("date", day)) if value.strip()}
    front = f"---\n{yaml.safe_dump(said, allow_unicode=True, sort_keys=False)}---\n\n" if said else ""
    first = next(line.strip() for line in text.splitlines() if line.strip())
    return f"{title.strip() or first[:60]}.md", (front + text).encode()


def how_far(stage: str, progress: Any) -> tuple[str, int, int]:
    """How far a stage of a build is, in words, how much is done, and of how much; 0 of 0 where nothing is counted yet,
    so that there is nothing for a bar to show."""
    if not progress.done:
        return stage + progress.within, 0, 0
    return f"{stage}: {progress.done:,} of {progress.total:,}{progress.within}", progress.done, progress.total


class Adding:
    """Adds to the index in the folder `root`, which `live` follows, in a thread of its own: one build at a time, and
    whatever comes meanwhile is in the next. `ready` says whether the window has an index of its own articles, and is
    not building it itself."""

    def __init__(self, live: Any, root: Path, ready: Callable[[], bool]) -> None:
        from index.store.layout import Layout  # numpy, which no --help needs

        self._live = live
        self._root = root
        self._ready = ready
        self.files = AddedFiles(Layout(root).added)
        self.files.clear_halves()
        self.failure = ""
        self._lock = threading.Lock()
        self._due = False
        self._working = False
        self._progress: Any = None

    def add(self, given: Sequence[tuple[str, bytes, int]]) -> tuple[list[str], list[str]]:
        """Keeps files, given as (name, content, size), and has them indexed. Their names now, and a sentence for each
        that was refused."""
        self._check()
        check_amount(len(given), sum(len(content) for _, content, _ in given))
        kept, refused = [], []
        for name, content, size in given:
            try:
                kept.append(self.files.add(name, content, size))
            except UsageError as error:
                refused.append(str(error))
        if kept:
            self._schedule()
        return kept, refused

    def remove(self, name: str) -> None:
        """Removes an added file, and has the index follow."""
        self._check()
        self.files.remove(name)
        self._schedule()

    def working(self) -> bool:
        """Whether something is not in the index yet, or still in it."""
        return self._working

    def progress(self) -> tuple[str, int, int]:
        """What is going on in words, how much is done, and of how much; 0 of 0 where nothing is counted."""
        progress = self._progress
        return how_far(_STAGES[progress.stage], progress) if progress else (_STAGES["reading"], 0, 0)

    def titles(self, index: Any) -> dict[str, list[tuple[str, str]]]:
        """(id, title) of the articles in the index of each added file, by its name."""
        folder = os.path.join(os.path.abspath(self.files.folder), "")
        paths = {id: path[len(folder) :] for id, path in index.catalog.paths().items() if path.startswith(folder)}
        found: dict[str, list[tuple[str, str]]] = {}
        for facts in index.catalog.metadata() if paths else ():
            if (id := facts[0]) in paths:
                found.setdefault(paths[id], []).append((id, facts[1]))
        return found

    def _check(self) -> None:
        if not self._ready():
            raise UsageError("The articles are still being read; add to them in a moment.")
        lacking = [source for source in self._live.current().manifest.sources if not os.path.exists(source)]
        if lacking:
            name = Path(lacking[0]).name
            raise UsageError(
                f"“{name}”, which this index was made from, is not on this computer; nothing can be added."
            )

    def _schedule(self) -> None:
        with self._lock:
            self._due = True
            if self._working:
                return
            self._working = True
        threading.Thread(target=self._work, name="add-articles", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._due:
                    self._working = False
                    return
                self._due = False
            self.failure = ""
            try:
                self._build()
            except IndexBusy:  # another process is at it, perhaps without what was added
                time.sleep(1)
                self._due = True
            except ArticleQAError as error:
                self.failure = without_places(str(error), [os.path.abspath(self._root)])
            except Exception as error:
                traceback.print_exc(file=sys.stderr)
                self.failure = f"what was added could not be indexed ({type(error).__name__}); the terminal shows why"
            finally:
                self._progress = None

    def _build(self) -> None:
        """Builds with the sources and settings that the index has, and waits until the window answers from it."""
        from index.building.build import BuildOptions, build
        from index.readers import Limits

        made = self._live.current().manifest
        options = BuildOptions(
            model=made.model["name"],
            precision=made.model["precision"],
            limits=Limits(**made.reading.get("limits", {})),
            progress=lambda progress: setattr(self, "_progress", progress),
        )
        report = build(made.sources, self._root, options)
        until = time.monotonic() + _PATIENCE
        while self._live.current().generation != report.generation and time.monotonic() < until:
            time.sleep(WAIT)
