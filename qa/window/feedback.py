"""What people say of answers, kept beside the index in the form that `python -m qa eval` reads.

"Helpful" names the articles that were quoted as those that answer; for a refusal, none. "Wrong" of an answer says that
none does. Where an answer was missed, its article is not known: such a row has no "articles", and is passed over until
someone writes them.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from index.errors import UsageError
from qa.window.conversation import Conversation, Exchange
from qa.window.shown import spoken

__all__ = ["VERDICTS", "feedback_row", "note_feedback"]

VERDICTS = ("helpful", "wrong", "missing")
_LARGEST = 5 << 20  # limit: bytes, some ten thousand rows; each is written with all the others
_PATIENCE = 5.0  # limit: seconds that another process may take to write its row


def feedback_row(now: Conversation, turn: int, verdict: str) -> dict[str, Any]:
    """A row for the answer at a place of the conversation. Raises LookupError where there is none."""
    exchange = now.exchanges[turn]
    form, answer = exchange.form, exchange.answer
    quoted = [citation.article_id for citation in spoken(answer.citations)] if answer.found else []
    question = hashlib.sha256(form.question.encode()).hexdigest()[:8]
    row: dict[str, Any] = {"id": f"{now.key}-{turn}-{question}", "question": form.question, "feedback": verdict}
    if verdict == "helpful" or (verdict == "wrong" and answer.found):
        row["articles"] = quoted if verdict == "helpful" else []
    if form.recent:
        row["date"] = date.today().isoformat()
    if history := _history(now.exchanges[:turn] if not form.alone else ()):
        row["history"] = history
    if form.limits:
        row["limits"] = form.limits
    return row | {"quoted": quoted, "confidence": round(answer.confidence, 3), "generation": answer.generation}


def _history(earlier: Sequence[Exchange]) -> list[list[str]]:
    return [
        [one.form.question, one.answer.citations[0].text if one.answer.found else one.answer.reason] for one in earlier
    ]


def note_feedback(path: Path, row: dict[str, Any]) -> None:
    """Adds a row to a file of rows, in place of one with its id: all at once or not at all. Raises UsageError, in one
    sentence, when it cannot."""
    try:
        with FileLock(path.with_name(f"{path.name}.lock"), timeout=_PATIENCE):
            kept = path.read_bytes().splitlines(keepends=True) if path.exists() else []
            lines = [line if line.endswith(b"\n") else line + b"\n" for line in kept if _id(line) != row["id"]]
            lines.append(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            if sum(map(len, lines)) > _LARGEST:
                raise UsageError(f"This is not kept: {path.name} is full; move it away from the index.")
            _replace(path, b"".join(lines))
    except (OSError, Timeout) as error:
        why = "another program writes it" if isinstance(error, Timeout) else (error.strerror or "no access").lower()
        raise UsageError(f"This cannot be kept beside the index ({why}).") from error


def _id(line: bytes) -> Any:
    try:
        row = json.loads(line)
        return row.get("id") if isinstance(row, dict) else None
    except ValueError:
        return None


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
