"""Finds near-duplicate articles (an agency's story in several outlets) over the whole corpus with MinHash.

Broder 1997, "On the resemblance and containment of documents": a text is the set of its shingles of five words, and two
texts are alike as far as these sets overlap. Candidates have MinHash signatures that are equal in some band (Leskovec,
Rajaraman & Ullman, "Mining of Massive Datasets", 3.4); the overlap itself is counted, not estimated. Articles that are
copies of one another, directly or through others, are a cluster.
"""

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Duplicates", "Shingles", "are_copies", "shared", "shingle_hashes"]

_WORD = re.compile(r"\w+")
_RUN = 5  # words of a shingle
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no word of a shingle is lost
_LEAD = 500  # shingles: an agency's story is cut from its end or goes on in words of one's own, but begins alike
_ALIKE = 0.6  # Jaccard of whole texts from which they are copies: three quarters of either of two equally long ones
_WITHIN = 0.9  # share of the shorter text that is in the longer one, likewise ...
_HALF = 0.5  # ... unless it is shorter than this share of it: then it is a part of a round-up, or a caption
_SAME_LEAD = 0.8  # Jaccard of leads, likewise
_SEED = 1
_BANDS, _ROWS = 42, 3  # finds 97 % of the pairs of Jaccard .43, the least that _WITHIN and _HALF allow; .6 all
_LEAD_BANDS, _LEAD_ROWS = 16, 4  # of Jaccard .8, 99.97 %
_MAYBE, _MAYBE_LEAD = 0.25, 0.5  # estimates from which it is worth counting: four standard deviations below the limits
_NEXT = 16  # entries of a bucket with which each is compared: thousands of alike ones must not cost millions of pairs
_SIGNATURES = _BANDS * _ROWS
_LEAD_SIGNATURES = _LEAD_BANDS * _LEAD_ROWS
_AT_ONCE = 512  # shingles that are permuted at once, so that they stay in the processor's cache
_PAIRS = 1 << 16  # pairs whose signatures are compared at once
_WORDS_KEPT = 1 << 18  # hashes of words, about 30 MB
_BODIES_KEPT = 1024  # hashed bodies, a few kilobytes each


@lru_cache(_WORDS_KEPT)
def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def shingle_hashes(text: str) -> NDArray[np.uint64]:
    """One hash for each shingle of five words, in order, repeats kept; of a shorter text, one for the whole of it.

    Case, punctuation and white space do not count. Empty for a text without words. The same on every machine.
    """
    words = _WORD.findall(text.lower())
    hashes = np.fromiter(map(_hash, words), np.uint64, len(words))
    count = max(min(len(words), 1), len(words) - _RUN + 1)
    shingles = hashes[:count].copy()
    for place in range(1, min(_RUN, len(words))):
        shingles = shingles * _MIX + hashes[place : place + count]
    return shingles


@dataclass(frozen=True, slots=True)
class Shingles:
    """The distinct shingles of five words of a text and of its beginning, as sorted hashes."""

    whole: NDArray[np.uint64]
    lead: NDArray[np.uint64]

    @classmethod
    def of(cls, text: str) -> "Shingles":
        shingles = shingle_hashes(text)
        return cls(np.unique(shingles), np.unique(shingles[:_LEAD]))


