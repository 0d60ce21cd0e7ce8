"""python -m qa watch: prints which answers have changed since the last run."""

import argparse
import json
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index.engine import Follower
from index.errors import UsageError
from qa.evaluation.watching import Change, Watched, ask_again, compare, load, read_state, said_of, write_state

__all__ = ["state_path", "watch"]

_WORDS = {
    "answered": "now answered",
    "lost": "no longer answered",
    "changed": "changed",
}


def state_path(options: argparse.Namespace) -> Path:
    """Where the last run is kept: as --state says, else beside the file of questions."""
    given: Path | None = options.state
    return given or options.file.with_name(f"{options.file.name}.seen.json")


def watch(options: argparse.Namespace, follower: Follower) -> int:
    """Runs the command: 0 when no answer has changed, 1 when one has. What a question's answer says first is no
    change."""
    from tqdm import tqdm

    questions, state = load(options.file), state_path(options)
    before = read_state(state)
    now, changes = {}, []
    with closing(follower.current()) as index:
        given = {"understand": not options.literal, "reranker": options.reranker, "reader": not options.no_reader}
        for one in tqdm(questions, unit=" questions", leave=False, disable=None, file=sys.stderr):
            try:
                now[one.key] = said_of(ask_again(index, one, **given))
            except UsageError as error:
                raise UsageError(f"{one.question}: {error}") from None
            changes.append((one, compare(before.get(one.key), now[one.key])))
        write_state(state, index.generation, now, questions)
        generation = index.generation
    if options.json:
        print(json.dumps(_as_json(generation, changes), ensure_ascii=False, indent=1))
    else:
        print(_text(changes))
    return int(any(change.kind in _WORDS for _, change in changes))


def _as_json(generation: str, changes: list[tuple[Watched, Change]]) -> dict[str, Any]:
    return {
        "generation": generation,
        "questions": [{"question": one.question, **asdict(change)} for one, change in changes],
    }


def _text(changes: list[tuple[Watched, Change]]) -> str:
    lines = []
    for one, change in changes:
        if change.kind in _WORDS:
            lines.append(f"{_WORDS[change.kind]}: {one.question}")
            lines += [f"  + {_sentence(facts)}" for facts in change.new]
            lines += [f"  - {_sentence(facts)}" for facts in change.gone]
    first = sum(change.kind == "first" for _, change in changes)
    same = sum(change.kind == "same" for _, change in changes)
    counts = [f"{len(changes) - first - same} changed", f"{same} the same"]
    return "\n".join([*lines, ", ".join(counts + ([f"{first} asked for the first time"] if first else []))])


def _sentence(facts: Any) -> str:
    where = ", ".join(filter(None, [facts["title"], facts["source"], facts["published"]]))
    return f"{' '.join(facts['sentence'].split())} ({where})"
