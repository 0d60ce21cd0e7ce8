"""Questions from programs: the one public endpoint of the window."""

from collections.abc import Callable
from typing import Any

from index.errors import ArticleQAError
from qa.window.conversation import parse_day
from qa.window.service import Desk

__all__ = ["endpoint"]


def endpoint(desk: Desk) -> Callable[..., dict[str, Any]]:
    """A function whose types and docstring describe it to Gradio and MCP clients; it raises `gradio.Error`."""

    def ask(
        question: str,
        k: int = 5,
        since: str = "",
        until: str = "",
        sources: list[str] | None = None,
        as_of: str = "",
        understand: bool = True,
    ) -> dict[str, Any]:
        """Passages of the articles that answer a question, word for word, each with its source.

        Args:
            question: the question, in plain words
            k: how many passages at most
            since: only articles published on this day or later, such as 2020-11-17
            until: only articles published on this day or earlier
            sources: only articles from these sources
            as_of: the day of asking, which recent articles are preferred to; "any" for no such preference
            understand: whether a period or a source that the question names is preferred
        """
        import gradio as gr

        from qa import ask

        try:
            if hindrance := desk.hindrance():
                raise gr.Error(hindrance, print_exception=False)
            desk.warm.wait()
            answer = ask(
                question,
                k,
                index=desk.live,
                since=parse_day(since),
                until=parse_day(until),
                sources=sources or None,
                as_of="any" if as_of == "any" else parse_day(as_of),
                understand=understand,
                reranker=desk.reranker,
            )
        except (ArticleQAError, ValueError) as error:
            raise gr.Error(str(error), print_exception=False) from error
        return {key: _for_clients(value) for key, value in answer.to_dict().items()}

    return ask


def _for_clients(value: Any) -> Any:
    """The same without `path`: Gradio's client takes any dict that has one for a file to be fetched, and is refused."""
    if isinstance(value, list):
        return [_for_clients(item) for item in value]
    if isinstance(value, dict):
        return {key: _for_clients(item) for key, item in value.items() if key != "path"}
    return value
