"""Fixtures that every test may use: a fake model, articles made from seeds, and small indexes of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from index.building.build import BuildOptions, BuildReport, build
from index.store.snapshot import Index
from tests.fakes import FakeEncoder, write_article
from tests.lite_server import LiteServer, needs_milvus

Build = Callable[..., BuildReport]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=("both", "local", "milvus"),
        default="both",
        help="which engine answers the tests of questions (default: both, Milvus where it is installed)",
    )
    parser.addoption("--long", action="store_true", help="ask the 92 questions on 86 saved pages too: minutes")


# Nothing is judged by its speed: the machine may be busy.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder of six files: text in two folders, Markdown, and rows."""
    folder = tmp_path / "articles"
    for seed, name in enumerate(("a.txt", "b.txt", "deep/a.txt", "deep/er/c.md", "rows.jsonl", "z.txt")):
        write_article(folder, name, seed)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where an index goes."""
    return tmp_path / "articles.index"


@pytest.fixture
def make(articles: Path, root: Path, encoder: FakeEncoder) -> Build:
    """Builds the index of `articles` with the fake model."""

    def make(**options: object) -> BuildReport:
        return build([articles], root, BuildOptions(**{"encoder": encoder, **options}))  # type: ignore[arg-type]

    return make


@pytest.fixture
def built(make: Build, root: Path, encoder: FakeEncoder) -> Iterator[Index]:
    make()
    with Index.open(root, encoder=encoder) as opened:
        yield opened


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteServer]:
    """A server of Milvus Lite for the whole session."""
    needs_milvus()
    started = LiteServer(tmp_path_factory.mktemp("milvus") / "data").start()
    yield started
    started.kill()
