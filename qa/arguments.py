"""What `ask` and `retrieve` take: each argument checked, and a UsageError that names what would be right."""

import operator
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from reprlib import repr as short_repr
from typing import Any, cast

from index.engine import Follower, SearchEngine
from index.errors import UsageError
from index.store.layout import default_index
from index.stores import follow
from qa.search.written_dates import UNDERSTOOD, written_date
from qa.types import Answer, AsOf, Filters, History, Request

__all__ = [
    "LONGEST", "AnyIndex", "Day", "Given", "checked_day_of_asking", "checked_filters", "checked_index",
    "checked_request", "checked_requests", "encodable",
]  # fmt: skip

AnyIndex = SearchEngine | Follower | Path | str | None
Day = date | str | None  # a string is a date as people write it

LONGEST = 10_000  # limit: characters of a question; more is refused
_MOST = 100  # limit: citations; more is refused
_OPEN = 4  # limit: indexes that are named by a path and stay open
_COMPARED = 100  # limit: characters of a name that no source has: comparing takes the square of the length
_NEAREST = 3  # view: known sources that a message names


@dataclass(frozen=True, slots=True)
class Given:
    """What `ask`, `retrieve` and `ask_many` take besides question and index, as it is given: nothing is checked."""

    k: object
    history: object = ()
    since: object = None
    until: object = None
    sources: object = None
    as_of: object = None
    understand: object = True
    reranker: object = None
    reader: object = True


def checked_request(question: object, index: object, given: Given) -> tuple[SearchEngine, Request]:
    """The index and the request of the public arguments. Raises UsageError, and what opening the index raises."""
    words = _question(question)
    snapshot, settings = _settings(index, given)
    return snapshot, replace(settings, question=words)


def checked_requests(
    asked: Iterable[tuple[object, object]], index: object, given: Given
) -> tuple[SearchEngine, list[Request]]:
    """The same of questions with a day of asking each, None for the one that is given. A UsageError says which question
    is wrong."""
    snapshot, settings = _settings(index, given)
    requests = []
    for number, (question, day) in enumerate(asked, 1):
        try:
            as_of = settings.as_of if day is None else checked_day_of_asking(day)
            requests.append(replace(settings, question=_question(question), as_of=as_of))
        except UsageError as error:
            raise UsageError(f"question {number}: {error}") from None
    return snapshot, requests


def _settings(index: object, given: Given) -> tuple[SearchEngine, Request]:
    """The index, and a request that lacks only its question: what is given once is read once, iterators too."""
    count, turns, day = _count(given.k), _history(given.history), checked_day_of_asking(given.as_of)
    understand, reranker, reader = _options(given)
    snapshot = checked_index(index)
    filters = checked_filters(snapshot, given.since, given.until, given.sources)
    return snapshot, Request("", count, turns, filters, day, understand, reranker, reader)


def _question(question: object) -> str:
    """A question with something in it."""
    if not isinstance(question, str):
        raise UsageError(f"the question is text, such as 'Who opened the bridge?', not {_shown(question)}")
    if not question.strip():
        raise UsageError("the question is empty; type one")
    if len(question) > LONGEST:
        raise UsageError(f"the question has {len(question):,} characters; ask in at most {LONGEST:,}")
    return encodable(question)


def _count(k: object) -> int:
    try:
        count = 0 if isinstance(k, bool) else operator.index(cast(Any, k))
    except TypeError:
        count = 0
    if not 1 <= count <= _MOST:
        raise UsageError(f"k is the number of citations, from 1 to {_MOST}, not {_shown(k)}")
    return count


def _history(history: object) -> History:
    """(question, answer) pairs, in which an Answer may stand for its text."""
    wanted = "history is a list of (question, answer) pairs, oldest first"
    if isinstance(history, str | bytes | Mapping) or not isinstance(history, Iterable):
        raise UsageError(f"{wanted}, not {_shown(history)}")
    pairs: list[tuple[str, str | Answer]] = []
    for pair in history:
        if not (isinstance(pair, tuple | list) and len(pair) == 2):
            raise UsageError(f"{wanted}, and {_shown(pair)} is no such pair")
        question, answer = pair
        if not (isinstance(question, str) and isinstance(answer, str | Answer)):
            raise UsageError(f"{wanted}, each of them text (or an Answer), not {_shown(pair)}")
        pairs.append((encodable(question), encodable(answer) if isinstance(answer, str) else answer))
    return pairs


