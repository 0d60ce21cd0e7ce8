"""`ask` and `retrieve`: the whole way of one question, once, in order."""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from index.errors import UsageError
from index.store.catalog import StoredArticle, text_sha256
from index.store.live import LiveIndex
from index.store.snapshot import Index
from index.types import Span
from qa.answering import evidence
from qa.answering.deduplicate import distinct
from qa.answering.highlight import best_sentences
from qa.answering.mentions import Mention, Mentions, mention_candidates, mention_note, mentions, missing_reason
from qa.answering.quotes import Quote, quotes
from qa.search.followup import Query, queries, taken
from qa.search.names import Asked, asked_about
from qa.search.passages import Read
from qa.search.preferences import NO_WISHES, Wishes, period_name, wishes_of
from qa.search.rank import Candidates, rank
from qa.search.rerank import reranked
from qa.types import Answer, AsOf, Citation, Filters, History, Strength

__all__ = ["ask", "retrieve"]

_LONGEST = 10_000  # characters of a question
_RECENT = 0.02  # of recency from which it is worth a word
_MOST = 100  # citations
_FEW = 0.5  # of the question's idf weight

AnyIndex = Index | LiveIndex | Path | str | None


def retrieve(
    question: str,
    k: int = 5,
    *,
    index: AnyIndex = None,
    history: History = (),
    since: date | None = None,
    until: date | None = None,
    sources: Sequence[str] | None = None,
    as_of: AsOf = None,
    understand: bool = True,
    reranker: str | None = None,
) -> list[Citation]:
    """The k passages that speak most to a question, best first. It never abstains; `ask` does.

    `index` is an Index, a LiveIndex or a path; None means $ARTICLE_INDEX, else ./articles.index. `history` holds
    (question, answer) pairs, oldest first. `since` and `until` (inclusive) and `sources` are hard filters. `as_of` is
    the day of asking: None for today, "any" for no preference for recent articles. A period or a source that the
    question names ("in December 2020", "according to Politico") is preferred, unless `understand` is False. `reranker`
    is the name or path of a CrossEncoder that orders the best passages anew. Raises UsageError for an empty question,
    ModelNotFound for a reranker that cannot be loaded, and what opening the index raises.
    """
    snapshot = _open(index)
    question = _checked(question, k)
    wishes = wishes_of(snapshot, question, as_of) if understand else NO_WISHES
    asked = queries(question, history, snapshot.encode_queries)
    candidates = rank(snapshot, asked, _filters(since, until, sources), as_of, wishes=wishes)
    if reranker:
        candidates = reranked(candidates, question, reranker)
    return _cite(snapshot, asked, candidates, quotes(snapshot, candidates, k)[1])


def ask(
    question: str,
    k: int = 5,
    *,
    index: AnyIndex = None,
    history: History = (),
    since: date | None = None,
    until: date | None = None,
    sources: Sequence[str] | None = None,
    as_of: AsOf = None,
    understand: bool = True,
    reranker: str | None = None,
) -> Answer:
    """What the articles say to a question, as at most k citations; or that they do not, and why. Arguments as for
    `retrieve`.
    """
    snapshot = _open(index)
    question = _checked(question, k)
    filters = _filters(since, until, sources)
    asked = queries(question, history, snapshot.encode_queries)
    wishes = wishes_of(snapshot, question, as_of) if understand else NO_WISHES
    candidates = rank(snapshot, asked, filters, as_of, wishes=wishes)
    if reranker:
        candidates = reranked(candidates, question, reranker)
    about = asked_about(question)
    if about is not None and (about.capital or about.exact) and about.firm:
        return _of_name(snapshot, about, asked, candidates, filters, k)
    places, quoted = quotes(snapshot, candidates, k)
    weight = evidence.weigh(snapshot, question, candidates, [place.position for place in places], asked)
    citations = tuple(_cite(snapshot, asked, candidates, quoted))
    if weight.found:
        notes = _notes(candidates, [quote.place.position for quote in quoted], wishes)
        return Answer(question, True, citations, "", (), snapshot.generation, notes, taken(asked))
    if about is not None and len(asked) == 1:
        answer = _of_name(snapshot, about, asked, candidates, filters, k)
        if answer.found or about.firm:
            return answer
    reason = _reason(weight, filters, bool(citations))
    return Answer(question, False, (), reason, citations, snapshot.generation, (), taken(asked))


