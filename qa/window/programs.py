"""What programs may ask: functions whose types and docstrings describe them to REST, Gradio and MCP clients alike."""

import operator
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from index.errors import ArticleQAError, UsageError
from qa.types import CITATIONS, Answer
from qa.window.program_values import ArticlePart, Retrieved, Source, SourceList
from qa.window.service import Service

if TYPE_CHECKING:
    from index.engine import SearchEngine

__all__ = ["NoSuchArticleError", "NotReadyError", "Programs"]

_PART = 20_000  # view: characters of an article that one call gives unless more or fewer are asked for
_LONGEST_PART = 100_000  # limit: characters of an article that one call gives; the next call goes on


class NotReadyError(ArticleQAError):
    """There is nothing to ask yet."""


class NoSuchArticleError(UsageError):
    """No article of the index has this id."""


class Programs:
    """The calls on the articles of a service. Each raises UsageError or NotReadyError, with the remedy."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @property
    def every(self) -> dict[str, Callable[..., Any]]:
        """The calls by name."""
        return {call.__name__: call for call in (self.ask, self.retrieve, self.list_sources, self.get_article)}

    def ask(
        self,
        question: str,
        k: int = CITATIONS,
        since: str = "",
        until: str = "",
        sources: list[str] | str | None = None,
        as_of: str = "",
        understand: bool = True,
        history: list[list[str]] | None = None,
        reader: bool = True,
    ) -> Answer:
        """Passages of the articles that answer a question, word for word, each with its source; or why there are none.

        Args:
            question: the question, in plain words
            k: how many passages at most
            since: only articles published on this day or later, such as 2020-11-17, Nov 2020, 2020 or last week
            until: only articles published on this day or earlier, written in the same ways
            sources: only articles from this source, or from these
            as_of: the day of asking, which recent articles are preferred to; "any" for no such preference
            understand: whether a period or a source that the question names is preferred
            history: earlier [question, answer] pairs of the conversation, oldest first
            reader: whether the reader judges sentences; without it, their words do
        """
        from qa import ask

        given = _without_empty(since=since, until=until, sources=sources, as_of=as_of, history=history)
        model = self._service.reranker
        return ask(question, k, index=self._index(), understand=understand, reranker=model, reader=reader, **given)

    def retrieve(
        self,
        question: str,
        k: int = CITATIONS,
        since: str = "",
        until: str = "",
        sources: list[str] | str | None = None,
        as_of: str = "",
        understand: bool = True,
        history: list[list[str]] | None = None,
        reader: bool = True,
    ) -> Retrieved:
        """The passages of the articles that speak most to a question, whether or not they answer it."""
        from qa import retrieve

        given = _without_empty(since=since, until=until, sources=sources, as_of=as_of, history=history)
        index, model = self._index(), self._service.reranker
        found = retrieve(question, k, index=index, understand=understand, reranker=model, reader=reader, **given)
        return Retrieved(tuple(found), index.generation)

    # What clients are told of the arguments is the same.
    retrieve.__doc__ = "\n\n".join([retrieve.__doc__ or "", (ask.__doc__ or "").partition("\n\n")[2]])

    def list_sources(self) -> SourceList:
        """The sources of the articles, with how many each has and from when to when."""
        index = self._index()
        days: dict[str, list[date | None]] = {name: [] for name in index.sources()}
        without = 0
        for article in index.catalog.metadata():
            if article.source:
                days[article.source].append(article.published)
            else:
                without += 1
        sources = []
        for name, published in days.items():
            dated = [day for day in published if day is not None]
            sources.append(Source(name, len(published), min(dated, default=None), max(dated, default=None)))
        count = without + sum(source.articles for source in sources)
        return SourceList(tuple(sources), count, without, index.generation)

    def get_article(self, article_id: str, offset: int = 0, limit: int = _PART) -> ArticlePart:
        """The stored text of an article, or a part of it, with its title, source and date.

        Args:
            article_id: the id of the article, as citations have it
            offset: the character of the text to begin with; the next_offset of the part before, to go on
            limit: how many characters at most
        """
        if not isinstance(article_id, str) or not article_id:
            raise UsageError("article_id is the id of an article, as citations have it")
        first = _whole(offset, "offset is a place in the text, from 0 on", 0, None)
        most = _whole(limit, f"limit is a number of characters, from 1 to {_LONGEST_PART:,}", 1, _LONGEST_PART)
        index = self._index()
        article = index.article(article_id.encode("utf-8", "replace").decode("utf-8"))
        if article is None:
            raise NoSuchArticleError("no article has this id; take the article_id of a citation")
        text = article.text[first : first + most]
        end = first + len(text)
        return ArticlePart(
            article_id=article.id,
            title=article.title,
            source=article.source,
            author=article.author,
            published=article.published,
            url=article.url,
            language=article.language,
            article_sha256=article.sha256,
            length=len(article.text),
            offset=first,
            text=text,
            next_offset=end if end < len(article.text) else None,
            generation=index.generation,
        )

    def _index(self) -> "SearchEngine":
        hindrance = self._service.hindrance()
        self._service.warm.wait(0 if hindrance else None)
        index = self._service.index()
        if hindrance or index is None:
            raise NotReadyError(hindrance or self._service.hindrance())
        return index


def _without_empty(**given: object) -> dict[str, Any]:
    """The arguments that say something: a client may send an empty field for one that it leaves out."""
    return {
        name: value
        for name, value in given.items()
        if value is not None and not (isinstance(value, str) and not value.strip())
    }


def _whole(value: object, wanted: str, least: int, most: int | None) -> int:
    try:
        number = None if isinstance(value, bool) else operator.index(cast(Any, value))
    except TypeError:
        number = None
    if number is None or number < least or (most is not None and number > most):
        raise UsageError(wanted)
    return number
