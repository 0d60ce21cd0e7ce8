"""Both ways from texts to unit vectors: fast_bert.py from a model's folder, and sentence-transformers for all models.

torch takes a second to import and sentence_transformers five, so each is imported when a model that needs it is loaded.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from index.embedding.fast_bert import Bert
from index.embedding.model_folder import (
    DEFAULT_MODEL,
    NotPlainBertError,
    PlainBert,
    default_folder,
    fingerprint,
    prompts_of,
    read_folder,
)
from index.embedding.tokens import Tokens
from index.errors import ModelNotFound

__all__ = ["FastEncoder", "GeneralEncoder", "difference"]

_BATCH_TOKENS = 4096  # padded tokens a batch: larger ones leave the caches of a CPU core, smaller ones its units idle
_FEW_TOKENS = 256  # a batch of so few runs on one thread: handing it out costs more, on a busy machine 50 times as much
_SAME = 0.9999  # cosine of both ways at fp32, which differ by rounding only
_ROUNDED = 0.999  # cosine of bf16 to fp32 that tells rounding from another computation
_PROBES = (
    "Who won?",
    "The Règlement of 1 August 2024, in full: providers of general-purpose models keep records (see Article 53).",
    "東京都 naïve [SEP] \u00ad " + "word " * 600,  # longer than the model reads
)
# np.save of GeneralEncoder(DEFAULT_MODEL, "fp32", "cpu").encode_queries(_PROBES), which a test compares
_SAID_OF_DEFAULT = Path(__file__).with_name("default_probes.npy")


class _Encoder:
    """What both ways share: tokens and batches."""

    name: str
    precision: str
    fingerprint: str
    dimension: int
    tokens: Tokens
    document_prompt: str
    _max_length: int

    @property
    def max_tokens(self) -> int:
        return self._max_length - self.tokens.special - self.tokens.count([self.document_prompt])[0]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self.tokens.count(texts)

    @cached_property
    def _pools(self) -> Any:
        from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

        return ThreadpoolController()

    def _batched(
        self, encode: Callable[[list[int]], NDArray[np.float32]], ids: Sequence[Sequence[int]], *, alike: bool
    ) -> NDArray[np.float32]:
        """The vectors of texts, of which `encode` gives those of some rows, in the order of `ids`. Where they are to be
        `alike` whichever are encoded together, none is padded."""
        vectors = np.empty((len(ids), self.dimension), np.float32)
        for rows in _batches([len(tokens) for tokens in ids], padded=not alike):
            few = sum(len(ids[row]) for row in rows) <= _FEW_TOKENS
            # torch.set_num_threads would reach into other threads; this sets the calling one's OpenMP.
            with self._pools.limit(limits=1, user_api="openmp") if few else nullcontext():
                vectors[rows] = encode(rows)
        return vectors


class FastEncoder(_Encoder):
    """A plain BERT on a CPU, read from its folder without sentence-transformers or transformers."""

    method: Literal["fast", "general"] = "fast"

    def __init__(self, model: str, folder: Path, precision: str, fingerprint: str) -> None:
        """Raises NotPlainBertError, also where PyTorch cannot run it."""
        self.plain: PlainBert = read_folder(folder)
        self.name, self.precision = model, precision
        self.fingerprint = fingerprint
        self._max_length = self.plain.max_length
        self.document_prompt = self.plain.document_prompt
        self.bert = self.at(precision)
        self.dimension = self.bert.dimension
        from tokenizers import Tokenizer

        try:
            self.tokens = Tokens(Tokenizer.from_file(str(self.plain.tokenizer)), self._max_length)
        except Exception as error:  # tokenizers raises bare Exceptions
            raise NotPlainBertError(f"its tokenizer cannot be read ({error})") from error

    def at(self, precision: str) -> Bert:
        """Its forward pass at a precision. Raises NotPlainBertError."""
        from safetensors.torch import load_file

        try:
            state, cut = load_file(self.plain.weights), self.plain.truncate_dim
            return Bert(state, self.plain.config, precision, cls=self.plain.cls, truncate_dim=cut)
        except Exception as error:  # safetensors and PyTorch each raise types of their own
            raise NotPlainBertError(f"it cannot be run at {precision} ({type(error).__name__}: {error})") from error

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(self.plain.document_prompt, texts, alike=False)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(self.plain.query_prompt, texts, alike=True)

    def _encode(self, prompt: str, texts: Sequence[str], *, alike: bool) -> NDArray[np.float32]:
        ids = self.tokens.ids([prompt + text for text in texts])
        return self._batched(lambda rows: self.bert([ids[row] for row in rows]), ids, alike=alike)


class GeneralEncoder(_Encoder):
    """Any model that sentence-transformers loads, on its device."""

    method: Literal["fast", "general"] = "general"

    def __init__(self, model: str, precision: str, device: str) -> None:
        """Raises ModelNotFound, with the remedy."""
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        folder = default_folder() if model == DEFAULT_MODEL else None
        dtype = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}[precision]
        try:
            self.model = SentenceTransformer(
                str(folder or model), device=device, model_kwargs={"dtype": torch.float32 if device == "cpu" else dtype}
            )
        except Exception as error:  # the hub, transformers and safetensors raise a dozen unrelated types
            hint = "; this machine is offline, so give the path of a folder" if _offline() else ""
            raise ModelNotFound(
                f"the model {model!r} cannot be loaded{hint} (or omit --model to use {DEFAULT_MODEL}): "
                f"{str(error).splitlines()[0] if str(error) else type(error).__name__}"
            ) from error
        self.model.eval()
        self.name, self.precision = model, precision
        self._query_prompt, self.document_prompt = prompts_of(self.model.prompts)
        settings = (self._query_prompt, self.document_prompt, self.model.truncate_dim)
        self.fingerprint = fingerprint(model, folder) if folder else _state_sha256(self.model, settings)
        self.model.to(dtype)
        self.dimension = int(self.model.get_embedding_dimension() or 0)
        self._max_length = int(self.model.max_seq_length or 512)  # BERT's own, where a model says nothing
        self.tokens = Tokens(self.model.tokenizer._tokenizer, self._max_length)
        self._lock = Lock()

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(partial(self.model.encode_document, prompt=self.document_prompt), texts, alike=False)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(partial(self.model.encode_query, prompt=self._query_prompt), texts, alike=True)

    def _encode(self, encode: Any, texts: Sequence[str], *, alike: bool) -> NDArray[np.float32]:
        def some(rows: list[int]) -> NDArray[np.float32]:
            chosen = [texts[row] for row in rows]
            with self._lock:
                tensor = encode(chosen, batch_size=len(chosen), convert_to_tensor=True, show_progress_bar=False)
            return _unit(tensor.float().cpu().numpy())

        return self._batched(some, self.tokens.ids(texts), alike=alike)


def difference(fast: FastEncoder) -> str:
    """How the fast way differs from the general one on a few texts; empty where both say the same. What the general one
    says of the default model is kept, since loading it takes half of a small index's first build."""
    theirs = _kept_of(fast.name)
    if theirs is None:
        general = GeneralEncoder(fast.name, "fp32", "cpu")
        if general.tokens.ids(_PROBES) != fast.tokens.ids(_PROBES):
            return "sentence-transformers makes other tokens"
        if (general.max_tokens, general.dimension) != (fast.max_tokens, fast.dimension):
            return "sentence-transformers reads another number of tokens"
        theirs = np.concatenate([general.encode_queries(_PROBES), general.encode_passages(_PROBES)])
    own, least = fast.bert, 1.0
    try:
        for precision, limit in ((fast.precision, _ROUNDED), ("fp32", _SAME)):
            fast.bert = fast.at(precision) if precision != fast.precision else own
            ours = np.concatenate([fast.encode_queries(_PROBES), fast.encode_passages(_PROBES)])
            least = float((ours * theirs).sum(axis=1).min())
            if not least >= limit:
                return f"its cosine to what sentence-transformers says is {least:.5f} at {precision}"
    except Exception as error:
        return f"it cannot be run ({type(error).__name__}: {error})"
    finally:
        fast.bert = own
    return ""


