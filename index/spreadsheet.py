"""Texts of articles and people as cells of a spreadsheet, and tables of them as CSV."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

__all__ = ["cell", "csv_bytes"]

_UNSHOWABLE = re.compile("[\x00\ud800-\udfff]")  # NUL, and halves of surrogate pairs, which UTF-8 cannot carry
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # what spreadsheets take for a formula, full-width too


def cell(text: str) -> str:
    """The text on one line, as a cell that no spreadsheet takes for a formula: one that looks like it follows a '."""
    words = " ".join(_UNSHOWABLE.sub("\ufffd", text).split())
    return f"'{words}" if words.startswith(_FORMULA) else words


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV, each cell on one line; with a mark of UTF-8, which spreadsheets look for."""
    file = io.StringIO(newline="")
    table = csv.writer(file)
    table.writerow(head)
    table.writerows([cell(str(value)) for value in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")
