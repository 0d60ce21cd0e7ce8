"""Detects boilerplate by repetition: lines that many articles of one source share."""

from array import array
from collections import defaultdict
from collections.abc import Iterable

__all__ = ["Repeats"]

_MASK = (1 << 64) - 1
_MIX = 0x9E3779B97F4A7C15  # an odd number: multiplying by it is a permutation of 64-bit numbers


class Repeats:
    """How many different articles of each source hold a line. What it answers depends on the set of articles that
    were added, never on their order.

    Copies of one article must not make its own lines look like boilerplate. So articles are told apart by three
    hashes of their lines (the smallest, the largest, and the smallest after mixing; cf. Broder 1997, "On the
    resemblance and containment of documents"), which copies share, and a line counts the different ones among its
    articles. Memory: 12 bytes for each line of each article.
    """

    def __init__(self) -> None:
        self._keys: dict[str, array[int]] = defaultdict(lambda: array("Q"))
        self._owners: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self._prints: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        self._repeated: dict[str, dict[int, int]] = {}

    def add(self, source: str, keys: Iterable[int]) -> None:
        """Count an article of a source, by the keys of its lines (`line_keys`)."""
        keys = list(keys)
        if not keys:
            return
        owner = len(self._prints[source])
        self._prints[source].append((min(keys), max(keys), min((key * _MIX) & _MASK for key in keys)))
        self._keys[source].extend(keys)
        self._owners[source].extend([owner] * len(keys))
        self._repeated.pop(source, None)

    def is_repeated(self, source: str, key: int, *, sure: bool = False) -> bool:
        """Whether so many different articles of the source hold the line that it is not the article's own; three
        times as many when one wants to be sure."""
        repeated = self._repeated.get(source)
        if repeated is None:
            repeated = self._repeated[source] = self._find(source)
        times = repeated.get(key, 0)
        return times > 0 and (not sure or times >= 3 * _least(len(self._prints[source])))

    def _find(self, source: str) -> dict[int, int]:
        """For each line that is repeated, in how many different articles."""
        import numpy as np

        prints = self._prints.get(source, [])
        least = _least(len(prints))
        if len(prints) < least:
            return {}
        keys = np.frombuffer(self._keys[source], dtype=np.uint64)
        owners = np.frombuffer(self._owners[source], dtype=np.uint32)
        order = np.argsort(keys, kind="stable")
        keys, owners = keys[order], owners[order]
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        ends = np.r_[starts[1:], len(keys)]
        found = {}
        for start, end in zip(starts[ends - starts >= least], ends[ends - starts >= least], strict=True):
            articles = [prints[owner] for owner in owners[start:end]]
            times = max(len({article[way] for article in articles}) for way in range(3))
            if times >= least:
                found[int(keys[start])] = times
        return found


def _least(articles: int) -> int:
    """The number of different articles that must share a line: a third of a small source, six of a middling one,
    one in 200 of a large one, and never more than 20."""
    return max(3, min(-(-articles // 3), max(6, min(20, articles // 200))))
