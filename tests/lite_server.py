"""A Milvus Lite server in a process of its own, to be asked over gRPC, killed and started again."""

import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

__all__ = ["LiteServer", "needs_milvus"]

_STARTS = 300.0  # limit, seconds: a machine with much else to do takes over a minute


def needs_milvus() -> None:
    """Skips where the extra is not installed."""
    if find_spec("pymilvus") is None or find_spec("milvus_lite") is None:
        pytest.skip("Milvus is not installed: pip install '.[milvus]'")


class LiteServer:
    """Serves the data of a folder on a port of its own; the port and the folder outlive each start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    def address(self, name: str) -> str:
        return f"milvus://127.0.0.1:{self.port}/{name}"

    def start(self) -> "LiteServer":
        command = [sys.executable, "-m", "milvus_lite", "server", "--data-dir", str(self.folder)]
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + _STARTS
        while not self._answers():
            assert self.process.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server does not start"
            time.sleep(0.1)
        return self

    def _answers(self) -> bool:
        with socket.socket() as trying:
            return trying.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """As a power cut would: no chance to write anything."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
