"""Questions with the spans of their answers, as tokens of paragraphs that are cut at sentences.

A folder of sets, each corpus.jsonl.gz, queries.jsonl.gz and evidence.jsonl.gz; or pairs.jsonl.gz of sentence and
question, where neighbours in the file come from one page.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.text.sentences import sentence_spans

__all__ = ["AnsweredQuestion", "Material", "Paragraph", "holds_answer", "load"]

_GENERIC = ("Amazon Reviews", "Filtered Reddit")  # titles of two sets that say nothing of their texts
_MARKS = (("``", '"'), ("''", '"'), ("-lrb-", "("), ("-rrb-", ")"), ("-lsb-", "["), ("-rsb-", "]"))  # Penn Treebank
_PAGE_SENTENCES = 12  # sentences of pairs.jsonl that are taken for one paragraph


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One text: `ids` of its tokens; `starts` the number of each sentence's first token, then the number of tokens."""

    set: str
    title: str
    text: str
    ids: NDArray[np.int32]
    starts: NDArray[np.int32]
    sentences: tuple[str, ...]

    def sentence_at(self, token: int) -> int:
        return int(np.searchsorted(self.starts, token, side="right")) - 1


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question of a paragraph (by number). `spans` are first and last token of each annotator's answer; a whole
    sentence if not `exact`, where only the sentence is known to hold the answer. `answers` are their texts.
    """

    set: str
    question: str
    paragraph: int
    spans: tuple[tuple[int, int], ...]
    exact: bool
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """All sets in one: questions by paragraph number."""

    paragraphs: list[Paragraph]
    asked: list[AnsweredQuestion]


def holds_answer(paragraph: Paragraph, asked: AnsweredQuestion) -> bool:
    """Whether a paragraph has an answer's words, whatever their case. A sentence as answer counts only as a whole."""
    text = paragraph.text.lower()
    return any(answer.lower().strip(" .,;") in text for answer in asked.answers)


def load(folder: Path, tokenizer: Any, sets: tuple[str, ...] = ()) -> Material:
    """The sets of a folder, in the order of their names; those named only, if any are."""
    material = Material([], [])
    for path in sorted(folder.iterdir()):
        if not path.is_dir() or (sets and path.name not in sets):
            continue
        if (path / "pairs.jsonl.gz").is_file():
            _pairs(path, tokenizer, material)
        elif (path / "corpus.jsonl.gz").is_file():
            _spans(path, tokenizer, material)
    return material


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _spans(path: Path, tokenizer: Any, material: Material) -> None:
    questions = {row["id"]: row["question"].strip() for row in _rows(path / "queries.jsonl.gz")}
    where, offsets = {}, {}
    for row in _rows(path / "corpus.jsonl.gz"):
        where[row["id"]] = len(material.paragraphs)
        title = "" if row["title"].startswith(_GENERIC) else row["title"]
        cuts = [(span.start, span.end) for span in sentence_spans(row["text"])]
        paragraph, offsets[row["id"]] = _paragraph(tokenizer, path.name, title, row["text"], cuts)
        material.paragraphs.append(paragraph)
    whole = path.name == "selqa"  # its evidence are whole sentences
    for row in _rows(path / "evidence.jsonl.gz"):
        number, tokens = where[row["doc_id"]], offsets[row["doc_id"]]
        text = material.paragraphs[number].text
        spans = _token_spans(text, tokens, row["evidence"], row["answer_start"])
        if spans:
            answers = tuple(row["evidence"])
            material.asked.append(AnsweredQuestion(path.name, questions[row["qid"]], number, spans, not whole, answers))


def _token_spans(
    text: str, tokens: NDArray[np.int32], evidence: list[str], answer_starts: list[int]
) -> tuple[tuple[int, int], ...]:
    found = set()
    for start in answer_starts:
        longest_first = sorted(evidence, key=len, reverse=True)
        answer = next((piece for piece in longest_first if piece and text.startswith(piece, start)), None)
        if answer is None:
            continue
        first = int(np.searchsorted(tokens[:, 1], start, side="right"))
        last = int(np.searchsorted(tokens[:, 0], start + len(answer), side="left")) - 1
        if first <= last < len(tokens):
            found.add((first, last))
    return tuple(sorted(found))


def _pairs(path: Path, tokenizer: Any, material: Material) -> None:
    sentences: list[str] = []
    asks: list[list[str]] = []
    for row in _rows(path / "pairs.jsonl.gz"):
        sentence = row["sentence"]
        for mark, written in _MARKS:
            sentence = sentence.replace(mark, written)
        if not sentences or sentences[-1] != sentence:
            sentences.append(sentence)
            asks.append([])
        asks[-1].append(row["question"].replace(" ?", "?"))
    for first in range(0, len(sentences), _PAGE_SENTENCES):
        part = sentences[first : first + _PAGE_SENTENCES]
        ends = np.cumsum([len(sentence) + 1 for sentence in part])
        cuts = [(int(end) - 1 - len(sentence), int(end) - 1) for sentence, end in zip(part, ends, strict=True)]
        number = len(material.paragraphs)
        paragraph, _ = _paragraph(tokenizer, path.name, "", " ".join(part), cuts)
        material.paragraphs.append(paragraph)
        for place, sentence in enumerate(part):
            span = (int(paragraph.starts[place]), int(paragraph.starts[place + 1]) - 1)
            for question in asks[first + place]:
                material.asked.append(AnsweredQuestion(path.name, question, number, (span,), False, (sentence,)))


def _paragraph(
    tokenizer: Any, name: str, title: str, text: str, cuts: list[tuple[int, int]]
) -> tuple[Paragraph, NDArray[np.int32]]:
    encoded = tokenizer.encode(text, add_special_tokens=False)
    offsets = np.array(encoded.offsets, np.int32).reshape(-1, 2)
    firsts = np.array([start for start, _ in cuts] or [0])
    starts = np.searchsorted(offsets[:, 0], firsts, side="left")
    starts[0] = 0
    bounds = np.append(starts, len(offsets)).astype(np.int32)
    sentences = tuple(text[start:end] for start, end in cuts)
    return Paragraph(name, title, text, np.array(encoded.ids, np.int32), bounds, sentences), offsets
