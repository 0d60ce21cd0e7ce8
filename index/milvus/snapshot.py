"""`MilvusIndex`: one generation of an index on a Milvus server, which answers as a `SearchEngine`."""

from collections.abc import Mapping
from threading import Thread

import numpy as np
from numpy.typing import NDArray

from index.embedding.encoder import Encoder
from index.engine import Hits, Selection
from index.errors import IndexDamaged, IndexMismatch, IndexMissing
from index.milvus import schema
from index.milvus.address import Address
from index.milvus.bm25 import StoredBM25, where
from index.milvus.catalog import StoredCatalog
from index.milvus.facts import Facts
from index.milvus.rows import Rows, StoredForward
from index.milvus.server import Server
from index.milvus.ties import best
from index.store.columns import Columns
from index.store.layout import FORMAT, Manifest
from index.store.stored_index import StoredIndex
from index.types import Passage, Span

__all__ = ["MilvusIndex", "live_generation", "required_generation"]


def live_generation(server: Server, alias: str | None = None) -> str | None:
    """The generation that the index's alias (or another one) names; None where there is none."""
    try:
        found = server.call("describe_alias", alias or server.address.name)
    except KeyError:
        return None
    return schema.generation_of(server.address.name, found["collection_name"])


def required_generation(server: Server) -> str:
    """The live generation. Raises IndexMissing."""
    file = server.address.file
    # Milvus Lite would make a file that is not there.
    if (file is not None and not file.exists()) or (generation := live_generation(server)) is None:
        raise IndexMissing(
            f"there is no index at {server.address}; make one with: "
            f"python -m index build FOLDER --store {server.address}"
        )
    return generation


class MilvusIndex(StoredIndex):
    """One open generation, asked as an `index.store.snapshot.Index` is. Thread-safe; close it, or use it as a context
    manager.

    Columns of all articles and the vocabulary are in memory: 20 bytes for each article, 4 for each passage and 28 for
    each word. All else is fetched by row, and what was used last is kept.
    """

    def __init__(self, server: Server, generation: str, *, encoder: Encoder | None = None) -> None:
        """Raises IndexMissing, IndexDamaged, IndexMismatch or StoreUnavailable."""
        super().__init__(encoder)
        self._server = server
        self.generation = generation
        self.place = str(server.address)
        try:
            self._open(Facts(server, self._collection(schema.FACTS)))
        except KeyError as error:
            raise IndexMissing(f"generation {generation} of {self.place} is not there any more; ask again") from error

    @classmethod
    def open(cls, place: str | Address, *, encoder: Encoder | None = None) -> "MilvusIndex":
        """The live generation of an index."""
        server = Server(place if isinstance(place, Address) else Address.of(place))
        return cls(server, required_generation(server), encoder=encoder)

    def _collection(self, part: str) -> str:
        return schema.collection(self._server.address.name, self.generation, part)

    def _open(self, facts: Facts) -> None:
        for part in (schema.FACTS, schema.PASSAGES, schema.ARTICLES):
            self._server.call("load_collection", self._collection(part))
        stored = facts.json("manifest")
        if stored["manifest"]["format"] != FORMAT:
            raise IndexMismatch(
                f"the index at {self.place} has format {stored['manifest']['format']!r}, this program reads {FORMAT}; "
                f"build it anew with: python -m index build FOLDER --store {self.place}"
            )
        self.manifest = Manifest(**stored["manifest"])
        columns, vocabulary = facts.arrays("columns"), facts.arrays("vocabulary")
        articles = columns["day"], columns["source"], columns["first"], columns["count"]
        self._lengths: NDArray[np.int64] = columns["length"]
        article = np.repeat(np.arange(len(columns["count"]), dtype=np.int32), columns["count"])
        sources = tuple(stored["sources"])
        passages, written = self._collection(schema.PASSAGES), self._collection(schema.ARTICLES)
        self.catalog = StoredCatalog(self._server, facts, written, sources)
        self._take_columns(Columns(articles, columns["cluster"], article))
        if not self._columns.consistent(len(sources)):
            raise IndexDamaged(f"the index at {self.place} is damaged; build it anew with --rebuild")
        self._passages = Rows(self._server, passages, ("words", "vector", "start", "end"))
        counts = self.passage_count, len(self._lengths)
        self.forward = StoredForward(vocabulary, self._passages, Rows(self._server, written, ("words",)), counts)
        in_passages, in_articles = vocabulary["in_passages"], vocabulary["in_articles"]
        self._bm25 = StoredBM25(self._server, passages, self.forward, in_passages, self.passage_count)
        self._bm25_articles = StoredBM25(self._server, written, self.forward, in_articles, self.article_count)

    def warm(self) -> None:
        """Has the server make its lists of terms, beside whatever comes next."""
        for one in (self._bm25, self._bm25_articles):
            one.making()
        Thread(target=self._make_lists, name="make-lists", daemon=True).start()

    def _make_lists(self) -> None:
        for one in (self._bm25, self._bm25_articles):
            one.make()

    def dense(self, vector: NDArray[np.float32], k: int, selection: Selection | None = None) -> Hits:
        query = [np.asarray(vector, np.float32).tolist()]
        full, admitted = self._collection(schema.PASSAGES), where(None if selection is None else selection.restriction)

        def find(asked: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
            options = {"limit": asked, "search_params": schema.dense_search(self.passage_count, asked)}
            (found,) = self._server.call("search", full, query, anns_field="vector", filter=admitted, **options)
            rows = np.sort(np.array([hit["row"] for hit in found], np.int64))
            return rows, self.cosines(vector, rows)

        return best(k, find)

    def cosines(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        # Summed as the local engine sums, so that equal vectors tie.
        scores: NDArray[np.float32] = np.einsum("nd,d->n", self.vectors_of(rows), vector, optimize=False)
        return scores

    def vectors_of(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        if not len(rows):
            return np.empty((0, int(self.manifest.model["dimension"])), np.float32)
        return np.stack([row.vector for row in self._passages[rows]]).astype(np.float32)

    def lexical_passages(self, terms: Mapping[str, float], k: int, selection: Selection | None = None) -> Hits:
        return self._bm25.search(terms, k, selection, 0 if selection is None else selection.passage_count)

    def lexical_articles(self, terms: Mapping[str, float], k: int, selection: Selection | None = None) -> Hits:
        return self._bm25_articles.search(terms, k, selection, 0 if selection is None else selection.article_count)

    def document_frequency(self, term: str, selection: Selection | None = None) -> int:
        return self._bm25.frequency(term, selection, 0 if selection is None else selection.passage_count)

    def passage(self, row: int) -> Passage:
        (stored,) = self._passages[np.array([row])]
        return Passage(row, int(self._columns.article[row]), Span(stored.start, stored.end))

    def article_lengths(self) -> NDArray[np.int64]:
        return self._lengths

    def close(self) -> None:
        """Lets go of the connection; nothing can be asked after."""
        self._server.close()
