"""The passages in which a name stands, those first that say what is asked of it: who that is, or what it said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine, Selection
from index.types import Span
from qa.answering.roles import says, tells_role
from qa.search.features import FEATURES, Features
from qa.search.name_matching import find_name, passages_with
from qa.search.names import NameQuestion
from qa.search.passages import PassageText, PassageTexts
from qa.search.rank import Ranking

__all__ = ["Mention", "Mentions", "mention_note", "mentions", "missing_reason", "ranked_mentions"]

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


def mentions(index: SearchEngine, asked: NameQuestion, selection: Selection | None = None) -> Mentions:
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
    reading = PassageTexts(index)
    every = [(mention, place) for place in order if (mention := _mention(reading[int(rows[place])], asked)) is not None]
    every.sort(
        key=lambda item: (not item[0].tells, item[0].sentence is None, later[item[1]], -days[item[1]], item[0].row)
    )
    found = tuple(mention for mention, _ in every)
    articles = len(np.unique(index.articles_of(np.array([mention.row for mention in found], np.int64))))
    return Mentions(found, articles, len(rows) <= _LOOKED_AT)


def _mention(passage: PassageText, asked: NameQuestion) -> Mention | None:
    best: Span | None = None
    text = passage.article.text
    for sentence in passage.sentences:
        words = sentence.of(text)
        if (name := find_name(asked, words, passage.language)) is None:
            continue
        if asked.wants == "about" or (says if asked.wants == "said" else tells_role)(words, name):
            return Mention(passage.passage.row, sentence, True)
        best = best or sentence
    if best is not None or find_name(asked, passage.article.title, passage.language) is not None:
        return Mention(passage.passage.row, best, False)
    return None


def ranked_mentions(index: SearchEngine, ranking: Ranking, found: Sequence[Mention]) -> Ranking:
    """The passages that mention a name, in their order; every feature but the cosine is 0."""
    rows: NDArray[np.int64] = np.array([mention.row for mention in found], np.int64)
    features = np.zeros((len(rows), len(FEATURES)))
    features[:, FEATURES.index("cosine")] = index.cosines(ranking.query.vector, rows)
    return replace(
        ranking,
        rows=rows,
        articles=index.articles_of(rows),
        features=Features(features),
        score=np.linspace(1.0, 0.0, len(rows), endpoint=False),
    )


def mention_note(asked: NameQuestion, found: Mentions) -> str:
    """In how many articles a name stands, in a few words."""
    most = "" if found.complete else "at least "
    return f"'{asked.name}' stands in {most}{found.articles:,} article{'s' if found.articles != 1 else ''}"


def missing_reason(asked: NameQuestion, surname: NameQuestion | None, filtered: bool) -> str:
    """One sentence: a name stands nowhere, and whether its last word by itself does."""
    under = " under these filters" if filtered else ""
    does = f"; '{surname.name}' does" if surname is not None else ""
    return f"'{asked.name}' stands in none of the articles{under}{does}."
