"""Processes beside this one that answer blocks of questions of the same index; the answers come back in order.

A worker is told blocks through a pipe and gives back answers through another. It ends when its pipe is closed, so none
outlives the process that asked, however that ends. It never runs the program that asked, as `multiprocessing` would.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Condition, Thread
from typing import IO, Any, cast

from index.engine import SearchEngine
from index.store.snapshot import Index
from qa.types import Answer, Request

__all__ = ["AnswerBlock", "Workers", "serve"]

AnswerBlock = Callable[[SearchEngine, Sequence[Request]], list[Answer]]

# As an isolated interpreter, which then looks for modules where this one does.
_START = (
    "import sys; sys.path[:] = sys.argv[1:]; from qa.many import answer_block; "
    "from qa.workers import serve; serve(answer_block)"
)
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
_AHEAD = 4  # limit: blocks for each worker that may be answered before they are asked for, since they are in memory


class Workers:
    """A context in which blocks of requests are answered by this process and by `count` workers, which start at once;
    blocks that a worker could not answer are answered here."""

    def __init__(
        self, index: SearchEngine, blocks: Sequence[Sequence[Request]], count: int, answer_block: AnswerBlock
    ) -> None:
        self._index, self._blocks, self._count, self._answer_block = index, blocks, count, answer_block
        self._changed = Condition()
        self._left = list(range(len(blocks)))[::-1]  # numbers of the blocks that nobody has taken, the first at the end
        self._found: dict[int, list[Answer]] = {}
        self._wanted = 0
        self._processes: list[subprocess.Popen[bytes]] = []
        self._threads: list[Thread] = []

    def __enter__(self) -> "Workers":
        with suppress(OSError):  # no more processes are allowed here
            for _ in range(self._count):
                process = _started()
                self._processes.append(process)
                self._threads.append(Thread(target=self._drive, args=(process,), daemon=True))
                self._threads[-1].start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._left.clear()
            self._changed.notify_all()
        for process in self._processes:
            process.kill()
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            with suppress(OSError), process:  # closes its pipes, and waits for its end
                pass

    def answers(self) -> Iterator[Answer]:
        """The answers of all blocks, in their order. Raises what answering a block raises."""
        for number in range(len(self._blocks)):
            with self._changed:
                self._wanted = number
                self._changed.notify_all()
            while number not in self._found:
                with self._changed:
                    own = self._left.pop() if self._left else None
                    if own is None and number not in self._found:
                        self._changed.wait()
                if own is not None:
                    with self._alone():
                        self._found[own] = self._answer_block(self._index, self._blocks[own])
            yield from self._found.pop(number)

    def _alone(self) -> Any:
        """One thread for each process: two that share a core wait for each other."""
        if not self._processes:
            return nullcontext()
        from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

        return ThreadpoolController().limit(limits=1, user_api="openmp")

    def _drive(self, process: "subprocess.Popen[bytes]") -> None:
        """Hands blocks to one worker until none is left, or it fails."""
        said, told = cast("IO[bytes]", process.stdout), cast("IO[bytes]", process.stdin)
        number = None
        try:
            _send(told, (str(cast(Index, self._index).folder), self._blocks[0][:1]))
            pickle.load(said)  # that it is ready: until then others take the blocks
            while (number := self._take()) is not None:
                _send(told, self._blocks[number])
                found = pickle.load(said)
                with self._changed:
                    self._found[number] = found
                    number = None
                    self._changed.notify_all()
        except Exception:  # whatever a worker dies of; what its block raises, if anything, is raised where it is wanted
            with self._changed:
                if number is not None:
                    self._left.append(number)
                self._changed.notify_all()

    def _take(self) -> int | None:
        """The next block for a worker, as soon as it will soon be asked for; None when none is left."""
        with self._changed:
            while self._left and self._left[-1] > self._wanted + _AHEAD * self._count:
                self._changed.wait()
            return self._left.pop() if self._left else None


def _started() -> "subprocess.Popen[bytes]":
    if not sys.executable or getattr(sys, "frozen", False):
        raise OSError("this program is no interpreter that could be started again")
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _START, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | dict.fromkeys(_ONE_THREAD, "1") | {"TOKENIZERS_PARALLELISM": "false"},
    )


def _send(stream: IO[bytes], message: Any) -> None:
    pickle.dump(message, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()


def serve(answer_block: AnswerBlock) -> None:
    """What a worker does: it opens the index that it is told first, then answers block after block."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of Ctrl-C the process that asked learns too, and closes the pipe
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no reply
    messages: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_listen, args=(messages,), daemon=True).start()
    with suppress(BrokenPipeError):
        folder, first = messages.get()
        index = Index(Path(folder), check=False)  # the process that asked has checked it
        answer_block(index, first)  # which loads what such questions need
        _send(replies, "ready")
        while True:
            _send(replies, answer_block(index, messages.get()))


def _listen(messages: "SimpleQueue[Any]") -> None:
    """Takes messages, and ends the process with its pipe, whatever it is doing."""
    try:
        while True:
            messages.put(pickle.load(sys.stdin.buffer))
    finally:
        os._exit(0)
