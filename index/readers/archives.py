"""Zip archives and web archives (WARC): each member is read by the reader of its own kind.

What is unpacked is counted, so that a bomb costs no more than its limit.
"""

import gzip
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BufferedReader, RawIOBase
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from index.readers.source import Document, Limits, PageRead, Started, UnreadableError, reason, size_words
from index.types import Article, Skipped

__all__ = ["Budget", "gunzip", "read_warc", "read_zip"]

_BUFFER = 1 << 16  # bytes
_AT_ONCE = 16 << 20  # limit: bytes of the 16 KB that warcio unpacks at once; brotli packs zeros by a million to one
_LEFT_BEHIND = ("__macosx/", "thumbs.db", "desktop.ini")


@dataclass(slots=True)
class Budget:
    """What has been unpacked of a file, in bytes and entries; one for all of it, nested archives included."""

    limits: Limits
    size: int = 0
    entries: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether it is beyond a limit."""
        return self.size > self.limits.unpacked_bytes or self.entries > self.limits.entries

    def spend(self, size: int) -> None:
        """Count unpacked bytes. Raises UnreadableError beyond the limit."""
        self.size += size
        if self.is_spent:
            raise UnreadableError(f"unpacks to more than {size_words(self.limits.unpacked_bytes)} (--max-unpacked-mb)")

    def enter(self, kind: str) -> None:
        """Count an entry. Raises UnreadableError beyond the limit."""
        self.entries += 1
        if self.is_spent:
            raise UnreadableError(f"more than {self.limits.entries} {kind} (--max-entries)")


Items = Iterator[Article | Skipped | Started | PageRead]
Inner = Callable[[Document, Limits, Budget], Items]


def read_zip(document: Document, budget: Budget, inner: Inner) -> Items:
    """The articles of every member, in the archive's order, as `ARCHIVE/member`; what cannot be read is skipped by
    its name. `inner` reads one member."""
    nesting = budget.limits.nesting
    if document.depth >= nesting:
        raise UnreadableError(f"an archive more than {nesting} deep in others (--max-nesting)")
    try:
        with document.open() as stream, ZipFile(_seekable(stream)) as archive:
            for info in archive.infolist():
                if info.is_dir() or _is_left_behind(info.filename):
                    continue
                budget.enter("files in it")
                member = _member(document, archive, info, budget)
                if member.id not in document.done:
                    yield from _read_member(member, info, budget, inner)
    except (BadZipFile, NotImplementedError, EOFError, ValueError):
        raise UnreadableError("damaged: no archive that can be opened") from None


def _member(document: Document, archive: ZipFile, info: ZipInfo, budget: Budget) -> Document:
    name = info.filename
    return Document(
        id=f"{document.id}/{name}",
        name=name.rpartition("/")[2].casefold(),
        path=f"{document.path}/{name}",
        open=lambda: _bounded(archive.open(info), budget),
        size=info.file_size,
        depth=document.depth + 1,
        done=document.done,
    )


def _read_member(member: Document, info: ZipInfo, budget: Budget, inner: Inner) -> Items:
    if info.flag_bits & 1:
        yield Skipped(member.path, "protected by a password")
        return
    given = False
    try:
        for item in inner(member, budget.limits, budget):
            given = given or not isinstance(item, Started | PageRead)
            yield item
        if not given and not member.name.endswith((".zip", ".warc", ".warc.gz")):
            yield Skipped(member.path, "empty")
    except Exception as error:  # whatever a damaged member makes a parser raise, the next one may be sound
        if budget.is_spent:
            raise
        yield Skipped(member.path, reason(error))


def _is_left_behind(name: str) -> bool:
    lower = name.casefold()
    return (
        lower.startswith(_LEFT_BEHIND)
        or lower.endswith(_LEFT_BEHIND)
        or any(part.startswith(".") and part not in (".", "..") for part in lower.split("/"))
    )


def _seekable(stream: BinaryIO) -> BinaryIO:
    """The stream, or a copy of it on disk: an archive's table of contents is at its end."""
    if stream.seekable():
        return stream
    copy = TemporaryFile()  # noqa: SIM115 - closed with the archive's last reference, deleted by the system
    shutil.copyfileobj(stream, copy)
    copy.seek(0)
    return cast(BinaryIO, copy)


def read_warc(document: Document, budget: Budget) -> Items:
    """One article for each page that was saved with success, with its address as id; other records are no articles,
    and a page without one is skipped by its address."""
    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
    from warcio.bufferedreaders import BufferedReader  # type: ignore[import-untyped]
    from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]

    BufferedReader.DECOMPRESSORS["br"] = _Brotli
    with document.open() as stream:
        try:
            for number, record in enumerate(ArchiveIterator(stream), start=1):
                budget.enter("records")
                kind = record.http_headers.get_header("Content-Type", "").lower() if record.http_headers else ""
                if record.rec_type != "response" or "html" not in kind or record.http_headers.get_statuscode() != "200":
                    continue
                address = record.rec_headers.get_header("WARC-Target-URI") or ""
                page = replace(document, id=address or f"{document.id}#{number}")
                started = Started(f"{document.id}/{number}", f"{document.path}: {address or f'record {number}'}")
                if started.id in document.done:
                    continue
                yield started
                try:
                    yield _saved_page(record, kind, page, address, budget.limits)
                except Exception as error:  # whatever a page makes a parser raise, the next one may be sound
                    if budget.is_spent:
                        raise
                    yield Skipped(document.path, f"{address or f'record {number}'}: {reason(error)}")
        except ArchiveLoadFailed:
            raise UnreadableError("damaged: no web archive that can be read") from None


def _saved_page(record: Any, kind: str, page: Document, address: str, limits: Limits) -> Article:
    from index.readers.html import article_of_page, decoded

    data = record.content_stream().read(limits.article_bytes + 1)
    if len(data) > limits.article_bytes:
        raise UnreadableError(f"longer than {size_words(limits.article_bytes)} (--max-article-mb)")
    charset = kind.partition("charset=")[2].partition(";")[0].strip(" \"'")
    return article_of_page(decoded(data, charset), page, url=address)


class _Brotli:
    """What warcio takes for a decompressor: it sets an attribute that brotli's own objects, from 1.2 on, refuse."""

    unused_data = b""

    def __init__(self) -> None:
        from brotli import Decompressor  # type: ignore[import-untyped]

        self._stream = Decompressor()

    def decompress(self, data: bytes) -> bytes:
        found: bytes = self._stream.process(data, output_buffer_limit=_AT_ONCE)
        if not self._stream.can_accept_more_data():
            raise OverflowError  # warcio then gives what is packed, which is no page
        return found


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


def _bounded(stream: IO[bytes], budget: Budget) -> BinaryIO:
    """A stream whose reading is counted. It cannot be rewound: open it anew."""
    return cast(BinaryIO, BufferedReader(_Counted(stream, budget), _BUFFER))


def gunzip(stream: BinaryIO, budget: Budget) -> BinaryIO:
    """What a gzip stream unpacks to, counted; closing it closes the stream below."""

    class _Closing(gzip.GzipFile):
        def close(self) -> None:
            super().close()
            stream.close()

    return _bounded(cast("IO[bytes]", _Closing(fileobj=stream, mode="rb")), budget)
