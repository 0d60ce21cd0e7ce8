"""An extractive reader: does a passage answer the question, in which words, and which of its sentences holds them.

Weights beside this file, learned by `python -m qa.training.reader` and described in docs/reader.md; word embeddings and
tokenizer come from the packaged all-MiniLM-L6-v2. Nothing is loaded before the first question.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding.encoder import pick_precision
from index.embedding.model_folder import default_folder
from index.errors import ArticleQAError

__all__ = ["FILE", "PassageReading", "Reader", "ReaderTask", "ReaderUnavailable", "load_reader", "shared_reader"]

FILE = Path(__file__).with_name("reader.safetensors")
_SHA256 = "f3277b39119defd819da4a12c310d2730094c5d15350eb88e85a9e51cee9c4d5"  # of FILE
_QUESTION, _TITLE = 48, 24  # tokens of a question and of a title that are read, as in training
_TEXT = 400  # tokens of a passage that are read; limit: a sentence beyond has the score -inf
_ANSWER = 40  # tokens of an answer, at most; four of five in training have 8 or fewer
_STEP = 16  # tokens by which products differ in length: oneDNN makes and keeps code for each shape
_TOGETHER = 4  # passages of one product: neighbours in length, so that little is padded
_OF_MANY = 8  # likewise for several questions: 15 to 20 % less CPU than 4 of each, no less with 16


class ReaderUnavailable(ArticleQAError):
    """The weights of the reader are missing or damaged; answers are given without it."""


@dataclass(frozen=True, slots=True)
class PassageReading:
    """One passage as the reader sees it. `answered` is the chance, 0 to 1, that the passage answers the question.

    `text[start:end]` are the answer's words, the best there are however low `answered` is (0 and 0 in a passage without
    words), and `score` the sum of the logits of its start and end, less that of "not in here". `sentences` has for each
    range asked for the log of the sum over the starts in it, plus that over the ends, less "not in here": comparable
    within a passage and between passages; -inf for a range without words.
    """

    answered: float
    start: int
    end: int
    score: float
    sentences: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ReaderTask:
    """A question, the (title, text) of passages, and for each the half-open ranges of code points of its text that are
    to be scored."""

    question: str
    passages: Sequence[tuple[str, str]]
    sentences: Sequence[Sequence[tuple[int, int]]]


class Reader:
    """Reads passages; safe to share between threads."""

    def __init__(self, weights: dict[str, Any], words: Any, tokenizer: Any, calibration: Sequence[float]) -> None:
        self._weights, self._words, self._tokenizer = weights, words, tokenizer
        self._calibration = tuple(calibration)
        self._cls, self._sep = (int(tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]"))

    def read(
        self,
        question: str,
        passages: Sequence[tuple[str, str]],
        sentences: Sequence[Sequence[tuple[int, int]]] | None = None,
    ) -> list[PassageReading]:
        """A reading of each (title, text), in their order.

        `sentences` are, for each passage, half-open ranges of code points of its text that are to be scored.
        """
        wanted = sentences if sentences is not None else [()] * len(passages)
        (found,) = self.read_many([ReaderTask(question, passages, wanted)])
        return found

    def read_many(self, tasks: Sequence[ReaderTask]) -> list[list[PassageReading]]:
        """The readings of each task's passages, in their order. Passages of several questions are read together, which
        takes less time; at bf16, the same passage then differs from `read` by what is rounded (.003 of a chance)."""
        texts: list[_Text] = []
        for task in tasks:
            asked = self._tokenizer.encode(task.question, add_special_tokens=False).ids[:_QUESTION]
            texts += [self._text(asked, title, text) for title, text in task.passages]
        wanted = [ranges for task in tasks for ranges in task.sentences]
        order = sorted(range(len(texts)), key=lambda row: (len(texts[row].ids), row))
        together = _TOGETHER if len(tasks) == 1 else _OF_MANY
        found: dict[int, PassageReading] = {}
        for first in range(0, len(order), together):
            rows = order[first : first + together]
            start, end, answered = self._logits([texts[row] for row in rows])
            for place, row in enumerate(rows):
                parts = start[place], end[place], float(answered[place])
                found[row] = _reading(texts[row], *parts, wanted[row], self._calibration)
        every = iter(range(len(texts)))
        return [[found[row] for row in islice(every, len(task.passages))] for task in tasks]

    def _text(self, asked: list[int], title: str, text: str) -> "_Text":
        titled = self._tokenizer.encode(title, add_special_tokens=False).ids[:_TITLE]
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        offsets = np.array(encoded.offsets[:_TEXT], np.int64).reshape(-1, 2)
        before = [self._cls, *asked, self._sep, *titled, self._sep]
        return _Text([*before, *encoded.ids[:_TEXT], self._sep], len(asked) + 2, len(before), offsets)

    def _logits(self, texts: Sequence["_Text"]) -> tuple[NDArray[np.float32], ...]:
        import torch

        from qa.answering.reader_network import logits

        longest = max(len(text.ids) for text in texts)
        shape = (len(texts), -(-longest // _STEP) * _STEP)
        ids, types = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        padding, allowed = np.ones(shape, bool), np.zeros(shape, bool)
        for row, text in enumerate(texts):
            ids[row, : len(text.ids)] = text.ids
            types[row, text.title : len(text.ids)] = 1
            padding[row, : len(text.ids)] = False
            allowed[row, text.first : len(text.ids) - 1] = True
        allowed[:, 0] = True
        with torch.inference_mode():
            words = torch.nn.functional.embedding(torch.from_numpy(ids), self._words).float()
            parts = logits(self._weights, words, *map(torch.from_numpy, (types, padding, allowed)))
        return tuple(part.numpy() for part in parts)


@dataclass(frozen=True, slots=True)
class _Text:
    """Tokens of a question, a title and a text; the places where the last two begin; the text's tokens' ranges."""

    ids: list[int]
    title: int
    first: int
    offsets: NDArray[np.int64]


def _reading(
    text: _Text,
    start: NDArray[np.float32],
    end: NDArray[np.float32],
    answered: float,
    wanted: Sequence[tuple[int, int]],
    calibration: Sequence[float],
) -> PassageReading:
    inside = slice(text.first, text.first + len(text.offsets))
    null = float(start[0] + end[0])
    if not len(text.offsets):
        return PassageReading(0.0, 0, 0, -np.inf, (-np.inf,) * len(wanted))
    starts, ends = start[inside].astype(float), end[inside].astype(float)
    first, last = _best_span(starts, ends)
    score = float(starts[first] + ends[last]) - null
    scores = []
    for left, right in wanted:
        within = (text.offsets[:, 0] < right) & (text.offsets[:, 1] > left)
        some = within.any()
        scores.append(float(_log_sum(starts[within]) + _log_sum(ends[within])) - null if some else -np.inf)
    weighed = float(np.dot(calibration, (1.0, answered, score)))
    chance = float(1 / (1 + np.exp(-np.clip(weighed, -50, 50))))
    return PassageReading(chance, int(text.offsets[first, 0]), int(text.offsets[last, 1]), score, tuple(scores))


def _best_span(starts: NDArray[np.float64], ends: NDArray[np.float64]) -> tuple[int, int]:
    """The first and last token with the highest sum, the first of equals."""
    sums = starts[:, None] + ends[None, :]
    places = np.arange(len(starts))
    length = places[None, :] - places[:, None]
    first, last = divmod(int(np.argmax(np.where((length >= 0) & (length < _ANSWER), sums, -np.inf))), len(starts))
    return first, last


def _log_sum(values: NDArray[np.float64]) -> float:
    most = float(values.max())
    return most + float(np.log(np.exp(values - most).sum()))


def load_reader(file: Path | None = None, sha256: str | None = _SHA256) -> Reader:
    """The reader of a file, FILE by default; its `sha256` is checked unless None.

    Raises ReaderUnavailable, with the remedy.
    """
    file = file or FILE
    remedy = "answers are given without it; reinstall the package to have it back"
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ReaderUnavailable(f"the reader's weights {file.name} are missing; {remedy}") from error
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise ReaderUnavailable(f"the reader's weights {file.name} are damaged; {remedy}")
    try:
        return _opened(data)
    except Exception as error:  # whatever the libraries raise on another file, or on a packaged model that is not there
        raise ReaderUnavailable(f"the reader cannot be loaded ({error}); {remedy}") from error


def _opened(data: bytes) -> Reader:
    import torch
    from safetensors import safe_open
    from safetensors.torch import load
    from tokenizers import Tokenizer

    from qa.answering.reader_network import packed, prepared

    dtype = {"bf16": torch.bfloat16, "fp32": torch.float32}[pick_precision("auto", "cpu")]
    weights = packed(prepared(load(data), dtype))
    folder = default_folder()
    with safe_open(folder / "model.safetensors", "pt") as file:
        words = file.get_tensor("embeddings.word_embeddings.weight").half()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return Reader(weights, words, tokenizer, json.loads(header["__metadata__"]["calibration"]))


@cache
def shared_reader() -> tuple[Reader | None, str]:
    """This process's reader and "", or None and the sentence that says why there is none."""
    try:
        return load_reader(), ""
    except ReaderUnavailable as error:
        return None, str(error)
