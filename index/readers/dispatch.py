"""Chooses the reader and the process for a file; whatever goes wrong becomes a skip with its reason."""

import os
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from importlib import import_module
from itertools import chain

from index.readers.archives import Budget, gunzip, read_warc, read_zip
from index.readers.decode import without_surrogates
from index.readers.find import SourceFile
from index.readers.messages import Item
from index.readers.sandbox import Worker, begin, read_apart
from index.readers.source import Document, Limits, PagePicture, PageRead, Started, UnreadableError, reason, size_words
from index.types import Article, Skipped

__all__ = ["SUFFIXES", "articles_of", "read", "read_all", "read_here"]

# The function that reads a kind of file, and how the names of such files end. Its module is loaded when one turns up:
# some bring large parsers with them. Archives are opened here.
_READERS = {
    "plain": ("plain.read_plain", ".txt .text .md .markdown"),
    "html": ("html.read_html", ".html .htm .xhtml .shtml"),
    "jsonl": ("rows.read_jsonl", ".jsonl .ndjson"),
    "json": ("rows.read_json", ".json"),
    "csv": ("rows.read_csv", ".csv .tsv"),
    "pdf": ("pdf.read_pdf", ".pdf"),
    "picture": ("pictures.read_pictures", ".png .jpg .jpeg .tif .tiff"),
    "docx": ("office.read_docx", ".docx"),
    "epub": ("office.read_epub", ".epub"),
    "feed": ("feeds.read_feed", ".rss .atom .xml"),
    "eml": ("mail.read_eml", ".eml"),
    "mbox": ("mail.read_mbox", ".mbox"),
    "zip": ("", ".zip"),
    "warc": ("", ".warc"),
}
_KINDS = {suffix: kind for kind, (_, suffixes) in _READERS.items() for suffix in suffixes.split()}
SUFFIXES = frozenset({*_KINDS, ".gz"})
_AHEAD = max(1, min(3, (os.cpu_count() or 1) - 1))  # files read before their turn, each by a process that may use 6 GB
_WORDS = {kind: tuple(field.name for field in fields(kind) if field.type is str) for kind in (Article, Skipped)}
_REMEDIES = {
    ".doc": "an old Word file: save it as .docx",
    ".rtf": "RTF: save it as .docx or .txt",
    ".odt": "OpenDocument: save it as .docx",
    ".xlsx": "a spreadsheet: save it as .csv",
    ".xls": "a spreadsheet: save it as .csv",
    ".tar": "a tar archive: unpack it, or make it a .zip",
    ".tgz": "a tar archive: unpack it, or make it a .zip",
}
_ROOT_TAG = re.compile(rb"<(?:!doctype\s{1,9})?(html|rss|feed|rdf:rdf)\b", re.I)


def read(file: SourceFile, limits: Limits | None = None) -> Iterator[Article | Skipped]:
    """The articles of a file, one at a time, and a Skipped for the file or each part of it that cannot be read.

    It never raises for what a file holds. Ids are unique within the file: a second "7" becomes "7~2". Whatever is
    given can be stored as UTF-8: each lone surrogate has become U+FFFD, one character for one.
    """
    document = _document(file)
    items = _storable(document, read_apart(document, limits or Limits()))
    return (item for item in items if not isinstance(item, PageRead))


def read_all(
    files: Iterable[SourceFile], limits: Limits | None = None
) -> Iterator[tuple[SourceFile, Iterator[Article | Skipped | PageRead]]]:
    """(file, what `read` gives for it, with news of each page that OCR has read) for each file, in order. While one is
    used, the next are read already, in processes of their own; so a file is taken from `files` before its turn comes.

    The articles of a file are to be used up before the next file is asked for."""
    bounds = limits or Limits()
    begun: deque[tuple[SourceFile, Document, Worker | None]] = deque()
    try:
        for file in chain(files, [None] * _AHEAD):
            if file is not None:
                document = _document(file)
                begun.append((file, document, begin(document, bounds)))
            if begun and (file is None or len(begun) > _AHEAD):
                first, document, reading = begun.popleft()
                yield first, _storable(document, read_apart(document, bounds, reading))
    finally:
        for _, _, reading in begun:
            if reading is not None:
                reading.kill()


def _document(file: SourceFile) -> Document:
    return Document(file.id, file.path.name.casefold(), str(file.path), lambda: file.path.open("rb"), file.size)


