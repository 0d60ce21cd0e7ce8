"""What decides that an article need not be read again: the code and the libraries that shape it, and no others."""

import ast
import shutil
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from index.building import source_changes as changes

PACKAGE = Path(changes.__file__).parents[1]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(PACKAGE, tmp_path / "index", ignore=shutil.ignore_patterns("__pycache__", "sample"))


def _shaping() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).as_posix() not in changes._OTHER_CODE]


def test_a_help_text_reads_no_corpus_again(copied: Path) -> None:
    before = changes._own_code(copied)
    assert before == changes._own_code(PACKAGE)
    for name in changes._OTHER_CODE:
        with (copied / name).open("a") as file:
            file.write("# another help text\n")
    assert changes._own_code(copied) == before


@pytest.mark.parametrize(
    "name",
    [
        "text/chunking.py",
        "embedding/tokens.py",
        "readers/rows.py",
        "text/boilerplate_rules.py",
        "text/near_duplicates.py",
        "entities/cues.py",
        "entities/given_names.txt",
    ],
)
def test_code_that_shapes_articles_does(copied: Path, name: str) -> None:
    before = changes._own_code(copied)
    with (copied / name).open("a") as file:
        file.write("# another way\n")
    assert changes._own_code(copied) != before


def test_a_new_file_counts_until_it_is_said_not_to(copied: Path) -> None:
    before = changes._own_code(copied)
    (copied / "readers" / "new.py").write_text("")
    assert changes._own_code(copied) != before


def test_every_library_that_shapes_articles_is_named() -> None:
    # By which the vectors are made, and the indexes, which each build makes anew.
    elsewhere = {"torch", "sentence-transformers", "safetensors", "huggingface-hub", "threadpoolctl", "cachetools"}
    elsewhere |= {"faiss-cpu", "tantivy", "pymilvus"}
    named = {name.lower().replace("_", "-") for name in changes._LIBRARIES}
    distributions = packages_distributions()
    for path in _shaping():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            for top in {name.partition(".")[0] for name in names} - {"index"} - sys.stdlib_module_names:
                owners = {owner.lower().replace("_", "-") for owner in distributions.get(top, [top])}
                assert owners & (named | elsewhere), f"{path.name} imports {top}"
