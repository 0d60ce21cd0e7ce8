"""`LiveIndex` follows the newest undamaged generation of an index, for a process that serves while another builds."""

import logging
import time
from pathlib import Path
from threading import Lock

from index.embedding.encoder import Encoder
from index.errors import ArticleQAError, IndexDamaged
from index.store import layout
from index.store.snapshot import Index

__all__ = ["LiveIndex"]

_LOOK_EVERY = 0.5  # seconds between two looks at CURRENT
_RETRY_AFTER = 30.0  # seconds until what could not be opened is tried again: memory may have been short
_log = logging.getLogger(__name__)


class LiveIndex:
    """Follows an index as generations are published. Thread-safe.

    A question keeps the `Index` that `current` gave it to the end, so that an answer belongs to one generation. A
    new generation that is damaged is left alone, and the one before goes on serving. That one is kept until every
    byte of the new one has been checked: a large generation serves while it is checked, and steps back if it fails.
    """

    def __init__(self, root: Path | str, *, encoder: Encoder | None = None) -> None:
        self.root = Path(root)
        self._encoder = encoder
        self._lock = Lock()
        self._index: Index | None = None
        self._before: Index | None = None  # serves again if the newest turns out to be damaged
        self._looked = 0.0
        self._refused = ""
        self._refused_at = 0.0
        self._damaged = ("", "")  # a generation that failed its check while it served, and what was wrong
        self._said = ""

    def current(self) -> Index:
        """The newest good generation. Raises IndexMissing, IndexDamaged or IndexMismatch when there is none at all."""
        serving = self._index
        # While one thread opens a new generation, the others go on with the one before.
        if not self._lock.acquire(blocking=serving is None) and serving is not None:
            return serving
        try:
            now = time.monotonic()
            if self._index is None or self._index.damage or now - self._looked >= _LOOK_EVERY:
                self._looked = now
                self._look(now)
            assert self._index is not None
            return self._index
        finally:
            self._lock.release()

    def _look(self, now: float) -> None:
        try:
            if self._index is not None and self._index.checked:
                self._step_back()
            name = layout.current_name(self.root)
            if self._index is not None and name == self._index.generation:
                return
            if name == self._refused and self._index is not None and now - self._refused_at < _RETRY_AFTER:
                return
            if name == self._damaged[0]:
                raise IndexDamaged(self._damaged[1])
            fresh = Index.open(self.root, encoder=self._encoder)
        except ArticleQAError as error:
            if self._index is None:
                raise
            self._refused, self._refused_at = layout.named_by(self.root) or "", now
            if (words := f"still serving generation {self._index.generation}: {error}") != self._said:
                self._said = words
                _log.warning("%s", words)
        else:
            # Dropped, not closed: another thread may still be asking the old one, which goes with its last reference.
            if self._index is not None and self._index.checked and not self._index.damage:
                self._before = self._index
            self._index = fresh

    def _step_back(self) -> None:
        """Drops the generation before, or goes back to it. Raises IndexDamaged when there is none."""
        assert self._index is not None
        if not self._index.damage:
            self._before = None
            return
        wrong = f"the index is damaged: {self._index.damage[0]}; {layout.REMEDY}"
        self._damaged = (self._index.generation, wrong)
        self._index, self._before = self._before, None
        if self._index is None:
            raise IndexDamaged(wrong)
