"""PDF, through pypdfium2: lines joined into paragraphs, broken words made whole, the pages' beginnings kept. Pages
without text are read by OCR, where that is installed.
"""

import re
from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from index.readers import ocr
from index.readers.paragraphs import article_of_pages
from index.readers.right_to_left import RIGHT_TO_LEFT, in_reading_order
from index.readers.source import Document, Limits, PageRead, UnreadableError
from index.types import Article, Skipped

__all__ = ["drawn_page", "opened", "read_pdf"]

_BREAKS = re.compile("(?:\ufffe|\x02)(?:\r?\n)?")  # what pdfium gives for a hyphen and the end of the line below it
_DPI = 200  # of a page that OCR reads: 10-point type has 28 pixels, and 48 is what the network makes of them
_LONGEST = 2600  # limit, pixels: A3 has 157 dpi then
_FAILURES = (UnreadableError, MemoryError, RuntimeError, ValueError, OSError)
_FILE_NAME = re.compile(r"\.(?:docx?|pdf|indd|qxd|pages|txt)$|^(?:untitled|microsoft word|document\d*)\b", re.I)


def read_pdf(document: Document, limits: Limits) -> Iterator[Article | Skipped | PageRead]:
    """One article; `pages` holds the offset at which each page begins. A file that asks for a password is skipped, and
    so is a scan without text where no OCR is installed; of a file that has both, the pages with text are read."""
    pdf = opened(document.read(limits, limits.file_bytes))
    try:
        meta = pdf.get_metadata_dict(skip_empty=True)
        lines, size = [], 0
        for number in range(len(pdf)):
            page = _page(pdf, number)
            lines.append([line for line in map(str.strip, page.splitlines()) if line])
            size += len(page)
            if size > limits.article_bytes:
                raise UnreadableError(f"more than {limits.article_bytes} characters of text (--max-article-mb)")
        scanned = {}
        if ocr.is_installed():
            for item in _read_scanned(pdf, [number for number, kept in enumerate(lines) if not kept], document):
                if isinstance(item, tuple):
                    scanned[item[0]] = item[1]
                else:
                    yield item
    finally:
        pdf.close()
    pages = [scanned.get(number, kept) for number, kept in enumerate(lines)]
    title = " ".join(meta.get("Title", "").split())
    # Many programs write the name of the file, or of the template, where the title belongs.
    article = article_of_pages(document, pages, scanned, "" if _FILE_NAME.search(title) else title)
    if not article.text:
        raise UnreadableError(_without_text(len(lines)))
    yield article


def opened(data: bytes) -> Any:
    """The document in pypdfium2, to be closed. Raises UnreadableError."""
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        why = "protected by a password" if "password" in str(error).lower() else "damaged: no PDF that can be opened"
        raise UnreadableError(why) from None


def _without_text(count: int) -> str:
    """Why a PDF of so many pages gives no article."""
    if not count:
        return "no pages"
    words = f"no text in its {count} page{'s' * (count != 1)}"
    return words if ocr.is_installed() else f"{words}: OCR reads a scan, and is installed with: {ocr.INSTALL}"


def _read_scanned(
    pdf: Any, numbers: list[int], document: Document
) -> Iterator[tuple[int, list[str]] | Skipped | PageRead]:
    """(number from 0, its lines) of each page that has a picture or drawing on it, with news after each. A page that
    cannot be read costs only itself."""
    drawn: deque[int] = deque()
    failed: list[str] = []

    def pictures() -> Iterator[ocr.Picture]:
        for number in numbers[: ocr.MOST_PAGES]:
            try:
                picture = drawn_page(pdf, number, _LONGEST)
            except _FAILURES as error:
                failed.append(_failure(number, error))
                continue
            if picture is not None:
                drawn.append(number)
                yield picture

    for page in ocr.read_pages(pictures()):
        number = drawn.popleft()
        try:
            yield number, page.result()
        except _FAILURES as error:
            failed.append(_failure(number, error))
        yield PageRead(number + 1, len(pdf))
    if len(numbers) > ocr.MOST_PAGES:
        failed.append(f"only {ocr.MOST_PAGES:,} of its {len(numbers):,} scanned pages are read by OCR")
    if failed:
        yield Skipped(document.path, failed[0])


def _failure(number: int, error: Exception) -> str:
    why = str(error) if isinstance(error, UnreadableError) else type(error).__name__
    return f"page {number + 1} is not read by OCR: {why}"


def drawn_page(pdf: Any, number: int, most: int) -> ocr.Picture | None:
    """A page, by its number from 0, as it is seen, `most` pixels long at most; None where nothing is drawn on it."""
    page = pdf[number]
    try:
        if next(iter(page.get_objects(max_depth=1)), None) is None:
            return None
        longest = max(page.get_size())
        bitmap = page.render(scale=min(_DPI / 72, most / max(longest, 1.0)), rev_byteorder=False)
        try:
            return np.array(bitmap.to_numpy()[:, :, :3])
        finally:
            bitmap.close()
    finally:
        page.close()


def _page(pdf: object, number: int) -> str:
    page = pdf[number]  # type: ignore[index]
    textpage = page.get_textpage()
    try:
        text = _BREAKS.sub("-\n", str(textpage.get_text_bounded(errors="replace")))
        # What lies within the page leaves out characters without a shape, and puts a line break in the place of each.
        whole = _BREAKS.sub("-\n", str(textpage.get_text_range(errors="replace")))
        if text != whole or "\xad" in text or RIGHT_TO_LEFT.search(text):
            text = _BREAKS.sub("-\n", _visible(textpage, page.get_bbox()))
        return text
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
