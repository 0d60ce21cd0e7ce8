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

__all__ = ["Builder", "builder", "follow", "located", "verify"]

Place = Path | str  # a folder, milvus://HOST:PORT/NAME, or a .db file
Builder = Callable[[Sequence[Place], "BuildOptions | None"], "BuildReport"]


def located(store: str | None, folder: Path) -> tuple[Place, Path]:
    """Where an index is, and a folder of this machine: an option for each, and $ARTICLE_INDEX may hold either."""
    return store or folder, Path("articles.index") if is_address(folder) else folder


def follow(place: Place) -> "Follower":
    """What gives the newest generation. Raises UsageError for a wrong address, and where its package is missing."""
    if is_address(place):
        from index.milvus.live import MilvusFollower

        return MilvusFollower(Address.of(place))
    from index.store.live import LiveIndex

    return LiveIndex(Path(place).absolute())


def verify(place: Place) -> "Verified":
    """What is not as it was written. Raises IndexMissing, IndexMismatch, StoreUnavailable or UsageError."""
    if is_address(place):
        from index.milvus.verify import verify as verify_rows

        return verify_rows(Address.of(place))
    from index.store.verify import verify as verify_files

    return verify_files(Path(place))


def builder(place: Place, index_dir: Path, shard: str | None = None) -> Builder:
    """What builds an index: `builder(place, index_dir)(sources, options)`. `index_dir` is where it keeps what the next
    build of a remote one goes on from; `shard` is I/N. Raises UsageError."""
    if is_address(place):
        from index.milvus.build import build as build_there
        from index.milvus.write import Shard

        return partial(build_there, Address.of(place), index_dir, Shard.of_words(shard))
    if shard is not None:
        raise UsageError("--shard is for an index on a server; name it with --store milvus://HOST:PORT/NAME")
    from index.building.build import build

    return lambda sources, options: build(sources, place, options)
