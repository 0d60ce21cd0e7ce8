"""The articles of a generation on Milvus: each in a record of its own, and a list of all, read when it is asked for."""

import hashlib
from dataclasses import asdict
from functools import cached_property
from typing import Any

from index.errors import IndexDamaged
from index.milvus.facts import Facts
from index.milvus.server import Server
from index.store.catalog import ArticleMetadata, StoredArticle
from index.store.catalog_format import text_sha256, to_date
from index.store.entities import NamedEntities
from index.store.file_state import FileState
from index.types import Entity, Skipped, Span

__all__ = ["StoredCatalog", "id_hash", "record"]


def record(article: StoredArticle, file: FileState | None) -> dict[str, Any]:
    """An article and its file as they are stored, for JSON."""
    body = [offset for span in article.body for offset in (span.start, span.end)]
    day = article.published.toordinal() if article.published else None
    pages = {"pages": list(article.pages), "ocr_pages": list(article.ocr_pages)}
    stored = asdict(article) | {"body": body, "published": day} | pages
    return {"article": stored, "file": asdict(file) if file else None}


def id_hash(article_id: str) -> int:
    """64 bits by which an article is looked up."""
    digest = hashlib.blake2b(article_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


class StoredCatalog:
    """As `index.store.catalog.Catalog`: read-only and thread-safe."""

    def __init__(self, server: Server, facts: Facts, articles: str, source_names: tuple[str, ...]) -> None:
        self._server = server
        self._facts = facts
        self._articles = articles
        self.source_names = source_names

    def article(self, row: int) -> StoredArticle:
        stored = self._facts.json(f"article/{row}")["article"]
        body = stored["body"]
        article = StoredArticle(
            **stored
            | {
                "published": to_date(stored["published"]),
                "pages": tuple(stored["pages"]),
                "ocr_pages": tuple(stored.get("ocr_pages", ())),
                "body": tuple(Span(a, b) for a, b in zip(body[::2], body[1::2], strict=True)),
            }
        )
        if text_sha256(article.text) != article.sha256:
            raise IndexDamaged(f"the text of {article.id} is not what was written; build the index anew with --rebuild")
        return article

    def article_by_id(self, article_id: str) -> StoredArticle | None:
        # By a hash: an id from outside has no place in an expression that the server reads.
        asked = f"id_hash == {id_hash(article_id)}"
        for found in self._server.call("query", self._articles, filter=asked, output_fields=["row"]):
            article = self.article(found["row"])
            if article.id == article_id:
                return article
        return None

    def file_of(self, row: int) -> FileState | None:
        """The file that an article was read from, as it was then, on the machine that read it."""
        stored = self._facts.json(f"article/{row}")["file"]
        return FileState(**stored) if stored else None

    @cached_property
    def _list(self) -> dict[str, list[Any]]:
        listed: dict[str, list[Any]] = self._facts.json("list")
        return listed

    def metadata(self) -> list[ArticleMetadata]:
        columns = (self._list[name] for name in ("ids", "titles", "sources", "published", "passages"))
        return [
            ArticleMetadata(one, title, self.source_names[source], to_date(day), count)
            for one, title, source, day, count in zip(*columns, strict=True)
        ]

    def paths(self) -> dict[str, str]:
        return dict(zip(self._list["ids"], self._list["paths"], strict=True))

    def skipped(self) -> list[tuple[str, Skipped]]:
        return [(file, Skipped(path, reason, line)) for file, path, reason, line in self._list["skipped"]]

    def entities(self) -> NamedEntities | None:
        try:
            stored, named = self._facts.json("entities"), self._facts.arrays("named")
        except KeyError:
            return None
        return NamedEntities([Entity(kind, name) for kind, name in stored], named["keys"], named["starts"])

    def boilerplate_only(self) -> list[str]:
        return [one.id for one in self.metadata() if not one.passages]
