"""Streams that stop: compressed data are counted as they unpack, so that a bomb costs no more than its limit."""

import gzip
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from typing import IO, BinaryIO, cast

from index.readers.limits import Limits, UnreadableError, size_words

__all__ = ["Budget", "bounded", "gunzip"]

_BUFFER = 1 << 16


@dataclass(slots=True)
class Budget:
    """What is left of a file's limits; one for all that is unpacked from it, nested archives included."""

    size: int
    entries: int
    bound: int

    @classmethod
    def of(cls, limits: Limits) -> "Budget":
        return cls(limits.unpacked_bytes, limits.entries, limits.unpacked_bytes)

    def spend(self, size: int) -> None:
        """Count unpacked bytes. Raises UnreadableError beyond the limit."""
        self.size -= size
        if self.size < 0:
            raise UnreadableError(f"unpacks to more than {size_words(self.bound)} (--max-unpacked-mb)")


class _Counted(RawIOBase):
    def __init__(self, stream: IO[bytes], budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._stream.read(len(view))
        self._budget.spend(len(data))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


def bounded(stream: IO[bytes], budget: Budget) -> BinaryIO:
    """A stream whose reading is counted. It cannot be rewound: open it anew."""
    return cast(BinaryIO, BufferedReader(_Counted(stream, budget), _BUFFER))


def gunzip(stream: BinaryIO, budget: Budget) -> BinaryIO:
    """What a gzip stream unpacks to, counted; closing it closes the stream below."""

    class _Closing(gzip.GzipFile):
        def close(self) -> None:
            super().close()
            stream.close()

    return bounded(cast("IO[bytes]", _Closing(fileobj=stream, mode="rb")), budget)
