"""The weights of the features, as `python -m qa.training.ranking` learned them and wrote them down."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Weights", "shipped_weights"]


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts, by name: in indexes of at most 3,000 passages (`small`), and in larger ones. Those of
    the first pass, which chooses what other features are computed from, stay as they are when the others are learned
    anew: so the features that are served are those that were learned on.
    """

    large: Mapping[str, float]
    small: Mapping[str, float]
    first_pass_large: Mapping[str, float]
    first_pass_small: Mapping[str, float]


@cache
def shipped_weights() -> Weights:
    """The weights in ranking_weights.json."""
    stored = json.loads(files("qa.search").joinpath("ranking_weights.json").read_text("utf-8"))
    sizes = stored["large"], stored["small"]
    return Weights(*(one["weights"] for one in sizes), *(one["first_pass"] for one in sizes))
