"""The writing direction of an article, from what most of its letters are."""

import unicodedata
from collections.abc import Sequence
from itertools import chain, islice

from index.types import Span

__all__ = ["direction"]

_ENOUGH = 2_000  # limit: characters of the body, which has no front matter and addresses; these are Latin everywhere


def direction(text: str, body: Sequence[Span]) -> str:
    """The value of HTML's `dir` for a text whose `body` is what is no boilerplate: "rtl", "ltr", or "auto" where it has
    no letters."""
    parts = (span.of(text) for span in body or ([Span(0, len(text))] if text else []))
    kinds = [unicodedata.bidirectional(char) for char in islice(chain.from_iterable(parts), _ENOUGH)]
    left, right = kinds.count("L"), kinds.count("R") + kinds.count("AL")
    return "rtl" if right > left else "ltr" if left else "auto"
