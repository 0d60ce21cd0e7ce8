"""A page of a scan as a picture to look at, drawn from its file in the process that reads files."""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from index.readers import ocr
from index.readers.limits import Limits, UnreadableError
from index.readers.pdf import drawn_page
from index.readers.pictures import pages_of
from index.readers.source import Document, PagePicture

__all__ = ["draw"]

_LONGEST = 1400  # view, pixels: small print can be read, and a page is a picture of some hundred kilobytes
_NONE = "it has no such page"


def draw(document: Document, kind: str, limits: Limits) -> Iterator[PagePicture]:
    """The picture of the page that the document names. Raises UnreadableError where there is none."""
    if kind not in ("pdf", "picture") or document.name.endswith(".gz"):
        raise UnreadableError("its pages are no pictures")
    data = document.read(limits, limits.file_bytes)
    pixels = _of_pdf(data, document.page) if kind == "pdf" else _of_picture(data, document.page)
    height, width = pixels.shape[:2]
    yield PagePicture(width, height, np.ascontiguousarray(pixels[:, :, ::-1]).tobytes())


def _of_pdf(data: bytes, number: int) -> ocr.Picture:
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        raise UnreadableError("damaged: no PDF that can be opened") from None
    try:
        picture = drawn_page(pdf, number - 1, _LONGEST) if number <= len(pdf) else None
    finally:
        pdf.close()
    if picture is None:
        raise UnreadableError(_NONE)
    return picture


def _of_picture(data: bytes, number: int) -> ocr.Picture:
    from PIL import Image

    picture = next(islice(pages_of(data), number - 1, None), None)
    if picture is None:
        raise UnreadableError(_NONE)
    image = Image.fromarray(picture)
    image.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BOX)
    return np.asarray(image)
