"""Questions from programs by Gradio's own API: the calls of `Programs` as public endpoints of the page."""

import traceback
from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

from index.errors import ArticleQAError
from qa.window.program_values import plain
from qa.window.programs import Programs
from qa.window.rest import AT_ONCE

__all__ = ["publish"]


def publish(page: Any, programs: Programs) -> None:
    """Adds the endpoints to the `gradio.Blocks` that is being made. A program may leave out the arguments that have a
    default; Gradio fills them in for its own clients only."""
    from gradio import Error
    from gradio.events import api

    defaults = {}
    for name, call in programs.every.items():
        api(_endpoint(call), api_name=name, concurrency_limit=AT_ONCE, concurrency_id="programs")
        given = signature(call).parameters.values()
        defaults[name] = [None if of.default is of.empty else of.default for of in given]
    preprocess = page.preprocess_data

    async def filled(block_fn: Any, inputs: list[Any], *rest: Any, **named: Any) -> Any:
        if block_fn.api_name not in defaults:
            return await preprocess(block_fn, inputs, *rest, **named)
        try:
            every = [*inputs, *defaults[block_fn.api_name][len(inputs) :]]
            return await preprocess(block_fn, every, *rest, **named)
        except Exception as error:  # all that Gradio does with the arguments is to look for files in them
            raise Error(
                "the arguments are text, numbers and lists of names, not files", print_exception=False
            ) from error

    page.preprocess_data = filled


def _endpoint(call: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """The call with its arguments as they are and a dict as its result; it raises `gradio.Error`."""

    @wraps(call)
    def endpoint(*arguments: Any, **named: Any) -> dict[str, Any]:
        import gradio as gr

        try:
            return plain(call(*arguments, **named))
        except ArticleQAError as error:
            raise gr.Error(str(error), print_exception=False) from error
        except Exception as error:
            traceback.print_exc()
            failed = "Something went wrong with this question; the terminal that serves the window shows what."
            raise gr.Error(failed, print_exception=False) from error

    endpoint.__annotations__ = {**call.__annotations__, "return": dict[str, Any]}
    # Gradio reads the signature of the function itself.
    endpoint.__signature__ = signature(call).replace(return_annotation=dict[str, Any])  # type: ignore[attr-defined]
    return endpoint
