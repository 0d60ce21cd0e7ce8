"""Articles of a catalog -> bodies, passages, both BM25 indexes, forward index and clusters of copies, in one pass."""

from array import array
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from index.building.report import Progress
from index.building.unchanged import Unchanged
from index.building.write_catalog import CatalogWriter
from index.embedding.encoder import Encoder, passage_key, passage_text
from index.store.bm25 import LexicalWriter
from index.store.forward_index import ForwardWriter
from index.store.layout import PASSAGE
from index.text.boilerplate import body_spans
from index.text.chunking import ChunkSettings, chunk
from index.text.near_duplicates import Duplicates
from index.text.repeated_lines import Repeats
from index.text.sentences import sentence_spans
from index.types import Article, Span

__all__ = ["cut"]

_MIN_TOKENS = 32  # a passage keeps at least this much of the model's window, however long the title


def cut(
    folder: Path,
    catalog: CatalogWriter,
    repeats: Repeats,
    encoder: Encoder,
    settings: ChunkSettings,
    progress: Callable[[Progress], None],
    unchanged: Unchanged | None = None,
) -> tuple[int, int]:
    """Writes passages.npy, clusters.npy, signatures.npy, lexical/ and forward/ into `folder`, and the bodies into the
    catalog.

    What `unchanged` knows of an article is taken over; the outcome is the same. Returns the number of passages, and
    of articles that have any.
    """
    rows: tuple[array[int], array[int], array[int]] = (array("i"), array("i"), array("i"))
    keys = bytearray()
    searched = 0
    bodies = []
    copies = Duplicates()
    with (
        LexicalWriter(folder / "lexical" / "passages") as passages,
        LexicalWriter(folder / "lexical" / "articles") as articles,
        ForwardWriter(folder / "forward", encoder.word_vectors) as forward,
    ):
        for row, article, source in catalog.articles():
            text, body = article.text, body_spans(article, repeats)
            known = unchanged.find(article, body) if unchanged and body else None
            spans, signature = known or (_chunked(article, body, encoder, settings), None)
            first = len(rows[0])
            for span in spans:
                embedded = passage_text(article.title, span.of(text))
                passages.add(len(rows[0]), embedded, article.published, source)
                forward.add_passage(span.of(text))
                keys += passage_key(encoder, embedded)
                for column, value in zip(rows, (row, span.start, span.end), strict=True):
                    column.append(value)
            if spans:
                whole = "\n".join(span.of(text) for span in spans)
                articles.add(row, passage_text(article.title, whole), article.published, source)
                copies.add(row, whole, signature)
                searched += 1
            forward.add_title(article.title)
            bodies.append((row, body if spans else (), first, len(spans)))
            if row % 64 == 0:
                progress(Progress("indexing", row, catalog.rows))
    for entry in bodies:
        catalog.add_body(*entry)

    def body_of(row: int) -> str:
        text, (_, _, first, count) = catalog.text(row), bodies[row]
        return "\n".join(text[rows[1][place] : rows[2][place]] for place in range(first, first + count))

    np.save(folder / "signatures.npy", copies.signatures(catalog.rows), allow_pickle=False)
    np.save(folder / "clusters.npy", copies.clusters(catalog.rows, body_of), allow_pickle=False)
    table = np.zeros(len(rows[0]), PASSAGE)
    for name, column in zip(("article", "start", "end"), rows, strict=True):
        table[name] = column
    table["key"] = np.frombuffer(bytes(keys), "V32")
    np.save(folder / "passages.npy", table, allow_pickle=False)
    return len(table), searched


def _chunked(article: Article, body: Sequence[Span], encoder: Encoder, settings: ChunkSettings) -> list[Span]:
    limit = min(settings.max_tokens, encoder.max_tokens)
    return chunk(
        article.text,
        body,
        partial(sentence_spans, article.text, language=article.language or "en"),
        encoder.count_tokens,
        max_words=settings.max_words,
        max_tokens=max(_MIN_TOKENS, limit - encoder.count_tokens([passage_text(article.title, "")])[0]),
    )
