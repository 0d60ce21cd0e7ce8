"""Cuts the body of an article into passages of whole sentences, as ranges of its text."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from index.types import Span

__all__ = ["ChunkSettings", "chunk"]

_LABEL_WORDS = 3  # a range of so few, cut off from the rest, is the name of a section or of a button


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """`max_words` bounds a passage where its sentences allow; `max_tokens` bounds it always."""

    max_words: int = 120
    max_tokens: int = 256


def chunk(
    text: str,
    body: Iterable[Span],
    sentences: Callable[[Span], Sequence[Span]],
    count_tokens: Callable[[list[str]], list[int]],
    *,
    max_words: int,
    max_tokens: int,
) -> list[Span]:
    """The passages of one article, in order, disjoint, each inside one span of `body`.

    Each begins where a sentence begins and ends where one ends, and holds at most `max_words` words unless one
    sentence is longer, and never more than `max_tokens` tokens as `count_tokens` counts them: a sentence that is
    longer than that is cut between words, or within a word that is longer still. A range of one to
    three words is no passage, unless the article has nothing else.
    """
    passages: list[Span] = []
    regions = list(body)
    regions = [region for region in regions if len(region.of(text).split()) > _LABEL_WORDS] or regions
    per_region = [list(sentences(region)) for region in regions]
    flat = [span for spans in per_region for span in spans]
    counts = iter(count_tokens([span.of(text) for span in flat]) if flat else ())
    for spans in per_region:
        pieces: list[tuple[Span, int]] = []
        for span in spans:
            tokens = next(counts)
            if tokens <= max_tokens:
                pieces.append((span, tokens))
            else:
                pieces.extend(_cut(text, span, count_tokens, max_tokens))
        passages.extend(_pack(text, pieces, max_words, max_tokens))
    return passages


def _pack(text: str, pieces: list[tuple[Span, int]], max_words: int, max_tokens: int) -> list[Span]:
    packed: list[Span] = []
    start = end = words = tokens = 0
    for span, count in pieces:
        length = len(span.of(text).split())
        if end and (words + length > max_words or tokens + count > max_tokens):
            packed.append(Span(start, end))
            end = words = tokens = 0
        if not end:
            start = span.start
        end = span.end
        words += length
        tokens += count
    if end:
        packed.append(Span(start, end))
    return packed


def _cut(
    text: str, span: Span, count_tokens: Callable[[list[str]], list[int]], max_tokens: int
) -> list[tuple[Span, int]]:
    """Pieces of a sentence that is too long, each the longest prefix (by bisection) that fits."""
    pieces: list[tuple[Span, int]] = []
    start = span.start
    while start < span.end:
        # A token covers at least one character of most texts; looking further ahead would count a whole line again.
        low, high = start + 1, min(span.end, start + max_tokens * 12)
        if (whole := count_tokens([text[start:high]])[0]) > max_tokens:
            while low < high:
                middle = (low + high + 1) // 2
                if count_tokens([text[start:middle]])[0] <= max_tokens:
                    low = middle
                else:
                    high = middle - 1
        else:
            low = high
        end = low
        if end < span.end and not text[end].isspace():
            space = max(text.rfind(gap, start, end) for gap in " \t\n\u00a0")
            if space > start:
                end = space
        while end > start + 1 and text[end - 1].isspace():
            end -= 1
        pieces.append((Span(start, end), min(whole, max_tokens)))
        start = end
        while start < span.end and text[start].isspace():
            start += 1
    return pieces
