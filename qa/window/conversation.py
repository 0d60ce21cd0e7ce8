"""A conversation in the window as one value: everything shown follows from it, so nothing shown can disagree."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from index.errors import UsageError
from qa.search.written_dates import written_date
from qa.types import Answer
from qa.window import html as render
from qa.window.clipboard import copy_data

if TYPE_CHECKING:
    from index import LiveIndex

__all__ = ["Conversation", "Request", "Turn", "limit_words", "parse_day", "read_day", "showable"]


def parse_day(text: str | None) -> date | None:
    """A date written as 2020-11-17, None for nothing; ValueError, with the remedy, for anything else."""
    if not text or not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise ValueError(f"{text.strip()} is not a date; write it as 2020-11-17.") from None


def showable(text: str) -> str:
    """The text with halves of surrogate pairs, which JSON can bring and UTF-8 cannot carry, as question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def limit_words(since: date | None, until: date | None, sources: Sequence[str]) -> str:
    """The limits of a search in words, such as "from 1 March 2020 to 30 September 2020, Example Courier"; or empty."""
    days = [f"from {render.day(since)}"] if since else []
    days += [f"to {render.day(until)}" if since else f"up to {render.day(until)}"] if until else []
    return ", ".join([*([" ".join(days)] if days else []), *sources])


@dataclass(frozen=True, slots=True)
class Request:
    """A question with the limits under which it is asked; `since` and `until` as 2020-11-17."""

    question: str
    since: str | None = None
    until: str | None = None
    sources: tuple[str, ...] = ()
    recent: bool = True
    understand: bool = True

    @classmethod
    def written(
        cls, question: str, limits: tuple[str | None, str | None, Sequence[str] | None], options: tuple[bool, bool]
    ) -> "Request":
        """From what a person typed: `limits` are the first day, the last day and the sources, `options` whether
        recent articles are preferred, and dates and sources in the question heeded. UsageError for a date that is none.
        """
        since, until, sources = limits
        first, last = read_day(since, end=False), read_day(until, end=True)
        if first and last and first > last:
            raise UsageError(
                f"“Published from” ({render.day(first)}) is later than “Published to” ({render.day(last)}); swap them"
            )
        return cls(
            showable(question.strip()),
            first.isoformat() if first else None,
            last.isoformat() if last else None,
            tuple(map(showable, sources or ())),
            *options,
        )

    @property
    def limits(self) -> str:
        """What else than the question limits the answer, in a sentence; or empty."""
        words = limit_words(_day(self.since), _day(self.until), self.sources)
        return f"Only some articles were searched: {words}." if words else ""

    def answer(self, index: "LiveIndex", earlier: Sequence["Turn"] = (), reranker: str | None = None) -> Answer:
        """Asked of the articles as they are now, as a follow-up to `earlier`."""
        from qa import ask

        return ask(
            self.question,
            index=index,
            history=[(turn.request.question, turn.answer) for turn in earlier],
            since=_day(self.since),
            until=_day(self.until),
            sources=self.sources or None,
            as_of=None if self.recent else "any",
            understand=self.understand,
            reranker=reranker,
        )


def read_day(text: str | None, *, end: bool) -> date | None:
    """The day that a person typed into a field, None where nothing was; UsageError, with the remedy."""
    words = showable(text or "").strip()
    return written_date(words, end=end, today=date.today()) if words else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


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
            (turn.answer.question, render.answer_html(turn.answer, place, turn.request.limits))
            for place, turn in enumerate(self.turns)
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
        if not self.turns:
            return render.sources_html(None, 0)
        answer = self.turns[-1].answer
        return render.sources_html(answer, len(self.turns) - 1, copy_data(answer) if answer.found else "")
