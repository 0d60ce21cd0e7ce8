"""The conversations that a browser remembers: questions and limits, but no article's words.

What comes back from a browser may have been tampered with, or written by another version: `kept_chats` takes over what
is sound, and drops the rest.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from qa.window.conversation import Conversation, Exchange, Form, showable

if TYPE_CHECKING:
    from index.engine import Follower

__all__ = ["keep", "kept_chats", "kept_titles", "replay"]

_CHATS = 30  # what a browser remembers of us stays far below the 5 MB that it allows a site
_QUESTIONS = 50  # of a conversation, for the same reason
_LONGEST_KEY = 64  # ours have 12 characters
_FLAGS = {"recent": True, "understand": True, "alone": False}  # of a form, in its order, with the usual value
_LONGEST = 10_000  # characters of a question, the most that `ask` takes


def kept_chats(given: Any) -> list[tuple[str, tuple[Form, ...]]]:
    """(key, forms) of each sound conversation in what a browser sent, in its order."""
    chats: dict[str, tuple[Form, ...]] = {}
    for chat in given[:_CHATS] if isinstance(given, list) else ():
        if not isinstance(chat, Mapping):
            continue
        key, asked = chat.get("key"), chat.get("asked")
        if not isinstance(key, str) or not (key.isascii() and key.isalnum() and len(key) <= _LONGEST_KEY):
            continue
        if not isinstance(asked, list) or not 0 < len(asked) <= _QUESTIONS:
            continue
        forms = tuple(form for one in asked if (form := _form(one)))
        if len(forms) == len(asked):
            chats.setdefault(key, forms)
    return list(chats.items())


def _form(given: Any) -> Form | None:
    known = {"question", "since", "until", "sources", *_FLAGS}
    if not isinstance(given, Mapping) or not set(given) <= known:
        return None
    question, sources = given.get("question"), given.get("sources") or []
    flags = [given.get(name, usual) for name, usual in _FLAGS.items()]
    days = [given.get(name) or None for name in ("since", "until")]
    if not isinstance(question, str) or not question.strip() or len(question) > _LONGEST:
        return None
    if not isinstance(sources, list) or not all(isinstance(source, str) for source in sources):
        return None
    if not all(isinstance(flag, bool) for flag in flags) or not all(day is None or _is_day(day) for day in days):
        return None
    return Form(showable(question), days[0], days[1], tuple(map(showable, sources)), *flags)


def _is_day(text: Any) -> bool:
    try:
        return isinstance(text, str) and len(text) == len("2020-11-17") and bool(date.fromisoformat(text))
    except ValueError:
        return False


def keep(given: Any, now: Conversation) -> list[dict[str, Any]]:
    """What the browser is to remember, newest first, with `now` in it."""
    chats = [(key, forms) for key, forms in kept_chats(given) if key != now.key]
    asked = tuple(exchange.form for exchange in now.exchanges[:_QUESTIONS])
    chats = [*([(now.key, asked)] if asked else []), *chats][:_CHATS]
    return [{"key": key, "asked": [asdict(form) for form in forms]} for key, forms in chats]


def kept_titles(given: Any) -> list[tuple[str, str]]:
    """(key, first question) of each conversation that the browser remembers."""
    return [(key, forms[0].question) for key, forms in kept_chats(given)]


def replay(given: Any, key: str, index: "Follower", reranker: str | None = None) -> Conversation | None:
    """A remembered conversation, its questions asked again of the articles as they are now; None if there is none."""
    forms = dict(kept_chats(given)).get(key)
    if forms is None:
        return None
    now = Conversation(key=key)
    for form in forms:
        now = now.plus(Exchange(form, form.answer(index, now.exchanges, reranker)))
    return now
