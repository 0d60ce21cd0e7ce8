"""BM25 as the inner product that Milvus computes, beside tantivy's, on every question of a data set: scores, order and
document frequencies. The vectors are those that a build writes; no server is asked.

    python -m tests.benchmarks.milvus_bm25 INDEX [--dataset DIR]
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.milvus.bm25 import rounded_lengths, saturation
from index.milvus.staged import Staged
from index.store.bm25 import LexicalIndex, idf
from index.store.files import Files
from index.store.forward_index import look_up
from index.store.layout import Layout, current_name
from qa.evaluation.dataset import load
from qa.search.terms import query_terms
from tests.benchmarks.common import DATASET, save, table

__all__ = ["Postings", "postings"]

_TIE = 1e-4  # scores nearer to each other are equal but for rounding


@dataclass(frozen=True)
class Postings:
    """The sparse vectors of documents by term: `rows` and `weights` of term i from `starts[i]` to `starts[i + 1]`."""

    rows: NDArray[np.int64]
    weights: NDArray[np.float32]
    starts: NDArray[np.int64]
    documents: int
    count: int

    def scores(self, terms: NDArray[np.int32]) -> NDArray[np.float64]:
        """Of every document: the inner product with the idf of each term."""
        found = np.zeros(self.documents)
        for term in terms[terms >= 0].tolist():
            start, end = self.starts[term], self.starts[term + 1]
            found[self.rows[start:end]] += self.weights[start:end].astype(float) * idf(self.count, end - start)
        return found


def postings(terms: NDArray[np.int32], owner: NDArray[np.int64], documents: int, count: int, kinds: int) -> Postings:
    """Of documents whose terms these are, `count` of which have any."""
    length = np.bincount(owner, minlength=documents)
    key, counts = np.unique(terms.astype(np.int64) * documents + owner, return_counts=True)
    rows = key % documents
    weights = saturation(counts, rounded_lengths(length)[rows], float(length.sum() / count))
    return Postings(rows, weights, np.searchsorted(key // documents, np.arange(kinds + 1)), documents, count)


def _documents(staged: Staged) -> dict[str, Postings]:
    article, kinds = np.asarray(staged.passages["article"]), len(staged.term_hashes)
    passages, articles = len(article), len(staged.count)
    terms, titles = staged.terms[staged.words.words], staged.terms[staged.titles.words]
    owner = np.repeat(np.arange(passages), np.diff(staged.words.starts))
    sizes, starts = np.diff(staged.titles.starts), staged.titles.starts
    places = np.concatenate([np.arange(starts[one], starts[one + 1]) for one in article])
    every = np.concatenate([owner, np.repeat(np.arange(passages), sizes[article])])
    whole = np.concatenate([article[owner], np.repeat(np.arange(articles), sizes)])
    searched, both = staged.count > 0, np.concatenate([terms, titles])
    kept = searched[whole]
    return {
        "passages": postings(np.concatenate([terms, titles[places]]), every, passages, passages, kinds),
        "articles": postings(both[kept], whole[kept], articles, int(searched.sum()), kinds),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare BM25 as an inner product with tantivy's.")
    parser.add_argument("index", type=Path)
    parser.add_argument("--dataset", type=Path, default=DATASET)
    options = parser.parse_args()
    staged = Staged(Layout(options.index).generations / current_name(options.index))
    described = {name: file for name, file in staged.manifest.files.items() if name.startswith("lexical/")}
    files = Files(staged.folder, described, hashes=False)
    questions = [question for question in load(options.dataset) if question.relevant]
    lines: list[tuple[object, ...]] = [
        (
            "of",
            "hits compared",
            "same order",
            "but for ties",
            "else",
            "largest difference of a score",
            "df apart",
        )
    ]
    for name, documents in _documents(staged).items():
        lexical, k = LexicalIndex(files, f"lexical/{name}"), {"passages": 200, "articles": 100}[name]
        same = ties = other = apart = 0
        worst = 0.0
        for question in questions:
            terms = query_terms(question.text)
            numbers = look_up(staged.term_hashes, terms)
            for term, number in zip(terms, numbers.tolist(), strict=True):
                held = documents.starts[number + 1] - documents.starts[number] if number >= 0 else 0
                apart += int(held) != lexical.document_frequency(term)
            hits, scores = lexical.search(terms, k), documents.scores(numbers)
            worst = max(worst, float(np.abs(scores[hits.rows] - hits.scores).max(initial=0.0)))
            best = np.lexsort((np.arange(len(scores)), -scores.astype(np.float32)))[: len(hits)]
            equal = np.abs(np.sort(scores[best]) - np.sort(scores[hits.rows])).max(initial=0.0) < _TIE
            same += best.tolist() == hits.rows.tolist()
            ties += best.tolist() != hits.rows.tolist() and bool(equal)
            other += not equal
        lines.append((name, k, same, ties, other, f"{worst:.1e}", apart))
    facts = {"questions": len(questions), "passages": len(staged.passages), "rows": lines[1:]}
    text = f"{len(questions)} questions of {options.dataset.name}, {len(staged.passages):,} passages."
    save("milvus-bm25", facts, f"{text}\n\n{table(lines)}")


if __name__ == "__main__":
    main()
