"""Arabic and Hebrew lines of a PDF in the order of reading, where extraction leaves parts of them as they stand.

pdfium turns such lines around, but not the words whose text a program stored beside the glyphs (Chromium does so for
some Arabic letters), nor every mark between words. Where the characters stand on the page tells.
"""

import re
from collections.abc import Iterator
from itertools import groupby, pairwise

__all__ = ["RIGHT_TO_LEFT", "Placed", "in_reading_order"]

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_OPENING, _CLOSING = "([{«", ")]}»"
_MIRROR = str.maketrans(_OPENING + _CLOSING, _CLOSING + _OPENING)


Placed = tuple[str, tuple[float, float] | None]  # a character and its left and right edge; None where none is drawn


def in_reading_order(characters: list[Placed]) -> str:
    """The text of a page's characters, given as pdfium orders them."""
    lines: list[tuple[str, bool]] = []
    for is_end, group in groupby(characters, key=lambda character: character[0] in "\r\n"):
        line = list(group)
        text = "".join(character for character, _ in line)
        is_turned = not is_end and RIGHT_TO_LEFT.search(text) is not None
        lines.append(("".join(_runs(line)) if is_turned else text, is_turned))
    turned = "".join(line for line, is_turned in lines if is_turned)
    # Some programs store the bracket that is drawn, others the one that is meant; the right ones are those that match.
    if _pairs(turned.translate(_MIRROR)) > _pairs(turned):
        lines = [(line.translate(_MIRROR) if is_turned else line, is_turned) for line, is_turned in lines]
    return "".join(line for line, _ in lines)


def _runs(line: list[Placed]) -> Iterator[str]:
    """Words and the marks between them, each from right to left as it stands; numbers and Latin words as they are."""
    runs = [(kind, list(run)) for kind, run in groupby(line, key=lambda character: _kind(character[0]))]
    for number, (kind, run) in enumerate(runs):
        places = [place for _, place in run if place is not None]
        if kind == "letter" and len(places) > 1 and all(one < two for one, two in pairwise(places)):
            run.reverse()
        if kind == "mark" and 0 < number < len(runs) - 1:
            before, after = runs[number - 1], runs[number + 1]
            if before[0] == after[0] == "letter":
                run = _spaced(run, before[1], after[1])
        yield "".join(character for character, _ in run)


def _spaced(run: list[Placed], before: list[Placed], after: list[Placed]) -> list[Placed]:
    """A mark and a space between two words, the space at the side of the mark where the gap is wider."""
    marks = [place for character, place in run if character != " " and place is not None]
    right = [place[0] for _, place in before if place is not None]
    left = [place[1] for _, place in after if place is not None]
    if len(run) != 2 or len(marks) != 1 or not right or not left:
        return run
    (start, end), wall, next_wall = marks[0], min(right), max(left)
    if not next_wall <= start <= end <= wall:
        return run
    return sorted(run, key=lambda character: (character[0] == " ") == (wall - end <= start - next_wall))


def _kind(character: str) -> str:
    if RIGHT_TO_LEFT.match(character):
        return "letter"
    return "other" if character.isalnum() else "mark"


def _pairs(text: str) -> int:
    """How many brackets close one that was opened."""
    pairs = 0
    for opening, closing in zip(_OPENING, _CLOSING, strict=True):
        depth = 0
        for character in text:
            if character == opening:
                depth += 1
            elif character == closing and depth:
                depth -= 1
                pairs += 1
    return pairs
