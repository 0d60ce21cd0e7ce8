"""Quotes to citations: the marked sentence, the strength, the copies, and where each stands."""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.engine import SearchEngine
from index.store.bm25 import tokenize
from index.store.catalog import StoredArticle
from index.types import Span
from qa.answering.deduplicate import distinct
from qa.answering.evidence import WEIGHED, coefficients_used, likeliest_first, read_passages, strength, threshold_of
from qa.answering.mentions import Mention, Mentions, ranked_mentions
from qa.answering.quotes import Quote
from qa.answering.reader import PassageReading
from qa.answering.reading import relative_period
from qa.search.passages import PassageText
from qa.search.rank import Ranking
from qa.types import Citation, Strength

__all__ = ["Cited", "cite", "cite_mentions", "numbered", "quoted_passages"]


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation with its passage, and the words that the reader takes for the answer, as a range of the article's
    text; None without a reader."""

    citation: Citation
    passage: PassageText
    words: Span | None


def cite(
    index: SearchEngine,
    ranking: Ranking,
    quotes: Sequence[Quote],
    mentioned: Sequence[Mention] = (),
    *,
    reader: bool = True,
    seen: Sequence[PassageReading] | None = None,
) -> list[Cited]:
    """The citations of quotes, each with its near-identical copies: of the first five the likeliest first. Mentions, by
    the positions of the ranking, keep their order, and the sentence with the name is marked. `reader` and `seen` as for
    `read_passages`.
    """
    places = [quote.place.position for quote in quotes]
    passages = quoted_passages(ranking, quotes)
    readings = read_passages(index, ranking, passages, places, reader=reader and not mentioned, seen=seen)
    learned, citations = coefficients_used(small=ranking.query.small, reader=reader), []
    for quote, passage, reading in zip(quotes, passages, readings, strict=True):
        position, sentence, confidence = quote.place.position, reading.sentence, reading.confidence
        grade = strength(confidence, learned)
        if mentioned:
            sentence = mentioned[position].sentence or sentence
            grade, confidence = ("strong", 1.0) if mentioned[position].tells else ("fair", learned.fair)
        cited = _citation(ranking, position, passage, sentence, grade, confidence)
        copies = [
            _citation(ranking, other, copy, _same_words(copy, passage, sentence), grade, confidence)
            for other in quote.place.copies
            for copy in (_quoted(ranking, quote, other),)
        ]
        citations.append(Cited(replace(cited, also_in=tuple(copies)), passage, reading.words))
    if not mentioned:
        citations = [citations[place] for place in _order(index, ranking, places, citations, reader=reader)]
    return numbered(citations)


def numbered(cited: Sequence[Cited]) -> list[Cited]:
    """Citations with their places as their numbers."""
    found = []
    for number, one in enumerate(cited, 1):
        copies = tuple(replace(copy, number=number) for copy in one.citation.also_in)
        found.append(replace(one, citation=replace(one.citation, number=number, also_in=copies)))
    return found


def _order(
    index: SearchEngine, ranking: Ranking, positions: Sequence[int], cited: Sequence[Cited], *, reader: bool
) -> list[int]:
    """The places of citations, likeliest first, or in order of rank where that knows what confidence does not; of the
    first five, those that answer before those that do not."""
    confidences = [one.citation.confidence for one in cited]
    order = list(range(len(cited)))
    if not _preferred(ranking):
        behind = ranking.articles_behind(positions)
        order = likeliest_first(confidences, behind, coefficients_used(small=ranking.query.small, reader=reader).behind)
    least = threshold_of(index, small=ranking.query.small, reader=reader)
    return sorted(order, key=lambda place: place >= WEIGHED or confidences[place] < least)


def quoted_passages(ranking: Ranking, quotes: Sequence[Quote]) -> list[PassageText]:
    """What is quoted by each quote, as a passage."""
    return [_quoted(ranking, quote, quote.place.position) for quote in quotes]


def _preferred(ranking: Ranking) -> bool:
    """Whether the ranking knows what confidence does not: a source that the question names, or a month or a day."""
    period = ranking.features.column("period").any() and relative_period(ranking.query.preferences) is None
    return bool(period or ranking.features.column("source").any())


def cite_mentions(index: SearchEngine, ranking: Ranking, found: Mentions, k: int) -> tuple[Citation, ...]:
    """The citations of the best k mentions of a name that say different things."""
    among = ranked_mentions(index, ranking, found.found)
    places = distinct(index, among, k)
    reads = [among.read(place.position) for place in places]
    quoted = [Quote(place, read, read.passage.span) for place, read in zip(places, reads, strict=True)]
    return tuple(cited.citation for cited in cite(index, among, quoted, found.found))


def _same_words(copy: PassageText, passage: PassageText, marked: Span) -> Span:
    """Where what is marked of a passage stands in its copy; else as many sentences, with most of its words."""
    span, sentence = copy.passage.span, marked.of(passage.article.text)
    start = copy.article.text.find(sentence, span.start, span.end)
    if start >= 0:
        return Span(start, start + len(sentence))
    # Words, not terms: copies differ in few, and the stems of thirty copies take two of a question's 27 ms.
    words, own = frozenset(tokenize(sentence)), copy.sentences
    many = sum(marked.start <= one.start < marked.end for one in passage.sentences)
    ends = own[max(1, min(many, len(own))) - 1 :]
    found = [Span(first.start, last.end) for first, last in zip(own, ends, strict=False)]
    return max(found, key=lambda one: len(words.intersection(tokenize(one.of(copy.article.text)))))


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
    return replace(passage, passage=replace(passage.passage, span=span))


def _citation(
    ranking: Ranking, position: int, passage: PassageText, sentence: Span, grade: Strength, confidence: float
) -> Citation:
    """A citation without its number."""
    article, span = passage.article, passage.passage.span
    quote = span.of(article.text)
    return Citation(
        number=0,
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
        confidence=round(confidence, 6),
        quote_sha256=hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest(),
        article_sha256=article.sha256,
        page=bisect_right(article.pages, sentence.start) if article.pages else None,
        read_by_ocr=_is_read_by_ocr(article, span),
        features=ranking.explained(position),
    )


def _is_read_by_ocr(article: StoredArticle, span: Span) -> bool:
    """Whether OCR read one of the pages on which a span stands."""
    pages = range(bisect_right(article.pages, span.start), bisect_right(article.pages, span.end - 1) + 1)
    return any(number in pages for number in article.ocr_pages)
