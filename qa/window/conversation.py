"""A conversation in the window as one value: everything shown follows from it, so nothing shown can disagree."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from qa.types import Answer
from qa.window import html as render

if TYPE_CHECKING:
    from index import LiveIndex

__all__ = ["Conversation", "Request", "Turn", "keep", "kept_titles", "parse_day", "replay"]

_KEPT_CHATS = 30  # what a browser remembers of us stays far below the 5 MB that it allows a site
_KEPT_QUESTIONS = 50


def parse_day(text: str | None) -> date | None:
    """A date written as 2020-11-17, None for nothing; ValueError, with the remedy, for anything else."""
    if not text or not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise ValueError(f"{text.strip()} is not a date; write it as 2020-11-17.") from None


@dataclass(frozen=True, slots=True)
class Request:
    """A question with the limits under which it is asked."""

    question: str
    since: str | None = None
    until: str | None = None
    sources: tuple[str, ...] = ()
    recent: bool = True
    understand: bool = True

    def answer(self, index: "LiveIndex", earlier: Sequence["Turn"] = (), reranker: str | None = None) -> Answer:
        """Asked of the articles as they are now, as a follow-up to `earlier`. ValueError for a date that is none."""
        from qa import ask

        return ask(
            self.question,
            index=index,
            history=[(turn.request.question, turn.answer) for turn in earlier],
            since=parse_day(self.since),
            until=parse_day(self.until),
            sources=self.sources or None,
            as_of=None if self.recent else "any",
            understand=self.understand,
            reranker=reranker,
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what the articles said."""

    request: Request
    answer: Answer


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns, oldest first, under a random key of letters and digits that comes with the first turn."""

    turns: tuple[Turn, ...] = ()
    key: str = ""

    @property
    def answers(self) -> list[Answer]:
        return [turn.answer for turn in self.turns]

    def plus(self, turn: Turn) -> "Conversation":
        return Conversation((*self.turns, turn), self.key or secrets.token_hex(6))

    def without_last(self) -> "Conversation":
        return Conversation(self.turns[:-1], self.key)

    def messages(self, asked: str = "", notice: str = "") -> list[dict[str, str]]:
        """Chat messages in HTML; `asked` is a question without an answer yet, `notice` what is said meanwhile."""
        spoken = [
            (turn.answer.question, render.answer_html(turn.answer, place)) for place, turn in enumerate(self.turns)
        ]
        if asked:
            spoken.append((asked, render.notice_html(notice)))
        return [
            message
            for question, answer in spoken
            for message in (
                {"role": "user", "content": render.question_html(question)},
                {"role": "assistant", "content": answer},
            )
        ]

    def sources(self) -> str:
        """HTML of the panel that belongs to the last answer."""
        last = len(self.turns) - 1
        return render.sources_html(self.turns[last].answer if self.turns else None, last)


def keep(kept: list[Any], now: Conversation) -> list[Any]:
    """What the browser remembers, newest first, with `now` in it: questions and limits, but no article's words."""
    others = [chat for chat in kept if chat.get("key") != now.key]
    asked = [asdict(turn.request) for turn in now.turns[:_KEPT_QUESTIONS]]
    return ([{"key": now.key, "asked": asked}] if asked else []) + others[: _KEPT_CHATS - 1]


def kept_titles(kept: list[Any]) -> list[tuple[str, str]]:
    """(key, first question) of each conversation that the browser remembers."""
    return [(str(chat["key"]), str(chat["asked"][0]["question"])) for chat in kept if chat.get("asked")]


def replay(kept: list[Any], key: str, index: "LiveIndex", reranker: str | None = None) -> Conversation | None:
    """A remembered conversation, its questions asked again of the articles as they are now; None if there is none."""
    for chat in kept:
        if chat.get("key") == key:
            now = Conversation(key=key)
            for asked in chat["asked"]:
                request = Request(**{**asked, "sources": tuple(asked.get("sources") or ())})
                now = now.plus(Turn(request, request.answer(index, now.turns, reranker)))
            return now
    return None
