"""Opens an index wherever it is: the one place that knows which engine answers for which address."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import UsageError
from index.milvus.address import Address, is_address

if TYPE_CHECKING:
    from index.building.report import BuildReport
    from index.building.staging import BuildOptions
    from index.engine import Follower
    from index.store.verify import Verified

__all__ = ["builder", "follow", "located", "verify"]

Place = Path | str
Builder = Callable[[Sequence[Place], "BuildOptions | None"], "BuildReport"]


def located(store: str | None, folder: Path) -> tuple[Place, Path]:
    """Where an index is, and a folder of this machine: an option for each, and $ARTICLE_INDEX may hold either."""
    place = store or folder
    return place, Path("articles.index") if is_address(folder) else folder


def follow(place: Place) -> "Follower":
    """What gives the newest generation of the index at a place: a folder, milvus://HOST:PORT/NAME, or a .db file.

    Raises UsageError for an address that is none, or that needs a package which is not installed.
    """
    if is_address(place):
        from index.milvus.live import MilvusFollower

        return MilvusFollower(Address.of(place))
    from index.store.live import LiveIndex

    return LiveIndex(Path(place).absolute())


def verify(place: Place) -> "Verified":
    """What of the live generation of the index at a place is not as it was written. Raises IndexMissing, IndexMismatch,
    StoreUnavailable or UsageError.
    """
    if is_address(place):
        from index.milvus.verify import verify as verify_remote

        return verify_remote(Address.of(place))
    from index.store.verify import verify

    return verify(Path(place))


def builder(place: Place, index_dir: Path, shard: str | None = None) -> Builder:
    """What builds the index at a place: `builder(place, index_dir)(sources, options)`. `index_dir` is where it keeps
    what the next build of a remote index goes on from; `shard` is I/N. Raises UsageError.
    """
    if is_address(place):
        from index.milvus.build import build as build_remote
        from index.milvus.write import Shard

        return partial(build_remote, Address.of(place), index_dir, Shard.of_words(shard))
    if shard is not None:
        raise UsageError("--shard is for an index on a server; name it with --store milvus://HOST:PORT/NAME")
    from index.building.build import build

    return lambda sources, options: build(sources, place, options)
