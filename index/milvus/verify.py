"""Verifies an index on a Milvus server: that every row is there, and that a sample of passages is what was embedded."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamaged
from index.milvus import schema
from index.milvus.address import Address
from index.milvus.server import WRITING, Server
from index.milvus.snapshot import MilvusIndex, required_generation
from index.store.forward_index import words_in
from index.store.verify import Verified, wrong_quote

__all__ = ["verify"]

_SAMPLE = 1000  # passages, evenly spread
_AT_ONCE = 1000  # names of one call
_LENGTH = 2e-3  # a vector of 384 numbers of 16 bits may be so much longer or shorter than 1


def verify(address: Address) -> Verified:
    """Counts the rows of the live generation and looks at some. Sparse vectors are not computed again, and of a dense
    vector only the length is looked at. Raises IndexMissing, IndexMismatch or StoreUnavailable.
    """
    server = Server(address, WRITING)
    counted: dict[str, int] = {}
    try:
        with MilvusIndex(server, required_generation(server)) as index:
            counted = {schema.PASSAGES: index.passage_count, schema.ARTICLES: len(index.article_lengths())}
            if wrong := list(_gone(server, index.generation, counted)):
                return Verified(sum(counted.values()), 0, tuple(wrong), "rows")
            rows = np.arange(0, index.passage_count, max(1, index.passage_count // _SAMPLE))
            found = list(_passages(server, index, rows))
    except IndexDamaged as error:
        return Verified(sum(counted.values()), 0, (str(error).partition(";")[0],), "rows")
    return Verified(sum(counted.values()), len(rows), tuple(found), "rows")


def _gone(server: Server, generation: str, counted: dict[str, int]) -> Iterator[str]:
    """What is missing of passages, articles, and records of articles."""
    for part, count in counted.items():
        there = schema.row_count(server, generation, part)
        if there != count:
            yield f"{there:,} of {count:,} rows of {part} are there"
    facts = schema.collection(server.address.name, generation, schema.FACTS)
    names = [f"article/{row}/0" for row in range(counted[schema.ARTICLES])]
    for start in range(0, len(names), _AT_ONCE):
        asked = names[start : start + _AT_ONCE]
        found = server.call("get", facts, asked, output_fields=["name"])
        yield from (f"the record {name} is not there" for name in sorted(set(asked) - {row["name"] for row in found}))


def _passages(server: Server, index: MilvusIndex, rows: NDArray[np.int64]) -> Iterator[str]:
    """What is wrong with passages that are no part of their article's text or were not embedded as they stand."""
    full = schema.collection(server.address.name, index.generation, schema.PASSAGES)
    keys = {row["row"]: row["key"] for row in server.call("get", full, rows.tolist(), output_fields=["row", "key"])}
    lengths = np.linalg.norm(index.vectors_of(rows), axis=1)
    texts = index.forward.passages(rows)
    for place, row in enumerate(rows.tolist()):
        passage = index.passage(row)
        article = index.article_at(passage.article)
        words = texts.words[texts.starts[place] : texts.starts[place + 1]]
        of_text = index.forward.word_ids(words_in(passage.span.of(article.text), article.language))
        if said := wrong_quote(index, row, keys.get(row, "")):
            yield said
        elif not np.array_equal(words, of_text):
            yield f"the words of passage {row} of {article.id} are not those of its text"
        elif abs(lengths[place] - 1) > _LENGTH:
            yield f"the vector of passage {row} of {article.id} has length {lengths[place]:.3f}"
