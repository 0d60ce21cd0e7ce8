"""Each test has an index of its own on the server of the session."""

from collections.abc import Callable
from pathlib import Path

import pytest

from index.building.report import BuildReport
from index.building.staging import BuildOptions
from index.stores import builder
from tests.fakes import FakeEncoder
from tests.lite_server import LiteServer

Build = Callable[..., BuildReport]


@pytest.fixture
def place(server: LiteServer, request: pytest.FixtureRequest) -> str:
    """The address of an index that is not there yet."""
    return server.address(f"t{abs(hash(request.node.nodeid))}")


@pytest.fixture
def write(articles: Path, place: str, tmp_path: Path, encoder: FakeEncoder) -> Build:
    """Writes the index of `articles` to the server, with the fake model."""

    def write(shard: str | None = None, **options: object) -> BuildReport:
        return builder(place, tmp_path / "work", shard)([articles], BuildOptions(**{"encoder": encoder, **options}))

    return write