def shared(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> int:
    """How many of the hashes stand in both; each array is sorted and without repeats."""
    return len(np.intersect1d(one, other, assume_unique=True))


def are_copies(one: Shingles, other: Shingles) -> bool:
    """Whether two texts are near-identical: the whole of them (Jaccard of at least .6), their first 500 shingles (.8),
    or the shorter, at least half as long, within the longer (.9 of it). A text without words is a copy of nothing.
    """
    smaller, larger = sorted((len(one.whole), len(other.whole)))
    if not smaller:
        return False
    both = shared(one.whole, other.whole)
    if both >= _ALIKE * (smaller + larger - both) or (smaller >= _HALF * larger and both >= _WITHIN * smaller):
        return True
    both = shared(one.lead, other.lead)
    return both >= _SAME_LEAD * (len(one.lead) + len(other.lead) - both)


class Duplicates:
    """Finds the copies among articles that are added one by one.

    What is kept of an article is 760 bytes of signatures: 76 MB for 100,000. (`datasketch.MinHashLSH` keeps a set for
    each article and band, 530 MB, so the bands are sorted here instead.)
    """

    def __init__(self) -> None:
        from datasketch import MinHash  # at once it would bring scipy into every `--help`

        self._empty: Any = MinHash(_SIGNATURES, seed=_SEED, hashfunc=int, scheme="affine32")
        self._rows = array("i")
        self._whole = bytearray()
        self._lead = bytearray()

    def add(self, row: int, body: str, cached: bytes | None = None) -> None:
        """Adds an article's body, in rising order of rows. `cached` is its row of `signatures` in a previous build."""
        if cached is not None:
            if any(cached):
                self._lead += cached[: 4 * _LEAD_SIGNATURES]
                self._whole += cached[4 * _LEAD_SIGNATURES :]
                self._rows.append(row)
            return
        shingles = shingle_hashes(body)
        if not len(shingles):
            return
        signature = self._empty.copy()
        short = (shingles >> np.uint64(32)).tolist()
        signature.update_batch(short[:_LEAD])
        self._lead += signature.hashvalues[:_LEAD_SIGNATURES].tobytes()
        for start in range(_LEAD, len(short), _AT_ONCE):
            signature.update_batch(short[start : start + _AT_ONCE])
        self._whole += signature.hashvalues.tobytes()
        self._rows.append(row)

    def signatures(self, count: int) -> NDArray[np.uint32]:
        """What MinHash makes of each of `count` articles: lead, then whole; 0 for those without words."""
        every = np.zeros((count, _LEAD_SIGNATURES + _SIGNATURES), np.uint32)
        rows = np.asarray(self._rows)
        every[rows, :_LEAD_SIGNATURES] = np.frombuffer(self._lead, np.uint32).reshape(-1, _LEAD_SIGNATURES)
        every[rows, _LEAD_SIGNATURES:] = np.frombuffer(self._whole, np.uint32).reshape(-1, _SIGNATURES)
        return every

    def clusters(self, count: int, body_of: Callable[[int], str]) -> NDArray[np.int32]:
        """Of each of `count` articles, the row of the first article of its cluster: its own when it is alone.

        Shape (count,). `body_of` gives the body of a row again; only those of likely copies are asked for.
        """
        first = list(range(count))
        bodies = lru_cache(_BODIES_KEPT)(lambda row: Shingles.of(body_of(row)))

        def root(row: int) -> int:
            while first[row] != row:
                first[row] = first[first[row]]
                row = first[row]
            return row

        for one, other in self._candidates():
            low, high = sorted((root(one), root(other)))
            if low != high and are_copies(bodies(one), bodies(other)):
                first[high] = low
        return np.array([root(row) for row in range(count)], np.int32)

    def _candidates(self) -> Iterator[tuple[int, int]]:
        """Pairs of rows, the lower one first, in order."""
        whole = np.frombuffer(self._whole, np.uint32).reshape(-1, _SIGNATURES)
        lead = np.frombuffer(self._lead, np.uint32).reshape(-1, _LEAD_SIGNATURES)
        likely = np.unique(np.concatenate([_likely(whole, _ROWS, _MAYBE), _likely(lead, _LEAD_ROWS, _MAYBE_LEAD)]))
        for pair in likely.tolist():
            one, other = divmod(pair, len(whole))
            yield self._rows[one], self._rows[other]


def _likely(signatures: NDArray[np.uint32], rows: int, least: float) -> NDArray[np.int64]:
    """The pairs of signatures that are equal in some band of `rows` columns and, all in all, in a share of `least`.

    A pair is one number: the first's place x the number of signatures + the second's.
    """
    count = len(signatures)
    seen, kept = np.empty(0, np.int64), [np.empty(0, np.int64)]
    for start in range(0, signatures.shape[1], rows):
        band = np.ascontiguousarray(signatures[:, start : start + rows]).view(f"V{4 * rows}").ravel()
        _, bucket = np.unique(band, return_inverse=True)
        order = np.argsort(bucket, kind="stable")
        pairs = [seen]
        for step in range(1, min(_NEXT + 1, count)):
            together = bucket[order[step:]] == bucket[order[:-step]]
            if not together.any():
                break
            pairs.append(order[:-step][together] * count + order[step:][together])
        every = np.unique(np.concatenate(pairs))
        fresh = np.setdiff1d(every, seen, assume_unique=True)
        for at in range(0, len(fresh), _PAIRS):
            part = fresh[at : at + _PAIRS]
            equal = (signatures[part // count] == signatures[part % count]).mean(axis=1)
            kept.append(part[equal >= least])
        seen = every
    return np.concatenate(kept)
