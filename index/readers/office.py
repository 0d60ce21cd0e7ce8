"""Word files (.docx, through python-docx) and books (.epub: a zip archive of pages in a stated order)."""

import posixpath
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import unquote
from zipfile import BadZipFile, ZipFile

from index.readers.dates import parse_date
from index.readers.html import decoded, fragment_text
from index.readers.source import Document, Limits, UnreadableError, size_words
from index.readers.text_metadata import lead_title, text_metadata
from index.readers.word_text import word_blocks
from index.types import Article, Skipped

__all__ = ["open_zip", "read_docx", "read_epub"]

_PIECE = 1 << 20


def read_docx(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    """One article: paragraphs and table rows in the order in which they stand, then the notes. The dates in a Word
    file are those of the file, not of the article, and are not used."""
    import docx

    data = document.read(limits, limits.file_bytes)
    with open_zip(data) as archive:
        _check_unpacked(archive, limits)
    try:
        word = docx.Document(BytesIO(data))
    except Exception as error:  # python-docx raises whatever its parts raise: KeyError, ValueError, lxml's errors
        raise UnreadableError(f"damaged: no Word file that can be opened ({type(error).__name__})") from None
    try:
        blocks = word_blocks(word)
    except Exception as error:  # what is in a damaged file's parts raises as opening them does
        raise UnreadableError(f"damaged: no Word file that can be read ({type(error).__name__})") from None
    text = "\n\n".join(block for block in blocks if block.strip())
    if not text.strip():
        raise UnreadableError("no text")
    found = text_metadata(text)
    styled = next((p.text for p in word.paragraphs[:20] if p.style is not None and p.style.name == "Title"), "")
    properties = word.core_properties
    # What python-docx makes up where a file states nothing, and what it writes into files of its own.
    title = "" if properties.title == "Word Document" else properties.title
    author = "" if properties.author == "python-docx" else properties.author
    yield Article(
        id=document.id,
        text=text,
        title=" ".join((styled or found.title or title or lead_title(found.lead)).split()),
        author=found.author or author,
        published=found.published,
        path=document.path,
        language=properties.language,
        agency=found.agency,
        place=found.place,
    )


def read_epub(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    """One article for each chapter with text, `FILE/chapter`, in reading order; the book is its source."""
    from lxml import etree  # type: ignore[import-untyped]

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    with open_zip(document.read(limits, limits.file_bytes)) as book:
        _check_unpacked(book, limits)
        try:
            container = etree.fromstring(book.read("META-INF/container.xml"), parser)
            package_name = container.find(".//{*}rootfile").get("full-path")
            package = etree.fromstring(book.read(package_name), parser)
        except (KeyError, AttributeError, TypeError, etree.XMLSyntaxError, BadZipFile):
            raise UnreadableError("damaged: no table of contents") from None
        metadata: dict[str, str] = {}
        for element in package.iterfind(".//{*}metadata/*"):
            # The first counts: a second title is a subtitle, a second date that of a later edition of the file.
            if words := " ".join("".join(element.itertext()).split()):
                metadata.setdefault(etree.QName(element).localname, words)
        files = {item.get("id"): item.get("href") for item in package.iterfind(".//{*}manifest/{*}item")}
        chapters = [files.get(item.get("idref")) for item in package.iterfind(".//{*}spine/{*}itemref")]
        for chapter in chapters:
            name = posixpath.normpath(posixpath.join(posixpath.dirname(package_name), unquote(chapter or "")))
            try:
                page = decoded(book.read(name))
            except (KeyError, BadZipFile, UnreadableError, OSError, RuntimeError):
                yield Skipped(f"{document.path}/{name}", "listed in the book but not readable in it")
                continue
            text = fragment_text(page)
            if not text.strip():
                continue  # a cover or a picture
            found = text_metadata(text)
            yield Article(
                id=f"{document.id}/{name}",
                text=text,
                title=found.title or lead_title(found.lead or text),
                source=metadata.get("title", ""),
                author=metadata.get("creator", ""),
                published=parse_date(metadata.get("date")),
                path=f"{document.path}/{name}",
                language=metadata.get("language", ""),
            )


def open_zip(data: bytes) -> ZipFile:
    """A zip archive in memory. Raises UnreadableError when it is damaged."""
    try:
        return ZipFile(BytesIO(data))
    except (BadZipFile, ValueError, OSError, NotImplementedError):
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise UnreadableError("protected by a password, or of an old format: save it anew") from None
        raise UnreadableError("damaged: no archive that can be opened") from None


def _check_unpacked(archive: ZipFile, limits: Limits) -> None:
    """Unpack every part to nowhere, in pieces: the sizes that an archive states about itself need not be true."""
    infos = archive.infolist()
    if len(infos) > limits.entries:
        raise UnreadableError(f"more than {limits.entries} parts (--max-entries)")
    bound, flag = min(
        (limits.unpacked_bytes, "--max-unpacked-mb"), (16 * limits.article_bytes, "16 times --max-article-mb")
    )
    total = 0
    for info in infos:
        try:
            with archive.open(info) as stream:
                while piece := stream.read(_PIECE):
                    total += len(piece)
                    if total > bound:
                        raise UnreadableError(f"unpacks to more than {size_words(bound)} ({flag})")
        except (BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
            raise UnreadableError("damaged: one of its parts cannot be unpacked") from None
