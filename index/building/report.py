"""What a build says of itself: while it runs, and at its end."""

from dataclasses import dataclass, field
from typing import Literal

from index.types import Skipped

__all__ = ["BuildReport", "Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `done` of `total` files, articles or passages, by stage."""

    stage: Literal["reading", "embedding", "indexing"]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. `changed` is False when the index already held just these articles; then `generation` is
    the old one.

    `embedded` passages went through the model, `reused` ones did not have to. `only_furniture` are ids of articles
    of which nothing is left without the page around them. `seconds` is the time of each stage.
    """

    generation: str
    changed: bool
    articles: int
    passages: int
    embedded: int = 0
    reused: int = 0
    skipped: tuple[Skipped, ...] = ()
    only_furniture: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
