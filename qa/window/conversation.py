"""A conversation in the window as one value: everything shown follows from it, so nothing shown can disagree."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from index.errors import UsageError
from qa.search.written_dates import written_date
from qa.types import Answer
from qa.window.answer_html import answer_html, notice_html, question_html
from qa.window.below_answer import below_html
from qa.window.citation_card import cards_over_marks_html
from qa.window.html import format_day
from qa.window.sources_html import sources_html
from qa.window.suggestions import suggested_questions
from qa.window.tools_html import tools_html

if TYPE_CHECKING:
    from index.engine import Follower

__all__ = ["OPTIONS", "Conversation", "Exchange", "Form", "limit_words", "read_day", "showable"]

OPTIONS: dict[str, dict[str, Any]] = {
    "earlier": {"alone": True},
    "recent": {"recent": False},
    "named": {"understand": False},
    "limits": {"since": None, "until": None, "sources": ()},
}


def showable(text: str) -> str:
    """The text with halves of surrogate pairs, which JSON can bring and UTF-8 cannot carry, as question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def limit_words(since: date | None, until: date | None, sources: Sequence[str]) -> str:
    """The limits of a search in words, such as "from 1 March 2020 to 30 September 2020, Example Courier"; or empty."""
    days = [f"from {format_day(since)}"] if since else []
    days += [f"to {format_day(until)}" if since else f"up to {format_day(until)}"] if until else []
    return ", ".join([*([" ".join(days)] if days else []), *sources])


@dataclass(frozen=True, slots=True)
class Form:
    """What a person filled in: a question, the limits under which it is asked, and the options; `since` and `until` as
    2020-11-17. A question that is asked `alone` is no follow-up."""

    question: str
    since: str | None = None
    until: str | None = None
    sources: tuple[str, ...] = ()
    recent: bool = True
    understand: bool = True
    alone: bool = False

    @classmethod
    def written(
        cls, question: str, limits: tuple[str | None, str | None, Sequence[str] | None], options: tuple[bool, bool]
    ) -> "Form":
        """From what a person typed: `limits` are the first day, the last day and the sources, `options` whether
        recent articles are preferred, and dates and sources in the question used. UsageError for a date that is none.
        """
        since, until, sources = limits
        first, last = read_day(since, end=False), read_day(until, end=True)
        if first and last and first > last:
            raise UsageError(
                f"“Published from” ({format_day(first)}) is later than “Published to” ({format_day(last)}); swap them"
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
        """The filters in words, such as "from 1 March 2020, Example Courier"; or empty."""
        return limit_words(*self.days, self.sources)

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day."""
        return _day(self.since), _day(self.until)

    def without(self, option: str) -> "Form":
        """The same without one thing that counted: "earlier" questions, the preference for "recent" articles or for
        what the question has "named", or the "limits"; these are the keys of OPTIONS."""
        return replace(self, **OPTIONS[option])

    def answer(self, index: "Follower", earlier: Sequence["Exchange"] = (), reranker: str | None = None) -> Answer:
        """Asked of the articles as they are now, as a follow-up to `earlier`."""
        from qa import ask

        since, until = self.days
        return ask(
            self.question,
            index=index,
            history=[(exchange.form.question, exchange.answer) for exchange in (() if self.alone else earlier)],
            since=since,
            until=until,
            sources=self.sources or None,
            as_of=None if self.recent else "any",
            understand=self.understand,
            reranker=reranker,
        )

    def exchange(
        self, index: "Follower", earlier: Sequence["Exchange"] = (), reranker: str | None = None
    ) -> "Exchange":
        """The same with its answer and questions to ask next."""
        answer = self.answer(index, earlier, reranker)
        asked = [*(exchange.form.question for exchange in earlier), self.question]
        return Exchange(self, answer, "", tuple(suggested_questions(index.current(), answer, asked)))


def read_day(text: str | None, *, end: bool) -> date | None:
    """The day that a person typed into a field, None where nothing was; UsageError, with the remedy."""
    words = showable(text or "").strip()
    return written_date(words, end=end, today=date.today()) if words else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, what the articles said, what a person said of it (a verdict of feedback.py, or nothing), and
    questions to ask next."""

    form: Form
    answer: Answer
    judged: str = ""
    following: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """Exchanges, oldest first, under a random key of letters and digits that comes with the first one."""

    exchanges: tuple[Exchange, ...] = ()
    key: str = ""

    @property
    def answers(self) -> list[Answer]:
        return [exchange.answer for exchange in self.exchanges]

    def plus(self, exchange: Exchange) -> "Conversation":
        return Conversation((*self.exchanges, exchange), self.key or secrets.token_hex())

    def without_last(self) -> "Conversation":
        return Conversation(self.exchanges[:-1], self.key)

    def with_verdict(self, turn: int, verdict: str) -> "Conversation":
        """The same with what a person said of one answer."""
        judged = replace(self.exchanges[turn], judged=verdict)
        return replace(self, exchanges=(*self.exchanges[:turn], judged, *self.exchanges[turn + 1 :]))

    def messages(self, asked: str = "", notice: str = "") -> list[dict[str, str]]:
        """Chat messages in HTML; `asked` is a question without an answer yet, `notice` what is said meanwhile."""
        last = self.exchanges[-1] if self.exchanges and not asked else None
        spoken = [
            (
                question_html(exchange.answer.question),
                answer_html(exchange.answer, place, exchange.form.limits, last=exchange is last)
                + below_html(exchange, place, last=exchange is last),
            )
            for place, exchange in enumerate(self.exchanges)
        ]
        if asked:
            spoken.append((question_html(asked), notice_html(notice)))
        roles = ("user", "assistant")
        return [{"role": role, "content": html} for pair in spoken for role, html in zip(roles, pair, strict=True)]

    def sources(self) -> str:
        """HTML of the panel that belongs to the last answer, with the cards over the marks of all answers."""
        if not self.exchanges:
            return sources_html(None, 0)
        answer = self.exchanges[-1].answer
        panel = sources_html(answer, len(self.exchanges) - 1, tools_html(answer))
        return panel + cards_over_marks_html(self.answers)
