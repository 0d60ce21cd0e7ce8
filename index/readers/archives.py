"""Zip archives and web archives (WARC): each member is read by the reader of its own kind."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from index.readers.decode import without_surrogates
from index.readers.limits import Limits, UnreadableError, reason, size_words
from index.readers.source import Document, PageRead, Started
from index.readers.streams import Budget, bounded
from index.types import Article, Skipped

__all__ = ["read_warc", "read_zip"]

_LEFT_BEHIND = ("__macosx/", "thumbs.db", "desktop.ini")

Items = Iterator[Article | Skipped | Started | PageRead]
Inner = Callable[[Document, Limits, Budget], Items]


def read_zip(document: Document, limits: Limits, budget: Budget, inner: Inner) -> Items:
    """The articles of every member, in the archive's order, as `ARCHIVE/member`; what cannot be read is skipped by
    its name. `inner` reads one member."""
    if document.depth >= limits.nesting:
        raise UnreadableError(f"an archive more than {limits.nesting} deep in others (--max-nesting)")
    try:
        with document.open() as stream, ZipFile(_seekable(stream)) as archive:
            for info in archive.infolist():
                if info.is_dir() or _is_left_behind(info.filename):
                    continue
                budget.entries -= 1
                if budget.entries < 0:
                    raise UnreadableError(f"more than {limits.entries} files in it (--max-entries)")
                member = _member(document, archive, info, budget)
                if member.id not in document.done:
                    yield from _read_member(member, info, limits, budget, inner)
    except (BadZipFile, NotImplementedError, EOFError, ValueError):
        raise UnreadableError("damaged: no archive that can be opened") from None


def _member(document: Document, archive: ZipFile, info: ZipInfo, budget: Budget) -> Document:
    name = without_surrogates(info.filename)
    return Document(
        id=f"{document.id}/{name}",
        name=name.rpartition("/")[2].casefold(),
        path=f"{document.path}/{name}",
        open=lambda: bounded(archive.open(info), budget),
        size=info.file_size,
        depth=document.depth + 1,
        done=document.done,
    )


def _read_member(member: Document, info: ZipInfo, limits: Limits, budget: Budget, inner: Inner) -> Items:
    if info.flag_bits & 1:
        yield Skipped(member.path, "protected by a password")
        return
    given = False
    try:
        for item in inner(member, limits, budget):
            given = given or not isinstance(item, Started | PageRead)
            yield item
        if not given and not member.name.endswith((".zip", ".warc", ".warc.gz")):
            yield Skipped(member.path, "empty")
    except Exception as error:  # whatever a damaged member makes a parser raise, the next one may be sound
        if budget.size < 0 or budget.entries < 0:
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


def read_warc(document: Document, limits: Limits, budget: Budget) -> Items:
    """One article for each page that was saved with success, with its address as id; other records are no articles,
    and a page without one is skipped by its address."""
    from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
    from warcio.bufferedreaders import BufferedReader  # type: ignore[import-untyped]
    from warcio.exceptions import ArchiveLoadFailed  # type: ignore[import-untyped]

    BufferedReader.DECOMPRESSORS["br"] = _Brotli
    with document.open() as stream:
        try:
            for number, record in enumerate(ArchiveIterator(stream), start=1):
                budget.entries -= 1
                if budget.entries < 0:
                    raise UnreadableError(f"more than {limits.entries} records (--max-entries)")
                kind = record.http_headers.get_header("Content-Type", "").lower() if record.http_headers else ""
                if record.rec_type != "response" or "html" not in kind or record.http_headers.get_statuscode() != "200":
                    continue
                address = without_surrogates(record.rec_headers.get_header("WARC-Target-URI") or "")
                page = replace(document, id=address or f"{document.id}#{number}")
                started = Started(f"{document.id}/{number}", f"{document.path}: {address or f'record {number}'}")
                if started.id in document.done:
                    continue
                yield started
                try:
                    yield _saved_page(record, kind, page, address, limits)
                except Exception as error:  # whatever a page makes a parser raise, the next one may be sound
                    if budget.size < 0:
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
        from brotli import Decompressor

        self.decompress = Decompressor().process
