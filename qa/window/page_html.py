"""The parts of the page around a conversation, as HTML: the status line, the list of conversations, the welcome."""

from collections.abc import Iterable

from qa.window.html import escape

__all__ = ["WELCOME", "conversations_html", "status_html"]

WELCOME = (
    '<div class="welcome"><h2>What do your articles say?</h2><p>Every answer is a quotation, word for word, '
    "with its source beside it. What the articles do not say, you will not be told.</p></div>"
)


def status_html(words: str, *, done: int = 0, total: int = 0, state: str = "ready") -> str:
    """The line under the title of the window, with a bar while something of known length is going on."""
    bar = f'<progress max="{total}" value="{done}" aria-label="Progress"></progress>' if total else ""
    return f'<div class="status {state}" role="status"><span>{escape(words)}</span>{bar}</div>'


def conversations_html(titles: Iterable[tuple[str, str]], current: str) -> str:
    """Links to earlier conversations, given as (identifier, title); identifiers are letters and digits."""
    items = "".join(
        f'<li><a href="#chat-{escape(key)}"{" aria-current=" + chr(34) + "true" + chr(34) if key == current else ""} '
        f'dir="auto">{escape(title)}</a></li>'
        for key, title in titles
    )
    return (
        f'<ul class="chats">{items}</ul>' if items else '<p class="chats">Conversations are kept in this browser.</p>'
    )
