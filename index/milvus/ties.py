"""The best k of a search whose server orders equal scores as it likes: then by row, as every engine must."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from index.engine import Hits

__all__ = ["MOST", "best"]

MOST = 16_384  # limit: hits of one search that Milvus gives; of more that tie it is the server that chooses
_SPARE = 56  # hits beyond k, so that a few that tie with the k-th need no second search
_MORE = 4  # times as many, when all of these tie


def best(k: int, find: Callable[[int], tuple[NDArray[np.int64], NDArray[np.float32]]]) -> Hits:
    """`find(n)` gives rows and scores of the best n in any order; it is asked for more until the last of them scores
    less than the k-th, so that what lies beyond can be none of the k best.
    """
    k = min(k, MOST)
    asked = min(k + _SPARE, MOST)
    while True:
        rows, scores = find(asked)
        order = np.lexsort((rows, -scores))
        rows, scores = rows[order], scores[order]
        if len(rows) < asked or asked == MOST or scores[-1] < scores[k - 1]:
            return Hits(rows[:k], scores[:k])
        asked = min(_MORE * asked, MOST)
