"""The coefficients of sentence selection and confidence, as `python -m qa.training.evidence` learned and wrote them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Coefficients", "from_dict", "shipped_coefficients"]


@dataclass(frozen=True, slots=True)
class Coefficients:
    """`sentence` has shape (sentence features,); `passage`, shape (passage features,), and `constant` make the log-odds
    that a passage's marked sentence answers. An answer is given from the confidence `threshold` on; a citation is
    strong from `strong` on, and fair from `fair` on.
    """

    sentence: NDArray[np.float64]
    passage: NDArray[np.float64]
    constant: float
    threshold: float
    fair: float
    strong: float


@cache
def shipped_coefficients(*, small: bool, reader: bool) -> Coefficients:
    """Those in evidence_weights.json, for small or large indexes, for use with the reader or without it."""
    stored = json.loads(files("qa.answering").joinpath("evidence_weights.json").read_text("utf-8"))
    return from_dict(stored["small" if small else "large"]["with_reader" if reader else "without_reader"])


def from_dict(stored: Mapping[str, Any]) -> Coefficients:
    """Coefficients as they are stored: names to numbers, in the order of the features."""
    return Coefficients(
        np.array(list(stored["sentence"].values()), np.float64),
        np.array(list(stored["passage"].values()), np.float64),
        float(stored["constant"]),
        float(stored["threshold"]),
        float(stored["fair"]),
        float(stored["strong"]),
    )
