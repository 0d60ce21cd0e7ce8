"""Near-identical passages: the agency's story under several names counts once."""

from index.lexical import analyze

__all__ = ["containment", "shingles"]

_WORDS = 4


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of four terms of a text; of a shorter text, the whole of it."""
    terms = analyze(text)
    return frozenset(tuple(terms[i : i + _WORDS]) for i in range(max(1, len(terms) - _WORDS + 1)))


def containment(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """The share of the smaller set that is in the other, 0 to 1 (Broder 1997, "On the resemblance and containment of
    documents").
    """
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0
