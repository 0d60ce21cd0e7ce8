"""Real indexes, made with the real model once a session: in a folder, and on a server of Milvus Lite."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

import qa.cli
from index import Index
from index.building.staging import BuildOptions
from index.engine import SearchEngine
from index.milvus.snapshot import MilvusIndex
from index.stores import builder, follow
from tests.fakes import FakeEncoder
from tests.lite_server import LiteServer
from tests.once import SAMPLE, index_of

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
Indexed = Callable[..., SearchEngine]
_numbers = count()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --engine NAME, the tests of the other engine are left out; those that ask no index stay."""
    wanted = config.getoption("engine")
    of = {item: getattr(item, "callspec", None) for item in items}
    out = [one for one, call in of.items() if call and call.params.get("engine", wanted) != wanted]
    if wanted != "both" and out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in set(out)]


@pytest.fixture(scope="session", params=["local", "milvus"])
def engine(request: pytest.FixtureRequest) -> LiteServer | None:
    """Which engine answers: that of this machine, or a server. Every test that asks an index is run with both."""
    return None if request.param == "local" else request.getfixturevalue("server")


def made(folders: pytest.TempPathFactory, engine: LiteServer | None, name: str, articles: Path) -> str:
    """The path or the address of an index of some articles."""
    folder = folders.mktemp(name)
    if engine is None:
        return str(index_of(articles, name, folders, folder / "articles.index"))
    place = engine.address(name)
    builder(place, folder / "articles.index")([articles], None)
    return place


def new_place(folder: Path, engine: LiteServer | None) -> str:
    """Where no index is yet."""
    return engine.address(f"new{next(_numbers)}") if engine else str(folder / "articles.index")


def opened(place: str, encoder: FakeEncoder) -> SearchEngine:
    return MilvusIndex.open(place, encoder=encoder) if "://" in place else Index.open(Path(place), encoder=encoder)


@pytest.fixture
def place(tmp_path: Path, engine: LiteServer | None) -> str:
    """Where a test has an index of its own."""
    return new_place(tmp_path, engine)


@pytest.fixture
def indexed(tmp_path: Path, place: str) -> Indexed:
    """Builds an index of a file or folder with the fake model, and opens it: `indexed(source, **options)`."""

    def indexed(source: Path, **options: object) -> SearchEngine:
        encoder = FakeEncoder()
        builder(place, tmp_path / "articles.index")([source], BuildOptions(encoder=encoder, **options))
        return opened(place, encoder)

    return indexed


@pytest.fixture
def built(indexed: Indexed, articles: Path) -> Iterator[SearchEngine]:
    with closing(indexed(articles)) as index:
        yield index


@pytest.fixture(scope="session")
def sample_root(tmp_path_factory: pytest.TempPathFactory, engine: LiteServer | None) -> str:
    """Where an index of the sample articles is."""
    return made(tmp_path_factory, engine, "sample", SAMPLE)


@pytest.fixture(scope="session")
def sample(sample_root: str) -> Iterator[SearchEngine]:
    with closing(follow(sample_root).current()) as opened:
        yield opened


@dataclass(frozen=True)
class Done:
    """What became of a command."""

    code: int
    out: str
    err: str


Command = Callable[..., Done]


@pytest.fixture
def run(sample_root: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """`python -m qa ARGUMENTS` within this process, on the sample index: `run(*arguments)`."""
    monkeypatch.setenv("ARTICLE_INDEX", str(sample_root))

    def run(*arguments: str) -> Done:
        capsys.readouterr()
        try:
            code = qa.cli.main(arguments)
        except SystemExit as end:  # of argparse
            code = int(end.code or 0)
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture
def own_sample(sample_root: str, engine: LiteServer | None, tmp_path: Path) -> Path:
    """A copy of that index, to be changed; of one on this machine only."""
    if engine is not None:
        pytest.skip("a threshold is kept beside an index on this machine")
    return Path(shutil.copytree(sample_root, tmp_path / "own.index"))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, engine: LiteServer | None) -> Iterator[SearchEngine]:
    """The three real articles; skips where they are absent."""
    if not (SHARED / "articles").is_dir():
        pytest.skip("the real articles are not part of the project")
    place = made(tmp_path_factory, engine, "shared", SHARED / "articles")
    with closing(follow(place).current()) as opened:
        yield opened


@pytest.fixture(scope="session")
def pages(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, engine: LiteServer | None
) -> Iterator[SearchEngine]:
    """86 news pages as saved from the web; skips without --long and where they are absent."""
    if not request.config.getoption("long"):
        pytest.skip("86 saved pages take minutes; with --long they are read")
    folder = SHARED / "eval" / "article_extraction" / "html"
    if not folder.is_dir():
        pytest.skip("the saved pages are not part of the project")
    with closing(follow(made(tmp_path_factory, engine, "pages", folder)).current()) as opened:
        yield opened
