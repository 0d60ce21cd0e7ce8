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
_WORD_GAP = 3.0  # of a line's height, between two pieces of one line: narrow columns that are justified have 1.6
_NEAR = 4.0  # of a line's height: three or four lines up and down
_MARGIN = 0.6  # of a line's height: a column's margin is uneven by less, an indent is more
_PARAGRAPH = 1.3  # times the page's usual distance of lines: paragraphs that are set apart have 1.5 and more
_PARAGRAPH_OF_HEADING = 1.6  # the same of large type, whose lines are further apart
_SPARE = 2  # characters: the space, and one for narrow and wide letters
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
    """Pieces that continue one another on one line become one, with a space between them: where the gap is narrow
    enough for a space in a justified line, and is no gutter between columns."""
    gaps = _gaps(pieces)
    sure = [gap for gap in gaps if any(_aligned(gap, other) for other in gaps if other is not gap)]
    following = {
        gap.before: gap.after
        for gap in gaps
        if gap.right - gap.left < _WORD_GAP * gap.height and not any(_holds(gap, gutter) for gutter in sure)
    }
    inner = set(following.values())
    lines = []
    for place in range(len(pieces)):
        if place not in inner:
            chain = [place]
            while chain[-1] in following:
                chain.append(following[chain[-1]])
            lines.append(_whole([pieces[part] for part in chain]))
    return lines


@dataclass(frozen=True, slots=True)
class _Gap:
    """What lies between a piece and the next one on its line, by their places; `left` may exceed `right` a little."""

    before: int
    after: int
    left: float
    right: float
    middle: float
    height: float


def _gaps(pieces: list[Piece]) -> list[_Gap]:
    """For each piece, the gap to the nearest one that begins right of its end, at its height; a piece follows one."""
    nearest: dict[int, tuple[float, int]] = {}
    for place, piece in enumerate(pieces):
        for other, after in enumerate(pieces):
            least = min(piece.height, after.height)
            shared = min(piece.bottom, after.bottom) - max(piece.top, after.top)
            gap = after.left - piece.right
            if piece.left < after.left and shared >= _OVERLAP * least and gap > -_OVERLAP * least:
                nearest[place] = min(nearest.get(place, (gap, other)), (gap, other))
    owners: dict[int, tuple[float, int]] = {}
    for place, (gap, other) in nearest.items():
        owners[other] = min(owners.get(other, (gap, place)), (gap, place))
    return [
        _Gap(place, other, pieces[place].right, pieces[other].left, pieces[place].middle, pieces[place].height)
        for other, (_, place) in sorted(owners.items())
    ]


def _near(gap: _Gap, other: _Gap) -> bool:
    return abs(gap.middle - other.middle) < _NEAR * gap.height


def _aligned(gap: _Gap, other: _Gap) -> bool:
    """Whether what follows two gaps of lines that are near begins at one margin, as columns do and words do not."""
    return _near(gap, other) and abs(gap.right - other.right) < _MARGIN * gap.height


def _holds(gap: _Gap, gutter: _Gap) -> bool:
    """Whether a gap has most of a gutter in it, which is near: the line after an indent begins behind it."""
    shared = min(gap.right, gutter.right) - max(gap.left, gutter.left)
    return gap is gutter or (_near(gap, gutter) and shared > _OVERLAP * (gutter.right - gutter.left) > 0)


def _whole(pieces: list[Piece]) -> Piece:
    return Piece(
        pieces[0].left,
        min(piece.top for piece in pieces),
        max(piece.right for piece in pieces),
        max(piece.bottom for piece in pieces),
        " ".join(piece.text for piece in pieces),
    )


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
    size = median(line.height for line in lines) if lines else 0.0
    usual = median(steps) / size if steps else 0.0
    parts = [line.text for line in lines[:1]]
    for before, line in pairwise(lines):
        if _begins_paragraph(before, line, usual, size):
            parts.append("")
        parts.append(line.text)
    return parts


def _below(line: Piece, after: Piece) -> bool:
    return line.middle < after.middle and line.left < after.right and after.left < line.right


def _begins_paragraph(before: Piece, line: Piece, usual: float, size: float) -> bool:
    """Whether a line is set apart from the one before it. `usual` is the page's distance of lines in heights of a
    line, and `size` that height."""
    sizes = sorted((before.height, line.height))
    if sizes[1] > _OTHER_SIZE * sizes[0]:
        return True
    if not _below(before, line):
        return False  # the top of a column: a sentence may run on into it
    apart = _PARAGRAPH if sizes[0] < _OTHER_SIZE * size else _PARAGRAPH_OF_HEADING
    if line.middle - before.middle > apart * usual * (before.height + line.height) / 2:
        return True
    low, high = (share * line.height for share in _INDENT)
    return not line.text[:1].islower() and (low < line.left - before.left < high or _had_room(before, line))


def _had_room(before: Piece, line: Piece) -> bool:
    """Whether the first word of a line had room on the line before, where only a paragraph's end keeps it from."""
    word = line.text.partition(" ")[0]
    width = (line.right - line.left) * (len(word) + _SPARE) / max(len(line.text), 1)
    return line.right - before.right > width
