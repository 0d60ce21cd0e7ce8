"""An article opened in the window by its id, or what is said instead: it is gone, or its server does not answer."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from index.errors import StoreUnavailable
from qa.window.article_bar import BACK
from qa.window.conversation import showable
from qa.window.html import escape
from qa.window.service import Service

if TYPE_CHECKING:
    from index.engine import SearchEngine
    from index.store.catalog import StoredArticle

__all__ = ["answering", "opened"]

_GONE = "This article is no longer in the index; look among the articles for what is."


def opened(service: Service, article_id: str, shown: Callable[["SearchEngine", "StoredArticle"], str]) -> str:
    """HTML of an article, which `shown` makes of the index and the article, or a notice."""
    try:
        index = service.index()
        article = index.article(showable(article_id)) if index else None
        return shown(index, article) if index and article else _notice("No longer here", _GONE)
    except StoreUnavailable as error:
        return _notice("Not there now", f"{error}.")


def answering(listener: Callable[..., str]) -> Callable[..., str]:
    """A listener that is given the page's number of an opening first, and puts it into the article's HTML, where
    `reader.js` compares it with the number of what was opened or closed last: what comes too late is left out."""

    def numbered(opening: str, *inputs: Any) -> str:
        return listener(*inputs).replace("<article ", f'<article data-opening="{escape(opening)}" ', 1)

    return numbered


def _notice(heading: str, words: str) -> str:
    return (
        f'<article class="reader" aria-label="Article"><div class="reader-bar">{BACK}</div>'
        f'<h2 tabindex="-1">{heading}</h2><p class="notice">{escape(words)}</p></article>'
    )
