"""The passages in which a name stands, those first that say what is asked of it: who that is, or what it said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.store.snapshot import SearchEngine, Selection
from index.types import Span
from qa.answering.roles import says, tells_role
from qa.search.names import Asked, find_name, passages_with
from qa.search.passages import Read, Reading
from qa.search.rank import Candidates

__all__ = ["Mention", "Mentions", "mention_candidates", "mention_note", "mentions", "missing_reason"]

_LOOKED_AT = 150  # limit: passages whose text is read for one question


@dataclass(frozen=True, slots=True)
class Mention:
    """A passage, by row, that holds a name; the sentence with it, None where only the title does; and whether that
    sentence says what is asked."""

    row: int
    sentence: Span | None
    tells: bool


@dataclass(frozen=True, slots=True)
class Mentions:
    """Mentions of a name, best first; the number of articles they are of; and whether all that there are were read."""

    found: tuple[Mention, ...]
    articles: int
    complete: bool

    def __bool__(self) -> bool:
        return bool(self.found)


def mentions(index: SearchEngine, asked: Asked, selection: Selection | None = None) -> Mentions:
    """Where a name stands, among the passages that a filter admits: first what tells of it as is asked, then by whether
    the text or only the title names it, newest first, in order of row.

    Each article's first passage with the name is read before any second one: there a report says who somebody is.
    """
    rows = passages_with(index, asked, selection)
    days = index.days(index.articles_of(rows))
    _, first = np.unique(index.articles_of(rows), return_index=True)
    later = np.ones(len(rows), np.int64)
    later[first] = 0
    order = np.lexsort((rows, -days, later))[:_LOOKED_AT]
    reading = Reading(index)
    every = [(mention, place) for place in order if (mention := _mention(reading[int(rows[place])], asked)) is not None]
    every.sort(
        key=lambda item: (not item[0].tells, item[0].sentence is None, later[item[1]], -days[item[1]], item[0].row)
    )
    found = tuple(mention for mention, _ in every)
    articles = len(np.unique(index.articles_of(np.array([mention.row for mention in found], np.int64))))
    return Mentions(found, articles, len(rows) <= _LOOKED_AT)


def _mention(passage: Read, asked: Asked) -> Mention | None:
    best: Span | None = None
    text = passage.article.text
    for sentence in passage.sentences:
        words = sentence.of(text)
        if (name := find_name(asked, words)) is None:
            continue
        if asked.wants == "about" or (says if asked.wants == "said" else tells_role)(words, name):
            return Mention(passage.passage.row, sentence, True)
        best = best or sentence
    if best is not None or find_name(asked, passage.article.title) is not None:
        return Mention(passage.passage.row, best, False)
    return None


def mention_candidates(candidates: Candidates, found: Sequence[Mention]) -> Candidates:
    """Candidates of the passages that mention a name, in their order; every signal but the cosine is nought."""
    index = candidates.reading.index
    rows: NDArray[np.int64] = np.array([mention.row for mention in found], np.int64)
    none = np.zeros(len(rows))
    return replace(
        candidates,
        rows=rows,
        articles=index.articles_of(rows),
        cosine=index.cosines(candidates.vector, rows).astype(np.float64),
        passage=none,
        article=none,
        lead=none,
        echo=none,
        burst=none,
        recency=none,
        period=none,
        named_source=none,
        score=np.linspace(1.0, 0.0, len(rows), endpoint=False),
        _words={},
    )


def mention_note(asked: Asked, found: Mentions) -> str:
    """In how many articles a name stands, in a few words."""
    most = "" if found.complete else "at least "
    return f"'{asked.name}' stands in {most}{found.articles:,} article{'s' if found.articles != 1 else ''}"


def missing_reason(asked: Asked, surname: Asked | None, filtered: bool) -> str:
    """One sentence: a name stands nowhere, and whether its last word by itself does."""
    under = " under these filters" if filtered else ""
    does = f"; '{surname.name}' does" if surname is not None else ""
    return f"'{asked.name}' stands in none of the articles{under}{does}."