def _storable(document: Document, items: Iterator[Item]) -> Iterator[Article | Skipped | PageRead]:
    """What was read, with unique ids and without lone surrogates; a Skipped where nothing was."""
    seen: dict[str, int] = {}
    given = False
    for item in items:
        if isinstance(item, PageRead):
            yield item
        if isinstance(item, Started | PageRead):
            continue
        given = True
        item = _encodable(item)
        if isinstance(item, Article):
            count = seen[item.id] = seen.get(item.id, 0) + 1
            while count > 1 and f"{item.id}~{count}" in seen:
                count += 1
            if count > 1:
                item = replace(item, id=f"{item.id}~{count}")
                seen[item.id] = 1
        yield item
    if not given:
        yield _encodable(Skipped(document.path, "empty"))


def _encodable(item: Article | Skipped) -> Article | Skipped:
    """The item with each lone surrogate replaced: JSON may hold one, and so does a path that is not Unicode."""
    words = {name: value for name in _WORDS[type(item)] if not (value := getattr(item, name)).isascii()}
    try:
        "".join(words.values()).encode()
        return item
    except UnicodeEncodeError:
        return replace(item, **{name: without_surrogates(value) for name, value in words.items()})  # type: ignore[arg-type]


def read_here(document: Document, limits: Limits) -> Iterator[Item | PagePicture]:
    """The articles of a document, or its page's picture, read in this process; whatever is raised becomes a Skipped."""
    try:
        if document.page:
            kind = "" if document.name.endswith(".gz") else _kind_of(document)
            yield from import_module("index.readers.pictures").draw(document, kind, limits)
        else:
            yield from articles_of(document, limits)
    except Exception as error:
        yield Skipped(document.path, reason(error))


def articles_of(document: Document, limits: Limits, budget: Budget | None = None) -> Iterator[Item]:
    """The articles of a document. Raises UnreadableError, or whatever a parser raises for a damaged one."""
    left = budget or Budget(limits)
    if document.size == 0:
        raise UnreadableError("empty")
    if document.size is not None and document.size > limits.file_bytes:
        raise UnreadableError(f"{size_words(document.size)}, more than {size_words(limits.file_bytes)} (--max-file-mb)")
    if document.depth:
        yield Started(document.id, document.path)
    if document.name.endswith(".gz"):
        packed = document.open
        name = document.name.removesuffix(".gz")
        document = replace(document, name=name, size=None, open=lambda: gunzip(packed(), left))
    kind = _kind_of(document)
    if kind == "zip":
        yield from read_zip(document, left, articles_of)
    elif kind == "warc":
        yield from read_warc(document, left)
    else:
        module, _, function = _READERS[kind][0].partition(".")
        yield from getattr(import_module(f"index.readers.{module}"), function)(document, limits)


def _kind_of(document: Document) -> str:
    """The kind of a document, by its first bytes where they are plain, else by its name. Raises UnreadableError."""
    name = document.name
    suffix = name[name.rfind(".") :] if "." in name else ""
    kind = _KINDS.get(suffix, "")
    head = document.head()
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return kind if kind in ("docx", "epub", "zip") else _zip_kind(head[:1024], suffix)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError("protected by a password" if suffix == ".docx" else _REMEDIES[".doc"])
    markup = _ROOT_TAG.match(_root(head))
    if kind == "feed" or (markup and not kind):
        if markup is None and suffix == ".xml":
            raise UnreadableError("XML, but neither a feed nor a page")
        return "html" if markup and markup[1].lower() == b"html" else "feed"
    if kind or not suffix:
        return kind or "plain"
    raise UnreadableError(_REMEDIES.get(suffix, f"not a kind of file that is read ({suffix})"))


def _root(head: bytes) -> bytes:
    """What is left of a document's beginning without byte order mark, XML's instructions and comments; of UTF-16, the
    ASCII characters."""
    rest = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    while rest.startswith((b"<?", b"<!--")):
        rest = rest.partition(b"-->" if rest.startswith(b"<!--") else b">")[2].lstrip()
    return rest


def _zip_kind(head: bytes, suffix: str) -> str:
    """A zip archive under another name: what it holds is told by the name of its first member."""
    if b"mimetypeapplication/epub+zip" in head:
        return "epub"
    if suffix in _REMEDIES or b"opendocument" in head or suffix in (".pptx", ".jar", ".apk"):
        raise UnreadableError(_REMEDIES.get(suffix, f"not a kind of file that is read ({suffix})"))
    return "docx" if b"word/" in head else "zip"
