"""The coefficients of sentence selection and confidence, as `python -m qa.training.evidence` learned and wrote them."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Coefficients", "QuoteCoefficients", "shipped_coefficients", "shipped_quote_coefficients"]


@dataclass(frozen=True, slots=True)
class Coefficients:
    """`sentence` has shape (sentence features,); `passage`, shape (passage features,), and `constant` make the log-odds
    that a passage's marked sentence answers; `not_best_in_article` is added to them where another passage of the
    article has higher ones. An answer is given from the confidence `threshold` on; a citation is strong from `strong`
    on, and fair from `fair` on. Citations are ordered by confidence less `behind` times how far their article's score
    is behind the best one in the ranking.
    """

    sentence: NDArray[np.float64]
    passage: NDArray[np.float64]
    constant: float
    not_best_in_article: float
    threshold: float
    fair: float
    strong: float
    behind: float


@dataclass(frozen=True, slots=True)
class QuoteCoefficients:
    """Of the log-odds that a sentence of a long document is of the answer: its cosine; the share of the question's idf
    weight that it covers with the sentences beside it; how far its passage stands behind the best one; how far the
    better of the passages beside that does. From the chance `worth` on, a sentence is worth reading.
    """

    cosine: float
    covered: float
    behind: float
    beside: float
    constant: float
    worth: float


@cache
def shipped_quote_coefficients() -> QuoteCoefficients:
    """Those in evidence_weights.json."""
    stored = _stored()["quotes"]
    return QuoteCoefficients(**{name: float(value) for name, value in stored.items() if name != "origin"})


@cache
def shipped_coefficients(*, small: bool, reader: bool) -> Coefficients:
    """Those in evidence_weights.json, for small or large indexes, for use with the reader or without it."""
    stored = _stored()["small" if small else "large"]["with_reader" if reader else "without_reader"]
    sentence, passage = (np.array(list(stored[name].values()), np.float64) for name in ("sentence", "passage"))
    rest = (
        float(stored[name]) for name in ("constant", "not_best_in_article", "threshold", "fair", "strong", "behind")
    )
    return Coefficients(sentence, passage, *rest)


def _stored() -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(files("qa.answering").joinpath("evidence_weights.json").read_text("utf-8"))
    return stored
