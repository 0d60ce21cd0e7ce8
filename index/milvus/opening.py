"""Follows, verifies and builds an index at an address: what `index.stores` asks of this engine."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index.milvus.address import Address

if TYPE_CHECKING:
    from index.engine import Follower
    from index.store.verify import Verified
    from index.stores import Builder

__all__ = ["builder", "follow", "verify"]


def follow(place: Path | str) -> "Follower":
    """As `index.stores.follow`."""
    from index.milvus.live import MilvusFollower

    return MilvusFollower(Address.of(place))


def verify(place: Path | str) -> "Verified":
    """As `index.stores.verify`."""
    from index.milvus.verify import verify

    return verify(Address.of(place))


def builder(place: Path | str, index_dir: Path, shard: str | None) -> "Builder":
    """As `index.stores.builder`."""
    from index.milvus.build import build
    from index.milvus.write import Shard

    return partial(build, Address.of(place), index_dir, Shard.of_words(shard))
