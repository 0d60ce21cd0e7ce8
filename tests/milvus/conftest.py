"""A server of Milvus Lite for the whole session; each test has an index of its own on it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.building.report import BuildReport
from index.stores import builder
from tests.fakes import FakeEncoder
from tests.lite_server import LiteServer, needs_milvus

Build = Callable[..., BuildReport]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteServer]:
    needs_milvus()
    started = LiteServer(tmp_path_factory.mktemp("milvus") / "data").start()
    yield started
    started.kill()


@pytest.fixture
def place(server: LiteServer, request: pytest.FixtureRequest) -> str:
    """The address of an index that is not there yet."""
    return server.address(f"t{abs(hash(request.node.nodeid))}")


@pytest.fixture
def write(articles: Path, place: str, tmp_path: Path, encoder: FakeEncoder) -> Build:
    """Writes the index of `articles` to the server, with the fake model."""

    def write(shard: str | None = None, **options: object) -> BuildReport:
        return builder(place, tmp_path / "work", shard)([articles], **{"encoder": encoder, **options})

    return write
