"""`ask` and `retrieve`: the whole way of one question, once, in order."""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from index.store.catalog import StoredArticle, text_sha256
from index.store.snapshot import Index
from index.types import Span
from qa.answering import evidence
from qa.answering.highlight import best_sentences
from qa.answering.quotes import Quote, quotes
from qa.arguments import (
    AnyIndex,
    Day,
    checked_day_of_asking,
    checked_filters,
    checked_history,
    checked_index,
    checked_options,
    checked_question,
)
from qa.search.followup import queries
from qa.search.passages import Read
from qa.search.preferences import NO_WISHES, Wishes, period_name, wishes_of
from qa.search.rank import Candidates, rank
from qa.search.rerank import reranked
from qa.types import Answer, Citation, Filters, History, Strength

__all__ = ["ask", "retrieve"]

_RECENT = 0.02  # of recency from which it is worth a word
_FEW = 0.5  # of the question's idf weight


def retrieve(
    question: str,
    k: int = 5,
    *,
    index: AnyIndex = None,
    history: History = (),
    since: Day = None,
    until: Day = None,
    sources: Sequence[str] | str | None = None,
    as_of: Day = None,
    understand: bool = True,
    reranker: str | None = None,
) -> list[Citation]:
    """The k passages that speak most to a question, best first. It never abstains; `ask` does.

    `index` is an Index, a LiveIndex or a path; None means $ARTICLE_INDEX, else ./articles.index. `history` holds
    (question, answer) pairs, oldest first. `since` and `until` (inclusive) and `sources` are hard filters; a day is a
    date or a string such as "2020-12-01", "Dec 2020" or "last week", and one source may be a string. `as_of` is the
    day of asking: None for today, "any" for no preference for recent articles. A period or a source that the question
    names ("in December 2020", "according to Politico") is preferred, unless `understand` is False. `reranker` is the
    name or path of a CrossEncoder that orders the best passages anew. Raises UsageError, naming what would be right,
    for an argument of a wrong type or value and for an unknown source, ModelNotFound for a reranker that cannot be
    loaded, and what opening the index raises.
    """
    question, k = checked_question(question, k)
    history, day = checked_history(history), checked_day_of_asking(as_of)
    understand, reranker = checked_options(understand, reranker)
    snapshot = checked_index(index)
    filters = checked_filters(snapshot, since, until, sources)
    wishes = wishes_of(snapshot, question, day) if understand else NO_WISHES
    candidates = rank(snapshot, queries(question, history), filters, day, wishes=wishes)
    if reranker:
        candidates = reranked(candidates, question, reranker)
    return _cite(snapshot, question, candidates, quotes(snapshot, candidates, k)[1])


def ask(
    question: str,
    k: int = 5,
    *,
    index: AnyIndex = None,
    history: History = (),
    since: Day = None,
    until: Day = None,
    sources: Sequence[str] | str | None = None,
    as_of: Day = None,
    understand: bool = True,
    reranker: str | None = None,
) -> Answer:
    """What the articles say to a question, as at most k citations; or that they do not, and why. Arguments as for
    `retrieve`.
    """
    question, k = checked_question(question, k)
    history, day = checked_history(history), checked_day_of_asking(as_of)
    understand, reranker = checked_options(understand, reranker)
    snapshot = checked_index(index)
    filters = checked_filters(snapshot, since, until, sources)
    asked = queries(question, history)
    wishes = wishes_of(snapshot, question, day) if understand else NO_WISHES
    candidates = rank(snapshot, asked, filters, day, wishes=wishes)
    if reranker:
        candidates = reranked(candidates, question, reranker)
    places, quoted = quotes(snapshot, candidates, k)
    weight = evidence.weigh(snapshot, question, candidates, [place.position for place in places])
    citations = tuple(_cite(snapshot, question, candidates, quoted))
    if weight.found or (len(asked) > 1 and citations):
        notes = _notes(candidates, [quote.place.position for quote in quoted], wishes)
        return Answer(question, True, citations, "", (), snapshot.generation, notes)
    return Answer(question, False, (), _reason(weight, filters, bool(citations)), citations, snapshot.generation)


def _cite(index: Index, question: str, candidates: Candidates, quoted: Sequence[Quote]) -> list[Citation]:
    # Each quote, and what its copies have in its place, as passages of their own.
    positions = [(number, position) for number, quote in enumerate(quoted) for position in quote.place.all]
    passages = [_quoted(candidates, quoted[number], position) for number, position in positions]
    unsaid = [candidates.unsaid(position) for _, position in positions]
    marked = best_sentences(index, question, candidates.question, passages, unsaid) if passages else []
    citations: list[Citation] = []
    for (number, position), passage, sentence in zip(positions, passages, marked, strict=True):
        if number == len(citations):
            grade = evidence.strength(index, question, candidates, position)
            citations.append(_citation(candidates, position, passage, sentence, number + 1, grade))
        else:
            copy = _citation(candidates, position, passage, sentence, number + 1, citations[number].strength)
            citations[number] = replace(citations[number], also_in=(*citations[number].also_in, copy))
    return citations


def _quoted(candidates: Candidates, quote: Quote, position: int) -> Read:
    """What is quoted of the passage at a position: of a copy the same words, or all of it where it has them not."""
    passage = candidates.read(position)
    span = quote.span
    if quote.passage.passage.span == span:
        return passage
    if position != quote.place.position:
        words = span.of(quote.passage.article.text)
        start = passage.article.text.find(words)
        if start < 0:
            return passage
        span = Span(start, start + len(words))
    return Read(replace(passage.passage, span=span), passage.article)


def _citation(
    candidates: Candidates, position: int, passage: Read, sentence: Span, number: int, grade: Strength
) -> Citation:
    article, span = passage.article, passage.passage.span
    quote = span.of(article.text)
    return Citation(
        number=number,
        article_id=article.id,
        title=article.title,
        source=article.source,
        author=article.author,
        published=article.published,
        url=article.url,
        path=article.path,
        start=span.start,
        end=span.end,
        text=quote,
        sentence_start=sentence.start,
        sentence_end=sentence.end,
        sentence=sentence.of(article.text),
        score=round(float(candidates.score[position]), 6),
        strength=grade,
        quote_sha256=hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest(),
        article_sha256=text_sha256(article.text),
        page=_page(article, span.start),
    )


def _page(article: StoredArticle, offset: int) -> int | None:
    return bisect_right(article.pages, offset) if article.pages else None


def _notes(candidates: Candidates, best: list[int], wishes: Wishes) -> tuple[str, ...]:
    notes = []
    if any(candidates.recency[best] >= _RECENT):
        notes.append("recent articles were preferred")
    if wishes.period is not None and any(candidates.period[best] >= _RECENT):
        notes.append(f"articles {period_name(wishes.period)} were preferred")
    if any(candidates.named_source[best]):
        notes.append(f"articles of {' and '.join(wishes.sources)} were preferred")
    return tuple(notes)


def _reason(weight: evidence.Evidence, filters: Filters, any_passage: bool) -> str:
    if not any_passage:
        if filters:
            return "No article is left under these filters."
        return "No passage has anything to do with the question."
    within = " under these filters" if filters else ""
    if weight.names_another_thing:
        return f"The closest passages{within} do not mention what the question asks for."
    if weight.together < _FEW:
        return f"Too few of the question's words stand in any passage{within}, and none is close to it in meaning."
    return f"The closest passages{within} share words with the question but do not speak to it."
