"""An index of two generations, to be broken."""

import shutil
from pathlib import Path

import pytest

from tests.fakes import FakeEncoder, write_article


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two generations of an index, to be copied and broken."""
    from index.building.build import BuildOptions, build

    base = tmp_path_factory.mktemp("damage")
    for seed in range(5):
        write_article(base / "articles", f"{seed}.txt", seed)
    build([base / "articles"], base / "index", BuildOptions(encoder=FakeEncoder()))
    write_article(base / "articles", "3.txt", 33)
    build([base / "articles"], base / "index", BuildOptions(encoder=FakeEncoder()))
    return base / "index"


@pytest.fixture
def broken(original: Path, root: Path) -> Path:
    shutil.copytree(original, root)
    return root
