"""`MilvusFollower` follows the generation that an index's alias names, for a process that serves."""

import time
from threading import Lock

from index.embedding.encoder import Encoder
from index.errors import IndexMissing, StoreUnavailable
from index.milvus.address import Address
from index.milvus.server import Server
from index.milvus.snapshot import MilvusIndex, required_generation

__all__ = ["MilvusFollower"]

_LOOK_EVERY = 2.0  # seconds between two looks at the alias, each one call


class MilvusFollower:
    """Thread-safe. A question keeps the index that `current` gave it to the end, which the server keeps until two
    more have been published.
    """

    def __init__(self, address: Address, *, encoder: Encoder | None = None) -> None:
        self._server = Server(address)
        self._encoder = encoder
        self._lock = Lock()
        self._index: MilvusIndex | None = None
        self._looked = 0.0
        self._away = False  # the server, when it was looked at last

    def current(self) -> MilvusIndex:
        """The live generation. Raises IndexMissing, IndexDamaged, IndexMismatch or StoreUnavailable.

        While the server is away, the one that was open stays so: its questions say that the server is away.
        """
        serving = self._index
        # While one thread looks, and opens a new generation, the others go on with the one before.
        if not self._lock.acquire(blocking=serving is None) and serving is not None:
            return serving
        try:
            if self._index is None or time.monotonic() - self._looked >= _LOOK_EVERY:
                self._look()
                self._looked = time.monotonic()
            assert self._index is not None
            return self._index
        finally:
            self._lock.release()

    def _look(self) -> None:
        try:
            name = required_generation(self._server)
        except StoreUnavailable:
            self._away = True
            if self._index is None:
                raise
            return
        except IndexMissing:
            self._index = None
            raise
        if self._index is None or name != self._index.generation:
            self._index = MilvusIndex(self._server, name, encoder=self._encoder)
        elif not self._away:
            return
        self._away = False
        self._index.warm()