def _of_name(
    index: Index, about: Asked, asked: Sequence[Query], candidates: Candidates, filters: Filters, k: int
) -> Answer:
    """Where the name that a question is about stands; or that it stands nowhere, with what is closest."""
    question, selection = asked[0].text, index.select(filters.since, filters.until, filters.sources)
    found = mentions(index, about, selection)
    if found:
        citations = _cite_mentions(index, asked, candidates, found, k)
        return Answer(question, True, citations, "", (), index.generation, (mention_note(about, found),))
    surname = about.surname
    others = mentions(index, surname, selection) if surname is not None else Mentions((), 0, True)
    if others:
        closest = _cite_mentions(index, asked, candidates, others, k)
    else:
        closest = tuple(_cite(index, asked, candidates, quotes(index, candidates, k)[1]))
    reason = missing_reason(about, surname if others else None, bool(filters))
    return Answer(question, False, (), reason, closest, index.generation)


def _cite_mentions(
    index: Index, asked: Sequence[Query], candidates: Candidates, found: Mentions, k: int
) -> tuple[Citation, ...]:
    among = mention_candidates(candidates, found.found)
    places = distinct(index, among, k)
    reads = [among.read(place.position) for place in places]
    quoted = [Quote(place, read, read.passage.span) for place, read in zip(places, reads, strict=True)]
    return tuple(_cite(index, asked, among, quoted, found.found))


@lru_cache(maxsize=4)
def _live(path: Path) -> LiveIndex:
    return LiveIndex(path)


def _open(index: AnyIndex) -> Index:
    if isinstance(index, Index):
        return index
    if isinstance(index, LiveIndex):
        return index.current()
    if index is None:
        from index.store.paths import default_index

        index = default_index()
    return _live(Path(index).absolute()).current()


def _checked(question: str, k: int) -> str:
    if not question.strip():
        raise UsageError("the question is empty; type one")
    if len(question) > _LONGEST:
        raise UsageError(f"the question has {len(question):,} characters; ask in at most {_LONGEST:,}")
    if not 1 <= k <= _MOST:
        raise UsageError(f"k is the number of citations, from 1 to {_MOST}, not {k}")
    # Half a surrogate pair, which JSON can bring, is no text for the model or the analyser.
    return question.encode("utf-8", "replace").decode("utf-8")


def _filters(since: date | None, until: date | None, sources: Sequence[str] | None) -> Filters:
    if since and until and since > until:
        raise UsageError(f"no day is both since {since} and until {until}; swap them")
    return Filters(since, until, tuple(sources) if sources else None)


def _cite(
    index: Index,
    asked: Sequence[Query],
    candidates: Candidates,
    quoted: Sequence[Quote],
    mentioned: Sequence[Mention] = (),
) -> list[Citation]:
    """The citations of quotes; of mentions, by the candidates' positions, the sentence with the name is marked."""
    question = asked[0].text
    # Each quote, and what its copies have in its place, as passages of their own.
    positions = [(number, position) for number, quote in enumerate(quoted) for position in quote.place.all]
    passages = [_quoted(candidates, quoted[number], position) for number, position in positions]
    unsaid = [candidates.unsaid(position) for _, position in positions]
    marked = best_sentences(index, question, candidates.question, passages, unsaid) if passages else []
    citations: list[Citation] = []
    for (number, position), passage, best in zip(positions, passages, marked, strict=True):
        sentence = (mentioned[position].sentence or best) if mentioned else best
        if number == len(citations):
            if mentioned:
                grade: Strength = "strong" if mentioned[position].tells else "fair"
            else:
                grade = evidence.strength(index, question, candidates, position, asked)
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
