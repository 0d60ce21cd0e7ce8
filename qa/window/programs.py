"""What programs may ask: functions whose types and docstrings describe them to REST, Gradio and MCP clients alike."""

import operator
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from index.errors import ArticleQAError, UsageError
from qa.types import Answer, Citation
from qa.window.service import Service

if TYPE_CHECKING:
    from index.engine import SearchEngine

__all__ = [
    "ArticlePart",
    "NoSuchArticleError",
    "NotReadyError",
    "Programs",
    "Retrieved",
    "Source",
    "SourceList",
    "plain",
    "without_paths",
]

_LONGEST_PART = 100_000  # limit, in characters of an article that one call gives; the next call goes on


class NotReadyError(ArticleQAError):
    """There is nothing to ask yet."""


class NoSuchArticleError(UsageError):
    """No article of the index has this id."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Passages, best first, and the name of the index generation that they are from."""

    citations: tuple[Citation, ...]
    generation: str


@dataclass(frozen=True, slots=True)
class Source:
    """A source, the number of its articles, and the days of its oldest and newest dated ones."""

    name: str
    articles: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class SourceList:
    """All sources by name; the articles that name none are counted in `without_source`."""

    sources: tuple[Source, ...]
    articles: int
    without_source: int
    generation: str


@dataclass(frozen=True, slots=True)
class ArticlePart:
    """`text` is `article.text[offset:offset + len(text)]` in code points, and `length` that of the whole text;
    `next_offset` is where to go on, None at the end."""

    article_id: str
    title: str
    source: str
    author: str
    published: date | None
    url: str
    language: str
    article_sha256: str
    length: int
    offset: int
    text: str
    next_offset: int | None
    generation: str


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
        k: int = 5,
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

        settings = _settings(since, until, sources, as_of, understand, history, reader)
        return ask(question, k, index=self._index(), reranker=self._service.reranker, **settings)

    def retrieve(
        self,
        question: str,
        k: int = 5,
        since: str = "",
        until: str = "",
        sources: list[str] | str | None = None,
        as_of: str = "",
        understand: bool = True,
        history: list[list[str]] | None = None,
        reader: bool = True,
    ) -> Retrieved:
        """The passages of the articles that speak most to a question, whether or not they answer it.

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
        from qa import retrieve

        index = self._index()
        settings = _settings(since, until, sources, as_of, understand, history, reader)
        found = retrieve(question, k, index=index, reranker=self._service.reranker, **settings)
        return Retrieved(tuple(found), index.generation)

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

    def get_article(self, article_id: str, offset: int = 0, limit: int = 20_000) -> ArticlePart:
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


def plain(value: Any) -> dict[str, Any]:
    """What a call gave, as values for JSON, without the paths of files on this machine."""
    whole = value.to_dict() if isinstance(value, Answer) else _plain(value)
    return cast(dict[str, Any], without_paths(whole))


def _plain(value: Any) -> Any:
    if isinstance(value, Retrieved):
        return {"citations": [one.to_dict() for one in value.citations], "generation": value.generation}
    return asdict(value)


def without_paths(value: Any) -> Any:
    """The same without `path`: where a file lies on this machine is nobody's concern, and Gradio's client takes any
    dict that has one for a file to be fetched, and is refused."""
    if isinstance(value, list | tuple):
        return [without_paths(item) for item in value]
    if isinstance(value, dict):
        return {key: without_paths(item) for key, item in value.items() if key != "path"}
    return value.isoformat() if isinstance(value, date) else value


def _settings(
    since: object, until: object, sources: object, as_of: object, understand: object, history: object, reader: object
) -> dict[str, Any]:
    """The arguments of `ask` in Python: a client may send an empty field for one that it leaves out."""
    settings = {"since": since, "until": until, "sources": sources, "as_of": as_of}
    given = {name: None if isinstance(value, str) and not value.strip() else value for name, value in settings.items()}
    turns = () if history is None else history
    return {**given, "understand": understand, "history": turns, "reader": reader}


def _whole(value: object, wanted: str, least: int, most: int | None) -> int:
    try:
        number = None if isinstance(value, bool) else operator.index(cast(Any, value))
    except TypeError:
        number = None
    if number is None or number < least or (most is not None and number > most):
        raise UsageError(wanted)
    return number
