"""Looks again before a question is refused: for the best passage with a name of it, where no quote has any."""

import re
from collections.abc import Sequence

import numpy as np

from index.engine import SearchEngine
from index.store.bm25 import analyze
from index.types import Span
from qa.answering.cite import Cited, cite, numbered
from qa.answering.deduplicate import Distinct
from qa.answering.quotes import Quote
from qa.search.passages import PassageText
from qa.search.rank import Ranking

__all__ = ["look_again"]

_WORD = re.compile(r"\w[\w’'-]*")


def look_again(index: SearchEngine, ranking: Ranking, cited: Sequence[Cited], *, reader: bool) -> tuple[Cited, ...]:
    """What is cited, behind the best passage that holds the rarest name of the question, with the quotes that share
    words with it; as it is where some passage cited holds a name of it, and where no candidate does.
    """
    position = _with_name(index, ranking, [one.passage for one in cited])
    if position is None:
        return tuple(cited)
    passage = ranking.read(position)
    span, others = passage.passage.span, list[Cited]()
    for one in cited:
        own = one.passage.passage
        if own.article != passage.passage.article or own.span.end <= span.start or span.end <= own.span.start:
            others.append(one)
        else:
            span = Span(min(span.start, own.span.start), max(span.end, own.span.end))
    found = cite(index, ranking, [Quote(Distinct(position), passage, span)], reader=reader)
    return tuple(numbered([*found, *others]))


def _with_name(index: SearchEngine, ranking: Ranking, cited: Sequence[PassageText]) -> int | None:
    """The position of the best passage with the question's rarest name, if none of these holds any name of it."""
    query = ranking.query
    names = _names(query.question, query.language) & query.idf.keys()
    if not names or any(names & _terms(passage) for passage in cited):
        return None
    rarest = max(sorted(names), key=lambda term: query.idf[term])
    number = int(index.forward.term_ids([rarest])[0])
    texts = index.forward.passages(ranking.rows)
    before = np.insert(np.cumsum(index.forward.terms[texts.words] == number), 0, 0)
    holding = np.flatnonzero(np.diff(before[texts.starts]))
    return int(holding[0]) if len(holding) else None


def _names(question: str, language: str) -> frozenset[str]:
    """The terms of the words with a capital, but for the first word of a question, whose capital tells nothing unless
    all of it are capitals; none of a question in capitals."""
    if question.isupper():
        return frozenset()
    words = [match[0] for match in _WORD.finditer(question)]
    found = [word for word in words[1:] if word[0].isupper()] + [word for word in words[:1] if word[1:].isupper()]
    return frozenset(term for name in found for term in analyze(name, language))


def _terms(passage: PassageText) -> frozenset[str]:
    return frozenset(analyze(passage.article.title, passage.language)).union(*passage.terms_of_sentences)
