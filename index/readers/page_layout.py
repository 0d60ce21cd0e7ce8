"""Reading order: the pieces of text that OCR found on a page, as lines in the order in which a person reads them.

Columns are read one after the other, after Breuel, "High Performance Document Layout Analysis" (2003): a line comes
before another where it stands above it, or wholly left of it with no line between them that spans both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Piece", "ordered_lines"]

_OVERLAP = 0.5  # of the lower of two pieces: so much of it must stand at the other's height on one line
_WORD_GAP = 0.7  # of a line's height, between two pieces of one line: a gutter of columns is wider, measured on samples
_PARAGRAPH = 1.3  # times the page's usual distance of lines: paragraphs that are set apart have 1.5 and more
_OTHER_SIZE = 1.3  # times the height of the line before: a heading, whose box varies by a tenth in one size
_INDENT = (0.7, 4.0)  # of a line's height: the first line of a paragraph; more is a line that is centred
_MOST = 1000  # limit, pieces of a page that are put in order, which takes quadratic memory; more stay as found


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line: its text and its upright box in pixels, `bottom` below `top`."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def ordered_lines(quads: NDArray[np.floating[Any]], texts: Sequence[str]) -> list[str]:
    """The lines of a page in reading order, "" between two paragraphs that the page sets apart.

    `quads` is (n, 4, 2): for each text its corners in pixels, clockwise from the one where it begins.
    """
    pieces = _straight(np.asarray(quads, np.float64), texts)
    if len(pieces) > _MOST:
        return [piece.text for piece in pieces]
    lines = _merged(pieces)
    lines = [lines[place] for place in _order(lines)]
    return _with_breaks(lines)


def _straight(quads: NDArray[np.float64], texts: Sequence[str]) -> list[Piece]:
    """Upright boxes, as if the page were turned by the angle that its text has; the highest first."""
    along = (quads[:, 1] - quads[:, 0] + quads[:, 2] - quads[:, 3]) / 2
    down = (quads[:, 3] - quads[:, 0] + quads[:, 2] - quads[:, 1]) / 2
    width, height = np.linalg.norm(along, axis=1), np.linalg.norm(down, axis=1)
    angle = _weighted_median(np.arctan2(along[:, 1], along[:, 0]), width)
    cos, sin = np.cos(-angle), np.sin(-angle)
    centre = quads.mean(axis=1) @ np.array([[cos, sin], [-sin, cos]])
    boxes = [
        Piece(x - w / 2, y - h / 2, x + w / 2, y + h / 2, text.strip())
        for (x, y), w, h, text in zip(centre.tolist(), width.tolist(), height.tolist(), texts, strict=True)
    ]
    return sorted(boxes, key=lambda piece: (piece.middle, piece.left, piece.text))


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order])
    return float(values[order][int(np.searchsorted(share, share[-1] / 2))]) if len(values) else 0.0


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Pieces that continue one another on one line become one, with a space between them."""
    lines: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.left, piece.top, piece.text)):
        for place in range(len(lines) - 1, -1, -1):
            if _continues(lines[place], piece):
                line = lines[place]
                lines[place] = Piece(
                    line.left,
                    min(line.top, piece.top),
                    max(line.right, piece.right),
                    max(line.bottom, piece.bottom),
                    f"{line.text} {piece.text}",
                )
                break
        else:
            lines.append(piece)
    return lines


def _continues(line: Piece, piece: Piece) -> bool:
    least = min(line.height, piece.height)
    shared = min(line.bottom, piece.bottom) - max(line.top, piece.top)
    gap = piece.left - line.right
    return shared >= _OVERLAP * least and -least < gap < _WORD_GAP * least


def _order(lines: list[Piece]) -> list[int]:
    """Places of the lines in reading order; what the rules leave open is read from the top, then from the left."""
    count = len(lines)
    left, right, middle = (np.array([getattr(line, name) for line in lines]) for name in ("left", "right", "middle"))
    beside = (left[:, None] < right) & (left < right[:, None])  # [a, b]: the two share some of the page's width
    above = middle[:, None] < middle
    before = beside & above
    apart = right[:, None] <= left  # [a, b]: a stands wholly left of b
    spanned = np.zeros((count, count), bool)
    for place in range(count):
        between = (above[:, place, None] & above[place]) | (above[place][:, None] & above[:, place])
        spanned |= between & beside[:, place, None] & beside[place]
    before |= apart & ~spanned
    waiting = before.sum(axis=0)
    rest, order = list(range(count)), []
    while rest:
        first = min(rest, key=lambda place: (waiting[place], middle[place], left[place]))
        rest.remove(first)
        order.append(first)
        waiting -= before[first]
    return order


def _with_breaks(lines: list[Piece]) -> list[str]:
    """The texts of the lines, "" where a paragraph ends."""
    steps = [after.middle - line.middle for line, after in pairwise(lines) if _below(line, after)]
    usual = median(steps) / median(line.height for line in lines) if steps else 0.0
    parts: list[str] = []
    for place, line in enumerate(lines):
        if place and _begins_paragraph(lines[place - 1], line, lines[place + 1 : place + 2], usual):
            parts.append("")
        parts.append(line.text)
    return parts


def _below(line: Piece, after: Piece) -> bool:
    return line.middle < after.middle and line.left < after.right and after.left < line.right


def _begins_paragraph(before: Piece, line: Piece, after: Sequence[Piece], usual: float) -> bool:
    sizes = sorted((before.height, line.height))
    if sizes[1] > _OTHER_SIZE * sizes[0]:
        return True
    if not _below(before, line):
        return False  # the top of a column: a sentence may run on into it
    if line.middle - before.middle > _PARAGRAPH * usual * (before.height + line.height) / 2:
        return True
    indents = [line.left - other.left for other in (before, *after)]
    low, high = (share * line.height for share in _INDENT)
    return len(indents) > 1 and all(low < indent < high for indent in indents)
