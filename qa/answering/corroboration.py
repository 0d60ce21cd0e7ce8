"""Corroboration: which independent sources give the same answer in a sentence of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from index.engine import SearchEngine
from index.types import Span
from qa.answering.answer_type import AnswerType, answer_type
from qa.answering.cite import Cited
from qa.answering.deduplicate import TAKEN_OVER, containment, shingles
from qa.answering.numbers import clause_of, number_at, text_at, tokens_of
from qa.answering.type_in_text import holds
from qa.types import Statement

Kind = Literal["words", "number", "date"]

__all__ = ["Word", "corroborated", "most_likely", "said_words", "same_answer", "statement"]

_TYPES: tuple[AnswerType, ...] = ("number", "money", "share", "duration", "time")  # whose words tell what they are
_ARTICLES = frozenset(("the", "a", "an"))
_SIGNS = frozenset("$£€¥₹%")
# Agencies whose reports others print, by the names that sources, authors and datelines have for them.
_AGENCIES = {
    "associated press": "ap", "ap": "ap", "ap news": "ap", "apnews.com": "ap", "reuters": "reuters",
    "reuters.com": "reuters", "afp": "afp", "agence france-presse": "afp", "dpa": "dpa", "pa media": "pa",
    "press association": "pa", "upi": "upi", "xinhua": "xinhua", "bloomberg": "bloomberg",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word or number as it is compared ("8800000000" for "8.8 billion"), where it stands, and whether it has a
    capital."""

    said: str
    start: int
    end: int
    capital: bool


def most_likely(cited: Sequence[Cited]) -> Cited:
    """The citation that most likely answers, the first of equals."""
    return max(cited, key=lambda one: (one.citation.confidence, -one.citation.number))


def corroborated(index: SearchEngine, question: str, cited: Sequence[Cited], k: int) -> tuple[Statement, ...]:
    """The words that answer in the citation that most likely does, then the same words in the marked sentences of other
    sources, in order of rank; nothing where no other says so. Near-identical articles, copied sentences, reports of one
    agency and articles of one source count once; an article that names no source does not count.
    """
    best = most_likely(cited)
    answer = _answer_words(best)
    asked = {word.said for word in said_words(question)}
    if not answer or not best.citation.source or all(word.said in asked for word in answer):
        return ()
    wanted, text, own = answer_type(question), best.citation.sentence, Span(answer[0].start, answer[-1].end)
    if wanted in _TYPES and not holds(wanted, text[own.start : _end_of_clause(text, answer[-1])]):
        return ()
    clusters = index.clusters_of(np.array([one.passage.passage.article for one in cited], np.int64)).tolist()
    used, counted = set[str](), set[int]()
    found: list[tuple[Cited, Span]] = []
    for one, cluster in sorted(zip(cited, clusters, strict=True), key=lambda pair: pair[0] is not best):
        names = _origins(one)
        counts = one.citation.source and not names & used and cluster not in counted and not _is_copied(one, found)
        if one is not best and not counts:
            continue
        span = own if one is best else same_answer(answer, one, person=wanted == "person")
        if span is not None:
            used |= names
            counted.add(cluster)
            found.append((one, span))
    if len(found) < 2:
        return ()
    marked = [Span(one.citation.sentence_start, one.citation.sentence_end) for one, _ in found]
    return tuple(statement(one, at, span, "words", k) for (one, span), at in zip(found, marked, strict=True))


def statement(one: Cited, sentence: Span, span: Span, kind: Kind, k: int) -> Statement:
    """What a sentence of a citation's passage says, as a range of the sentence; the citation's number only where it is
    among the first k."""
    citation, text = one.citation, one.passage.article.text
    words = sentence.of(text)
    return Statement(
        number=citation.number if citation.number <= k else None,
        article_id=citation.article_id,
        title=citation.title,
        source=citation.source,
        published=citation.published,
        kind=kind,
        start=sentence.start + span.start,
        end=sentence.start + span.end,
        text=span.of(words),
        sentence_start=sentence.start,
        sentence_end=sentence.end,
        sentence=words,
    )


