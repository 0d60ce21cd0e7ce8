"""Columns over all articles and passages, in memory, and hard filters by date and source made of them."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.engine import Restriction, Selection

__all__ = ["Columns", "select"]

_DAYS_LISTED = 400  # of a filter: a year and a bit


class Columns:
    """Immutable. Of every article, shape (articles,): `day` (proleptic ordinal, 0 undated), `source` (its key), `first`
    (row of its first passage), `count` (of passages) and `cluster`. `article` is of every passage, shape (passages,).
    """

    def __init__(
        self,
        articles: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]],
        cluster: NDArray[np.int32],
        article: NDArray[np.int32],
    ) -> None:
        self.day, self.source, self.first, self.count = articles
        self.cluster = cluster
        self.article = np.ascontiguousarray(article)

    def consistent(self, sources: int) -> bool:
        """Whether the columns are of one length, and every row or key of a source that they hold exists."""
        articles, has_any = len(self.count), self.count > 0
        starts = np.cumsum(self.count) - self.count
        return bool(
            self.cluster.shape == (articles,)
            and len(self.article) == self.count.sum()
            and _are_rows(self.article, articles)
            and _are_rows(self.cluster, articles)
            and _are_rows(self.source, sources)
            and (self.count >= 0).all()
            and (self.first[has_any] == starts[has_any]).all()
        )

    @cached_property
    def searched(self) -> NDArray[np.bool_]:
        """Which articles have a passage."""
        return self.count > 0

    @cached_property
    def date_range(self) -> tuple[date | None, date | None]:
        """The days of the oldest and of the newest dated article that has a passage."""
        dated = self.day[(self.day > 0) & self.searched]
        if not len(dated):
            return None, None
        return date.fromordinal(int(dated.min())), date.fromordinal(int(dated.max()))


def _are_rows(values: NDArray[Any], count: int) -> bool:
    """Whether all are from 0 to below `count`."""
    return not len(values) or bool(values.min() >= 0 and values.max() < count)


def select(
    columns: Columns,
    source_names: Sequence[str],
    since: date | None,
    until: date | None,
    sources: tuple[str, ...] | None,
) -> Selection:
    """The articles within a range of days (inclusive) and of some sources, as `Index.select` says."""
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
        keys = frozenset(key for key, name in enumerate(source_names) if name.casefold() in folded)
        admitted &= np.isin(columns.source, sorted(keys))
    passages = admitted[columns.article]
    searched = int((admitted & columns.searched).sum())
    return Selection(Restriction(since, until, keys, days), admitted, passages, searched, int(passages.sum()))
