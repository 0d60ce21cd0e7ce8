"""Answers to many questions as one file: CSV for spreadsheets, JSON lines for programs, HTML to read."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from index.spreadsheet import csv_bytes
from qa.agreement import difference_of, reported_by
from qa.escaping import escape, is_web_address

__all__ = ["FORMATS"]

_Rows = Sequence[dict[str, Any]]
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2em;color-scheme:light dark}table{border-collapse:collapse}"
    "th,td{text-align:left;vertical-align:top;padding:.4em .8em;border-bottom:1px solid #8886}"
    "td:nth-child(2){max-width:40em}.no{opacity:.7}"
)


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
        "also": _also(row),
        "differences": _differences(row),
        "reason": row["reason"],
    }


def _also(row: dict[str, Any]) -> str:
    """ "Also reported by AP and CNN", or nothing."""
    return reported_by([one["source"] for one in row["corroboration"][1:]])


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
    head = "".join(f"<th>{name}" for name in ("Question", "Answer", "Source", "Date", "Confidence"))
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
