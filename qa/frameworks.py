"""Citations as documents of LangChain, LlamaIndex and Haystack, and retrievers for the first two.

None of these is needed, nor installed with this package: each is imported when it is asked for.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from index.errors import UsageError
from qa.types import CITATIONS, Citation

__all__ = ["langchain_retriever", "llama_index_retriever", "to_haystack", "to_langchain", "to_llama_index"]

_KEPT = (
    "article_id", "title", "source", "author", "url", "start", "end", "sentence", "sentence_start", "sentence_end",
    "confidence", "strength", "page", "read_by_ocr", "quote_sha256", "article_sha256",
)  # fmt: skip


def to_langchain(citations: Sequence[Citation]) -> list[Any]:
    """A `langchain_core.documents.Document` for each citation."""
    document = _module("langchain_core.documents", "langchain-core").Document
    return [document(page_content=one.text, metadata=_metadata(one)) for one in citations]


def to_llama_index(citations: Sequence[Citation]) -> list[Any]:
    """A `llama_index.core.schema.NodeWithScore` for each citation; the score is its confidence."""
    schema = _module("llama_index.core.schema", "llama-index-core")
    return [
        schema.NodeWithScore(
            node=schema.TextNode(text=one.text, metadata=_metadata(one), id_=_id(one)), score=one.confidence
        )
        for one in citations
    ]


def to_haystack(citations: Sequence[Citation]) -> list[Any]:
    """A `haystack.Document` for each citation; the score is its confidence."""
    document = _module("haystack", "haystack-ai").Document
    return [document(content=one.text, meta=_metadata(one), score=one.confidence, id=_id(one)) for one in citations]


def langchain_retriever(k: int = CITATIONS, **settings: Any) -> Any:
    """A LangChain retriever: a `Runnable` from a question to the documents that `qa.retrieve` finds. `settings` are its
    further arguments, such as `index` and `sources`."""
    base = _module("langchain_core.retrievers", "langchain-core").BaseRetriever

    def found(_: Any, query: str, *, run_manager: Any) -> list[Any]:
        return to_langchain(_retrieved(query, k, settings))

    return type("ArticleRetriever", (base,), {"_get_relevant_documents": found, "__module__": __name__})()


def llama_index_retriever(k: int = CITATIONS, **settings: Any) -> Any:
    """A LlamaIndex retriever of the nodes that `qa.retrieve` finds; arguments as for `langchain_retriever`."""
    base = _module("llama_index.core.retrievers", "llama-index-core").BaseRetriever

    def found(_: Any, query_bundle: Any) -> list[Any]:
        return to_llama_index(_retrieved(query_bundle.query_str, k, settings))

    return type("ArticleRetriever", (base,), {"_retrieve": found, "__module__": __name__})()


def _retrieved(question: str, k: int, settings: dict[str, Any]) -> list[Citation]:
    from qa.answer import retrieve

    return retrieve(question, k, **settings)


def _metadata(citation: Citation) -> dict[str, Any]:
    day = citation.published.isoformat() if citation.published else None
    return {"published": day, **{name: getattr(citation, name) for name in _KEPT}}


def _id(citation: Citation) -> str:
    return f"{citation.article_id}#{citation.start}-{citation.end}"


def _module(name: str, package: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise UsageError(f"this needs {package} ({error}); install it with: pip install {package}") from error
