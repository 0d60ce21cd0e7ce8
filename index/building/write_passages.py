"""Cuts the articles of a catalog into passages and writes their BM25 indexes, forward index and clusters of copies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from struct import Struct

import numpy as np

from index.building.report import Progress
from index.building.source_changes import PreviousPassages
from index.building.write_catalog import CatalogWriter
from index.embedding.encoder import Encoder, passage_key, passage_text
from index.entities.recognise import entities_of
from index.store.bm25 import LexicalWriter
from index.store.forward_index import ForwardWriter
from index.store.layout import PASSAGE
from index.text.boilerplate import body_spans
from index.text.chunking import ChunkSettings, chunk
from index.text.languages import analyzed_as
from index.text.near_duplicates import Duplicates
from index.text.repeated_lines import Repeats
from index.text.sentences import sentence_spans
from index.types import Article, Entity, Span

__all__ = ["Chunker", "write_passages"]

_ROW = Struct("<iii32s")  # of PASSAGE
_MIN_TOKENS = 32  # a passage keeps at least this much of the model's window, however long the title


@dataclass(frozen=True, slots=True)
class Chunker:
    """Cuts articles into passages that the model can read whole; those that `previous` has are not cut again."""

    encoder: Encoder
    settings: ChunkSettings
    previous: PreviousPassages | None = None

    def passages(self, article: Article, body: Sequence[Span]) -> tuple[list[Span], bytes | None, list[Entity]]:
        """The passages of an article with this body, its signature where `previous` has it, and what it names."""
        if self.previous and body and (found := self.previous.find(article, body)):
            return found
        limit = min(self.settings.max_tokens, self.encoder.max_tokens)
        title = self.encoder.count_tokens([passage_text(article.title, "")])[0]
        spans = chunk(
            article.text,
            body,
            partial(sentence_spans, article.text, language=article.language or "en"),
            self.encoder.count_tokens,
            max_words=self.settings.max_words,
            max_tokens=max(_MIN_TOKENS, limit - title),
        )
        return spans, None, entities_of(article, body) if spans else []


def write_passages(
    folder: Path,
    catalog: CatalogWriter,
    repeats: Repeats,
    chunker: Chunker,
    progress: Callable[[Progress], None],
    lexical: Callable[[Path], LexicalWriter] = LexicalWriter,
) -> tuple[int, int]:
    """Writes passages.npy, clusters.npy, signatures.npy, lexical/ and forward/ into `folder`, and the bodies into the
    catalog.

    What the chunker has of a previous build is taken over; the outcome is the same. Returns the number of passages,
    and of articles that have any.
    """
    rows, copies = bytearray(), Duplicates()
    bodies: list[tuple[int, Sequence[Span], int, int]] = []
    named: list[tuple[int, list[Entity]]] = []
    with (
        lexical(folder / "lexical" / "passages") as passages,
        lexical(folder / "lexical" / "articles") as articles,
        ForwardWriter(folder / "forward") as forward,
    ):
        count, made_by = 0, (chunker.encoder.fingerprint, chunker.encoder.precision)
        for row, article, source in catalog.articles():
            text, body = article.text, body_spans(article, repeats)
            spans, signature, entities = chunker.passages(article, body)
            named.append((row, entities))
            bodies.append((row, body if spans else (), count, len(spans)))
            language = analyzed_as(article.language)
            for span in spans:
                embedded = passage_text(article.title, span.of(text))
                passages.add(count, embedded, article.published, source, language)
                forward.add_passage(span.of(text), language)
                rows += _ROW.pack(row, span.start, span.end, passage_key(*made_by, embedded))
                count += 1
            if spans:
                whole = "\n".join(span.of(text) for span in spans)
                articles.add(row, passage_text(article.title, whole), article.published, source, language)
                copies.add(row, whole, signature)
            forward.add_title(article.title, language)
            if row % 64 == 0:
                progress(Progress("indexing", row, catalog.rows))
    table = np.frombuffer(bytes(rows), PASSAGE)
    for entry in bodies:
        catalog.add_body(*entry)
    for row, entities in named:
        catalog.add_entities(row, entities)

    def body_of(row: int) -> str:
        text, (_, _, first, own) = catalog.text(row), bodies[row]
        return "\n".join(text[start:end] for _, start, end, _ in table[first : first + own].tolist())

    np.save(folder / "signatures.npy", copies.signatures(catalog.rows), allow_pickle=False)
    np.save(folder / "clusters.npy", copies.clusters(catalog.rows, body_of), allow_pickle=False)
    np.save(folder / "passages.npy", table, allow_pickle=False)
    return count, sum(own > 0 for _, _, _, own in bodies)
