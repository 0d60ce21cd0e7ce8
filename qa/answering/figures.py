"""Figures: where sentences of different days tell different numbers or dates of the thing that a question asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from index.types import Span
from qa.answering.asked_figure import (
    PEOPLE,
    PLURALS,
    AskedFigure,
    asked_figure,
    has_most_terms,
    is_about,
    is_of,
    lemma,
    names_in,
    predicate,
    tells,
)
from qa.answering.cite import Cited
from qa.answering.corroboration import most_likely, statement
from qa.answering.numbers import Token, agree, clause_of, may_count, tokens_of, words_of
from qa.answering.quantities import UNITS, Quantity, quantities
from qa.answering.said_dates import SaidDate, is_time, said_dates
from qa.answering.time_agreement import years_said
from qa.types import Statement

__all__ = ["Figure", "figure", "figures_told", "timeline"]

_TIMES = frozenset("second minute hour day week month year decade".split())
_ENDS = frozenset((",", ";", "and", "but", "while", "as", "after", "before"))
_PLACES = frozenset("in near through across inside outside".split())
_PARTS = frozenset("include includes included including".split())  # what follows is of what stands before
_LAST = frozenset(".!?…\"”’')")
# What would be, and what is told of a wider place than the question's.
_OTHERWISE = frozenset(
    "would could might if need needs needed unless nationwide statewide worldwide globally nationally".split()
)
_UNIT_OF = {"count": "", "share": "%", "magnitude": "magnitude"}
_NEWS = 31  # days between figures of one event: a storm of last year, at the same place, is another one


@dataclass(frozen=True, slots=True)
class Figure:
    """The number or date that a sentence tells of what is asked, as the range of the sentence in which it is written.
    Two may be compared where their keys are equal."""

    span: Span
    value: float | SaidDate
    key: tuple[object, ...]


def figures_told(question: str, cited: Sequence[Cited], k: int) -> tuple[Statement, ...]:
    """The different figures that sentences of the passages cited give for what a question asks, oldest first; nothing
    where the likeliest citation gives none, or the others give the same."""
    asked = asked_figure(question)
    if asked is None:
        return ()
    best = most_likely(cited)
    lasts = bool(asked.names) and not asked.said  # else it asks of an event, or of what is in the news
    found: list[tuple[date, Figure]] = []
    of: list[tuple[Cited, Span]] = []
    for one in (best, *(one for one in cited if one is not best)):
        published = one.citation.published
        told = _told(asked, one, published) if published is not None else None
        if told is None or published is None:
            if one is best:
                return ()
        elif lasts or not found or abs((published - found[0][0]).days) <= _NEWS:
            found.append((published, told[0]))
            of.append((one, told[1]))
    kind: Literal["date", "number"] = "date" if asked.kind == "date" else "number"
    return tuple(statement(*of[place], found[place][1].span, kind, k) for place in timeline(found))


def _told(asked: AskedFigure, one: Cited, published: date) -> tuple[Figure, Span] | None:
    """The figure of a citation's marked sentence, or of one of two, where the reader's words, if any, are of it; else
    the first that another sentence of its passage gives. With the sentence, as a range of the article's text."""
    text, marked = one.passage.article.text, Span(one.citation.sentence_start, one.citation.sentence_end)
    if not is_about(asked, words_of(f"{one.citation.title}\n{one.citation.text}")):
        return None
    for sentence in sorted(one.passage.sentences, key=lambda span: (span not in marked, span)):
        words = sentence.of(text)
        told = figure(asked, words, published) if words[-1] in _LAST else None  # headings leave out whom they are of
        if told is None:
            continue
        if _is_of_reader(one, sentence, told.span) if sentence in marked else is_about(asked, words_of(words)):
            return told, sentence
    return None


def _is_of_reader(one: Cited, sentence: Span, figure: Span) -> bool:
    start, end = sentence.start + figure.start, sentence.start + figure.end
    return one.words is None or (one.words.start < end and start < one.words.end)


def figure(asked: AskedFigure, sentence: str, published: date) -> Figure | None:
    """The figure of a sentence; None where it has none, or several, of what is asked. `published` is its day."""
    tokens = tokens_of(sentence)
    words = _words(tokens)
    if not any(map(may_count, words)) or not tells(asked, words) or is_time(words[0]):
        return None  # "Saturday, 2,900 left" is of that day
    if _is_elsewhere(asked, tokens) or not (_OTHERWISE - asked.words).isdisjoint(words):
        return None
    if asked.kind == "date":
        return _date(asked, sentence, tokens, published)
    if not asked.dated and any(not first <= published.year <= last for first, last in years_said(sentence)):
        return None
    found = []
    for one in quantities(tokens):
        if (modifiers := _fits(asked, one, tokens)) is not None:
            found.append((one, modifiers))
    if len(found) != 1:
        return None
    one, modifiers = found[0]
    return Figure(one.span, one.value, (one.unit, one.rate, modifiers, "since" in words))


