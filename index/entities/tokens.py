"""Splits the body of an article into words, each with what stands before it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.entities.word_lists import JOINED, SHORTENED
from index.text.names import plain_word
from index.types import Span

__all__ = ["Token", "tokens"]

_TOKEN = re.compile(r"(?:[A-Z]\.){2,}|[^\W_][\w'’&-]*+")
_OPENS = frozenset('.!?:;"“”‘’(—–\n\r•|')  # after these a capital tells nothing
_SPACES = (" ", "\u00a0")
_FULL_STOPS = tuple('.!?"”’')
_HEADING = 16  # limit: words of a heading
_LONG = 4  # letters from which a word of a heading has a capital


@dataclass(slots=True)
class Token:
    """A word at `[start, end)`, without a possessive's ending; `plain` is without case and accents, `gap` what stands
    before it. `opens` says that it begins a sentence, a line or a quotation, `joins` that the word
    before goes on in it.
    """

    start: int
    end: int
    word: str
    plain: str
    gap: str
    opens: bool
    joins: bool
    capital: bool
    possessive: bool
    heading: bool = False


def tokens(text: str, body: Iterable[Span]) -> list[Token]:
    """The words of the ranges of a text, in order."""
    return [token for part in body for line in _lines(text, part) for token in _marked(list(_tokens(text, line)), text)]


def _lines(text: str, part: Span) -> Iterator[Span]:
    start = part.start
    while start < part.end:
        end = text.find("\n", start, part.end)
        end = part.end if end < 0 else end
        if text[start:end].strip():
            yield Span(start, end)
        start = end + 1


def _marked(line: list[Token], text: str) -> list[Token]:
    """The words of a line; where most have a capital and no full stop ends it, it is a heading."""
    if line and len(line) <= _HEADING and text[line[-1].end : line[-1].end + 1] not in _FULL_STOPS:
        long = [token.capital for token in line if len(token.word) >= _LONG]
        if 2 * sum(long) > len(long):
            for token in line:
                token.heading = True
    return line


def _tokens(text: str, part: Span) -> Iterator[Token]:
    last, shortened = part.start, False
    for match in _TOKEN.finditer(text, part.start, part.end):
        start, end = match.span()
        word, possessive = match[0], False
        if not word.isalnum():
            word, possessive = _bare(word)
        gap = text[last:start] if last != part.start else "\n"
        dotted = shortened and gap == ". "
        plain = word.lower() if word.isascii() else plain_word(word)
        joins = dotted or gap in _SPACES
        yield Token(
            start,
            start + len(word),
            word,
            plain,
            gap,
            opens=not joins and not _OPENS.isdisjoint(gap),
            joins=joins,
            capital=word[0].isupper() or (plain.startswith(JOINED) and not word.islower()),
            possessive=possessive,
        )
        last = end
        shortened = plain in SHORTENED or (len(word) == 1 and word.isupper())


def _bare(word: str) -> tuple[str, bool]:
    """A word without a possessive's ending and without marks at its end, and whether it was a possessive."""
    word = word.rstrip("-&")
    if word.endswith(("'s", "’s")) and len(word) > len("'s"):
        return word[:-2], True
    if word.endswith(("s'", "s’")):
        return word[:-1], True
    return word.rstrip("'’"), False
