"""Reading in processes of their own, so that a file which crashes or hangs its parser costs only itself.

A process (`worker.py`) is told a file and gives back its articles; it may be killed at any time.
"""

import atexit
import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import IO, BinaryIO, cast

from index.readers.messages import Item, Message, item_of, job, picture_of, received, send
from index.readers.source import Document, Limits, PagePicture, UnreadableError
from index.readers.worker import COUNTS_CPU, FOREVER, PATIENCE
from index.types import Skipped

__all__ = ["Worker", "begin", "draw_apart", "read_apart"]

# Not -m: the process must find this very package, wherever Python was started.
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from index.readers.dispatch import read_here; "
    "from index.readers.worker import serve; serve(read_here)"
)
_ROOT = str(Path(__file__).resolve().parents[2])
_AHEAD = 8  # pieces, of one message or more, that may wait until they are asked for
_LOSSES = 20  # members of one archive that may cost a process each before the rest is given up
_CRASHED = "crashed the program that reads it"
_STARTING = 120.0  # seconds that a process has to start: the machine may be busy
_CLOSING = 10.0  # seconds from a closed pipe to the end of its process


class _LostError(Exception):
    """The process is gone, or too slow; the message says which."""


class Worker:
    """A process that reads one file at a time. Started at once; `kill` ends it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, _ROOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._pieces: Queue[list[Message] | None] = Queue(_AHEAD)
        self._waiting: list[Message] = []  # the last first
        self._fresh = True
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        try:
            for messages in received(cast("IO[bytes]", self._process.stdout)):
                self._pieces.put(messages)
        except (ValueError, OSError):
            self._process.kill()  # what it sends is no message: it would wait for ever to be asked again
        self._pieces.put(None)

    def _is_over_its_limit(self) -> bool:
        """Whether the process, which has closed its side, was ended for computing too long."""
        try:
            return COUNTS_CPU and self._process.wait(_CLOSING) == -signal.SIGPROF
        except subprocess.TimeoutExpired:
            return False

    def ask(self, message: Message) -> None:
        """Hand over a file, to a process that may still be starting. Raises _LostError when it is gone."""
        try:
            send(cast(BinaryIO, self._process.stdin), message)
        except (OSError, ValueError):
            raise _LostError(_CRASHED) from None

    def next(self, seconds: float) -> Message:
        """The next message. Raises _LostError when the process computes for `seconds` without one, or has died."""
        late = f"took more than {seconds:g} seconds (--max-seconds)"
        if self._fresh:
            self._fresh = False
            self.next(_STARTING)
        if not self._waiting:
            try:
                messages = self._pieces.get(timeout=min(seconds * (PATIENCE if COUNTS_CPU else 1), FOREVER))
            except Empty:
                raise _LostError(late) from None
            if messages is None:
                raise _LostError(late if self._is_over_its_limit() else _CRASHED)
            self._waiting = messages[::-1]
        return self._waiting.pop()

    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process, whatever it is doing, and wait for it."""
        self._process.kill()
        while self._thread.is_alive():
            # The listening thread may be waiting for room to put messages that nobody will read.
            with contextlib.suppress(Empty):
                self._pieces.get(timeout=0.01)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


_idle: list[Worker] = []
_lock = threading.Lock()


def _take() -> Worker:
    with _lock:
        while _idle:
            worker = _idle.pop()
            if worker.is_alive():
                return worker
            worker.kill()
    return Worker()


def _give_back(worker: Worker, whole: bool) -> None:
    """Keep a process for the next file, where it has come to the end of its own; else end it."""
    if not whole:
        worker.kill()
        return
    with _lock:
        _idle.append(worker)


@atexit.register
def _end_all() -> None:
    with _lock:
        while _idle:
            _idle.pop().kill()


def begin(document: Document, limits: Limits) -> Worker | None:
    """Another process, which has begun to read a file: to be given to `read_apart`, or killed. None where that fails,
    which is for `read_apart` to say."""
    try:
        worker = _take()
    except OSError:
        return None
    try:
        worker.ask(job(document, limits, set()))
    except _LostError:
        worker.kill()
        return None
    return worker


def read_apart(document: Document, limits: Limits, begun: Worker | None = None) -> Iterator[Item]:
    """The articles of a file, read in another process. A file that crashes it, or takes longer than the limit for one
    document, is skipped; so is a member of an archive, and the members after it are still read."""
    done: set[str] = set()
    for _ in range(_LOSSES):
        current: tuple[str, str] | None = None
        started, begun, whole = begun, None, False
        try:
            worker = started or _take()
        except OSError as error:
            yield Skipped(document.path, f"cannot be read: no process could be started ({error.strerror})")
            return
        try:
            if started is None:
                worker.ask(job(document, limits, done))
            while "end" not in (message := worker.next(limits.seconds)):
                if "started" in message:
                    name, path = map(str, message["started"])
                    # A member that lies within an archive does not finish that archive.
                    if current and not name.startswith(current[0] + "/"):
                        done.add(current[0])
                    current = name, path
                else:
                    yield item_of(message)
            whole = True
            return
        except (_LostError, KeyError, TypeError, ValueError) as loss:
            why = str(loss) if isinstance(loss, _LostError) else _CRASHED  # its messages are no longer a reader's
            yield Skipped(current[1] if current else document.path, why)
            if current is None:
                return
            done.add(current[0])
        finally:
            _give_back(worker, whole)
    yield Skipped(document.path, f"given up after {_LOSSES} of its files crashed or hung the program that reads them")


def draw_apart(document: Document, limits: Limits) -> PagePicture:
    """The picture of the page that a document names, drawn in another process. Raises UnreadableError."""
    whole = False
    try:
        worker = _take()
    except OSError as error:
        raise UnreadableError(f"no process could be started ({error.strerror})") from None
    try:
        worker.ask(job(document, limits, set()))
        message = worker.next(limits.seconds)
        if "skipped" in message:
            raise UnreadableError(str(message["skipped"]["reason"]))
        picture = picture_of(message)
        whole = "end" in worker.next(limits.seconds)
        return picture
    except _LostError as loss:
        raise UnreadableError(str(loss)) from None
    except (KeyError, TypeError, ValueError):  # its messages are no reader's
        raise UnreadableError(_CRASHED) from None
    finally:
        _give_back(worker, whole)
