"""JSON, JSON Lines and CSV: files of rows, one article each. A bad row is named by its line; the rest are read."""

import codecs
import csv
import json
import re
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

from index.readers.decode import decode, encoding_of
from index.readers.field_names import has_text_field, metadata_of, plain_name
from index.readers.source import Document, Limits, UnreadableError, size_words
from index.readers.text_metadata import address_title, dateline
from index.types import Article, Skipped

__all__ = ["article_of_row", "read_csv", "read_json", "read_jsonl"]

_HTML = re.compile(r"</(?:p|div|a|ul|ol|h\d|strong|em|b|i|span|figure|blockquote)>|<br\s*/?>|<p>", re.I)
_PROBE = 1 << 16  # bytes
_TOP = 1 << 20  # limit, characters of the line of column names
_FIRST = 10  # limit, lines: where none of them is an article, a .json that is no JSON is no JSON Lines either
_LISTS = "articles items results docs documents data posts entries stories rows records response".split()


def read_jsonl(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    """One article per line, in order; a line that is no JSON object with a text is skipped by its number."""
    with document.open() as probe:
        encoding = _stream_encoding(probe)
    if encoding not in ("utf-8", "utf-8-sig", "cp1252"):
        # In UTF-16 a line break is two bytes: such a file is decoded whole.
        for number, row in enumerate(decode(document.read(limits, limits.file_bytes)).split("\n"), start=1):
            yield from _json_row(row, number, document)
        return
    number = 0
    with document.open() as stream:
        while line := stream.readline(limits.article_bytes + 1):
            number += 1
            if len(line) > limits.article_bytes:
                yield Skipped(
                    document.path, f"longer than {size_words(limits.article_bytes)} (--max-article-mb)", number
                )
                while line and not line.endswith(b"\n"):
                    line = stream.readline(limits.article_bytes)
                continue
            try:
                words = decode(line)
            except UnreadableError as error:
                yield Skipped(document.path, str(error), number)
                continue
            yield from _json_row(words, number, document)


def read_json(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    """A list of articles, an object that holds one under a usual name (a news API's answer, a JSON feed), or one
    article. JSON Lines under the name .json are read as such."""
    text = decode(document.read(limits, limits.file_bytes))
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        first = text.split("\n", _FIRST)[:_FIRST]
        if any(isinstance(item, Article) for line in first for item in _json_row(line, 0, document)):
            yield from read_jsonl(document, limits)
            return
        raise UnreadableError("not valid JSON") from None
    rows = _rows_of(value)
    if isinstance(rows, dict):
        article = article_of_row(rows, document, 0)
        if isinstance(article, str):
            raise UnreadableError(article)
        yield article
        return
    for number, row in enumerate(rows, start=1):
        made = article_of_row(row, document, number) if isinstance(row, dict) else "not an object"
        yield Skipped(document.path, f"item {number}: {made}") if isinstance(made, str) else made


def read_csv(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    """One article per row below a line of column names; commas, semicolons, tabs or bars between the columns."""
    with document.open() as probe:
        encoding = _stream_encoding(probe)
    with document.open() as probe:
        encoding = _whole_encoding(probe, encoding)
    # The limit is the module's, not the reader's; 131,072 characters, its default, is less than a long article.
    csv.field_size_limit(max(limits.article_bytes, 131_072))
    with document.open() as stream, TextIOWrapper(stream, encoding, errors="replace", newline="") as lines:
        above, top = 1, lines.readline(_TOP)
        while top and not top.strip().removeprefix("sep=").strip("\t;|,"):  # Excel's own line names the mark
            above, top = above + 1, lines.readline(_TOP)
        delimiter = max("\t;|,", key=lambda mark: (len(top.split(mark)), mark == ","))
        names = next(csv.reader([top], delimiter=delimiter), [])
        if not has_text_field(names):
            raise UnreadableError("no column named text, body or content")
        reader = csv.reader(lines, delimiter=delimiter)
        number = 0
        while True:
            line = reader.line_num + above + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Skipped(document.path, f"not a row of CSV ({error})", line)
                continue
            if not any(cell.strip() for cell in cells):
                continue
            number += 1
            made = article_of_row(dict(zip(names, cells, strict=False)), document, number)
            yield Skipped(document.path, made, line) if isinstance(made, str) else made


def article_of_row(row: dict[str, object], document: Document, number: int) -> Article | str:
    """The article in a row, or the reason why there is none. A row without an id of its own is `FILE#number`;
    number 0 stands for the only article of its file."""
    metadata = metadata_of(row)
    text, title = metadata.text or metadata.summary, metadata.title
    if len(_HTML.findall(text, 0, 20_000)) >= 2:
        from index.readers.html import fragment_text

        text, title = fragment_text(text), " ".join(fragment_text(title).split())
    if not text.strip():
        return "no text" if metadata.title else "no text, body or content"
    place, agency = dateline(text.lstrip()[:200])
    return Article(
        id=metadata.id or (f"{document.id}#{number}" if number else document.id),
        text=text,
        title=title or address_title(metadata.url),
        source=metadata.source or agency,
        author=metadata.author,
        published=metadata.published,
        url=metadata.url,
        path=document.path,
        language=metadata.language,
        place=place,
        agency=agency,
    )


def _json_row(line: str, number: int, document: Document) -> Iterator[Article | Skipped]:
    if not line.strip():
        return
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        yield Skipped(document.path, "not valid JSON", number)
        return
    made = article_of_row(row, document, number) if isinstance(row, dict) else "not a JSON object"
    yield Skipped(document.path, made, number) if isinstance(made, str) else made


def _rows_of(value: object, depth: int = 0) -> list[object] | dict[str, object]:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        raise UnreadableError("no article in this JSON")
    own = metadata_of(value).text
    for name in _LISTS:
        inner = next((item for key, item in value.items() if plain_name(key) == name), None)
        # Beside an article's own text, a list without any is of pictures and the like.
        if isinstance(inner, list) and any(isinstance(item, dict) and not (own and _is_bare(item)) for item in inner):
            return inner
        if isinstance(inner, dict) and depth < 2:
            found = _rows_of(inner, depth + 1)
            if isinstance(found, list):
                return found
    if not own and value and all(isinstance(item, dict) for item in value.values()):
        # {"id 1": {article}, "id 2": {article}}
        return [{"id": key, **item} for key, item in value.items()]
    return value


def _is_bare(row: dict[str, object]) -> bool:
    found = metadata_of(row)
    return not (found.text or found.summary)


def _stream_encoding(stream: BinaryIO) -> str:
    """The encoding of a stream's beginning, cut at a line break so that no character is halved."""
    head = stream.read(_PROBE)
    if len(head) == _PROBE and b"\n" in head:
        head = head[: head.rindex(b"\n") + 1]
    return encoding_of(head)


def _whole_encoding(stream: BinaryIO, head: str) -> str:
    """The encoding of all of a stream whose beginning looks like `head`: the first accent may come late."""
    if head != "utf-8":
        return head
    decoder = codecs.getincrementaldecoder("utf-8")()
    while piece := stream.read(_PROBE):
        try:
            decoder.decode(piece)
        except UnicodeDecodeError:
            found = encoding_of(piece)
            # A piece may begin or end within a character of several bytes, and then shows no other fault.
            return found if found != "utf-8" else "cp1252"
    return "utf-8"
