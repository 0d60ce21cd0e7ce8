"""The conversations that a browser remembers: questions and limits, but no article's words.

What comes back from a browser may have been tampered with, or written by another version: `kept_chats` takes over what
is sound, and drops the rest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from qa.arguments import LONGEST
from qa.window.conversation import Conversation, Exchange, Form, showable

if TYPE_CHECKING:
    from index.engine import Follower

__all__ = ["Chat", "delete", "keep", "kept_chats", "open_chat", "read_form", "rename", "replay", "shut"]

_CHATS = 100  # limit: what a browser remembers of us stays far below the 5 MB that it allows a site
_QUESTIONS = 50  # limit: of a conversation, for the same reason
_LONGEST_KEY = 64  # limit: ours have as many characters
_LONGEST_NAME = 200  # limit: characters of a name that a person gives
_FLAGS = {"recent": True, "understand": True, "alone": False}  # of a form, in its order, with the usual value


@dataclass(frozen=True, slots=True)
class Chat:
    """A remembered conversation: its questions, the name that it was given, the day of its last question, and whether
    it is the one that the page shows."""

    key: str
    forms: tuple[Form, ...]
    name: str = ""
    day: date | None = None
    is_open: bool = False

    @property
    def title(self) -> str:
        return self.name or self.forms[0].question

    def to_dict(self) -> dict[str, Any]:
        """As the browser keeps it."""
        asked = [asdict(form) | {"sources": list(form.sources)} for form in self.forms]
        said: dict[str, Any] = {"key": self.key, "asked": asked}
        said |= {"name": self.name} if self.name else {}
        said |= {"day": self.day.isoformat()} if self.day else {}
        return said | ({"open": True} if self.is_open else {})


def kept_chats(given: Any) -> list[Chat]:
    """Each sound conversation in what a browser sent, in its order."""
    chats: dict[str, Chat] = {}
    for chat in given[:_CHATS] if isinstance(given, list) else ():
        if isinstance(chat, Mapping) and (read := _chat(chat)):
            chats.setdefault(read.key, read)
    return list(chats.values())


def _chat(chat: Mapping[str, Any]) -> Chat | None:
    key, asked = chat.get("key"), chat.get("asked")
    name, day, is_open = chat.get("name", ""), chat.get("day"), chat.get("open", False)
    if not isinstance(key, str) or not (key.isascii() and key.isalnum() and len(key) <= _LONGEST_KEY):
        return None
    if not isinstance(asked, list) or not 0 < len(asked) <= _QUESTIONS:
        return None
    if not isinstance(name, str) or not (day is None or _is_day(day)) or not isinstance(is_open, bool):
        return None
    forms = tuple(form for one in asked if (form := read_form(one)))
    if len(forms) != len(asked):
        return None
    return Chat(key, forms, _name(name), date.fromisoformat(day) if day else None, is_open)


def _name(name: str) -> str:
    return " ".join(showable(name[:_LONGEST_NAME]).split())


def read_form(given: Any) -> Form | None:
    """A form as a browser kept it, if it is sound."""
    known = {"question", "since", "until", "sources", *_FLAGS}
    if not isinstance(given, Mapping) or not set(given) <= known:
        return None
    question, sources = given.get("question"), given.get("sources") or []
    flags = [given.get(name, usual) for name, usual in _FLAGS.items()]
    days = [given.get(name) or None for name in ("since", "until")]
    if not isinstance(question, str) or not question.strip() or len(question) > LONGEST:
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
    """What the browser is to remember, newest first, with `now` in it as the open one."""
    chats = kept_chats(given)
    asked = tuple(exchange.form for exchange in now.exchanges[:_QUESTIONS])
    name = next((chat.name for chat in chats if chat.key == now.key), "")
    rest = [replace(chat, is_open=False) for chat in chats if chat.key != now.key]
    mine = [Chat(now.key, asked, name, date.today(), True)] if asked else []
    return _plain([*mine, *rest][:_CHATS])


def shut(given: Any, but: str = "") -> list[dict[str, Any]]:
    """The same with no conversation open, or just the one of a key."""
    return _plain(replace(chat, is_open=chat.key == but) for chat in kept_chats(given))


def rename(given: Any, key: str, name: str) -> list[dict[str, Any]]:
    """The same with a name of a person's own for one; an empty name gives back the first question."""
    return _plain(replace(chat, name=_name(name)) if chat.key == key else chat for chat in kept_chats(given))


def delete(given: Any, key: str) -> list[dict[str, Any]]:
    """The same without one."""
    return _plain(chat for chat in kept_chats(given) if chat.key != key)


def open_chat(given: Any) -> Chat | None:
    """The conversation that the page showed last."""
    return next((chat for chat in kept_chats(given) if chat.is_open), None)


def _plain(chats: Iterable[Chat]) -> list[dict[str, Any]]:
    return [chat.to_dict() for chat in chats]


def replay(given: Any, key: str, index: "Follower", reranker: str | None = None) -> Conversation | None:
    """A remembered conversation, its questions asked again of the articles as they are now; None if there is none."""
    chat = next((chat for chat in kept_chats(given) if chat.key == key), None)
    if chat is None:
        return None
    now = Conversation(key=key)
    for form in chat.forms[:-1]:  # what to ask next is shown below the last one only
        now = now.plus(Exchange(form, form.answer(index, now.exchanges, reranker)))
    return now.plus(chat.forms[-1].exchange(index, now.exchanges, reranker))
