"""The encoders that this process has loaded: a window builds, searches and watches with one copy of the weights."""

from threading import Lock

from index.embedding.encoder import PRECISIONS, Encoder, load_encoder

__all__ = ["shared_encoder"]

_KEPT = 2  # a process serves one model, and a second one while it changes over
_LOCK = Lock()
_LOADED: dict[tuple[str, str], Encoder] = {}


def shared_encoder(name: str, precision: str) -> Encoder:
    """The encoder for a model at a precision, loaded at first use. Raises ModelNotFound."""
    with _LOCK:
        encoder = _LOADED.get((name, precision))
        if encoder is None:
            encoder = load_encoder(name, next((known for known in PRECISIONS if known == precision), "auto"))
            _LOADED[name, precision] = _LOADED[name, encoder.precision] = encoder  # "auto" is one of the others
            while len({id(kept) for kept in _LOADED.values()}) > _KEPT:
                del _LOADED[next(iter(_LOADED))]
        return encoder
