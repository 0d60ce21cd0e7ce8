"""python -m qa watch: questions that are asked again and again, and what their answers say now that they did not."""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from index.engine import Follower, SearchEngine
from index.errors import UsageError
from qa.answer import ask
from qa.files import rows_of, write_whole
from qa.terminal import one_line
from qa.types import Answer

__all__ = ["Change", "Said", "Watched", "ask_again", "compare", "load", "read_state", "said_of", "watch"]

_FORMAT = 1  # fact: version of the file
_WORDS = {"answered": "now answered", "lost": "no longer answered", "changed": "changed"}
_FORM = 'a question a line; or .jsonl rows {"question": "..."}; or .csv with a column question'


@dataclass(frozen=True, slots=True)
class Watched:
    """A question, with the limits under which it is asked; dates as people write them."""

    question: str
    since: str | None = None
    until: str | None = None
    sources: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same for the same question under the same limits."""
        words = json.dumps([self.question, self.since, self.until, self.sources], ensure_ascii=False)
        return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer says: its marked sentences, by the hash of their words, each with its article; none for a
    refusal."""

    found: bool
    sentences: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """An answer against the one before: asked for the "first" time, the "same", now "answered", no longer ("lost"), or
    "changed". `new` and `gone` are sentences."""

    kind: Literal["first", "same", "answered", "lost", "changed"]
    new: tuple[Mapping[str, str], ...] = ()
    gone: tuple[Mapping[str, str], ...] = ()


def said_of(answer: Answer) -> Said:
    """Weak matches are left out where there are others: they come and go with articles that have nothing to do with
    the question."""
    chosen = [one for one in answer.citations if one.strength != "weak"] or answer.citations
    sentences = {}
    for one in chosen:
        digest = hashlib.sha256(" ".join(one.sentence.split()).encode("utf-8", "replace")).hexdigest()[:16]
        facts = {"sentence": one.sentence, "article": one.article_id, "title": one.title, "source": one.source}
        sentences[digest] = facts | {"published": one.published.isoformat() if one.published else ""}
    return Said(answer.found, sentences)


def compare(before: Said | None, after: Said) -> Change:
    """What has changed; the same words in another article are no change."""
    if before is None:
        return Change("first")
    new = tuple(facts for digest, facts in after.sentences.items() if digest not in before.sentences)
    gone = tuple(facts for digest, facts in before.sentences.items() if digest not in after.sentences)
    if before.found != after.found:
        return Change("answered" if after.found else "lost", new, gone)
    return Change("changed" if new or gone else "same", new, gone)


def ask_again(index: SearchEngine, watched: Watched, **options: Any) -> Answer:
    """The answer as of the day of the newest article: it changes with the articles, not with the calendar."""
    return ask(
        watched.question,
        index=index,
        since=watched.since,
        until=watched.until,
        sources=watched.sources or None,
        as_of=index.date_range()[1] or "any",
        **options,
    )


def load(path: Path) -> list[Watched]:
    """The questions of a file, each once, in its order. Raises UsageError for what is none."""
    try:
        found = {watched.key: watched for watched in map(_watched, rows_of(path, f"it holds {_FORM}"))}
    except ValueError as error:
        raise UsageError(f"{path} holds something else than questions ({error}); it holds {_FORM}") from error
    if not found:
        raise UsageError(f"{path} holds no question; it holds {_FORM}")
    return list(found.values())


def _watched(row: Any) -> Watched:
    given = {"question": row} if isinstance(row, str) else row
    question = given.get("question") if isinstance(given, dict) else None
    if not isinstance(question, str) or not question.strip():
        raise ValueError(f"a row without a question: {str(row)[:60]}")
    sources = given.get("sources") or given.get("source") or []
    names = sources if isinstance(sources, list) else [sources]
    since, until = (given.get(name) or None for name in ("since", "until"))
    if not all(isinstance(one, str) for one in [*names, since or "", until or ""]):
        raise ValueError(f"dates and sources are text: {str(row)[:60]}")
    return Watched(question.strip(), since, until, tuple(names))


def read_state(path: Path) -> dict[str, Said]:
    """What the answers said at the last run, by the key of the question; nothing before the first one. Raises
    UsageError for a file that is something else."""
    try:
        stored = json.loads(path.read_text("utf-8"))
        if stored["format"] != _FORMAT:
            raise ValueError(f"its format is {stored['format']!r}")
        return {key: Said(bool(one["found"]), dict(one["sentences"])) for key, one in stored["questions"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path} does not hold what an earlier run has seen ({error}); move it away, or name another with --state"
        ) from error


def _write_state(path: Path, generation: str, said: Mapping[str, Said], asked: Sequence[Watched]) -> None:
    """Writes what the answers say now, all at once or not at all."""
    questions = {
        one.key: {"question": one.question, "found": said[one.key].found, "sentences": said[one.key].sentences}
        for one in asked
    }
    text = json.dumps(
        {"format": _FORMAT, "generation": generation, "questions": questions}, ensure_ascii=False, indent=1
    )
    write_whole(path, text.encode("utf-8", "replace") + b"\n", "name another with --state")


def watch(options: argparse.Namespace, follower: Follower) -> int:
    """Runs the command: 0 when no answer has changed, 1 when one has. What a question's answer says first is no
    change."""
    from tqdm import tqdm

    questions = load(options.file)
    state: Path = options.state or options.file.with_name(f"{options.file.name}.seen.json")
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
        _write_state(state, index.generation, now, questions)
        if options.json:
            plain = [{"question": one.question, **asdict(change)} for one, change in changes]
            print(json.dumps({"generation": index.generation, "questions": plain}, ensure_ascii=False, indent=1))
        else:
            print(_text(changes))
    return int(any(change.kind in _WORDS for _, change in changes))


def _text(changes: Sequence[tuple[Watched, Change]]) -> str:
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


def _sentence(facts: Mapping[str, str]) -> str:
    where = ", ".join(filter(None, [facts["title"], facts["source"], facts["published"]]))
    return one_line(f"{facts['sentence']} ({where})")
