"""`python -m qa ask --file`: a file of questions to a file of answers, which goes on where it was stopped.

The answers are CSV for spreadsheets, JSON lines for programs, or HTML to read.
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from index.engine import SearchEngine
from index.errors import UsageError
from index.spreadsheet import csv_bytes
from qa.agreement import difference_of, reported_by
from qa.arguments import Given, checked_requests
from qa.escaping import escape, is_web_address
from qa.files import rows_of, write_whole
from qa.many import TOGETHER, answers
from qa.types import Request

__all__ = ["FORMATS", "Question", "answer_file", "read_questions"]

_Rows = Sequence[dict[str, Any]]
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2em;color-scheme:light dark}table{border-collapse:collapse}"
    "th,td{text-align:left;vertical-align:top;padding:.4em .8em;border-bottom:1px solid #8886}"
    "td:nth-child(2){max-width:40em}.no{opacity:.7}"
)


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
    index: SearchEngine, questions: Sequence[Question], out: Path, given: Given, progress: Callable[[int], object]
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
        answered = zip(questions[done:], answers(index, requests[done:]), strict=True)
        for number, (question, answer) in enumerate(answered, done + 1):
            file.write(json.dumps({"id": question.id, **answer.to_dict()}).encode("ascii") + b"\n")
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


def _columns(row: dict[str, Any]) -> dict[str, str]:
    """What a table shows of an answer: its first citation, or why there is none; how many independent sources say so,
    and which figures of different days differ."""
    best = row["citations"][0] if row["citations"] else {}
    return {
        **({"id": row["id"]} if row["id"] else {}),
        "question": row["question"],
        "answer": best.get("sentence", ""),
        "title": best.get("title", ""),
        "source": best.get("source", ""),
        "date": best.get("published") or "",
        "confidence": f"{row['confidence']:.3f}",
        "strength": best.get("strength", ""),
        "link": best.get("url", ""),
        "article_id": best.get("article_id", ""),
        "sources_that_agree": str(len(row["corroboration"]) or ""),
        "also": reported_by([one["source"] for one in row["corroboration"][1:]]),
        "differences": _differences(row),
        "reason": row["reason"],
    }


def _differences(row: dict[str, Any]) -> str:
    """ "These passages give different figures: ...", or nothing; oldest first."""
    figures = row["figures"]
    if not figures:
        return ""
    said = "; ".join(f"{_facts(one)}: {one['text']}" for one in figures)
    return f"{difference_of(figures[0]['kind'])}: {said}"


def _facts(one: dict[str, Any]) -> str:
    return ", ".join(filter(None, (one["published"] or "undated", one["source"])))


def _csv(rows: _Rows) -> bytes:
    """A row for each question, each cell on one line; with a mark of UTF-8, which spreadsheets look for."""
    shown = [_columns(row) for row in rows]
    names = max((list(row) for row in shown), key=len)  # with ids where any row has one
    return csv_bytes(names, ([row.get(name, "") for name in names] for row in shown))


def _jsonl(rows: _Rows) -> bytes:
    """What `--json` prints for a question, on one line, with the question's own id."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode("ascii")


def _html(rows: _Rows) -> bytes:
    body = "".join(_row_html(_columns(row), row["figures"]) for row in rows)
    head = "<th>Question<th>Answer<th>Source<th>Date<th>Confidence"
    page = (
        f"<!doctype html><meta charset=utf-8><title>Answers</title><style>{_STYLE}</style>"
        f"<table><thead><tr>{head}<tbody>{body}</table>\n"
    )
    return page.encode()


def _row_html(row: dict[str, str], figures: _Rows) -> str:
    answer = f"<q>{escape(row['answer'])}</q>" if row["answer"] else ""
    if not answer:
        answer = f"<span class=no>{escape(row['reason'] or 'Not in your articles.')}</span>"
    answer += f"<p>{escape(row['also'])}." if row["also"] else ""
    if figures:
        answer += f"<p>{difference_of(figures[0]['kind'])}:<ol>{''.join(map(_figure_html, figures))}</ol>"
    title = escape(row["title"] or row["article_id"])
    if is_web_address(row["link"]):
        title = f'<a href="{escape(row["link"])}" rel="noopener noreferrer nofollow">{title}</a>'
    source = f"{title}<br>{escape(row['source'])}" if row["source"] else title
    cells = (escape(row["question"]), answer, source, escape(row["date"]), escape(row["confidence"]))
    return f"\n<tr>{''.join(f'<td dir=auto>{one}' for one in cells)}"


def _figure_html(one: dict[str, Any]) -> str:
    return f"<li dir=auto>{escape(_facts(one))}: <b>{escape(one['text'])}</b><br><q>{escape(one['sentence'])}</q>"


FORMATS: dict[str, Callable[[_Rows], bytes]] = {".csv": _csv, ".jsonl": _jsonl, ".html": _html}
