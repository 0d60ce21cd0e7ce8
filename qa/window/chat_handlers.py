"""What is done with conversations: the open one comes back with its page; others are opened, renamed and deleted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from index.errors import ArticleQAError, IndexMissing, UsageError
from qa.window.chats_html import chats_html
from qa.window.conversation import Conversation
from qa.window.feedback import VERDICTS, feedback_row, note_feedback
from qa.window.kept import delete, kept_chats, open_chat, rename, replay, shut
from qa.window.layout import QUIET
from qa.window.listeners import skips, with_value
from qa.window.service import Service

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["ChatHandlers", "listen_to_chats"]

_CHATS = 4  # fact: place of the list of conversations in what `show` returns
_REPLAYED = (ArticleQAError, ValueError, TypeError, LookupError)  # what asking again may raise


class ChatHandlers:
    """Listeners; `show` makes all that a page shows of a conversation."""

    def __init__(self, service: Service, show: Callable[..., list[Any]]) -> None:
        self._service = service
        self._show = show

    async def reopened(self, now: Conversation, kept: list[Any]) -> AsyncIterator[list[Any]]:
        """The conversation that was open when the page was left, asked again of the articles as they are now."""
        chat = open_chat(kept) if not now.exchanges else None
        if chat is None:
            # Said, because a generator that gives nothing empties what it would have filled.
            yield skips(len(self._show(now, kept)))
            return
        words = "Opening this conversation again…"
        yield self._show(Conversation(key=chat.key), kept, "", chat.forms[0].question, words)
        while self._service.waiting():
            await self._service.moment()
        try:
            found = await asyncio.to_thread(self._replayed, kept, chat.key)
        except _REPLAYED:
            found = None
        yield self._show(found or Conversation(), kept)

    def open(self, key: str, now: Conversation, kept: list[Any]) -> list[Any]:
        """Opens an earlier conversation."""
        self._service.warm.wait()
        try:
            found = self._replayed(kept, key)
        except _REPLAYED as error:
            return self._show(now, kept, "", "An earlier conversation", f"It could not be opened: {error}")
        return self._show(found, shut(kept, key)) if found else self._show(now, kept)

    def _replayed(self, kept: list[Any], key: str) -> Conversation | None:
        if hindrance := self._service.hindrance():
            raise IndexMissing(hindrance)
        return replay(kept, key, self._service.live, self._service.reranker)

    def rename(self, key: str, name: str, now: Conversation, kept: list[Any]) -> list[Any]:
        """Gives a conversation a name."""
        return self._listed(now, rename(kept, key, name))

    def delete(self, key: str, now: Conversation, kept: list[Any]) -> list[Any]:
        """Forgets a conversation, and closes it if it is the open one."""
        kept = delete(kept, key)
        return self._show(Conversation(), kept) if key == now.key else self._listed(now, kept)

    def judge(self, where: str, now: Conversation) -> list[Any]:
        """Notes what a person says of an answer, given as "0-helpful"; the conversation and its messages."""
        import gradio as gr

        turn, _, verdict = where.partition("-")
        path = self._service.feedback
        if path is None or verdict not in VERDICTS or not turn.isdecimal() or int(turn) >= len(now.exchanges):
            return skips(2)
        try:
            note_feedback(path, feedback_row(now, int(turn), verdict))
        except UsageError as error:
            gr.Warning(str(error))
            return skips(2)
        now = now.with_verdict(int(turn), verdict)
        return [now, now.messages()]

    def _listed(self, now: Conversation, kept: list[Any]) -> list[Any]:
        update = skips(len(self._show(now, kept)))
        update[_CHATS], update[-1] = chats_html(kept_chats(kept), now.key), kept
        return update


def listen_to_chats(talk: "gr.HTML", handlers: ChatHandlers, shown: list[Any], runs: list[Any]) -> None:
    """`talk` triggers what the buttons of the list ask for; a question that is being asked is given up for it."""
    given = [shown[0], shown[-1]]
    talk.judge(with_value("where", handlers.judge), shown[0], shown[:2], **QUIET)
    talk.rename_chat(with_value("key name", handlers.rename), given, shown, **QUIET)
    talk.delete_chat(with_value("key", handlers.delete), given, shown, cancels=runs, **QUIET)
