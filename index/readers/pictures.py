"""Pictures of pages: .png, .jpg and .tif files, read by OCR, and a page of a scan as a picture to look at."""

from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from index.readers import ocr
from index.readers.paragraphs import article_of_pages
from index.readers.pdf import drawn_page, opened
from index.readers.source import Document, Limits, PagePicture, PageRead, UnreadableError
from index.types import Article, Skipped

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["draw", "read_pictures"]

_FORMATS = ("PNG", "JPEG", "TIFF")
_MOST_PIXELS = 80_000_000  # limit of a page, before it is unpacked: A3 at 600 dpi has 70 million, in 210 MB
_LONGEST = 1400  # view, pixels: small print can be read, and a page is a picture of some hundred kilobytes
_SUBFILE = 254  # the tag of a .tif that says what a page is
_REDUCED = 1  # a smaller copy of another page


def read_pictures(document: Document, limits: Limits) -> Iterator[Article | Skipped | PageRead]:
    """One article of all pages of a picture. Raises UnreadableError where the extra `ocr` is missing, where no text is
    found, and for a page of too many pixels."""
    if not ocr.is_installed():
        raise UnreadableError(f"a picture: OCR reads its text, and is installed with: {ocr.INSTALL}")
    data = document.read(limits, limits.file_bytes)
    pages: list[list[str]] = []
    pictures = _pages_of(data)
    for page in ocr.read_pages(islice(pictures, ocr.MOST_PAGES)):
        pages.append(page.result())
        yield PageRead(len(pages))
    if next(pictures, None) is not None:
        yield Skipped(document.path, f"only its first {ocr.MOST_PAGES:,} pages were read by OCR")
    article = article_of_pages(document, pages, range(len(pages)))
    if not article.text:
        raise UnreadableError("a picture in which OCR finds no text")
    yield article


def draw(document: Document, kind: str, limits: Limits) -> Iterator[PagePicture]:
    """The picture of the page that a document of a kind names. Raises UnreadableError where there is none."""
    if kind not in ("pdf", "picture"):
        raise UnreadableError("its pages are no pictures")
    data = document.read(limits, limits.file_bytes)
    pixels = _of_pdf(data, document.page) if kind == "pdf" else _of_picture(data, document.page)
    if pixels is None:
        raise UnreadableError("it has no such page")
    height, width = pixels.shape[:2]
    yield PagePicture(width, height, np.ascontiguousarray(pixels[:, :, ::-1]).tobytes())


def _of_pdf(data: bytes, number: int) -> ocr.Picture | None:
    pdf = opened(data)
    try:
        return drawn_page(pdf, number - 1, _LONGEST) if number <= len(pdf) else None
    finally:
        pdf.close()


def _of_picture(data: bytes, number: int) -> ocr.Picture | None:
    from PIL import Image

    picture = next(islice(_pages_of(data), number - 1, None), None)
    if picture is None:
        return None
    image = Image.fromarray(picture)
    image.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BOX)
    return np.asarray(image)


def _pages_of(data: bytes) -> Iterator[ocr.Picture]:
    """Its pages in order, each no larger than OCR reads it. Raises UnreadableError."""
    from PIL import Image

    too_large = UnreadableError(f"a picture of more than {_MOST_PIXELS // 1_000_000} million pixels")
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            number = 0
            while True:
                if image.width * image.height > _MOST_PIXELS:
                    raise too_large
                if not _is_reduced(image):
                    yield _pixels(image)
                number += 1
                if image.format != "TIFF":  # what follows the first picture of a JPEG is a preview
                    return
                try:
                    image.seek(number)
                except EOFError:
                    return
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large from None
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, OverflowError):
        raise UnreadableError("damaged: no picture that can be opened") from None


def _is_reduced(image: "Image") -> bool:
    tags = getattr(image, "tag_v2", {})
    return bool(int(tags.get(_SUBFILE, 0)) & _REDUCED)


def _pixels(image: "Image") -> ocr.Picture:
    """Its pixels on white, no longer than the limit, as its camera was held."""
    from PIL import Image, ImageOps

    image.draft("RGB", (ocr.LONGEST_SIDE, ocr.LONGEST_SIDE))  # a JPEG is unpacked no larger than needed
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bits(image)
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA"))
    image = image.convert("RGB")
    image.thumbnail((ocr.LONGEST_SIDE, ocr.LONGEST_SIDE), Image.Resampling.BOX)
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


def _eight_bits(image: "Image") -> "Image":
    """A picture of more than eight bits for each pixel: from its darkest to its lightest."""
    from PIL import Image

    values = np.asarray(image, np.float64)
    low, high = float(values.min()), float(values.max())
    scaled = (values - low) * (255 / max(high - low, 1.0))
    return Image.fromarray(scaled.astype(np.uint8))
