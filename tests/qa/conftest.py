"""Real indexes, made with the real model once a session."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import index
from index import Index
from index.building.build import build

ROOT = Path(__file__).parents[2]
SAMPLE = Path(index.__file__).parent / "sample"
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def sample_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an index of the sample articles."""
    root = tmp_path_factory.mktemp("sample") / "articles.index"
    build([SAMPLE], root)
    return root


@pytest.fixture(scope="session")
def sample(sample_root: Path) -> Iterator[Index]:
    with Index.open(sample_root) as opened:
        yield opened


@pytest.fixture
def own_sample(sample_root: Path, tmp_path: Path) -> Path:
    """A copy of that index, to be changed."""
    return Path(shutil.copytree(sample_root, tmp_path / "own.index"))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The three real articles; skips where they are absent."""
    if not (SHARED / "articles").is_dir():
        pytest.skip("the real articles are not part of the project")
    root = tmp_path_factory.mktemp("shared") / "articles.index"
    build([SHARED / "articles"], root)
    with Index.open(root) as opened:
        yield opened
