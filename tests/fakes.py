"""A deterministic model that counts its work, articles made from a seed, and what an index answers, for comparison."""

import hashlib
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index.hashing import file_sha256
from index.store.files import Files
from index.store.snapshot import Index
from index.types import KINDS

__all__ = ["QUESTIONS", "FakeEncoder", "answers", "article_text", "assert_same_answers", "files_of", "write_article"]

DIMENSION = 32
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass
class FakeEncoder:
    """Words are hashed to fixed random directions and summed: alike texts are near each other, nothing is learned."""

    name: str = "fake"
    dimension: int = DIMENSION
    max_tokens: int = 200
    precision: str = "fp32"
    method: Literal["fast", "general"] = "general"
    fingerprint: str = "f" * 64
    passages: list[str] = field(default_factory=list)  # every text that was embedded, in order
    queries: int = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_WORD.findall(text)) for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.passages.extend(texts)
        return self._encode(texts)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.queries += len(texts)
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.stack([_vector(text, self.dimension) for text in texts])
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _vector(text: str, dimension: int) -> NDArray[np.float64]:
    words = [word.casefold() for word in _WORD.findall(text)] or [""]
    return np.sum([_direction(word, dimension) for word in words], axis=0)


@lru_cache(maxsize=100_000)
def _direction(word: str, dimension: int) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:8], "little")
    return np.random.default_rng(seed).normal(size=dimension)


_SUBJECTS = "minister general diplomat spokesman militia convoy embassy parliament brigade inspector".split()
_VERBS = "visited condemned withdrew reinforced negotiated attacked inspected denied welcomed postponed".split()
_OBJECTS = "sanctions airbase missiles drawdown agreement border election ceasefire uranium funeral".split()
_PLACES = "Baghdad Erbil Tehran Basra Mosul Kirkuk Vienna Doha Geneva Ankara".split()
QUESTIONS = [
    f"Who {verb} the {thing} in {place}?" for verb, thing, place in zip(_VERBS, _OBJECTS, _PLACES, strict=True)
] + [
    f"What happened to the {subject} near {place}?" for subject, place in zip(_SUBJECTS, reversed(_PLACES), strict=True)
]


def article_text(seed: int, sentences: int = 12) -> str:
    """Prose of a seed, with CRLF line ends, an emoji and accents early in it, so that offsets are put to the test."""
    rng = random.Random(seed)
    paragraphs = [f"Dispatch number {seed} \U0001f4f0\r\n"]
    for _ in range(max(1, sentences // 4)):
        paragraph = [
            f"The {rng.choice(_SUBJECTS)} {rng.choice(_VERBS)} the {rng.choice(_OBJECTS)} in {rng.choice(_PLACES)} "
            f"on day {rng.randrange(1, 400)}, according to caf\u00e9 owner number {rng.randrange(10_000)}."
            for _ in range(4)
        ]
        paragraphs.append(" ".join(paragraph) + "\r\n")
    return "\r\n".join(paragraphs)


def write_article(folder: Path, name: str, seed: int, sentences: int = 12) -> Path:
    """A text file, or a file of two JSON rows where the name says so."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = article_text(seed, sentences)
    if path.suffix == ".jsonl":
        rows = [
            {"id": f"row-{seed}-{number}", "title": f"Row {number} of {seed}", "text": part, "source": "Rows"}
            for number, part in enumerate((text, article_text(seed + 1_000_000, sentences)))
        ]
        path.write_bytes(b"".join(json.dumps(row).encode() + b"\n" for row in rows))
    else:
        path.write_bytes(text.encode())
    return path


def files_of(folder: Path) -> Files:
    """The files of a folder that no manifest describes yet."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    described = {
        path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": file_sha256(path)}
        for path in paths
    }
    return Files(folder, described)


@dataclass(frozen=True)
class Answered:
    """Everything of an index that answers: articles, passages, vectors, rankings by both engines, and entities."""

    articles: list[tuple[object, ...]]
    passages: list[tuple[str, int, int, str]]
    vectors: NDArray[np.float32]
    rankings: list[list[tuple[int, float]]]
    skipped: list[str]
    clusters: list[int]
    entities: list[tuple[object, ...]]


def answers(index: Index, questions: Sequence[str] = QUESTIONS, k: int = 10) -> Answered:
    from index.store.bm25 import analyze

    articles, passages, rankings = [], [], []
    rows = range(len(index.catalog.metadata()))
    for row in rows:
        stored = index.article_at(row)
        facts = (stored.title, stored.source, stored.author, stored.published, stored.url, stored.path)
        articles.append((stored.id, stored.text, stored.sha256, stored.body, stored.first, stored.passages, *facts))
    for row in range(index.passage_count):
        passage = index.passage(row)
        article = index.article_at(passage.article)
        passages.append((article.id, passage.span.start, passage.span.end, passage.span.of(article.text)))
    for question, vector in zip(questions, index.encode_queries(questions), strict=True):
        terms = dict.fromkeys(analyze(question), 1.0)
        hits = (index.dense(vector, k), index.lexical_passages(terms, k), index.lexical_articles(terms, k))
        rankings.extend(list(zip(found.rows.tolist(), found.scores.tolist(), strict=True)) for found in hits)
    vectors = index.vectors_of(np.arange(index.passage_count))
    skipped = [str(skip) for _, skip in index.catalog.skipped()]
    clusters = index.clusters_of(np.arange(len(rows))).tolist()
    named = index.catalog.entities()
    assert named is not None
    entities = [(row, named.stored_of(row)) for row in rows]
    entities += [(kind, *item) for kind in KINDS for item in named.counted(kind)]
    return Answered(articles, passages, vectors, rankings, skipped, clusters, entities)


def assert_same_answers(one: Answered, other: Answered, tolerance: float = 1e-3) -> None:
    """Articles, passages and spans are equal; rankings are, but for the order of near-equal scores."""
    assert one.skipped == other.skipped
    assert one.articles == other.articles
    assert one.passages == other.passages
    assert one.clusters == other.clusters
    assert one.entities == other.entities
    np.testing.assert_allclose(one.vectors, other.vectors, atol=tolerance)
    assert len(one.rankings) == len(other.rankings)
    for left, right in zip(one.rankings, other.rankings, strict=True):
        assert len(left) == len(right)
        for (row, score), (other_row, other_score) in zip(left, right, strict=True):
            assert abs(score - other_score) <= tolerance
            if row != other_row:  # a tie: the other ranking scores this row alike, or cut it off at an equal score
                scored = dict(right).get(row, right[-1][1])
                assert abs(scored - score) <= tolerance
