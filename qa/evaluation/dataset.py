"""Loads judged questions, with the articles that answer them, from a folder or a file.

A folder holds queries.jsonl ({"id", "question", "date"?, "history"?}) and qrels.tsv (question id, article id,
relevance, no header). A file is .jsonl ({"question", "articles", "date"?, "id"?}) or .csv with columns of these names.
So is what people say of answers in the window (INDEX/feedback.jsonl), of which rows that name no articles are passed
over.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from index.engine import SearchEngine
from index.errors import UsageError
from qa.arguments import encodable
from qa.files import UNREADABLE, numbered_rows

__all__ = ["Question", "load", "resolve", "unknown_articles"]

_ROW = '{"question": "...", "articles": ["article id"]}'
_JUDGED_ROW = '{"id": "...", "question": "..."}'
_LIST = "`python -m index status --articles` lists those that are"
_NAMED = 5  # view: ids in a sentence


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the day it is asked, and the relevance of the articles judged for it; none means that no article
    answers it. Ids are unique within a set of questions; where a file gives none, it is the question's text. `history`
    holds the earlier questions with their answers, oldest first."""

    id: str
    text: str
    day: date | None
    relevant: Mapping[str, int]
    history: tuple[tuple[str, str], ...] = ()


def load(path: Path) -> list[Question]:
    """The questions of a folder that have a judged article, or all those of a .jsonl or .csv file; in file order.

    Raises UsageError, with the line, for what is neither.
    """
    if path.is_dir() or not path.exists():
        return _folder(path)
    if path.suffix.lower() not in (".jsonl", ".csv"):
        raise UsageError(f"{path} is neither a folder nor a .jsonl or .csv file; write a row {_ROW} for each question")
    try:
        rows = numbered_rows(path)
        rows = _merged(rows) if path.suffix.lower() == ".csv" else rows
    except UNREADABLE as error:
        raise UsageError(f"{path} cannot be read ({error}); write a row {_ROW} for each question") from error
    found = _questions(path, [(line, row) for line, row in rows if not _says_too_little(row)])
    if not found:
        raise UsageError(f"{path} holds no question; write a row {_ROW} for each")
    return found


def _folder(folder: Path) -> list[Question]:
    path = folder / "queries.jsonl"
    try:
        judged: dict[str, dict[str, int]] = {}
        for line in (folder / "qrels.tsv").read_text("utf-8-sig").split("\n"):
            if line.strip():
                question, article, grade = line.split("\t")[:3]
                judged.setdefault(question, {})[article] = int(float(grade))
        asked = [(line, row) for line, row in numbered_rows(path) if str(row["id"]) in judged]
    except (*UNREADABLE, KeyError, TypeError, OverflowError) as error:
        raise UsageError(
            f"{folder} is not a data set ({error}); it needs queries.jsonl and qrels.tsv, see docs/measuring.md"
        ) from error
    found = _questions(path, asked, judged)
    if not found:
        raise UsageError(f"no question of {path} stands in qrels.tsv")
    return found


def _questions(
    path: Path, rows: Iterable[tuple[int, Any]], judged: Mapping[str, Mapping[str, int]] | None = None
) -> list[Question]:
    """The questions of rows, each with its line; `judged` has the articles of each id, else its row has them."""
    found: dict[str, Question] = {}
    for line, row in rows:
        try:
            question = _question(row, judged)
            if question.id in found:
                raise ValueError('its question or its "id" was there before; give each row an "id" of its own')
        except ValueError as error:
            raise UsageError(f"{path}, line {line}: {error}") from error
        found[question.id] = question
    return list(found.values())


def _says_too_little(row: Any) -> bool:
    """What was said in the window of an answer whose articles are not known; to be counted, it needs them."""
    return isinstance(row, dict) and "feedback" in row and "articles" not in row


