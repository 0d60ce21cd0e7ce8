"""What the calls for programs give back, and the same as JSON."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, cast

from qa.types import Answer, Citation

__all__ = ["ArticlePart", "Retrieved", "Source", "SourceList", "plain", "without_paths"]


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


def plain(value: Any) -> dict[str, Any]:
    """What a call gave, as values for JSON, without the paths of files on this machine."""
    if isinstance(value, Answer):
        whole = value.to_dict()
    elif isinstance(value, Retrieved):
        whole = {"citations": [one.to_dict() for one in value.citations], "generation": value.generation}
    else:
        whole = asdict(value)
    return cast(dict[str, Any], without_paths(whole))


def without_paths(value: Any) -> Any:
    """The same without `path`: where a file lies on this machine is nobody's concern, and Gradio's client takes any
    dict that has one for a file to be fetched, and is refused."""
    if isinstance(value, list | tuple):
        return [without_paths(item) for item in value]
    if isinstance(value, dict):
        return {key: without_paths(item) for key, item in value.items() if key != "path"}
    return value.isoformat() if isinstance(value, date) else value
