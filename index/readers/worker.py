"""The process in which risky parsers run. It is told a file and gives back its articles; it may be killed at any time.

Messages are JSON behind a length of four bytes, never pickles: a parser that has been taken over can lie about its
file, but cannot run code in the process that asked.
"""

import contextlib
import json
import os
import signal
import struct
import sys
from dataclasses import asdict
from datetime import date
from io import BufferedWriter, FileIO
from pathlib import Path
from typing import BinaryIO, cast

from index.readers.dispatch import articles_of, reason
from index.readers.limits import Limits
from index.readers.source import Document, Started
from index.types import Article, Skipped

__all__ = ["receive", "send", "serve"]

_LENGTH = struct.Struct(">I")
_MEMORY = 6 << 30  # bytes of address space: a document that asks for more is skipped, before the machine runs out


def send(stream: BinaryIO, message: dict[str, object]) -> None:
    """Write one message. Lone surrogates pass, as `json.loads` reads them: a path may hold them."""
    data = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO) -> dict[str, object] | None:
    """The next message; None when there are no more."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        return None
    message = json.loads(data)
    return message if isinstance(message, dict) else None


def serve() -> None:
    """Answer jobs from standard input on standard output, until there are no more."""
    jobs, answers = sys.stdin.buffer, cast(BinaryIO, BufferedWriter(FileIO(os.dup(1), "wb")))
    # Parsers written in C print where they like; only messages may reach the other side.
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    _bound_memory()
    send(answers, {"ready": True})
    while (job := receive(jobs)) is not None:
        _answer(job, answers)


def _answer(job: dict[str, object], answers: BinaryIO) -> None:
    path = str(job["path"])
    limits = Limits(**job["limits"])  # type: ignore[arg-type]
    document = Document(
        id=str(job["id"]),
        name=str(job["name"]),
        path=path,
        open=lambda: Path(path).open("rb"),  # noqa: SIM115 - whoever opens it closes it
        size=int(str(job["size"])),
        done=frozenset(cast("list[str]", job["done"])),
    )
    try:
        _set_alarm(limits.seconds)
        for item in articles_of(document, limits):
            _set_alarm(0)  # the other side may take its time to read this
            send(answers, _message(item))
            _set_alarm(limits.seconds)
    except Exception as error:
        _set_alarm(0)
        send(answers, {"skipped": asdict(Skipped(path, reason(error)))})
    _set_alarm(0)
    send(answers, {"end": True})


def _message(item: Article | Skipped | Started) -> dict[str, object]:
    if isinstance(item, Started):
        return {"started": [item.id, item.path]}
    if isinstance(item, Skipped):
        return {"skipped": asdict(item)}
    fields = asdict(item)
    fields["published"] = item.published.isoformat() if isinstance(item.published, date) else None
    return {"article": fields}


def _set_alarm(seconds: float) -> None:
    """Die by signal, even within C code, some time after the other side should have ended this: it may be gone."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 2 * seconds + 10 if seconds else 0)


def _bound_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        bound = _MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
