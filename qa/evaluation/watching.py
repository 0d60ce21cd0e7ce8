"""Questions that are asked again and again: what their answers say now that they did not say before."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from index.engine import SearchEngine
from index.errors import UsageError
from qa.answer import ask
from qa.question_files import rows_of
from qa.types import Answer
from qa.whole_files import write_whole

__all__ = ["Change", "Said", "Watched", "ask_again", "compare", "load", "read_state", "said_of", "write_state"]

_FORMAT = 1  # fact: version of the file
_KINDS = Literal["first", "same", "answered", "lost", "changed"]
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

    kind: _KINDS
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


def write_state(path: Path, generation: str, said: Mapping[str, Said], asked: Sequence[Watched]) -> None:
    """Writes what the answers say now, all at once or not at all."""
    questions = {
        one.key: {"question": one.question, "found": said[one.key].found, "sentences": said[one.key].sentences}
        for one in asked
    }
    text = json.dumps(
        {"format": _FORMAT, "generation": generation, "questions": questions}, ensure_ascii=False, indent=1
    )
    write_whole(path, text.encode("utf-8", "replace") + b"\n", "name another with --state")
