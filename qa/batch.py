"""`python -m qa ask --file`: a file of questions to a file of answers, which goes on where it was stopped."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from index.engine import SearchEngine
from index.errors import UsageError
from qa.arguments import Given, checked_requests
from qa.batch_formats import FORMATS
from qa.many import TOGETHER, answers
from qa.question_files import rows_of
from qa.types import Request
from qa.whole_files import write_whole

__all__ = ["Question", "answer_file", "read_questions"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its own id and the day on which it is asked, where the file has them."""

    text: str
    id: str = ""
    as_of: date | str | None = None


def read_questions(path: Path) -> list[Question]:
    """The questions of a .csv (a column "question"), a .jsonl ({"question": ...}) or a .txt file (one a line), in
    order; the first two may have "id" and "date". Raises UsageError, which names the row."""
    if path.suffix.lower() not in (".csv", ".jsonl", ".txt"):
        raise UsageError(f"{path} is no .csv, .jsonl or .txt file; write a question on each line of a .txt file")
    rows = rows_of(path, "mend it, or name another file")
    questions = [_question(path, number, row) for number, row in enumerate(rows, 1)]
    if not questions:
        raise UsageError(f"{path} has no question; write one a line")
    return questions


def _question(path: Path, number: int, row: Any) -> Question:
    asked = row.get("question") if isinstance(row, dict) else None
    if not isinstance(asked, str) or not asked.strip():
        raise UsageError(f'row {number} of {path} has no "question"; add it, or take the row out')
    day, own = row.get("date") or None, row.get("id")
    if not (day is None or isinstance(day, str)) or isinstance(own, dict | list):
        raise UsageError(f'row {number} of {path}: "date" is text such as 2024-05-01, and "id" text or a number')
    return Question(asked, "" if own is None else str(own), day)


def answer_file(
    index: SearchEngine,
    questions: Sequence[Question],
    out: Path,
    given: Given,
    progress: Callable[[int], object],
) -> int:
    """Writes a row for each question to a .csv, .jsonl or .html file, and returns how many were answered before.

    A question's own day goes before the one that is given for all. Rows are kept in OUT.part until all are
    there, and what was killed goes on with the next one; then OUT appears whole. Raises UsageError for a wrong question
    before any is asked, for a file that exists, and while another process writes it.
    """
    make = FORMATS.get(out.suffix.lower())
    if make is None:
        raise UsageError(f"{out} is none of {', '.join(FORMATS)}; name the answers such as answers.csv")
    part, lock = (out.with_name(f"{out.name}.{kind}") for kind in ("part", "lock"))
    if out.is_dir() or not os.access(out.parent, os.W_OK):
        raise UsageError(f"{out} cannot be written; name a file in a folder of yours")
    if out.exists() and not part.exists():
        raise UsageError(f"{out} is there already; take it away, or name another file")
    _, requests = checked_requests([(one.text, one.as_of) for one in questions], index, given)
    try:
        with FileLock(lock, timeout=0), ExitStack() as after:
            after.callback(lock.unlink, missing_ok=True)
            before = _go_on(index, questions, requests, part, progress)
            rows = [json.loads(line) for line in part.read_bytes().splitlines()[1:]]
            write_whole(out, make(rows), "name another file, or make room")
            part.unlink()
    except Timeout:
        raise UsageError(f"another process is writing {out}; wait for it, or name another file") from None
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror}); name another file, or make room") from error
    return before


def _go_on(
    index: SearchEngine,
    questions: Sequence[Question],
    requests: Sequence[Request],
    part: Path,
    progress: Callable[[int], object],
) -> int:
    """Appends the rows that are missing from the part; the number of those that were there."""
    asked = json.dumps([(question.id, str(request)) for question, request in zip(questions, requests, strict=True)])
    head = json.dumps({"questions": hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()}).encode() + b"\n"
    done = _complete_rows(part, head)
    progress(done)
    with part.open("ab") as file:
        if not done:
            file.truncate(0)
            file.write(head)
        for number, line in enumerate(_lines(index, questions[done:], requests[done:]), done + 1):
            file.write(line)
            if number % TOGETHER == 0 or number == len(questions):
                file.flush()
                os.fsync(file.fileno())
            progress(number)
    return done


def _complete_rows(part: Path, head: bytes) -> int:
    """How many rows a part has, which is cut to these: all that were read together, so that what goes on reads the
    others as if it had never stopped. Raises UsageError when they are of other questions."""
    if not part.exists():
        return 0
    content = part.read_bytes()
    if not content.startswith(head):
        if b"\n" not in content:  # killed before its first line was whole
            return 0
        raise UsageError(f"{part} has answers to other questions or under other settings; take it away, then ask again")
    lines = content[len(head) :].splitlines(keepends=True)
    whole = len(lines) - bool(lines and not lines[-1].endswith(b"\n"))
    kept = whole - whole % TOGETHER
    os.truncate(part, len(head) + sum(map(len, lines[:kept])))
    return kept


def _lines(index: SearchEngine, questions: Sequence[Question], requests: Sequence[Request]) -> Iterator[bytes]:
    for question, answer in zip(questions, answers(index, requests), strict=True):
        yield json.dumps({"id": question.id, **answer.to_dict()}).encode("ascii") + b"\n"
