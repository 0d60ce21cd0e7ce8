"""The process in which files are read: jobs come on standard input, articles go out on standard output.

What reads a document is given to `serve`, so that nothing here imports a reader.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator

from index.readers.messages import Item, document_of, message_of, received, send
from index.readers.source import Document, Limits, PagePicture

__all__ = ["COUNTS_CPU", "FOREVER", "PATIENCE", "serve"]

COUNTS_CPU = hasattr(signal, "setitimer")  # so that a busy machine makes no file late; elsewhere time that passes
FOREVER = 1e9  # seconds, 31 years: what systems still count to
PATIENCE = 5  # times the limit, in seconds that pass: limit, for a file that waits and does not compute
_MEMORY = 6 << 30  # bytes of address space: a document that asks for more is skipped, before the machine runs out


def serve(read: Callable[[Document, Limits], Iterator[Item | PagePicture]]) -> None:
    """Answer jobs from standard input on standard output, until there are no more. `read` raises nothing for what a
    document holds."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    # Parsers written in C print where they like; only messages may reach the other side.
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    _bound_memory()
    send(answers, {"ready": True})
    for jobs in received(sys.stdin.buffer):
        for asked in jobs:
            limits = Limits(**asked["limits"])
            _set_alarm(limits.seconds)
            for item in read(document_of(asked), limits):
                _set_alarm(0)  # the other side may take its time to read this
                send(answers, message_of(item))
                _set_alarm(limits.seconds)
            _set_alarm(0)
            send(answers, {"end": True})


def _set_alarm(seconds: float) -> None:
    """Die by signal, even within C code: after seconds of CPU time, and some time after the other side should have
    ended this, which may be gone."""
    if COUNTS_CPU:
        signal.setitimer(signal.ITIMER_PROF, min(seconds, FOREVER))
        signal.setitimer(signal.ITIMER_REAL, min(2 * PATIENCE * seconds + 10, FOREVER) if seconds else 0)


def _bound_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        bound = _MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
