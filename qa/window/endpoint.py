"""Questions from programs: the one public endpoint of the window."""

import traceback
from collections.abc import Callable
from inspect import signature
from typing import Any

from index.errors import ArticleQAError
from qa.window.service import Service

__all__ = ["endpoint", "publish", "without_paths"]

_NAME = "ask"
_AT_ONCE = 4  # limit, in questions of programs; the others wait, so that people in the window do not


def publish(page: Any, service: Service) -> None:
    """Adds the endpoint /ask to the `gradio.Blocks` that is being made. A program may leave out the arguments that
    have a default; Gradio fills them in for its own clients only."""
    from gradio import Error
    from gradio.events import api

    ask = endpoint(service)
    api(ask, api_name=_NAME, concurrency_limit=_AT_ONCE)
    defaults = [None if of.default is of.empty else of.default for of in signature(ask).parameters.values()]
    preprocess = page.preprocess_data

    async def filled(block_fn: Any, inputs: list[Any], *rest: Any, **named: Any) -> Any:
        if block_fn.api_name != _NAME:
            return await preprocess(block_fn, inputs, *rest, **named)
        try:
            return await preprocess(block_fn, [*inputs, *defaults[len(inputs) :]], *rest, **named)
        except Exception as error:  # all that Gradio does with the arguments is to look for files in them
            raise Error(
                "the arguments are text, numbers and lists of names, not files", print_exception=False
            ) from error

    page.preprocess_data = filled


def endpoint(service: Service) -> Callable[..., dict[str, Any]]:
    """A function whose types and docstring describe it to Gradio and MCP clients; it raises `gradio.Error`."""

    def ask(
        question: str,
        k: int = 5,
        since: str = "",
        until: str = "",
        sources: list[str] | str | None = None,
        as_of: str = "",
        understand: bool = True,
    ) -> dict[str, Any]:
        """Passages of the articles that answer a question, word for word, each with its source.

        Args:
            question: the question, in plain words
            k: how many passages at most
            since: only articles published on this day or later, such as 2020-11-17, Nov 2020, 2020 or last week
            until: only articles published on this day or earlier, written in the same ways
            sources: only articles from this source, or from these
            as_of: the day of asking, which recent articles are preferred to; "any" for no such preference
            understand: whether a period or a source that the question names is preferred
        """
        import gradio as gr

        from qa import ask

        try:
            if hindrance := service.hindrance():
                raise gr.Error(hindrance, print_exception=False)
            service.warm.wait()
            answer = ask(
                question,
                k,
                index=service.live,
                since=_given(since),
                until=_given(until),
                sources=_given(sources),
                as_of=_given(as_of),
                understand=understand,
                reranker=service.reranker,
            )
        except ArticleQAError as error:
            raise gr.Error(str(error), print_exception=False) from error
        except gr.Error:
            raise
        except Exception as error:
            traceback.print_exc()
            failed = "Something went wrong with this question; the terminal that serves the window shows what."
            raise gr.Error(failed, print_exception=False) from error
        return {key: without_paths(value) for key, value in answer.to_dict().items()}

    return ask


def _given(value: Any) -> Any:
    """None for an empty field, which a client may send for one that is left out."""
    return None if isinstance(value, str) and not value.strip() else value


def without_paths(value: Any) -> Any:
    """The same without `path`: Gradio's client takes any dict that has one for a file to be fetched, and is refused."""
    if isinstance(value, list):
        return [without_paths(item) for item in value]
    if isinstance(value, dict):
        return {key: without_paths(item) for key, item in value.items() if key != "path"}
    return value
