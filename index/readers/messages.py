"""Messages between the process that asks for a file and the one that reads it: JSON behind a length of four bytes.

Never pickles: a parser that has been taken over can lie about its file, but cannot run code in the process that asked.
"""

import json
import os
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import IO, Any, BinaryIO

from index.readers.source import Document, Limits, PagePicture, PageRead, Started
from index.types import Article, Skipped

__all__ = ["Item", "Message", "document_of", "item_of", "job", "message_of", "picture_of", "received", "send"]

Item = Article | Skipped | Started | PageRead
Message = dict[str, Any]

_LENGTH = struct.Struct(">I")
_PIECE = 1 << 16  # bytes: what a pipe holds on Linux


def send(stream: BinaryIO, message: Message) -> None:
    """Write one message. Lone surrogates pass, as `json.loads` reads them: a path may hold them."""
    data = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
    view = memoryview(_LENGTH.pack(len(data)) + data)
    while view:
        view = view[stream.write(view) :]
    stream.flush()


def received(stream: IO[bytes]) -> Iterator[list[Message]]:
    """The messages of a stream, as they arrive: those that have arrived together at once. It ends with the stream."""
    buffer = bytearray()
    while piece := os.read(stream.fileno(), _PIECE):
        buffer += piece
        messages, start = [], 0
        while len(buffer) - start >= _LENGTH.size:
            end = start + _LENGTH.size + _LENGTH.unpack_from(buffer, start)[0]
            if end > len(buffer):
                break
            messages.append(json.loads(buffer[start + _LENGTH.size : end]))
            start = end
        if messages:
            del buffer[:start]
            yield messages


def job(document: Document, limits: Limits, done: set[str]) -> Message:
    """What a process needs to know to read a file, without the members of it that are `done`."""
    names = ("id", "name", "path", "size", "page")
    return {name: getattr(document, name) for name in names} | {"limits": asdict(limits), "done": sorted(done)}


def document_of(job: Message) -> Document:
    """The document that a job names."""
    path = Path(job["path"])
    return Document(
        job["id"],
        job["name"],
        job["path"],
        lambda: path.open("rb"),
        job["size"],
        done=frozenset(job["done"]),
        page=job["page"],
    )


def message_of(item: Item | PagePicture) -> Message:
    """What was read, as a message."""
    if isinstance(item, Started):
        return {"started": [item.id, item.path]}
    if isinstance(item, PageRead):
        return {"page": [item.number, item.of]}
    if isinstance(item, PagePicture):
        return {"picture": [item.width, item.height, b64encode(item.pixels).decode("ascii")]}
    fields = {name: getattr(item, name) for name in item.__slots__}
    if isinstance(item, Skipped):
        return {"skipped": fields}
    return {"article": fields | {"published": item.published.isoformat() if item.published else None}}


def item_of(message: Message) -> Article | Skipped | PageRead:
    """What a message says was read. Raises KeyError, TypeError or ValueError for one that no reader sends."""
    if "page" in message:
        return PageRead(*map(int, message["page"]))
    if "skipped" in message:
        return Skipped(**message["skipped"])
    fields = message["article"]
    day = fields["published"]
    fields |= {name: tuple(fields[name]) for name in ("pages", "ocr_pages")}
    fields["published"] = date.fromisoformat(day) if day else None
    return Article(**fields)


def picture_of(message: Message) -> PagePicture:
    """The picture that a message holds. Raises KeyError, TypeError or ValueError for one that no reader sends."""
    width, height, packed = message["picture"]
    pixels = b64decode(packed, validate=True)
    if min(width, height) < 1 or len(pixels) != 3 * width * height:
        raise ValueError("a picture of another size")
    return PagePicture(width, height, pixels)
