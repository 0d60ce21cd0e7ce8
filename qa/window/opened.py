"""An opened article says which opening of the page it answers, so that the page leaves out what comes too late."""

from collections.abc import Callable
from typing import Any

from qa.window.html import escape

__all__ = ["answering"]


def answering(listener: Callable[..., str]) -> Callable[..., str]:
    """A listener that is given the page's number of an opening first, and puts it into the article's HTML, where
    `reader.js` compares it with the number of what was opened or closed last: what comes too late is left out."""

    def numbered(opening: str, *inputs: Any) -> str:
        return listener(*inputs).replace("<article ", f'<article data-opening="{escape(opening)}" ', 1)

    return numbered
