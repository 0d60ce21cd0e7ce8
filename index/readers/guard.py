"""Reads files in worker processes, so that a file that crashes or hangs its parser is skipped and nothing else is."""

import atexit
import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from queue import Empty, Queue
from typing import BinaryIO, cast

from index.readers.limits import Limits
from index.readers.source import Document
from index.readers.worker import receive, send
from index.types import Article, Skipped

__all__ = ["Begun", "begin", "read_apart"]

# Not -m: the worker must find this very package, wherever Python was started.
_START = "import sys; sys.path.insert(0, sys.argv[1]); from index.readers.worker import serve; serve()"
_ROOT = str(Path(__file__).resolve().parents[2])
_AHEAD = 8  # articles that a worker may read before they are asked for
_LOSSES = 20  # members of one archive that may cost a worker each before the rest is given up
_STARTING = 120.0  # seconds that a worker has to start: the machine may be busy


class _LostError(Exception):
    """The worker is gone, or too slow; the message says which."""


class _Worker:
    """A process that reads one file at a time. Started at once; `kill` ends it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, _ROOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._answers: Queue[dict[str, object] | None] = Queue(_AHEAD)
        self._fresh = True
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        stream = cast(BinaryIO, self._process.stdout)
        with contextlib.suppress(ValueError, OSError):
            while (message := receive(stream)) is not None:
                self._answers.put(message)
        self._answers.put(None)

    def ask(self, job: dict[str, object]) -> None:
        """Hand over a file, to a process that may still be starting. Raises _LostError when it is gone."""
        try:
            send(cast(BinaryIO, self._process.stdin), job)
        except (OSError, ValueError):
            raise _LostError("crashed the program that reads it") from None

    def next(self, seconds: float) -> dict[str, object]:
        """The next message. Raises _LostError after `seconds` without one, or when the process has died."""
        if self._fresh:
            self._fresh = False
            self.next(_STARTING)
        try:
            message = self._answers.get(timeout=seconds)
        except Empty:
            raise _LostError(f"took more than {seconds:g} seconds (--max-seconds)") from None
        if message is None:
            raise _LostError("crashed the program that reads it")
        return message

    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process, whatever it is doing, and wait for it."""
        self._process.kill()
        while self._thread.is_alive():
            # The listening thread may be waiting for room to put a message that nobody will read.
            with contextlib.suppress(Empty):
                self._answers.get(timeout=0.01)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


_idle: list[_Worker] = []
_lock = threading.Lock()


def _take() -> _Worker:
    with _lock:
        while _idle:
            worker = _idle.pop()
            if worker.is_alive():
                return worker
            worker.kill()
    return _Worker()


def _give_back(worker: _Worker) -> None:
    with _lock:
        _idle.append(worker)


@atexit.register
def _end_all() -> None:
    with _lock:
        while _idle:
            _idle.pop().kill()


class Begun:
    """A file that another process has begun to read, and that nobody has asked for yet."""

    def __init__(self, worker: _Worker) -> None:
        self._worker: _Worker | None = worker

    def take(self) -> _Worker | None:
        """The process; None the second time."""
        worker, self._worker = self._worker, None
        return worker

    def end(self) -> None:
        """Give the reading up, unless it was taken."""
        worker = self.take()
        if worker is not None:
            worker.kill()


def begin(document: Document, limits: Limits) -> Begun | None:
    """Has another process begin to read a file; None where that fails, which is for `read_apart` to say."""
    worker = _take()
    try:
        worker.ask(_job(document, limits, set()))
    except _LostError:
        worker.kill()
        return None
    return Begun(worker)


def read_apart(document: Document, limits: Limits, begun: Begun | None = None) -> Iterator[Article | Skipped]:
    """The articles of a file, read in another process. A file that crashes it, or takes longer than the limit for one
    document, is skipped; so is a member of an archive, and the members after it are still read."""
    done: set[str] = set()
    for _ in range(_LOSSES):
        current: tuple[str, str] | None = None
        started = begun.take() if begun else None
        worker, whole = started or _take(), False
        try:
            if started is None:
                worker.ask(_job(document, limits, done))
            while "end" not in (message := worker.next(limits.seconds)):
                if "started" in message:
                    if current and not message_is_inside(message, current[0]):
                        done.add(current[0])
                    name, path = cast("list[str]", message["started"])
                    current = name, path
                else:
                    yield _item(message)
            whole = True
            return
        except _LostError as loss:
            yield Skipped(current[1] if current else document.path, str(loss))
            if current is None:
                return
            done.add(current[0])
        finally:
            if whole:
                _give_back(worker)
            else:
                worker.kill()
    yield Skipped(document.path, f"given up after {_LOSSES} of its files crashed or hung the program that reads them")


def message_is_inside(message: dict[str, object], container: str) -> bool:
    """Whether the member that a message announces lies in the archive of that id, which so is not finished."""
    return cast("list[str]", message["started"])[0].startswith(container + "/")


def _job(document: Document, limits: Limits, done: set[str]) -> dict[str, object]:
    return {
        "id": document.id,
        "name": document.name,
        "path": document.path,
        "size": document.size,
        "limits": asdict(limits),
        "done": sorted(done),
    }


def _item(message: dict[str, object]) -> Article | Skipped:
    if "skipped" in message:
        return Skipped(**cast("dict[str, str]", message["skipped"]))  # type: ignore[arg-type]
    fields = cast("dict[str, object]", message["article"])
    day = fields["published"]
    fields["published"] = date.fromisoformat(day) if isinstance(day, str) else None
    fields["pages"] = tuple(cast("list[int]", fields["pages"]))
    return Article(**fields)  # type: ignore[arg-type]