def _merged(rows: Iterable[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """Rows of one question and id are one question with several articles; an empty article is none."""
    merged: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
    for line, row in rows:
        if row.get("question") is None or (given := row.get("article", row.get("articles"))) is None:
            raise ValueError(f"line {line} lacks one of the columns question and article")
        first = merged.setdefault((row.get("id") or "", row["question"]), (line, row | {"articles": []}))
        first[1].pop("article", None)
        first[1]["articles"] += [given.strip()] if given.strip() else []
    return list(merged.values())


def _question(row: Any, judged: Mapping[str, Mapping[str, int]] | None) -> Question:
    text = row.get("question") if isinstance(row, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f'it has no "question"; a row is {_ROW if judged is None else _JUDGED_ROW}')
    text, name = encodable(text), row.get("id")
    if judged is not None:
        relevant = judged[str(name)]
        return Question(str(name), text, _day(row), relevant if any(relevant.values()) else {}, _history(row))
    given = row.get("articles", row.get("article"))
    articles = [given] if isinstance(given, str | int) else given
    if not isinstance(articles, list) or not all(isinstance(one, str | int) and str(one).strip() for one in articles):
        raise ValueError(
            '"articles" is a list of article ids; it is [] for a question that your articles do not answer'
        )
    relevant = {encodable(str(one)): 1 for one in articles}
    return Question(text if name in (None, "") else encodable(str(name)), text, _day(row), relevant, _history(row))


def _history(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The turns of "history": {"role": "user" or "agent", "text"} in turn, or pairs of question and answer."""
    texts, pairs = [], []
    try:
        for turn in row.get("history") or ():
            if isinstance(turn, dict):
                texts.append(encodable(str(turn["text"])))
            else:
                question, answer = turn if isinstance(turn, list) else [turn]
                pairs.append((encodable(str(question)), encodable(str(answer))))
    except (TypeError, ValueError, KeyError):
        raise ValueError('"history" is a list of {"role", "text"}, the user first, or of [question, answer]') from None
    return (*zip(texts[::2], texts[1::2], strict=False), *pairs)


def _day(row: Mapping[str, Any]) -> date | None:
    given = row.get("date")
    try:
        return date.fromisoformat(str(given)[:10]) if given else None
    except ValueError:
        raise ValueError(f"{given!r} is not a day such as 2024-05-01") from None


def resolve(index: SearchEngine, questions: Sequence[Question], beside: Path) -> tuple[list[Question], list[str]]:
    """The questions with the ids of their articles in place of paths, and what names no article of the index, in
    order of mention.

    A path stands for every article that was read from it, and counts from the working directory or from `beside`.
    What is unknown is kept as it is, and so counts as an article that was not found. Raises UsageError when nothing
    that was named is known.
    """
    paths = index.catalog.paths()
    names = dict.fromkeys(name for question in questions for name in question.relevant)
    files: dict[str, list[str]] = {}
    for article, path in paths.items() if names.keys() - paths.keys() else ():
        files.setdefault(os.path.abspath(path), []).append(article)
    known: dict[str, list[str]] = {}
    for name in names:
        places = (os.path.abspath(name), os.path.abspath(beside / name))
        known[name] = [name] if name in paths else next((files[path] for path in places if path in files), [])
    unknown = [name for name, found in known.items() if not found]
    if unknown and len(unknown) == len(known):
        raise UsageError(
            f"none of the articles that answer these questions is in the index ({_some(unknown)}); {_LIST}"
        )
    resolved = [
        replace(
            question,
            relevant={article: grade for name, grade in question.relevant.items() for article in known[name] or [name]},
        )
        for question in questions
    ]
    return resolved, unknown


def unknown_articles(unknown: Sequence[str]) -> str:
    """One sentence that names articles which are not in the index, and where to look for the right ids."""
    what = "1 article is" if len(unknown) == 1 else f"{len(unknown):,} articles are"
    return f"{what} not in the index and will count as not found ({_some(unknown)}); {_LIST}"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else "")
