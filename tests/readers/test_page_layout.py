"""Reading order and paragraphs of the lines of a page, from where they stand on it."""

import numpy as np
import pytest

from index.readers.page_layout import ordered_lines
from index.readers.paragraphs import join_lines, join_pages


def _quads(*boxes: tuple[float, float, float], angle: float = 0.0) -> np.ndarray:
    """Corners of lines of 20 pixels' height, from (left, top, width) and turned by an angle in degrees."""
    corners = np.array([[(x, y), (x + w, y), (x + w, y + 20), (x, y + 20)] for x, y, w in boxes], float)
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return corners @ np.array([[cos, sin], [-sin, cos]])


@pytest.mark.parametrize("angle", [-2.0, 0.0, 1.0, 3.0])
def test_reading_order_of_a_heading_above_two_columns(angle: float) -> None:
    boxes = [(0, 0, 800)]
    boxes += [(left, 60 + 28 * row, 380) for row in range(12) for left in (0, 420)]
    boxes += [(0, 420, 800)]
    texts = ["head", *(f"{side}{row}" for row in range(12) for side in "ab"), "foot"]
    found = [line for line in ordered_lines(_quads(*boxes, angle=angle), texts) if line]
    assert found == ["head", *(f"a{row}" for row in range(12)), *(f"b{row}" for row in range(12)), "foot"]


def test_pieces_of_one_line_are_joined_and_paragraphs_parted() -> None:
    boxes = [(0, 0, 200), (210, 1, 100), (0, 28, 300), (0, 56, 120), (0, 98, 300), (0, 126, 300), (30, 154, 270)]
    boxes += [(0, 182, 300)]
    texts = ["one", "two", "three", "four.", "five", "six", "Seven", "eight"]
    expected = ["one two", "three", "four.", "", "five", "six", "", "Seven", "eight"]
    assert ordered_lines(_quads(*boxes), texts) == expected
    assert ordered_lines(np.zeros((0, 4, 2)), []) == []


def test_a_narrow_gutter_parts_columns_and_a_wide_space_no_words() -> None:
    boxes = [(left, 26 * row, 300) for row in range(8) for left in (0, 310)]
    texts = [f"{side}{row}" for row in range(8) for side in "ab"]
    boxes[6:7] = [(0, 78, 100), (135, 78, 165)]
    texts[6:7] = ["a3", "and"]
    found = [line for line in ordered_lines(_quads(*boxes, angle=1.0), texts) if line]
    assert found == ["a0", "a1", "a2", "a3 and", *(f"a{row}" for row in range(4, 8)), *(f"b{row}" for row in range(8))]


def test_a_line_that_left_room_ends_its_paragraph() -> None:
    quads = _quads((0, 0, 400), (0, 26, 250), (0, 52, 400), (0, 78, 395), (0, 104, 400))
    texts = ["of one", "pier and", "Boats use a quay of the old", "Wherever they are in the harbour", "then"]
    assert ordered_lines(quads, texts) == ["of one", "pier and", "", *texts[2:]]


def test_lines_that_are_set_apart_are_paragraphs() -> None:
    assert join_lines(["a pier is", "rebuilt", "", "and lasts", ""]) == "a pier is rebuilt\n\nand lasts\n\n"
    text, starts = join_pages([["", "Harbour Post", "", "the north-", "ern pier", "", "7"], [], ["is closed."]])
    assert (text, starts) == ("Harbour Post\n\nthe northern pier is closed.", (0, 31, 32))
    text, _ = join_pages([["the northern pier is closed until the spring", "", "A new pier"], ["Boats use the quay"]])
    assert text == "the northern pier is closed until the spring\n\nA new pier\n\nBoats use the quay"
