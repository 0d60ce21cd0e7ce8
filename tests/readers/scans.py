"""Pictures of printed pages, made here: straight, skewed as by a scanner, and photographed as by a telephone."""

from collections.abc import Sequence
from io import BytesIO
from textwrap import wrap

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

__all__ = ["jpeg", "photographed", "png", "printed", "scan", "skewed", "tiff"]

_SIZE = 26  # pixels of the type: 12 points at 150 dpi
_PITCH = 36
_MARGIN = 60
_TABLE = (92, 70, 54)  # what a photographed page lies on


def printed(*columns: Sequence[str], head: str = "", width: int = 44) -> Image.Image:
    """A page with a heading above columns of paragraphs, in lines of at most `width` characters; a line break in a
    paragraph is one on the page."""
    font, large = ImageFont.load_default(_SIZE), ImageFont.load_default(_SIZE * 1.6)
    texts = [[line for paragraph in column for line in (*_lines(paragraph, width), "")][:-1] for column in columns]
    top = _MARGIN + (3 * _PITCH if head else 0)
    across = round(width * _SIZE * 0.56)
    size = (2 * _MARGIN + len(texts) * (across + _PITCH), top + max(map(len, texts)) * _PITCH + _MARGIN)
    page = Image.new("L", size, 255)
    draw = ImageDraw.Draw(page)
    draw.text((_MARGIN, _MARGIN), head, 0, large)
    for number, lines in enumerate(texts):
        left = _MARGIN + number * (across + _PITCH)
        for place, line in enumerate(lines):
            draw.text((left, top + place * _PITCH), line, 20, font)
    return page


def _lines(paragraph: str, width: int) -> list[str]:
    return [line for part in paragraph.split("\n") for line in wrap(part, width)]


def skewed(page: Image.Image, degrees: float = 1.0) -> Image.Image:
    """A page that lay askew on the scanner."""
    return page.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def photographed(page: Image.Image) -> bytes:
    """A photograph of a page, as JPEG: from an angle, lit from one side, slightly out of focus."""
    width, height = page.size
    across, down = round(width * 1.15), round(height * 1.12)
    corners = ((0.10, 0.05), (0.93, 0.08), (0.97, 0.95), (0.05, 0.93))
    seen = [(x * across, y * down) for x, y in corners]
    flat = [(0, 0), (width, 0), (width, height), (0, height)]
    colour = page.convert("RGB")
    paper = colour.transform(
        (across, down),
        Image.Transform.PERSPECTIVE,
        _perspective(seen, flat),
        Image.Resampling.BICUBIC,
        fillcolor=_TABLE,
    )
    light = np.linspace(1.0, 0.55, across)[None, :] * np.linspace(1.0, 0.85, down)[:, None]
    lit = (np.asarray(paper, np.float64) * light[:, :, None]).astype(np.uint8)
    return jpeg(Image.fromarray(lit).filter(ImageFilter.GaussianBlur(0.8)), 80)


def _perspective(seen: Sequence[tuple[float, float]], flat: Sequence[tuple[float, float]]) -> list[float]:
    """The eight numbers by which Pillow finds, for each place in the photograph, the place on the page."""
    rows = [
        row
        for (x, y), (u, v) in zip(seen, flat, strict=True)
        for row in ([x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y])
    ]
    found: list[float] = np.linalg.solve(np.array(rows, float), np.array(flat, float).ravel()).tolist()
    return found


def scan(*pages: Image.Image, dpi: int = 150) -> bytes:
    """A PDF of pictures, a page each, without text."""
    return _saved(pages, "PDF", resolution=dpi)


def tiff(*pages: Image.Image) -> bytes:
    """A .tif of several pages in black and white, packed as a fax packs them."""
    return _saved([page.convert("1") for page in pages], "TIFF", compression="group4")


def png(page: Image.Image) -> bytes:
    """The page as PNG."""
    return _saved([page], "PNG")


def jpeg(page: Image.Image, quality: int = 90) -> bytes:
    """The page as JPEG."""
    return _saved([page], "JPEG", quality=quality)


def _saved(pages: Sequence[Image.Image], format: str, **options: object) -> bytes:
    out = BytesIO()
    more = {"save_all": True, "append_images": list(pages[1:])} if format in ("PDF", "TIFF") else {}
    pages[0].save(out, format, **more, **options)
    return out.getvalue()
