"""Reads files of questions: one a line, or rows of .jsonl or .csv."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from index.errors import UsageError

__all__ = ["UNREADABLE", "numbered_rows", "rows_of"]

UNREADABLE = (OSError, ValueError, RecursionError, csv.Error)


def numbered_rows(path: Path) -> list[tuple[int, Any]]:
    """The rows of a .csv or .jsonl file as they are, each with its line; of another {"question": line} for each line
    that is not blank. Raises one of UNREADABLE."""
    text = path.read_text("utf-8-sig")
    if path.suffix.lower() == ".csv":
        table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        return [(table.line_num, row) for row in table]
    # splitlines would part a question at U+2028
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if path.suffix.lower() != ".jsonl":
        return [(number, {"question": line.strip()}) for number, line in lines]
    rows = []
    for number, line in lines:
        try:
            rows.append((number, json.loads(line)))
        except ValueError as error:
            raise ValueError(f"line {number} is not JSON: {error}") from error
    return rows


def rows_of(path: Path, wanted: str) -> list[Any]:
    """The same without lines. Raises UsageError, which says what is `wanted`."""
    try:
        return [row for _, row in numbered_rows(path)]
    except UNREADABLE as error:
        raise UsageError(f"{path} cannot be read ({error}); {wanted}") from error
