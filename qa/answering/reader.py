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
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding.encoder import pick_precision
from index.embedding.model_folder import default_folder
from index.embedding.threads import each_alone
from index.errors import ArticleQAError

__all__ = [
    "FILE", "QUESTION", "TITLE", "PassageReading", "Reader", "ReaderTask", "ReaderUnavailable", "load_reader",
    "shared_reader",
]  # fmt: skip

FILE = Path(__file__).with_name("reader.safetensors")
_SHA256 = "9c194eaa27d4a16e2f2f9b784380c9ef8729be111c4b13cda714c047cb5129f1"  # of FILE
QUESTION, TITLE = 48, 24  # limit: tokens of a question and of a title that are read, as in training
_TEXT = 400  # limit: tokens of a passage that are read; a sentence beyond has the score -inf
_ANSWER = 40  # limit: tokens of an answer; of 90 questions of SQuAD 2.0, 10 and 400 change none
_TOGETHER = 1024  # limit: tokens of one product: weights are fetched once for all; for twice as many memory is too slow

_LOADING = Lock()


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

    def __init__(self, network: Any, words: Any, tokenizer: Any, calibration: Sequence[float]) -> None:
        self._network, self._words, self._tokenizer = network, words, tokenizer
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
        """The readings of each task's passages, in their order: the same whichever are read together, where products
        round each row alike whatever their number of rows, as oneDNN's do."""
        texts: list[_Text] = []
        for task in tasks:
            asked = self._tokenizer.encode(task.question, add_special_tokens=False).ids[:QUESTION]
            texts += [self._text(asked, title, text) for title, text in task.passages]
        wanted = [ranges for task in tasks for ranges in task.sentences]
        logits = self._logits(texts)
        read = zip(texts, logits, wanted, strict=True)
        found = (_reading(text, seen, ranges, self._calibration) for text, seen, ranges in read)
        return [list(islice(found, len(task.passages))) for task in tasks]

    def _text(self, asked: list[int], title: str, text: str) -> "_Text":
        titled = self._tokenizer.encode(title, add_special_tokens=False).ids[:TITLE]
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        offsets = np.array(encoded.offsets[:_TEXT], np.int64).reshape(-1, 2)
        before = [self._cls, *asked, self._sep, *titled, self._sep]
        return _Text([*before, *encoded.ids[:_TEXT], self._sep], len(asked) + 2, len(before), offsets)

    def _logits(self, texts: Sequence["_Text"]) -> list[NDArray[np.float32]]:
        """Of each text, what the network says of [CLS] and of its passage's tokens."""
        import torch

        threads = torch.get_num_threads()
        groups = _groups([len(text.ids) for text in texts], threads)
        parts = [[texts[row] for row in rows] for rows in groups]
        made = each_alone(self._together, parts) if len(parts) > 1 else [self._together(part) for part in parts]
        found = dict(zip((row for rows in groups for row in rows), (one for some in made for one in some), strict=True))
        return [found[row] for row in range(len(texts))]

    def _together(self, texts: Sequence["_Text"]) -> list[NDArray[np.float32]]:
        import torch

        from qa.answering.reader_network import Piece

        ids = np.concatenate([text.ids for text in texts])
        types = np.concatenate([np.arange(len(text.ids)) >= text.title for text in texts]).astype(np.int64)
        pieces = [Piece(len(text.ids), text.first) for text in texts]
        with torch.inference_mode():
            words = torch.nn.functional.embedding(torch.from_numpy(ids), self._words).float()
            return [part.numpy() for part in self._network(words, torch.from_numpy(types), pieces)]


def _groups(lengths: Sequence[int], threads: int) -> list[list[int]]:
    """Rows in groups of about as many tokens, at least one for each thread where there are so many rows."""
    count = min(len(lengths), threads * -(-sum(lengths) // (_TOGETHER * threads)))
    groups: list[list[int]] = [[] for _ in range(count)]
    sizes = [0] * count
    for row in sorted(range(len(lengths)), key=lambda row: (-lengths[row], row)):
        least = sizes.index(min(sizes))
        groups[least].append(row)
        sizes[least] += lengths[row]
    return groups


@dataclass(frozen=True, slots=True)
class _Text:
    """Tokens of a question, a title and a text; the places where the last two begin; the text's tokens' ranges."""

    ids: list[int]
    title: int
    first: int
    offsets: NDArray[np.int64]


def _reading(
    text: _Text, logits: NDArray[np.float32], wanted: Sequence[tuple[int, int]], calibration: Sequence[float]
) -> PassageReading:
    null, answered = float(logits[0, 0] + logits[0, 1]), float(logits[0, 2])
    if not len(text.offsets):
        return PassageReading(0.0, 0, 0, -np.inf, (-np.inf,) * len(wanted))
    starts, ends = logits[1:, :2].T.astype(float)
    first, last = _best_span(starts, ends)
    score = float(starts[first] + ends[last]) - null
    scores = []
    for left, right in wanted:
        within = (text.offsets[:, 0] < right) & (text.offsets[:, 1] > left)
        some = within.any()
        scores.append(float(_log_sum(starts[within]) + _log_sum(ends[within])) - null if some else -np.inf)
    weighed = float(np.dot(calibration, (1.0, answered, score)))
    chance = float(np.exp(-np.logaddexp(0.0, -weighed)))
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

    from qa.answering.reader_network import Network

    dtype = {"bf16": torch.bfloat16, "fp32": torch.float32}[pick_precision("auto", "cpu")]
    network = Network(load(data), dtype)
    folder = default_folder()
    with safe_open(folder / "model.safetensors", "pt") as file:
        words = file.get_tensor("embeddings.word_embeddings.weight").half()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return Reader(network, words, tokenizer, json.loads(header["__metadata__"]["calibration"]))


def shared_reader() -> tuple[Reader | None, str]:
    """This process's reader and "", or None and the sentence that says why there is none. Loaded once, at first use."""
    with _LOADING:
        return _shared()


@cache
def _shared() -> tuple[Reader | None, str]:
    try:
        return load_reader(), ""
    except ReaderUnavailable as error:
        return None, str(error)
