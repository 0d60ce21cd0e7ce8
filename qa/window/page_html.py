"""The parts of the page around a conversation, as HTML: the status line, the welcome, no article."""

from qa.window.article_bar import BACK
from qa.window.html import escape

__all__ = ["WELCOME", "instead_html", "status_html"]

WELCOME = (
    '<div class="welcome"><h2>What do your articles say?</h2><p>Every answer is a quotation, word for word, '
    "with its source beside it. What the articles do not say, you will not be told.</p></div>"
)


def status_html(words: str, done: int = 0, total: int = 0, *, state: str = "ready") -> str:
    """The line under the title of the window, with a bar while something of known length is going on."""
    bar = f'<progress max="{total}" value="{done}" aria-label="Progress"></progress>' if total else ""
    return f'<div class="status {state}" role="status"><span>{escape(words)}</span>{bar}</div>'


def instead_html(heading: str, words: str) -> str:
    """What stands in place of an article."""
    return (
        f'<article class="reader" aria-label="Article"><div class="reader-bar">{BACK}</div>'
        f'<h2 tabindex="-1">{heading}</h2><p class="notice">{escape(words)}</p></article>'
    )
