"""Reads files of questions: one a line, or rows of .jsonl or .csv."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from index.errors import UsageError

__all__ = ["rows_of"]


def rows_of(path: Path, wanted: str) -> list[Any]:
    """The rows of a .csv or .jsonl file as they are; of another {"question": line} for each line that is not blank.
    Raises UsageError, which says what is `wanted`."""
    try:
        text = path.read_text("utf-8-sig")
        if path.suffix.lower() == ".csv":
            return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        lines = [line for line in text.split("\n") if line.strip()]  # splitlines would part a question at U+2028
        if path.suffix.lower() == ".jsonl":
            return [json.loads(line) for line in lines]
        return [{"question": line.strip()} for line in lines]
    except (OSError, ValueError, RecursionError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read ({error}); {wanted}") from error