def _options(given: Given) -> tuple[bool, str | None, bool]:
    """Whether dates and sources in the question count, the name or path of a reranker, and whether the reader reads."""
    understand, reranker, reader = given.understand, given.reranker, given.reader
    if not isinstance(understand, bool):
        raise UsageError(f"understand is True or False, not {_shown(understand)}")
    if not isinstance(reader, bool):
        raise UsageError(f"reader is True or False, not {_shown(reader)}")
    name = os.fspath(reranker) if isinstance(reranker, os.PathLike) else reranker
    if name is not None and not (isinstance(name, str) and name.strip()):
        raise UsageError(f"reranker is the name or the path of a CrossEncoder, or None, not {_shown(reranker)}")
    return understand, name, reader


def checked_day_of_asking(as_of: object) -> AsOf:
    """A day, None for today, or "any". Of a span it is the last day, and today where it is not over yet."""
    if isinstance(as_of, str) and as_of.strip().lower() == "any":
        return "any"
    today = date.today()
    last = _day("as_of", as_of, end=True, today=today, otherwise=', or "any"')
    first = _day("as_of", as_of, end=False, today=today)
    return today if first and last and first <= today <= last else last


def checked_filters(index: SearchEngine, since: object, until: object, sources: object) -> Filters:
    """The articles that may be cited. Sources are compared without case, and each must be one of the index."""
    today = date.today()
    first = _day("since", since, end=False, today=today)
    last = _day("until", until, end=True, today=today)
    if first and last and first > last:
        raise UsageError(f"no day is both since {first} and until {last}; swap them")
    return Filters(first, last, _sources(index, sources))


def checked_index(index: object) -> SearchEngine:
    """The index itself, the newest of a LiveIndex, or the one at a path or an address; None is $ARTICLE_INDEX, else
    ./articles.index. Raises what opening it raises."""
    if isinstance(index, Follower):
        return index.current()
    if isinstance(index, SearchEngine):
        return index
    if index is None:
        index = default_index()
    path = os.fspath(index) if isinstance(index, os.PathLike) else index
    if not isinstance(path, str) or not path or "\0" in path:
        raise UsageError(f"index is an Index, a LiveIndex, a folder or milvus://HOST:PORT/NAME, not {_shown(index)}")
    return _live(path, os.getcwd()).current()


def _day(name: str, value: object, *, end: bool, today: date, otherwise: str = "") -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise UsageError(f"{name} is a date, such as {UNDERSTOOD}{otherwise}, not {_shown(value)}")
    try:
        return written_date(value, end=end, today=today)
    except UsageError as error:
        raise UsageError(f"{name}: {error}{otherwise}") from None


def _sources(index: SearchEngine, sources: object) -> tuple[str, ...] | None:
    if sources is None:
        return None
    if isinstance(sources, str):
        sources = (sources,)
    if isinstance(sources, bytes | Mapping) or not isinstance(sources, Iterable):
        raise UsageError(f"sources is the name of a source or a list of names, not {_shown(sources)}")
    names = tuple(sources)
    for name in names:
        if not isinstance(name, str):
            raise UsageError(f"sources is the name of a source or a list of names, and {_shown(name)} is no name")
    known = index.sources() if names else []
    folded = {name.casefold() for name in known}
    for name in names:
        if name.casefold() not in folded:
            raise UsageError(_unknown(name, known))
    return names or None


def _unknown(name: str, known: Sequence[str]) -> str:
    if not known:
        return f"no article names its source, so none is of {_shown(name)}; leave sources out"
    asked = name.casefold().strip()[:_COMPARED]
    alike = {other: SequenceMatcher(None, asked, other.casefold()[:_COMPARED]).ratio() for other in known}
    nearest = sorted(known, key=lambda other: (not (asked and asked in other.casefold()), -alike[other], other))
    return f"no article is from {_shown(name)}; the nearest sources are {', '.join(map(repr, nearest[:_NEAREST]))}"


@lru_cache(maxsize=_OPEN)
def _live(place: str, _working_directory: str) -> Follower:
    return follow(place)


def encodable(text: str) -> str:
    """Without halves of surrogate pairs, which JSON can bring: no text for the model or the analyser, or for a file."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _shown(value: object) -> str:
    return encodable(" ".join(short_repr(value).split()))
