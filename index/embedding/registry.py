"""Shares loaded embedding models within a process: building, searching and watching use one copy of the weights."""

from threading import Lock

from cachetools import LRUCache

from index.embedding.encoder import PRECISIONS, Encoder, Method, Precision, load_encoder

__all__ = ["shared_encoder"]

_Key = tuple[str, str, Method | None]

_KEPT = 2  # a process serves one model, and a second one while it changes over
_LOCK = Lock()
_LOADED: LRUCache[_Key, Encoder] = LRUCache(_KEPT)
_RESOLVED: dict[_Key, _Key] = {}  # "auto" is one of the other precisions, and no method one of both


def shared_encoder(name: str, precision: str, method: Method | None = None) -> Encoder:
    """The encoder for a model at a precision, loaded at first use: see `load_encoder`. Raises ModelNotFound."""
    asked = (name, precision, method)
    with _LOCK:
        encoder: Encoder | None = _LOADED.get(_RESOLVED.get(asked, asked))
        if encoder is None:
            wanted: Precision = next((known for known in PRECISIONS if known == precision), "auto")
            encoder = load_encoder(name, wanted, method)
            key = (name, encoder.precision, encoder.method)
            _RESOLVED[asked] = _RESOLVED[name, encoder.precision, method] = key
            _LOADED[key] = encoder
        return encoder
