"""Opens an index wherever it is: the one place that knows which engine answers for which address."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import UsageError
from index.milvus.address import Address, is_address

if TYPE_CHECKING:
    from index.building.report import BuildReport
    from index.engine import Follower

__all__ = ["builder", "follow", "located"]

Place = Path | str


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


def builder(place: Place, index_dir: Path, shard: str | None = None) -> Callable[..., "BuildReport"]:
    """What builds the index at a place: `builder(place, index_dir)(sources, **options)`, the options being those of
    `index.building.build.build`. `index_dir` is where it keeps what the next build of a remote index goes on from;
    `shard` is I/N. Raises UsageError.
    """
    if is_address(place):
        from index.milvus.build import build as build_remote
        from index.milvus.write import Shard

        return _remote(partial(build_remote, index_dir=index_dir, shard=Shard.of_words(shard)), Address.of(place))
    if shard is not None:
        raise UsageError("--shard is for an index on a server; name it with --store milvus://HOST:PORT/NAME")
    from index.building.build import build

    def local(sources: Sequence[Path | str], **options: Any) -> "BuildReport":
        return build(sources, Path(place), **options)

    return local


def _remote(build: Callable[..., "BuildReport"], address: Address) -> Callable[..., "BuildReport"]:
    def remote(sources: Sequence[Path | str], **options: Any) -> "BuildReport":
        return build(sources, address, **options)

    return remote