def _kept_of(model: str) -> NDArray[np.float32] | None:
    """What the general way says of the probes as questions and as passages, where that is kept and can be read."""
    try:
        return np.tile(np.load(_SAID_OF_DEFAULT), (2, 1)) if model == DEFAULT_MODEL else None
    except (OSError, ValueError, EOFError):
        return None


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit


def _batches(lengths: Sequence[int], *, padded: bool) -> Iterator[list[int]]:
    """Rows grouped by similar length, or where none is to be padded by their length, longest first, each group at most
    _BATCH_TOKENS tokens once padded."""
    batch: list[int] = []
    widest = 0
    for row in sorted(range(len(lengths)), key=lambda row: (-lengths[row], row)):
        if batch and ((len(batch) + 1) * widest > _BATCH_TOKENS or not (padded or lengths[row] == widest)):
            yield batch
            batch = []
        if not batch:
            widest = max(1, lengths[row])
        batch.append(row)
    if batch:
        yield batch


def _offline() -> bool:
    return any(os.environ.get(name, "") not in ("", "0") for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))


def _state_sha256(model: Any, settings: tuple[object, ...]) -> str:
    """Of the weights, and of settings where there are any. A pooler that the model's file lacks has random weights at
    each loading, and no part in a vector."""
    digest = hashlib.sha256(repr(settings).encode() if any(settings) else b"")
    for name, tensor in sorted(model.state_dict().items()):
        if ".pooler." in name:
            continue
        digest.update(name.encode())
        digest.update(tensor.detach().float().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
