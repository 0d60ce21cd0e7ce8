"""Questions to passages of articles, word for word. Importing this loads no model and no search engine."""

from typing import TYPE_CHECKING, Any

from qa.types import Answer, Citation, Filters

if TYPE_CHECKING:
    from qa.answer import ask, retrieve

__all__ = ["Answer", "Citation", "Filters", "ask", "retrieve"]


def __getattr__(name: str) -> Any:
    if name in ("ask", "retrieve"):
        import qa.answer

        return getattr(qa.answer, name)
    raise AttributeError(f"module 'qa' has no attribute {name!r}")
