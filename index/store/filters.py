"""Hard filters by date and source: which articles and passages they admit."""

from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from threading import Lock

import numpy as np
from cachetools import LRUCache, cachedmethod

from index.engine import Restriction, Selection
from index.store.columns import Columns

__all__ = ["Filters"]

_DAYS_LISTED = 400  # of a filter: a year and a bit
_FILTERS_KEPT = 8  # a byte for each passage, and what was counted of those they admit

_Key = tuple[date | None, date | None, tuple[str, ...] | None]


class Filters:
    """Makes the filters of one index; those used last are kept. Thread-safe."""

    def __init__(self, columns: Columns, source_names: Sequence[str]) -> None:
        self._columns = columns
        self._source_names = source_names
        self._cache: LRUCache[_Key, Selection] = LRUCache(_FILTERS_KEPT)
        self._lock = Lock()

    @cachedmethod(attrgetter("_cache"), key=lambda self, *asked: asked, lock=attrgetter("_lock"))
    def select(self, since: date | None, until: date | None, sources: tuple[str, ...] | None) -> Selection:
        """The articles within a range of days (inclusive) and of some sources, as `Index.select` says."""
        columns = self._columns
        keys: frozenset[int] | None = None
        days: frozenset[int] | None = None
        admitted = np.ones(len(columns.day), bool)
        if since is not None or until is not None:
            low = since.toordinal() if since else 1
            high = until.toordinal() if until else date.max.toordinal()
            admitted &= (columns.day >= low) & (columns.day <= high)
            if len(different := np.unique(columns.day[admitted])) <= _DAYS_LISTED:
                days = frozenset(different.tolist())
        if sources is not None:
            folded = {source.casefold() for source in sources}
            keys = frozenset(key for key, name in enumerate(self._source_names) if name.casefold() in folded)
            admitted &= np.isin(columns.source, sorted(keys))
        passages = admitted[columns.article]
        searched = int((admitted & columns.searched).sum())
        return Selection(Restriction(since, until, keys, days), admitted, passages, searched, int(passages.sum()))
