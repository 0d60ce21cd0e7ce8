"""The weights of the features, as `python -m qa.training.ranking` learned them and wrote them down."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Weights", "shipped_weights"]


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts, by name: in indexes of at most 3,000 passages (`small`), and in larger ones."""

    large: Mapping[str, float]
    small: Mapping[str, float]


@cache
def shipped_weights() -> Weights:
    """The weights in ranking_weights.json."""
    stored = json.loads(files("qa.search").joinpath("ranking_weights.json").read_text("utf-8"))
    return Weights(stored["large"]["weights"], stored["small"]["weights"])
