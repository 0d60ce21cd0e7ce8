"""What is shown in place of an article while the server that holds it does not answer."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from index.errors import StoreUnavailable
from qa.window.article_bar import BACK
from qa.window.html import escape

__all__ = ["or_away"]

P = ParamSpec("P")
S = TypeVar("S")


def or_away(listener: Callable[Concatenate[S, P], str]) -> Callable[Concatenate[S, P], str]:
    """A listener that returns an article's HTML, which says in a sentence when the server is away."""

    @wraps(listener)
    def listening(self: S, /, *arguments: P.args, **options: P.kwargs) -> str:
        try:
            return listener(self, *arguments, **options)
        except StoreUnavailable as error:
            return (
                f'<article class="reader" aria-label="Article"><div class="reader-bar">{BACK}</div>'
                f'<h2 tabindex="-1">Not there now</h2><p class="notice">{escape(str(error))}.</p></article>'
            )

    return listening
