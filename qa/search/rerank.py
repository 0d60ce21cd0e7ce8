"""Reranks the best passages with a cross-encoder that the user names.

After Nogueira & Cho 2019, "Passage Re-ranking with BERT". None is used unless it is named. torch is imported when one
is loaded, not before.
"""

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding.encoder import passage_text
from index.errors import ModelNotFound
from qa.search.rank import Ranking

__all__ = ["Reranker", "load_reranker", "reordered", "reranked"]

_DEPTH = 30  # limit: the best of the ranking; each costs a pass of the model
_LOCK = Lock()


class Reranker:
    """A sentence-transformers CrossEncoder. Thread-safe."""

    def __init__(self, name: str) -> None:
        """Loads it by name or path. Raises ModelNotFound, with the remedy, when it cannot be loaded or is none."""
        from sentence_transformers import CrossEncoder
        from transformers import AutoConfig
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            made = AutoConfig.from_pretrained(name).architectures or [""]
            # Without trained scoring weights it would be given random ones, and order passages by chance.
            if not str(made[0]).endswith(("ForSequenceClassification", "ForCausalLM")):
                raise ModelNotFound(f"the model {name!r} is no reranker; name a sentence-transformers CrossEncoder")
            self._model: Any = CrossEncoder(name)
            labels = self._model.num_labels
        except ModelNotFound:
            raise
        except Exception as error:  # the hub, transformers and safetensors raise a dozen unrelated types
            said = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ModelNotFound(
                f"the reranker {name!r} cannot be loaded; give the path of a folder that holds one, or omit --reranker "
                f"({said})"
            ) from error
        if labels != 1:
            raise ModelNotFound(
                f"the model {name!r} gives {labels} scores for a passage; name a CrossEncoder that gives one"
            )
        self._lock = Lock()

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        """How well each passage answers the question, shape (len(passages),), in their order; higher is better."""
        with self._lock:
            found = self._model.predict([(question, passage) for passage in passages], show_progress_bar=False)
        return np.asarray(found, np.float64).reshape(-1)


def load_reranker(name: str) -> Reranker:
    """The reranker of this name or path, loaded once a process. Raises ModelNotFound."""
    with _LOCK:
        return _loaded(name)


@lru_cache(maxsize=1)
def _loaded(name: str) -> Reranker:
    return Reranker(name)


def reranked(ranking: Ranking, question: str, name: str) -> Ranking:
    """The ranking with the best 30 in the order that a reranker and their scores give them together.

    It reads each passage with its article's title in front. Scores of the 30 stay within the range that they had, so
    the rest keeps its place behind them; ties go by row. Raises ModelNotFound.
    """
    model = load_reranker(name)
    count = min(_DEPTH, len(ranking))
    if not count:
        return ranking
    read = [ranking.read(position) for position in range(count)]
    scores = model.scores(question, [passage_text(passage.article.title, passage.text) for passage in read])
    return ranking.rescored(reordered(ranking.score, scores))


def reordered(own: NDArray[np.float64], read: NDArray[np.float64]) -> NDArray[np.float64]:
    """New scores, shape of `own`, which is sorted downwards and of which the first len(read) were read.

    Half the score of those and half that of the reranker, each as a share of the way from its lowest to its highest
    (min-max, as in Bruch et al. 2023), laid over the range that these scores had.
    """
    head = own[: len(read)]
    spread = float(head.max() - head.min()) or 1.0
    new = own.copy()
    new[: len(read)] = head.min() + spread * (_shares(head) + _shares(read)) / 2
    return new


def _shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
