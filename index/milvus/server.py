"""A connection to Milvus that waits and tries again while the server is away or busy."""

import logging
import os
import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from index.errors import StoreUnavailable, UsageError
from index.milvus.address import Address

__all__ = ["READING", "WRITING", "Server"]

READING = 3.0  # seconds that a question waits for a server that is away; then a person is told
WRITING = 120.0  # seconds that a build waits: a server that is being restarted is back by then
_FIRST, _MOST = 0.05, 5.0  # seconds between two tries: twice as long each time
_CALL = 30.0  # limit, seconds of one call
# pymilvus asks every 10 seconds whether the server is there; one that follows gRPC's rules closes the connection then.
_QUIET = {"grpc.keepalive_time_ms": 300_000}
_AWAY = ("fail connecting", "unavailable", "deadline", "timeout", "connection", "channel", "closed", "socket")
_MAKING = ("file exists",)  # Milvus Lite, while another writer makes the same collection
_BUSY = ("rate limit", "ratelimit", "resource exhausted", "quota", "too many", "not loaded", "not ready", "overload")
_UNLOADED = ("not loaded", "call load()")
_ABSENT = ("does not exist", "not found", "not exist")
_PRESENT = ("already exist",)  # what is to be made: by another writer, or by a call whose reply was lost


class Server:
    """Thread-safe. `patience` is how many seconds a call tries again before it raises StoreUnavailable."""

    def __init__(self, address: Address, patience: float = READING) -> None:
        self.address = address
        self.patience = patience
        self._client: Any = None
        self._lock = Lock()

    def call(self, name: str, *arguments: Any, **options: Any) -> Any:
        """What a method of pymilvus's MilvusClient returns. Raises StoreUnavailable, and KeyError where a collection
        or an alias is asked for that does not exist. None where what is to be made is there already."""
        return self._patiently(lambda: self._call(name, *arguments, **options))

    def _call(self, name: str, *arguments: Any, **options: Any) -> Any:
        client, options = self._connected(), {"timeout": _CALL, **options}
        try:
            return getattr(client, name)(*arguments, **options)
        except Exception as error:
            if not any(words in str(error).lower() for words in _UNLOADED):
                raise
            client.load_collection(arguments[0], timeout=_CALL)  # Milvus Lite forgets it when it is started again
            return getattr(client, name)(*arguments, **options)

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = _connect(self.address)
            return self._client

    def _patiently(self, call: Callable[[], Any]) -> Any:
        until, pause = time.monotonic() + self.patience, _FIRST
        while True:
            try:
                return call()
            except Exception as error:
                if not type(error).__module__.startswith(("pymilvus", "grpc")):
                    raise
                said = str(error).lower()
                if any(words in said for words in _PRESENT):
                    return None
                if any(words in said for words in _ABSENT):
                    raise KeyError(said) from error
                if not any(words in said for words in _AWAY + _BUSY + _MAKING):
                    raise StoreUnavailable(f"{self.address} refused what was asked ({_reason(error)})") from error
                if time.monotonic() + pause > until:
                    raise StoreUnavailable(
                        f"the server of {self.address} does not answer; start it or wait, then ask again"
                    ) from error
            time.sleep(pause)
            pause = min(2 * pause, _MOST)

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None


def _connect(address: Address) -> Any:
    try:
        from pymilvus import MilvusClient
    except ImportError as error:
        raise UsageError(
            "an index on Milvus needs more packages; install them with: pip install '.[milvus]'"
        ) from error
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it prints each failed try with its traceback
    return MilvusClient(uri=address.uri, token=os.environ.get("MILVUS_TOKEN", ""), timeout=_CALL, grpc_options=_QUIET)


def _reason(error: Exception) -> str:
    return " ".join(str(getattr(error, "message", None) or error).split())[:300]
