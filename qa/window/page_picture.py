"""The page of a scan from which OCR read a quote, as a picture beside it.

Nothing of the file itself is served: its page is drawn anew in the process that reads files, and what the browser gets
are those pixels as a PNG that is written here, inside the answer to its own session ("data:", which the page's policy
allows for pictures alone). The article is looked up in the index; a path is never asked for.
"""

import struct
import zlib
from base64 import b64encode
from bisect import bisect_right
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from index.errors import StoreUnavailable
from qa.window.html import escape

if TYPE_CHECKING:
    from index.engine import SearchEngine
    from index.readers.source import PagePicture
    from index.store.catalog import StoredArticle

__all__ = ["figure_html", "page_at", "picture_html", "png"]

_SECONDS = 20.0  # limit: of computing; a page that takes longer is not shown
_LONGEST_NUMBER = 6  # limit: digits of a page's number


def page_at(article: "StoredArticle", place: int | None) -> int:
    """The page, from 1, on which a character stands, the first of the scan where none is meant; 0 where OCR read
    no such page."""
    if place is None:
        return article.ocr_pages[0] if article.ocr_pages else 0
    page = bisect_right(article.pages, place)
    return page if page in article.ocr_pages else 0


def figure_html(article_id: str, page: int) -> str:
    """The place of the picture in an article, which the page asks for once the article is in sight."""
    return (
        f'<figure class="page-picture" data-article="{escape(article_id)}" data-page="{page}"><div class="drawn"></div>'
        f'<figcaption>Page {page} of the scan <button type="button" class="enlarge" hidden>Larger</button></figcaption>'
        "</figure>"
    )


def picture_html(index: "SearchEngine | None", article_id: str, page: str) -> str:
    """The picture as HTML, or in a line why there is none; no two are the same, so that each is seen."""
    return (
        f'<div data-article="{escape(article_id)}" data-page="{escape(page)}" data-made="{token_hex()}">'
        f"{_drawn(index, article_id, page)}</div>"
    )


def _drawn(index: "SearchEngine | None", article_id: str, page: str) -> str:
    from index.readers.sandbox import draw_apart
    from index.readers.source import Document, Limits, UnreadableError

    try:
        article = index.article(article_id) if index else None
        known = page.isascii() and page.isdecimal() and len(page) <= _LONGEST_NUMBER
        if index is None or article is None or not known or int(page) not in article.ocr_pages:
            return _instead("it is not in the index any more")
        state, changed = index.catalog.file_of(article.row), index.changed_on_disk(article)
        if state is None or changed is None:
            return _instead("the file is no longer there")
        if changed:
            return _instead("the file has changed since it was read")
        if article.path != state.path:
            return _instead("it lies in an archive")
        path = Path(state.path)
        document = Document(
            article.id, path.name.casefold(), state.path, lambda: path.open("rb"), state.size, page=int(page)
        )
        picture = draw_apart(document, Limits(seconds=_SECONDS))
    except (StoreUnavailable, UnreadableError) as error:
        return _instead(str(error))
    data = b64encode(png(picture)).decode("ascii")
    return (
        f'<img src="data:image/png;base64,{data}" width="{picture.width}" height="{picture.height}" alt="Page {page}"/>'
    )


def _instead(why: str) -> str:
    return f'<p class="notice">The page cannot be shown: {escape(why)}.</p>'


def png(picture: "PagePicture") -> bytes:
    """The pixels as a PNG (ISO/IEC 15948), eight bits of red, green and blue each."""
    row = 3 * picture.width  # fact: bytes of a pixel
    lines = b"".join(b"\0" + picture.pixels[start : start + row] for start in range(0, len(picture.pixels), row))
    head = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 0)  # fact: bits of a colour
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
