"""Facts of a generation in one collection: JSON and arrays of any size, packed into rows of text."""

import base64
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamaged
from index.milvus.server import Server

__all__ = ["Facts", "from_words", "packed_arrays", "packed_json", "to_words"]

_PART = 60_000  # characters of a row: below the 65,535 that Milvus takes
_WORDS = 12_000  # limit: 64,000 characters in base64; a passage has some hundred, a title that is a whole text more
_AT_ONCE = 64  # rows fetched in one call: 4 MB
_FAST = 1  # level of zlib: half the size of the text; 6 takes three times as long for a tenth less


def packed_json(name: str, value: Any) -> Iterator[dict[str, Any]]:
    """The rows of a value. JSON in ASCII: half of a surrogate pair, which a text may hold, is no UTF-8."""
    return _rows(name, json.dumps(value).encode("ascii"))


def packed_arrays(name: str, arrays: Mapping[str, NDArray[Any]]) -> Iterator[dict[str, Any]]:
    """The rows of arrays."""
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]  # its stub takes `allow_pickle` for one of the arrays
    return _rows(name, file.getvalue())


def _rows(name: str, content: bytes) -> Iterator[dict[str, Any]]:
    text = base64.b64encode(zlib.compress(content, _FAST)).decode("ascii")
    parts = [text[start : start + _PART] for start in range(0, len(text), _PART)]
    for number, part in enumerate(parts):
        yield {"name": f"{name}/{number}", "data": f"{len(parts)}:{part}", "nothing": [1.0, 0.0]}


def to_words(numbers: NDArray[np.int32]) -> str:
    """Numbers of words as they are stored beside a passage, or of a title; of a longer one, the first _WORDS."""
    return base64.b64encode(np.ascontiguousarray(numbers[:_WORDS], "<i4").tobytes()).decode("ascii")


def from_words(stored: str) -> NDArray[np.int32]:
    return np.frombuffer(base64.b64decode(stored), "<i4")


class Facts:
    """Reads what was packed. Raises KeyError for what is not there, IndexDamaged for what is no packed value."""

    def __init__(self, server: Server, collection: str) -> None:
        self._server = server
        self._collection = collection

    def json(self, name: str) -> Any:
        return json.loads(self._content(name))

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        with np.load(io.BytesIO(self._content(name)), allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}

    def _content(self, name: str) -> bytes:
        count, _, first = self._part([f"{name}/0"])[f"{name}/0"].partition(":")
        names = [f"{name}/{number}" for number in range(1, int(count))]
        parts = [first]
        for start in range(0, len(names), _AT_ONCE):
            found = self._part(names[start : start + _AT_ONCE])
            parts += [found[one].partition(":")[2] for one in names[start : start + _AT_ONCE]]
        try:
            return zlib.decompress(base64.b64decode("".join(parts)))
        except (ValueError, zlib.error) as error:
            raise IndexDamaged(f"{name} is not as it was written to {self._server.address}; build it anew") from error

    def _part(self, names: list[str]) -> dict[str, str]:
        found = self._server.call("get", self._collection, names, output_fields=["name", "data"])
        return {row["name"]: row["data"] for row in found}
