"""Listeners in the form that Gradio wants, around handlers that know nothing of it.

Gradio looks at the types of a listener's arguments, and is imported no sooner than the page is made: hence functions in
functions.
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

__all__ = ["chosen_text", "updates_with_value", "with_address", "with_value"]


def with_value(key: str, handler: Callable[..., Any]) -> Callable[..., Any]:
    """A listener that gives its handler what an event of our scripts carries under a key, then its inputs."""
    import gradio as gr

    def listener(event: gr.EventData, *inputs: Any) -> Any:
        return handler(str(event._data.get(key)), *inputs)

    return listener


def updates_with_value(key: str, handler: Callable[..., AsyncIterator[Any]]) -> Callable[..., AsyncIterator[Any]]:
    """The same for a handler that gives several values, one after another."""
    import gradio as gr

    async def listener(event: gr.EventData, *inputs: Any) -> AsyncIterator[Any]:
        async for update in handler(str(event._data.get(key)), *inputs):
            yield update

    return listener


def with_address(handler: Callable[..., AsyncIterator[Any]]) -> Callable[..., AsyncIterator[Any]]:
    """A listener that gives its handler the parameters of the page's address, then its inputs."""
    import gradio as gr

    async def listener(request: gr.Request, *inputs: Any) -> AsyncIterator[Any]:
        async for update in handler(dict(request.query_params), *inputs):
            yield update

    return listener


def chosen_text() -> Callable[..., str]:
    """A listener that gives the text of the example that was chosen."""
    import gradio as gr

    def listener(event: gr.SelectData) -> str:
        return str(event.value["text"])

    return listener
