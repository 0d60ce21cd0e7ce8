"""Writes the rows of a staged generation to the server, those of one shard, in batches that may be repeated."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.building.report import Progress
from index.errors import UsageError
from index.milvus import schema
from index.milvus.bm25 import rounded_lengths, saturation
from index.milvus.catalog import id_hash, record
from index.milvus.facts import packed_arrays, packed_json, to_words
from index.milvus.server import Server
from index.milvus.staged import Staged

__all__ = ["Shard", "Writer"]

_BLOCK = 256  # rows of one call, below 1 MB, and of which a shard has every n-th lot
_FACTS_AT_ONCE = 32  # rows of up to 60 KB

Vectors = Callable[[NDArray[np.int64]], NDArray[np.float16]]
Terms = Callable[[int], NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class Shard:
    """One of `of` machines that write a generation side by side; `number` counts from 1."""

    number: int = 1
    of: int = 1

    @classmethod
    def of_words(cls, words: str | None) -> "Shard":
        """The shard I/N; None is the only one. Raises UsageError."""
        number, _, of = (words or "1/1").partition("/")
        if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise UsageError(f"{words!r} is no shard; write I/N with I from 1 to N, such as 1/2")
        return cls(int(number), int(of))

    def blocks(self, rows: int) -> Iterator[NDArray[np.int64]]:
        """The rows of this shard, a block at a time."""
        for start in range((self.number - 1) * _BLOCK, rows, self.of * _BLOCK):
            yield np.arange(start, min(start + _BLOCK, rows))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


@dataclass(frozen=True, slots=True)
class _Statistics:
    """In how many documents each term stands, shape (terms,), and their average length."""

    frequencies: NDArray[np.int32]
    average: float

    @classmethod
    def of(cls, terms_of: Terms, rows: Iterable[int], kinds: int) -> "_Statistics":
        """Of the documents at some rows."""
        frequencies, length, count = np.zeros(kinds, np.int32), 0, 0
        for row in rows:
            terms = terms_of(row)
            frequencies[np.unique(terms)] += 1
            length += len(terms)
            count += 1
        return cls(frequencies, length / count if count and length else 1.0)


def _term_vector(terms: NDArray[np.int32], statistics: _Statistics) -> dict[int, float]:
    """A document as a sparse vector. One without a term gets a dimension that no question has: it must have some."""
    kinds, counts = np.unique(terms, return_counts=True)
    if not len(kinds):
        return {len(statistics.frequencies): 1.0}
    length = rounded_lengths(np.array([len(terms)]))
    return dict(zip(kinds.tolist(), saturation(counts, length, statistics.average).tolist(), strict=True))


class Writer:
    """Of one shard of one generation. What is on the server already is left as it is, unless all is written `anew`."""

    def __init__(
        self,
        server: Server,
        staged: Staged,
        shard: Shard,
        progress: Callable[[Progress], None],
        anew: bool = False,
    ) -> None:
        self.generation = staged.name()
        self._server, self._staged, self._shard, self._progress = server, staged, shard, progress
        self._anew = anew

    def write(self, vectors: Vectors) -> None:
        """Everything of this shard, and then that it is done. `vectors` gives passages theirs, by row."""
        staged = self._staged
        passages, dimension = len(staged.passages), int(staged.manifest.model["dimension"])
        schema.create(self._server, self.generation, dimension, passages)
        terms = len(staged.term_hashes)
        of_passages = _Statistics.of(staged.passage_terms, range(passages), terms)
        of_articles = _Statistics.of(staged.article_terms, staged.searched(), terms)
        done = 0
        for rows in self._missing(schema.PASSAGES, passages):
            self._upsert(schema.PASSAGES, self._passage_rows(rows, vectors(rows), of_passages))
            done += len(rows)
            self._progress(Progress("embedding", done, passages))
        for rows in self._missing(schema.ARTICLES, len(staged.count)):
            self._upsert(schema.FACTS, (part for row in rows.tolist() for part in self._record(row)))
            self._upsert(schema.ARTICLES, self._article_rows(rows, of_articles))
        if self._shard.number == 1:
            self._upsert(schema.FACTS, self._facts(of_passages, of_articles))
        for part in (schema.PASSAGES, schema.ARTICLES, schema.FACTS):
            self._server.call("flush", self._collection(part))
        self._upsert(schema.FACTS, packed_json(f"done/{self._shard}", True))

    def _collection(self, part: str) -> str:
        return schema.collection(self._server.address.name, self.generation, part)

    def _missing(self, part: str, count: int) -> Iterator[NDArray[np.int64]]:
        full = self._collection(part)
        for rows in self._shard.blocks(count):
            if self._anew:
                yield rows
                continue
            found = self._server.call("get", full, rows.tolist(), output_fields=["row"], consistency_level="Strong")
            if len(missing := np.setdiff1d(rows, [row["row"] for row in found])):
                yield missing

    def _upsert(self, part: str, rows: Iterator[dict[str, Any]]) -> None:
        batch: list[dict[str, Any]] = []
        most = _FACTS_AT_ONCE if part == schema.FACTS else _BLOCK
        for row in rows:
            batch.append(row)
            if len(batch) == most:
                self._server.call("upsert", self._collection(part), batch)
                batch = []
        if batch:
            self._server.call("upsert", self._collection(part), batch)

    def _passage_rows(
        self, rows: NDArray[np.int64], vectors: NDArray[np.float16], statistics: _Statistics
    ) -> Iterator[dict[str, Any]]:
        staged = self._staged
        for row, vector in zip(rows.tolist(), vectors.astype(np.float32), strict=True):
            article, start, end, key = staged.passages[row].item()
            yield {
                "row": row,
                "vector": vector,
                "terms": _term_vector(staged.passage_terms(row), statistics),
                "words": to_words(staged.passage(row)),
                "start": start,
                "end": end,
                "key": bytes(key).hex(),
                "day": int(staged.day[article]),
                "source": int(staged.source[article]),
            }

    def _article_rows(self, rows: NDArray[np.int64], statistics: _Statistics) -> Iterator[dict[str, Any]]:
        staged = self._staged
        for row in rows.tolist():
            # One without a passage is listed and opened, and never found.
            terms = staged.article_terms(row) if staged.count[row] else staged.terms[:0]
            yield {
                "row": row,
                "terms": _term_vector(terms, statistics),
                "words": to_words(staged.title(row)),
                "id_hash": id_hash(staged.catalog.article(row).id),
                "day": int(staged.day[row]),
                "source": int(staged.source[row]),
            }

    def _record(self, row: int) -> Iterator[dict[str, Any]]:
        catalog = self._staged.catalog
        return packed_json(f"article/{row}", record(catalog.article(row), catalog.file_of(row)))

    def _facts(self, of_passages: _Statistics, of_articles: _Statistics) -> Iterator[dict[str, Any]]:
        staged = self._staged
        catalog, table = staged.catalog, staged.passages
        metadata = catalog.metadata()
        sources = {name: key for key, name in enumerate(catalog.source_names)}
        lengths = np.bincount(table["article"], table["end"] - table["start"], minlength=len(metadata))
        columns: dict[str, NDArray[Any]] = {"cluster": staged.clusters, "length": lengths.astype(np.int64)}
        columns |= {name: getattr(staged, name) for name in ("day", "source", "first", "count")}
        vocabulary: dict[str, NDArray[Any]] = {
            "words": staged.word_hashes,
            "kinds": staged.term_hashes,
            "terms": staged.terms,
        }
        vocabulary |= {"in_passages": of_passages.frequencies, "in_articles": of_articles.frequencies}
        listed = {
            "ids": [one.id for one in metadata],
            "titles": [one.title for one in metadata],
            "sources": [sources[one.source] for one in metadata],
            "published": [one.published.toordinal() if one.published else None for one in metadata],
            "passages": [one.passages for one in metadata],
            "paths": list(catalog.paths().values()),
            "skipped": [(file, skip.path, skip.reason, skip.line) for file, skip in catalog.skipped()],
        }
        yield from packed_arrays("columns", columns)
        yield from packed_arrays("vocabulary", vocabulary)
        yield from packed_json("list", listed)
        if (entities := catalog.entities()) is not None:
            yield from packed_json("entities", [(one.kind, one.name) for one in entities.stored])
            yield from packed_arrays("named", {"keys": entities.keys, "starts": entities.starts})
        yield from packed_json("manifest", {"manifest": asdict(staged.manifest), "sources": catalog.source_names})
