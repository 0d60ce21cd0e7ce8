"""The list of earlier conversations as HTML: each with its name and day, to be opened, renamed and deleted."""

from collections.abc import Sequence
from datetime import date

from qa.window.html import escape, format_day
from qa.window.kept import Chat

__all__ = ["chats_html"]

_WORDS = 2_000  # limit: characters of its questions by which a conversation is found
_SEARCHED = 4  # view: conversations from which on there is a field to search them


def chats_html(chats: Sequence[Chat], current: str) -> str:
    """The conversations in their order; `current` is the key of the open one."""
    if not chats:
        return '<div class="chats"><p>Conversations are kept in this browser.</p></div>'
    search = (
        '<input type="search" class="find-chat" placeholder="Search in earlier conversations" '
        'aria-label="Search in earlier conversations">'
    )
    items = "".join(_item(chat, chat.key == current) for chat in chats)
    return (
        f'<div class="chats">{search if len(chats) >= _SEARCHED else ""}<ul>{items}</ul>'
        '<p class="none-found" hidden>No conversation has these words.</p></div>'
    )


def _item(chat: Chat, is_open: bool) -> str:
    # Not casefold(): the page's script compares with toLowerCase().
    words = " ".join([chat.name, *(form.question for form in chat.forms)])[:_WORDS]
    count = f"{len(chat.forms)} questions" if len(chat.forms) > 1 else ""
    current = ' aria-current="true"' if is_open else ""
    facts = ", ".join(filter(None, [_day(chat.day), count]))
    return (
        f'<li data-words="{escape(words.lower())}"><a href="#chat-{escape(chat.key)}" dir="auto"'
        f"{current}>{escape(chat.title)}</a>"
        f'<span class="when">{facts}</span>'
        f'<button type="button" class="rename" data-key="{escape(chat.key)}">Rename</button>'
        f'<button type="button" class="delete" data-key="{escape(chat.key)}">Delete</button></li>'
    )


def _day(day: date | None) -> str:
    if day is None:
        return ""
    return {0: "today", 1: "yesterday"}.get((date.today() - day).days, format_day(day))
