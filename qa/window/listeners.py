"""Listeners in the form that Gradio wants, around handlers that know nothing of it.

Gradio looks at the types of a listener's arguments, and is imported no sooner than the page is made: hence functions in
functions.
"""

from collections.abc import AsyncIterator, Callable
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any

from qa.window.html import escape

__all__ = ["answering", "skips", "with_address", "with_example", "with_value"]


def skips(number: int) -> list[Any]:
    """Updates that leave as many widgets as they are."""
    import gradio as gr

    return [gr.skip() for _ in range(number)]


def with_value(keys: str, handler: Callable[..., Any]) -> Callable[..., Any]:
    """A listener that gives its handler what an event of our scripts carries under a key, or under several with blanks
    between them, then its inputs. The handler may be async, and may give several values, one after another."""
    import gradio as gr

    def said(event: gr.EventData) -> list[str]:
        return [str(event._data.get(key)) for key in keys.split()]

    if isasyncgenfunction(handler):

        async def updates(event: gr.EventData, *inputs: Any) -> AsyncIterator[Any]:
            async for update in handler(*said(event), *inputs):
                yield update

        return updates
    if iscoroutinefunction(handler):

        async def awaited(event: gr.EventData, *inputs: Any) -> Any:
            return await handler(*said(event), *inputs)

        return awaited

    def listener(event: gr.EventData, *inputs: Any) -> Any:
        return handler(*said(event), *inputs)

    return listener


def with_address(handler: Callable[..., AsyncIterator[Any]]) -> Callable[..., AsyncIterator[Any]]:
    """A listener that gives its handler the parameters of the page's address, then its inputs."""
    import gradio as gr

    async def listener(request: gr.Request, *inputs: Any) -> AsyncIterator[Any]:
        async for update in handler(dict(request.query_params), *inputs):
            yield update

    return listener


def with_example(handler: Callable[..., AsyncIterator[Any]]) -> Callable[..., AsyncIterator[Any]]:
    """A listener that gives its handler the text of the example that was chosen, then its inputs."""
    import gradio as gr

    async def listener(event: gr.SelectData, *inputs: Any) -> AsyncIterator[Any]:
        async for update in handler(str(event.value["text"]), *inputs):
            yield update

    return listener


def answering(listener: Callable[..., str]) -> Callable[..., str]:
    """A listener that is given the page's number of an opening first, and puts it into the article's HTML, where
    `reader.js` compares it with the number of what was opened or closed last: what comes too late is left out."""

    def numbered(opening: str, *inputs: Any) -> str:
        return listener(*inputs).replace("<article ", f'<article data-opening="{escape(opening)}" ', 1)

    return numbered
