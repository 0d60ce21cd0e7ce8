"""How exactly passages are cut and quoted.

    python -m tests.benchmarks.chunking DATASET --index DIR [--every N] [--others] [--whole]

DATASET holds queries.jsonl and evidence.jsonl ({"qid", "doc_id", "spans"}: the characters that answer). Scored as
Smith & Troynikov 2024, "Evaluating Chunking Strategies for Retrieval", score five chunks for every question: the
ranges of the question's own document count above the line, those of every citation below it.
Of a DATASET without spans, whose queries.jsonl has "answers" instead: how often one of them is quoted, and in how much.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from index import Index
from index.types import Span
from qa import retrieve
from qa.answering.quotes import _PASSAGES
from tests.benchmarks.common import save, table

__all__ = ["Asked", "Score", "answered", "density", "load", "located", "score"]

_COUNTS = (5, 10)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the document and the disjoint ranges that answer it, or the words that do."""

    text: str
    document: str
    spans: tuple[Span, ...]
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """Recall, precision and intersection over union of some quotes, in characters, 0 to 1; and how many those are."""

    recall: float
    precision: float
    iou: float
    characters: float


def load(dataset: Path) -> list[Asked]:
    """The questions of a data set that have an answer, in file order; `spans` is empty where it has no ranges."""
    lines = (dataset / "evidence.jsonl").read_text("utf-8").splitlines()
    evidence = {row["qid"]: row for row in map(json.loads, lines)}
    asked = []
    for line in (dataset / "queries.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        known = evidence.get(row["id"])
        if known is not None and (known.get("spans") or row.get("answers")):
            spans = tuple(Span(*span) for span in known.get("spans", ()))
            asked.append(Asked(row["question"], known["doc_id"], spans, tuple(row.get("answers", ()))))
    return asked


def score(asked: Asked, quotes: Iterable[tuple[str, Span]]) -> Score:
    """Of quotes, as (document, range). What two quotes share is found once and counted twice as quoted."""
    wanted = {place for span in asked.spans for place in range(span.start, span.end)}
    found: set[int] = set()
    quoted = 0
    for document, span in quotes:
        quoted += len(span)
        if document == asked.document:
            found.update(range(span.start, span.end))
    both = len(wanted & found)
    return Score(both / len(wanted), both / max(1, quoted), both / (quoted + len(wanted) - both), quoted)


def density(asked: Asked, passages: Sequence[Span]) -> float:
    """PrecisionOmega: the precision that the cutting allows, were every passage of the document that touches an
    answer found, and no other.
    """
    touching = [
        passage
        for passage in passages
        if any(passage.start <= span.end and span.start <= passage.end for span in asked.spans)
    ]
    return score(asked, [(asked.document, span) for span in touching]).iou if touching else 0.0


def _cut(index: Index) -> dict[str, list[Span]]:
    passages: dict[str, list[Span]] = {}
    for row in range(index.passage_count):
        passage = index.passage(row)
        passages.setdefault(index.article_at(passage.article).id, []).append(passage.span)
    return passages


def answered(index: Index, asked: Sequence[Asked]) -> tuple[list[dict[str, float]], list[tuple[object, ...]]]:
    """How often an answer stands in the first quotes of five, and their mean length, as facts and rows of a table."""
    counts = (1, 3, 5)
    hits, lengths = np.zeros((len(asked), len(counts))), np.zeros((len(asked), len(counts)))
    for row, question in enumerate(asked):
        texts = [citation.text for citation in retrieve(question.text, counts[-1], index=index, as_of="any")]
        plain = [" ".join(text.split()).casefold() for text in texts]
        held = [any(" ".join(answer.split()).casefold() in text for answer in question.answers) for text in plain]
        for column, count in enumerate(counts):
            hits[row, column] = any(held[:count])
            lengths[row, column] = sum(map(len, texts[:count]))
    means = list(zip(counts, hits.mean(axis=0), lengths.mean(axis=0), strict=True))
    lines: list[tuple[object, ...]] = [("questions", "quotes", "an answer is quoted", "characters quoted")]
    lines += [(len(asked), count, f"{share:.3f}", f"{length:.0f}") for count, share, length in means]
    facts = [{"quotes": count, "answered": float(share), "characters": float(length)} for count, share, length in means]
    return facts, lines


def located(index: Index, asked: Sequence[Asked]) -> tuple[list[dict[str, Any]], list[tuple[object, ...]]]:
    """Scores by document and of all, as facts and rows of a table."""
    scores: dict[int, list[Score]] = {count: [] for count in _COUNTS}
    for question in asked:
        # One search for each count: what is quoted may depend on how many quotes share the page.
        for count in _COUNTS:
            found = retrieve(question.text, count, index=index, as_of="any")
            quotes = [(citation.article_id, Span(citation.start, citation.end)) for citation in found]
            scores[count].append(score(question, quotes))
    passages = _cut(index)
    omega = [density(question, passages.get(question.document, [])) for question in asked]
    lines: list[tuple[object, ...]] = [
        ("documents", "questions", "quotes", "recall", "precision", "IoU", "characters quoted", "PrecisionOmega")
    ]
    facts = []
    for name in (None, *sorted({question.document for question in asked})):
        chosen = [place for place, question in enumerate(asked) if name in (None, question.document)]
        for count in _COUNTS:
            means = {
                field: float(np.mean([getattr(scores[count][place], field) for place in chosen]))
                for field in Score.__slots__
            }
            means["precision_omega"] = float(np.mean([omega[place] for place in chosen]))
            facts.append({"document": name, "questions": len(chosen), "quotes": count, **means})
            cells = [f"{means[field]:.3f}" for field in ("recall", "precision", "iou")]
            cells += [f"{means['characters']:.0f}", f"{means['precision_omega']:.3f}"]
            lines.append((name or "all", len(chosen), count, *cells))
    return facts, lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth question, from the first")
    parser.add_argument("--others", action="store_true", help="with --every: the questions that it leaves out")
    parser.add_argument("--whole", action="store_true", help="quote whole passages, as of a large index")
    options = parser.parse_args()
    asked = [
        question
        for place, question in enumerate(load(options.dataset))
        if (place % options.every == 0) != options.others or options.every == 1
    ]
    with Index.open(options.index) as index, patch("qa.answering.quotes._PASSAGES", 0 if options.whole else _PASSAGES):
        facts, lines = (located if all(question.spans for question in asked) else answered)(index, asked)
        chunks, total = index.manifest.chunks, index.passage_count
    which = "" if options.every == 1 else f"-{'others' if options.others else 'every'}{options.every}"
    name = f"{options.dataset.name}{which}{'-whole' if options.whole else ''}"
    head = f"{name}: {total:,} passages, cut at {chunks['max_words']} words.\n\n"
    save(f"chunking-{name}", {"chunks": chunks, "scores": facts}, head + table(lines))


if __name__ == "__main__":
    main()
