"""Reads files of questions, one a line or rows of .jsonl or .csv; writes files that appear whole or not at all."""

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

from index.errors import UsageError

__all__ = ["UNREADABLE", "numbered_rows", "rows_of", "write_whole"]

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


def write_whole(path: Path, content: bytes, otherwise: str = "name a file in a folder of yours") -> None:
    """Replaces a file at once; what only stands for one, such as /dev/stdout, is written into. Raises UsageError when
    it cannot be written, which says what to do `otherwise`; nothing is left behind then."""
    plain = not path.is_symlink() and (path.is_file() or not path.exists())
    target = path.with_name(f".{path.name}.{os.getpid()}") if plain else path
    try:
        target.write_bytes(content)
        if plain:
            os.replace(target, path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); {otherwise}") from error
    finally:
        if plain:
            target.unlink(missing_ok=True)
