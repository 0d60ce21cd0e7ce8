"""Paragraphs that resemble a question and do not hold its answer: nearest by BM25 and by cosine."""

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embedding.encoder import load_encoder, passage_text
from index.store.bm25 import K1, B, analyze, idf
from qa.training.reader_data import Material, holds_answer

__all__ = ["neighbours"]

_EACH = 6  # paragraphs by BM25, and as many by cosine, kept for a question
_TOGETHER = 512  # limit: questions of one product
_DEEP = 24  # paragraphs that are looked at for each


def neighbours(material: Material, cache: Path) -> list[NDArray[np.int32]]:
    """For each question, numbers of paragraphs that do not hold any of its answers, nearest first: six by BM25
    and six more by cosine. They are kept in the file `cache`, made where it is missing, which takes minutes.
    """
    if not cache.is_file():
        with cache.with_suffix(".part").open("wb") as file:
            np.save(file, _mine(material), allow_pickle=False)
        cache.with_suffix(".part").replace(cache)
    table = np.load(cache, allow_pickle=False)
    if len(table) != len(material.asked):
        raise ValueError(f"{cache} was made from other questions; remove it")
    return [row[row >= 0] for row in table]


def _mine(material: Material) -> NDArray[np.int32]:
    table = np.full((len(material.asked), 2 * _EACH), -1, np.int32)
    for half, rank in enumerate((_by_bm25, _by_cosine)):
        for row, (asked, near) in enumerate(zip(material.asked, rank(material), strict=True)):
            known = set(table[row]) | {asked.paragraph}
            kept = [n for n in near if n not in known and not holds_answer(material.paragraphs[n], asked)][:_EACH]
            table[row, half * _EACH : half * _EACH + len(kept)] = kept
    return table


def _by_bm25(material: Material) -> list[list[int]]:
    counts = [Counter(analyze(f"{paragraph.title} {paragraph.text}")) for paragraph in material.paragraphs]
    lengths = np.array([sum(count.values()) for count in counts], float)
    norm = K1 * (1 - B + B * lengths / lengths.mean())
    postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, count in enumerate(counts):
        for term, frequency in count.items():
            postings[term].append((number, frequency))
    weights = {}
    for term, entries in postings.items():
        where, often = np.array([n for n, _ in entries]), np.array([f for _, f in entries], float)
        weights[term] = (where, idf(len(counts), len(where)) * often * (K1 + 1) / (often + norm[where]))
    ranked = []
    for asked in material.asked:
        scores = np.zeros(len(counts))
        for term in set(analyze(asked.question)):
            if term in weights:
                where, weight = weights[term]
                scores[where] += weight
        ranked.append(_top(scores))
    return ranked


def _by_cosine(material: Material) -> list[list[int]]:
    encoder = load_encoder()
    paragraphs = [passage_text(paragraph.title, paragraph.text) for paragraph in material.paragraphs]
    vectors = encoder.encode_passages(paragraphs)
    questions = encoder.encode_queries([asked.question for asked in material.asked])
    parts = np.array_split(questions, max(1, len(questions) // _TOGETHER))
    return [_top(row) for part in parts for row in part @ vectors.T]


def _top(scores: NDArray[np.floating]) -> list[int]:
    return [int(number) for number in np.argsort(-scores, kind="stable")[:_DEEP]]
