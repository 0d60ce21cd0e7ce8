"""PDF, through pypdfium2: lines joined into paragraphs, broken words made whole, the pages' beginnings kept.

The text is what was extracted, so the joining is done here, before anything is stored: offsets and quotes refer to
the joined text, and a word that was broken over two lines is found, and quoted, whole.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from index.readers.decode import without_surrogates
from index.readers.hyphens import HYPHENS, count_words, run_on
from index.readers.limits import Limits, UnreadableError
from index.readers.right_to_left import RIGHT_TO_LEFT, in_reading_order
from index.readers.source import Document
from index.readers.text_metadata import lead_title, text_metadata
from index.types import Article, Skipped

__all__ = ["join_lines", "read_pdf"]

_BREAKS = re.compile("(?:\ufffe|\x02)(?:\r?\n)?")  # what pdfium gives for a hyphen and the end of the line below it
_BULLETS = "•‣▪●◦"
_PAGE_NUMBER = re.compile(r"(?:page |p\. ?|- ?)?\d{1,4}(?: ?(?:/|of) ?\d{1,4})?(?: ?-)?", re.I)
_FILE_NAME = re.compile(r"\.(?:docx?|pdf|indd|qxd|pages|txt)$|^(?:untitled|microsoft word|document\d*)\b", re.I)
_ENDS = (".", "!", "?", "”", '"', ":")
_SHORT = 0.6  # of a page's usual line: a line below that ends its paragraph
_REPEATED = 3  # pages that must share a first or last line before it is a running title


def read_pdf(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    """One article; `pages` holds the offset at which each page begins. A scan without text is skipped, and so is a
    file that asks for a password."""
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    data = document.read(limits, limits.file_bytes)
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise UnreadableError(
            "protected by a password" if "password" in str(error).lower() else "damaged: no PDF that can be opened"
        ) from None
    try:
        meta = pdf.get_metadata_dict(skip_empty=True)
        raw, size = [], 0
        for number in range(len(pdf)):
            raw.append(_page(pdf, number))
            size += len(raw[-1])
            if size > limits.article_bytes:
                raise UnreadableError(f"more than {limits.article_bytes} characters of text (--max-article-mb)")
    finally:
        pdf.close()
    if not any(page.strip() for page in raw):
        count = len(raw)
        pages_words = f"{count} page{'s' * (count != 1)}"
        raise UnreadableError(f"no text in its {pages_words}: a scan needs OCR first" if count else "no pages")
    text, pages = _joined(raw)
    found = text_metadata(text)
    title = " ".join(meta.get("Title", "").split())
    yield Article(
        id=document.id,
        text=text,
        # Many programs write the name of the file, or of the template, where the title belongs.
        title=found.title or ("" if _is_file_name(title) else title) or lead_title(found.lead),
        author=found.author,
        published=found.published,
        path=document.path,
        agency=found.agency,
        place=found.place,
        pages=pages,
    )


def _page(pdf: object, number: int) -> str:
    page = pdf[number]  # type: ignore[index]
    textpage = page.get_textpage()
    try:
        text = _BREAKS.sub("-\n", str(textpage.get_text_bounded(errors="replace")))
        # What lies within the page leaves out characters without a shape, and puts a line break in the place of each.
        whole = _BREAKS.sub("-\n", str(textpage.get_text_range(errors="replace")))
        if text != whole or "\xad" in text or RIGHT_TO_LEFT.search(text):
            text = _BREAKS.sub("-\n", _visible(textpage, page.get_bbox()))
        return without_surrogates(text)
    finally:
        textpage.close()
        page.close()


def _visible(textpage: Any, bounds: tuple[float, float, float, float]) -> str:
    """The characters within the bounds (left, bottom, right, top), one by one. A soft hyphen that is drawn, as in fonts
    whose tables call their hyphen so, is a hyphen; one that is not is left out."""
    import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

    characters: list[tuple[int, tuple[float, float] | None]] = []
    for place in range(textpage.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(textpage, place)
        left, bottom, right, top = textpage.get_charbox(place)
        made = pdfium_c.FPDFText_IsGenerated(textpage, place) == 1  # a space or line break between what is drawn
        if made or (bounds[0] <= right and left <= bounds[2] and bounds[1] <= top and bottom <= bounds[3]):
            code = code if code != 0xAD else ord("-") * (right > left)
            characters.append((code, None if made else (left, right)))
    if any(0x590 <= code <= 0xFEFC and RIGHT_TO_LEFT.match(chr(code)) for code, _ in characters):
        return in_reading_order([(chr(code), place) for code, place in characters if code])
    text = "".join(chr(code) for code, _ in characters if code)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # pairs are two characters here


def _joined(raw: list[str]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages, and the offset at which each begins; running titles and page numbers left out."""
    pages = [[line.strip() for line in page.splitlines()] for page in raw]
    edges = Counter(line for page in pages for line in {_edge(page, 0), _edge(page, -1)} if line and not line.isspace())
    running = {line for line, times in edges.items() if times >= _REPEATED}
    bodies = []
    for lines in pages:
        kept = [line for line in lines if line]
        for end in (0, -1):
            while kept and (kept[end] in running or _PAGE_NUMBER.fullmatch(kept[end])):
                kept.pop(end)
        bodies.append(kept)
    counts = count_words(line for lines in bodies for line in lines)
    parts: list[str] = []
    starts, size = [], 0
    for lines in bodies:
        if parts and lines:
            # A sentence may run over the page's end: only a finished one ends its paragraph there.
            last = parts[-1]
            parts[-1] = f"{last}\n\n" if last.endswith(_ENDS) else run_on(last, lines[0], counts)
            size += len(parts[-1]) - len(last)
        starts.append(size)
        if lines:
            parts.append(join_lines(lines, counts))
            size += len(parts[-1])
    return "".join(parts), tuple(starts)


def join_lines(lines: list[str], counts: Counter[str] | None = None) -> str:
    """Lines of a page as paragraphs, a blank line between them. A paragraph ends with a line that is much shorter
    than the others and ends a sentence, and around a heading. `counts` are the words of the whole document."""
    counts = count_words(lines) if counts is None else counts
    lengths = sorted(len(line) for line in lines)
    usual = lengths[len(lengths) * 3 // 4] if lengths else 0
    parts = []
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        short = len(line) < usual * _SHORT
        broken = line[-1] in HYPHENS and line[-2:-1].isalnum() and following[:1].isalnum()
        if following and not broken and (following[0] in _BULLETS or (short and _is_end(line, following))):
            parts.append(f"{line}\n\n")
        else:
            parts.append(run_on(line, following, counts))
    return "".join(parts)


def _is_end(line: str, following: str) -> bool:
    return line.endswith(_ENDS) or following[:1].isupper()


def _edge(lines: list[str], end: int) -> str:
    kept = [line for line in lines if line]
    return kept[end] if kept else ""


def _is_file_name(title: str) -> bool:
    return not title or _FILE_NAME.search(title) is not None
