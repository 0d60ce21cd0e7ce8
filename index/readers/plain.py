"""Plain text and Markdown. The text of the article is the file, decoded; a front matter block stays in it."""

from collections.abc import Iterator

from index.readers.decode import decode
from index.readers.field_names import metadata_of
from index.readers.source import Document, Limits, UnreadableError
from index.readers.text_metadata import lead_title, text_metadata
from index.text.boilerplate import front_matter_end
from index.types import Article, Skipped

__all__ = ["read_plain"]

_DEEPEST = 8  # limit: lists and mappings within one another in a front matter; a deeper one states no facts


def read_plain(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    """One article. Front matter (YAML between lines of ---) gives its metadata; else its first lines do. The agency of
    a dateline is the source of a text that names no other."""
    text = decode(document.read(limits))
    if not text.strip():
        raise UnreadableError("empty")
    start = front_matter_end(text)
    stated = metadata_of(_front_matter(text[:start])) if start else metadata_of({})
    found = text_metadata(text, start)
    yield Article(
        id=document.id,
        text=text,
        title=stated.title or found.title or lead_title(found.lead),
        source=stated.source or found.agency,
        author=stated.author or found.author,
        published=stated.published or found.published,
        url=stated.url,
        path=document.path,
        language=stated.language,
        agency=found.agency,
        place=found.place,
    )


def _front_matter(block: str) -> dict[str, object]:
    """The fields of a front matter block; none of them when it is not a YAML mapping, or holds an alias: a few lines
    of aliases of aliases stand for gigabytes."""
    import yaml

    # A base loader keeps every value as the words that stand there: no date is moved to UTC, no "No" made False.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    inner = "\n".join(block.strip().splitlines()[1:-1])
    depth = 0
    try:
        for event in yaml.parse(inner, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or depth > _DEEPEST:
                return {}
        loaded = yaml.load(inner, Loader=loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    return {str(key): value for key, value in loaded.items()} if isinstance(loaded, dict) else {}
