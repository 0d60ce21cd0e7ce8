"""Text for a clipboard or a file: as it is, but for what cannot be written or could act where it is pasted."""

import re

from qa.types import Citation
from qa.window.html import escape, format_day, web_link

__all__ = ["byline", "byline_html", "clean", "one_line", "page_words", "quote_parts"]

# Half a surrogate pair cannot be written, and a control sequence could act where text is pasted into a terminal.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: str) -> str:
    """The text with line ends as line feeds, and U+FFFD for characters that cannot be written or are controls."""
    return _UNSAFE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The same on one line."""
    return clean(" ".join(text.split()))


def byline(citation: Citation) -> list[str]:
    """Title, source, author, day and page, as far as they are known."""
    facts = (citation.title.strip() or "Untitled", citation.source, citation.author, format_day(citation.published))
    return [fact for fact in (*map(one_line, facts), page_words(citation)) if fact]


def byline_html(citation: Citation) -> str:
    """The same as HTML, with the address, as a link where it is one."""
    title, *others = map(escape, byline(citation))
    return ", ".join([f"<cite>{title}</cite>", *others, *filter(None, [web_link(one_line(citation.url))])])


def quote_parts(citation: Citation) -> tuple[str, str, str]:
    """What the quote says before its marked sentence, that sentence, and what it says after it."""
    first, last = citation.sentence_start - citation.start, citation.sentence_end - citation.start
    return citation.text[:first], citation.text[first:last], citation.text[last:]


def page_words(citation: Citation) -> str:
    """ "page 3", "page 3, read by OCR", or nothing."""
    page = f"page {citation.page}" if citation.page is not None else ""
    return ", ".join(filter(None, (page, "read by OCR" if citation.read_by_ocr else "")))
