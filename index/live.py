"""`LiveIndex`: the newest good generation, for a process that serves while others build."""

import logging
import time
from pathlib import Path
from threading import Lock

from index import store
from index.embed import Encoder
from index.errors import ArticleQAError
from index.snapshot import Index

__all__ = ["LiveIndex"]

_LOOK_EVERY = 0.5  # seconds between two looks at CURRENT
_log = logging.getLogger(__name__)


class LiveIndex:
    """Follows an index as generations are published. Thread-safe.

    A question keeps the `Index` that `current` gave it to the end, so that an answer belongs to one generation. A
    new generation that is damaged is left alone, and the one before goes on serving.
    """

    def __init__(self, root: Path | str, *, encoder: Encoder | None = None) -> None:
        self.root = Path(root)
        self._encoder = encoder
        self._lock = Lock()
        self._index: Index | None = None
        self._looked = 0.0
        self._refused = ""

    def current(self) -> Index:
        """The newest good generation. Raises IndexMissing, IndexDamaged or IndexMismatch when there is none at all."""
        with self._lock:
            now = time.monotonic()
            if self._index is not None and now - self._looked < _LOOK_EVERY:
                return self._index
            self._looked = now
            try:
                name = store.current_name(self.root)
                if self._index is None or name not in (self._index.generation, self._refused):
                    # Dropped, not closed: another thread may still be asking it, and its files go with its last
                    # reference.
                    self._index = Index.open(self.root, encoder=self._encoder)
            except ArticleQAError as error:
                if self._index is None:
                    raise
                try:
                    self._refused = store.current_name(self.root)
                except ArticleQAError:
                    self._refused = ""
                _log.warning("still serving generation %s: %s", self._index.generation, error)
            return self._index