def timeline(figures: Sequence[tuple[date, Figure]]) -> list[int]:
    """The places of the figures that tell different things, oldest first, equal ones next to each other once; nothing
    where all agree or are of one day. The first is that of the answer: the others are compared with it."""
    if not figures:
        return []
    key = figures[0][1].key
    same = [place for place, (_, one) in enumerate(figures) if one.key == key]
    order = sorted(same, key=lambda place: (figures[place][0], place))
    kept: list[int] = []
    for place in order:
        if not kept or not _agree(figures[kept[-1]][1], figures[place][1]):
            kept.append(place)
    days = {figures[place][0] for place in kept}
    return kept if len(days) > 1 else []


def _agree(one: Figure, other: Figure) -> bool:
    if isinstance(one.value, float) and isinstance(other.value, float):
        return agree(one.value, other.value)
    return isinstance(one.value, SaidDate) and isinstance(other.value, SaidDate) and one.value.agrees(other.value)


def _date(asked: AskedFigure, sentence: str, tokens: Sequence[Token], published: date) -> Figure | None:
    """The only date of a sentence, if it is said in the clause that tells what is asked, and lies on the side of its
    day of publication that is asked for."""
    found = said_dates(sentence, published)
    if len(found) != 1:
        return None
    one = found[0]
    inside = [place for place, token in enumerate(tokens) if one.span.start <= token.start < one.span.end]
    clause = clause_of(tokens, inside[0], inside[-1])
    if not has_most_terms(asked, _words(clause)) or asked.ahead is one.is_before(published):
        return None
    return Figure(one.span, one, ("date",))


def _is_elsewhere(asked: AskedFigure, tokens: Sequence[Token]) -> bool:
    """Whether a sentence names a place that the question does not ("in", "through" or "near" a word with a capital), or
    others, and too few of those that the question names."""
    if any(before.text in _PLACES and _is_other(asked, token) for before, token in pairwise(tokens)):
        return True
    few = 2 * names_in(asked, _words(tokens)) < len(asked.names)
    return few and any(_is_other(asked, token) for token in tokens[1:])


def _is_other(asked: AskedFigure, token: Token) -> bool:
    """Whether a word has a capital, and is neither of the question nor a day or a month."""
    if not token.capital or not token.text.isalpha() or is_time(token.text):
        return False
    return not any(is_of(word, token.text) for word in asked.words)


def _fits(asked: AskedFigure, one: Quantity, tokens: Sequence[Token]) -> frozenset[str] | None:
    """Whether a quantity is of the kind that is asked for: the words in front of what is counted, else None."""
    if not _is_of_unit(asked, one):
        return None
    if _said_of(one, tokens) not in (asked.said, ""):
        return None
    if asked.said and not any(predicate(token.text) == asked.said for token in tokens):
        return None
    before, clause = _words(tokens[: one.first]), _words(clause_of(tokens, one.first, one.last))
    if not _PARTS.isdisjoint(before) or "among" in _words(clause_of(tokens, one.first, one.last, back=False)):
        return None
    if _is_of_another(asked, tokens, one) or (asked.kind == "share" and not has_most_terms(asked, clause)):
        return None
    if asked.kind != "count":
        return frozenset()
    people = asked.head == lemma("people")
    for place, word in enumerate(one.counted):
        if (word in PEOPLE and people) or (lemma(word) == asked.head and (word[-1] == "s" or word in PLURALS)):
            return _modifiers(asked, one.counted[:place])
        if people and asked.said and predicate(word) == asked.said:
            return _modifiers(asked, one.counted[:place])
    return frozenset() if people and asked.said and not one.counted else None


def _is_of_unit(asked: AskedFigure, one: Quantity) -> bool:
    if asked.kind in _UNIT_OF:
        return one.unit == _UNIT_OF[asked.kind]
    if asked.kind == "money":
        return one.unit[-1:] in "$£€¥₹" and bool(one.unit)
    if asked.unit == "time":
        return one.unit in _TIMES
    if asked.unit == "length":
        return one.unit in UNITS.values() and one.unit not in _TIMES
    return one.unit == asked.unit


def _modifiers(asked: AskedFigure, words: Sequence[str]) -> frozenset[str]:
    """The words before what is counted that the question does not have: of two figures, they must be the same."""
    return frozenset(lemma(word) for word in words if not any(is_of(known, word) for known in asked.words))


def _is_of_another(asked: AskedFigure, tokens: Sequence[Token], one: Quantity) -> bool:
    """Whether the clause of a quantity names somebody or something, but nothing that the question names."""
    clause = clause_of(tokens, one.first, one.last)
    if not asked.names or names_in(asked, _words(clause)):
        return False
    return any(_is_other(asked, token) for token in clause if token is not tokens[0])


def _words(tokens: Sequence[Token]) -> list[str]:
    return [token.text for token in tokens]


def _said_of(one: Quantity, tokens: Sequence[Token]) -> str:
    """What is said of a quantity: the nearest predicate behind it in its clause, else the nearest in front."""
    for token in tokens[one.last + 1 :]:
        if name := predicate(token.text):
            return name
        if token.text in _ENDS or token.text[0].isdigit():
            break
    for token in reversed(tokens[: one.first]):
        if name := predicate(token.text):
            return name
        if token.text == ";" or token.text[0].isdigit():
            break
    return ""
