"""Quotes to citations: the marked sentence, the strength, the copies, and where each stands."""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from index.store.catalog import StoredArticle, text_sha256
from index.store.snapshot import Index
from index.types import Span
from qa.answering.deduplicate import distinct
from qa.answering.evidence import implied_terms, strength
from qa.answering.highlight import best_sentences
from qa.answering.mentions import Mention, Mentions, ranked_mentions
from qa.answering.quotes import Quote
from qa.search.passages import PassageText
from qa.search.rank import Ranking
from qa.types import Citation, Strength

__all__ = ["cite", "cite_mentions"]


def cite(index: Index, ranking: Ranking, quotes: Sequence[Quote], mentioned: Sequence[Mention] = ()) -> list[Citation]:
    """The citations of quotes, in their order, each with its near-identical copies; of mentions, by the positions of
    the ranking, the sentence with the name is marked.
    """
    positions = [(number, position) for number, quote in enumerate(quotes) for position in quote.place.all]
    passages = [_quoted(ranking, quotes[number], position) for number, position in positions]
    implied = [implied_terms(ranking, position) for _, position in positions]
    marked = best_sentences(index, ranking.query, passages, implied) if passages else []
    citations: list[Citation] = []
    for (number, position), passage, best in zip(positions, passages, marked, strict=True):
        sentence = (mentioned[position].sentence or best) if mentioned else best
        if number == len(citations):
            if mentioned:
                grade: Strength = "strong" if mentioned[position].tells else "fair"
            else:
                grade = strength(index, ranking, position)
            citations.append(_citation(ranking, position, passage, sentence, number + 1, grade))
        else:
            copy = _citation(ranking, position, passage, sentence, number + 1, citations[number].strength)
            citations[number] = replace(citations[number], also_in=(*citations[number].also_in, copy))
    return citations


def cite_mentions(index: Index, ranking: Ranking, found: Mentions, k: int) -> tuple[Citation, ...]:
    """The citations of the best k mentions of a name that say different things."""
    among = ranked_mentions(index, ranking, found.found)
    places = distinct(index, among, k)
    reads = [among.read(place.position) for place in places]
    quoted = [Quote(place, read, read.passage.span) for place, read in zip(places, reads, strict=True)]
    return tuple(cite(index, among, quoted, found.found))


def _quoted(ranking: Ranking, quote: Quote, position: int) -> PassageText:
    """What is quoted of the passage at a position: of a copy, the same words in the copy, else its whole passage."""
    passage = ranking.read(position)
    span = quote.span
    if quote.passage.passage.span == span:
        return passage
    if position != quote.place.position:
        words = span.of(quote.passage.article.text)
        start = passage.article.text.find(words)
        if start < 0:
            return passage
        span = Span(start, start + len(words))
    return PassageText(replace(passage.passage, span=span), passage.article)


def _citation(
    ranking: Ranking, position: int, passage: PassageText, sentence: Span, number: int, grade: Strength
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
        score=round(float(ranking.score[position]), 6),
        strength=grade,
        quote_sha256=hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest(),
        article_sha256=text_sha256(article.text),
        page=_page(article, span.start),
        features=ranking.explained(position),
    )


def _page(article: StoredArticle, offset: int) -> int | None:
    return bisect_right(article.pages, offset) if article.pages else None
