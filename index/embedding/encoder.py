"""The interface of an embedding model (`Encoder`), and how a model is chosen and loaded."""

import hashlib
import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Literal, Protocol

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from index.embedding.model_folder import DEFAULT_MODEL, NotPlainBertError, find_folder, fingerprint
from index.garbage import uncollected

__all__ = [
    "DEFAULT_MODEL",
    "PRECISIONS",
    "Encoder",
    "Method",
    "Precision",
    "load_encoder",
    "passage_key",
    "passage_text",
    "shared_encoder",
]

Precision = Literal["auto", "bf16", "fp16", "fp32"]
PRECISIONS: tuple[Precision, ...] = ("auto", "bf16", "fp16", "fp32")
Method = Literal["fast", "general"]
_Key = tuple[str, str, Method | None]

_LOG = logging.getLogger(__name__)
# oneDNN's own cache, and that of PyTorch's layer above it. By default each keeps 1,024 kernels, one for each shape of a
# matrix product: 400 MB after 40,000 passages.
_CACHES = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")
_KERNELS_KEPT = "128"  # more than the lengths of questions need
_LOADED_KEPT = 2  # models: a process serves one, and a second one while it changes over
_TITLE_CHARACTERS = 240  # a title longer than this would crowd the passage out of the model's window
_LOCK = Lock()
_LOADED: LRUCache[_Key, "Encoder"] = LRUCache(_LOADED_KEPT)
_RESOLVED: dict[_Key, _Key] = {}  # "auto" is one of the other precisions, and no method one of both


class Encoder(Protocol):
    """Turns texts into unit vectors. Thread-safe."""

    @property
    def name(self) -> str:
        """What the person called it: a name or a path."""

    @property
    def dimension(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """The most tokens of a passage's own (title included; special tokens and prompt not) that the model reads."""

    @property
    def precision(self) -> str:
        """bf16, fp16 or fp32."""

    @property
    def method(self) -> Method:
        """How it is computed: by index/embedding/fast_bert.py ("fast") or by sentence-transformers ("general")."""

    @property
    def fingerprint(self) -> str:
        """sha256, in hex, of the weights, and of the model's settings where it is not the default one."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens, never truncated."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimension), rows of length 1, in the order of `texts`; the model's prompt is prepended."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimension), rows of length 1, in the order of `texts`; the model's prompt is prepended."""


def passage_text(title: str, text: str) -> str:
    """What is embedded and searched for a passage: its article's title in front of its own words."""
    return f"{title[:_TITLE_CHARACTERS]}\n{text}" if title else text


def passage_key(fingerprint: str, precision: str, text: str) -> bytes:
    """32 bytes that name one embedding: sha256 of the model's fingerprint, the precision and the text."""
    digest = hashlib.sha256(f"{fingerprint}:{precision}:".encode())
    digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.digest()


def shared_encoder(name: str, precision: Precision, method: Method | None = None) -> Encoder:
    """The encoder for a model at a precision, loaded at first use and kept by the process: see `load_encoder`."""
    asked = (name, precision, method)
    with _LOCK:
        encoder = _LOADED.get(_RESOLVED.get(asked, asked))
        if encoder is None:
            encoder = load_encoder(name, precision, method)
            key = (name, encoder.precision, encoder.method)
            _RESOLVED[asked] = _RESOLVED[name, encoder.precision, method] = key
            _LOADED[key] = encoder
        return encoder


def load_encoder(model: str | None = None, precision: Precision = "auto", method: Method | None = None) -> Encoder:
    """The encoder for a model's name or path (None: the default model, which is already on this machine).

    With a method, that one, as an index names it. Without, the fast one where it says what the general one says,
    which is tried, and so takes loading both, but for the default model. Raises ModelNotFound, with the remedy, when
    it cannot be loaded.
    """
    name = model or DEFAULT_MODEL
    for cache in _CACHES:
        os.environ.setdefault(cache, _KERNELS_KEPT)
    folder = None if method == "general" else find_folder(name)
    # 90 MB are hashed while torch is imported: .2 s of a first question.
    with uncollected(), ThreadPoolExecutor(1) as pool:
        hashed = pool.submit(fingerprint, name, folder) if folder else None
        import torch

        from index.embedding import encoders

    device = "cuda" if torch.cuda.is_available() else "cpu"
    chosen, said = pick_precision(precision, device), ""
    if method == "fast" or (method is None and device == "cpu"):
        try:
            if folder is None or hashed is None:
                raise NotPlainBertError("it is not on this machine as a folder")
            fast = encoders.FastEncoder(name, folder, chosen, hashed.result())
            if method == "fast" or not (said := encoders.difference(fast)):
                return fast
        except NotPlainBertError as error:
            said = str(error)
    general = encoders.GeneralEncoder(name, chosen, device)
    if said:
        _LOG.warning("%s is run by sentence-transformers, which is slower: %s", name, said)
    return general


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
