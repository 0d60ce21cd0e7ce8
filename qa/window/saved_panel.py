"""Saved questions in the window: kept from an answer, asked again when the articles have changed, and removed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from index.errors import ArticleQAError
from qa.window.conversation import Conversation, Form
from qa.window.html import counted
from qa.window.layout import LOOK, QUIET
from qa.window.listeners import skips, with_value
from qa.window.saved import SavedQuestion, add, look_again, news, outdated, read_saved, remove, saved_html, seen_now
from qa.window.service import Service

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["FOLD", "SavedHandlers", "listen_to_saved"]

FOLD = "Earlier conversations"
_CONVERSATION = 8  # fact: values that `show` in handlers.py gives
_LIST = 3  # fact: the list, its fold, and what the browser keeps
_ASK_FAILED = (ArticleQAError, ValueError)
Answered = Callable[[Conversation, list[Any], Form], AsyncIterator[list[Any]]]


class SavedHandlers:
    """Listeners; `saved` is what the browser keeps. Those that answer at once give the list, its fold, and what the
    browser is to keep."""

    def __init__(self, service: Service, answered: Answered) -> None:
        self._service = service
        self._answered = answered

    async def save(self, turn: str, now: Conversation, saved: Any) -> list[Any]:
        """Keeps the question at a place of the conversation."""
        index = self._service.index()
        if index is None or not turn.isdecimal() or int(turn) >= len(now.exchanges):
            return skips(_LIST)
        form = now.exchanges[int(turn)].form
        try:
            return _shown(await asyncio.to_thread(add, saved, form, index, self._service.reranker))
        except _ASK_FAILED:
            return skips(_LIST)

    def remove(self, key: str, saved: Any) -> list[Any]:
        return _shown(remove(saved, key))

    def show(self, saved: Any) -> list[Any]:
        """The list as it is."""
        found = read_saved(saved)
        return _shown(found) if found else skips(_LIST)

    async def look(self, saved: Any) -> list[SavedQuestion]:
        """If the articles have changed since, the questions with what is new. That takes a while, in which others may
        be saved and removed; `note` takes it over into what the browser keeps by then."""
        while self._service.waiting():
            await asyncio.sleep(LOOK)
        index, found = self._service.index(), read_saved(saved)
        if index is None or not outdated(found, index):
            return []
        try:
            return [await asyncio.to_thread(look_again, one, index, self._service.reranker) for one in found]
        except _ASK_FAILED:
            return []

    def note(self, looked: list[SavedQuestion] | None, saved: Any) -> list[Any]:
        """The questions as they were looked at last, and nothing that is still to be noted."""
        fresh = {one.key: one for one in looked or ()}
        return [*(_shown([fresh.get(one.key, one) for one in read_saved(saved)]) if fresh else skips(_LIST)), []]

    async def ask(self, key: str, now: Conversation, kept: list[Any], saved: Any) -> AsyncIterator[list[Any]]:
        """Asks one of them in the conversation; what it says now counts as seen, which `note` takes over."""
        one = next((one for one in read_saved(saved) if one.key == key), None)
        if one is None:
            # Said, because a generator that gives nothing empties what it would have filled.
            yield skips(_CONVERSATION + 1)
            return
        async for update in self._answered(now, kept, replace(one.form, alone=True)):
            yield [*update, *skips(1)]
        index = self._service.index()
        if index is None:
            return
        try:
            seen = await asyncio.to_thread(seen_now, one.form, index, self._service.reranker)
        except _ASK_FAILED:
            return
        yield [*skips(_CONVERSATION), [seen]]


def _shown(saved: Sequence[SavedQuestion]) -> list[Any]:
    import gradio as gr

    label = f"{FOLD} and {counted(len(saved), 'saved question')}" if saved else FOLD
    if count := news(saved):
        label += f", {count} with something new"
    fold = gr.Accordion(label=label, elem_classes=["fold", "set"] if count else ["fold"])
    return [saved_html(saved), fold, [one.to_dict() for one in saved]]


def listen_to_saved(
    script: "gr.HTML", handlers: SavedHandlers, shown: list[Any], widgets: list[Any], opened: list[Any]
) -> list[Any]:
    """`script` triggers what links ask for; `shown` are all that shows a conversation, `widgets` the list, its fold and
    what the browser keeps; after events `opened` it is looked at anew. Returns the events that ask a question."""
    import gradio as gr

    now, kept, saved = shown[0], shown[-1], widgets[-1]
    looked, ask = gr.State([]), with_value("key", handlers.ask)
    noted: dict[str, Any] = {"fn": handlers.note, "inputs": [looked, saved], "outputs": [*widgets, looked], **QUIET}
    script.save_question(with_value("turn", handlers.save), [now, saved], widgets, **QUIET)
    script.unsave_question(with_value("key", handlers.remove), saved, widgets, **QUIET)
    gr.on(opened, handlers.show, saved, widgets, **QUIET).then(handlers.look, saved, looked, **QUIET).then(**noted)
    asked = script.ask_saved(ask, [now, kept, saved], [*shown, looked], concurrency_limit=None, **QUIET)
    asked.then(**noted)
    return [asked]