def said_words(text: str) -> list[Word]:
    """The words and numbers of a text, in order, as they are compared; signs only as part of a number."""
    tokens, words, place = tokens_of(text), list[Word](), 0
    while place < len(tokens):
        token = tokens[place]
        if (number := number_at(tokens, place)) is not None:
            value, last, _ = number
            sign = tokens[place - 1].text if place and tokens[place - 1].text in _SIGNS else ""
            after = text_at(tokens, last + 1)
            share = after in ("%", "percent") or (after == "per" and text_at(tokens, last + 2) == "cent")
            start = tokens[place - 1].start if sign else token.start
            words.append(Word(f"{sign}{value:.15g}{'%' * share}", start, tokens[last].end, False))
            place = last + 1
            continue
        if token.text.isalnum() or "'" in token.text or "’" in token.text:
            bare = token.text.replace("’", "'").removesuffix("'s")
            words.append(Word(bare, token.start, token.end, token.capital))
        place += 1
    return words


def _answer_words(one: Cited) -> list[Word]:
    """The words of a citation's sentence that the reader takes for the answer."""
    span = _inside(one)
    if span is None:
        return []
    words = [word for word in said_words(one.citation.sentence) if word.start < span.end and span.start < word.end]
    while words and words[0].said in _ARTICLES:
        words = words[1:]
    return words


def _inside(one: Cited) -> Span | None:
    """The reader's words as a range of the marked sentence, where they stand in it."""
    if one.words is None or one.words not in Span(one.citation.sentence_start, one.citation.sentence_end):
        return None
    start = one.citation.sentence_start
    return Span(one.words.start - start, one.words.end - start)


def same_answer(answer: Sequence[Word], other: Cited, *, person: bool) -> Span | None:
    """Where a citation's sentence has the words of an answer, as a range of it, if the reader takes them there for the
    answer, too; of the name of a `person` the surname is enough."""
    words, there = said_words(other.citation.sentence), _inside(other)
    if there is None:
        return None
    wanted = [[word.said for word in answer]]
    if person and len(answer) > 1 and all(word.capital for word in answer):
        wanted.append(wanted[0][-1:])
    for said in wanted:
        for place in range(len(words) - len(said) + 1):
            some = words[place : place + len(said)]
            span = Span(some[0].start, some[-1].end)
            same = [word.said for word in some] == said and (len(said) == len(answer) or some[0].capital)
            more = [word.said for word in words[place + len(said) : place + len(said) + 2]]
            if same and span.start < there.end and there.start < span.end and not _goes_on(said, more):
                return span
    return None


def _end_of_clause(text: str, word: Word) -> int:
    """Where the clause of a word of a text ends: up to there its unit stands, if it has one."""
    tokens = tokens_of(text)
    place = next(place for place, token in enumerate(tokens) if token.end >= word.end)
    return clause_of(tokens, place, place, back=False)[-1].end


def _goes_on(said: Sequence[str], more: Sequence[str]) -> bool:
    """Whether a number goes on: "nine years" is not said by "nine years and six months"."""
    return any(word[-1].isdigit() for word in said) and more[:1] == ["and"] and more[-1][:1].isdigit()


def _origins(one: Cited) -> set[str]:
    """The source of a citation and of its copies, and the agency that its article is of."""
    citation = one.citation
    names = {copy.source.casefold() for copy in (citation, *citation.also_in) if copy.source}
    said = (*names, citation.author.casefold(), one.passage.article.agency.casefold())
    agencies = {_AGENCIES[name] for name in said if name in _AGENCIES}
    return names | {f"agency {agency}" for agency in agencies}


def _is_copied(one: Cited, found: Sequence[tuple[Cited, Span]]) -> bool:
    """Whether a sentence was taken over from one that counts, or that from it, as passages of copies are."""
    known: dict[str, int] = {}

    def runs(cited: Cited) -> frozenset[int]:
        words = said_words(cited.citation.sentence)
        return shingles(np.array([known.setdefault(word.said, len(known)) for word in words], np.int32))

    own = runs(one)
    return any(containment(own, runs(before)) >= TAKEN_OVER for before, _ in found)
