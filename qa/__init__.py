"""Questions to passages of articles, word for word. Importing this loads no model and no search engine."""

from typing import TYPE_CHECKING, Any

from index import __version__
from qa.types import Answer, Citation, Filters

if TYPE_CHECKING:
    from qa.answer import ask, retrieve
    from qa.many import ask_many

__all__ = ["Answer", "Citation", "Filters", "__version__", "ask", "ask_many", "retrieve"]


def __getattr__(name: str) -> Any:
    if name in ("ask", "retrieve"):
        import qa.answer

        return getattr(qa.answer, name)
    if name == "ask_many":
        import qa.many

        return qa.many.ask_many
    raise AttributeError(f"module 'qa' has no attribute {name!r}")
