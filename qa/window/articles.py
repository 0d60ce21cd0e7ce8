"""The list of all articles: which of them are shown, in what order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from qa.search.article_search import Wording, find_articles

if TYPE_CHECKING:
    from index.engine import SearchEngine, Selection

__all__ = ["ORDERS", "ArticleList", "Listed", "all_listed", "list_articles", "read_once"]

_Value = TypeVar("_Value")


def read_once(read: Callable[["SearchEngine"], _Value]) -> Callable[["SearchEngine"], _Value]:
    """A function of an index whose value is kept as long as the index."""
    known: WeakKeyDictionary[SearchEngine, _Value] = WeakKeyDictionary()
    lock = Lock()

    def kept(index: "SearchEngine") -> _Value:
        with lock:
            if index in known:
                return known[index]
        value = read(index)
        with lock:
            return known.setdefault(index, value)

    return kept


@dataclass(frozen=True, slots=True)
class Listed:
    """An article without its text; `length` is in characters of what is searched of it; `alike` holds
    the rows of its near-identical copies and its own, where it has any: one tuple for all of them."""

    row: int
    article_id: str
    title: str
    source: str
    published: date | None
    length: int
    alike: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleList:
    """Articles in order, and whether these are all that were found."""

    articles: Sequence[Listed]
    complete: bool = True


_Key = Callable[[Listed], tuple[Any, ...]]
_BEST = "Best match"
_KEYS: dict[str, _Key] = {
    "Newest first": lambda article: (article.published is None, -_ordinal(article.published), article.row),
    "Oldest first": lambda article: (article.published is None, _ordinal(article.published), article.row),
    "Title": lambda article: (not article.title.strip(), article.title.casefold(), article.row),
    "Source": lambda one: (not one.source, one.source.casefold(), -_ordinal(one.published), one.row),
    "Longest first": lambda article: (-article.length, article.row),
}
ORDERS = (_BEST, *_KEYS)


def list_articles(
    index: "SearchEngine", wanted: Wording, order: str = _BEST, selection: "Selection | None" = None
) -> ArticleList:
    """The articles that a filter admits and, where words are wanted, that have them. Without words the best match is
    the newest; undated and untitled ones come last."""
    listed, complete = all_listed(index), True
    if wanted:
        found = find_articles(index, wanted, selection)
        articles, complete = [listed[row] for row in found.rows], found.complete
    else:
        articles = [article for article in listed.values() if selection is None or selection.articles[article.row]]
    key = _KEYS.get(order)
    if key is None and not wanted:
        key = _KEYS["Newest first"]
    return ArticleList(sorted(articles, key=key) if key else articles, complete)


@read_once
def all_listed(index: "SearchEngine") -> dict[int, Listed]:
    """Every article by its row."""
    lengths = index.article_lengths()
    clusters = index.clusters_of(np.arange(len(lengths), dtype=np.int64)).tolist()
    members: dict[int, list[int]] = {}
    for row, cluster in enumerate(clusters):
        members.setdefault(cluster, []).append(row)
    alike = {cluster: tuple(rows) if len(rows) > 1 else () for cluster, rows in members.items()}
    return {
        row: Listed(row, one.id, one.title, one.source, one.published, int(lengths[row]), alike[clusters[row]])
        for row, one in enumerate(index.catalog.metadata())
    }


def _ordinal(published: date | None) -> int:
    return published.toordinal() if published else 0
