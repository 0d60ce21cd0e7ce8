"""What docs/ says of files, commands and the way of a question is so, and every data file is packaged."""

import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

import pytest

from index import Index
from index.building.build import build
from qa import ask

ROOT = Path(__file__).parents[1]
DOCS = sorted((ROOT / "docs").glob("*.md"))
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PATH = re.compile(r"`((?:index|qa|tests|docs)/[\w./-]*|app\.py)`")
COMMAND = re.compile(r"python -m ([\w.]+)")
LEARNED = "qa/answering/evidence_weights.json"  # of a command whose result may not be there yet
ROW = re.compile(r"^\| `((?:index|qa)/[\w./]+\.py)` \| (.+) \|$", re.MULTILINE)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_file_and_command_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    missing = [name for name in PATH.findall(text) if not ((ROOT / name).exists() or name == LEARNED or "NAME" in name)]
    missing += [name for name in COMMAND.findall(text) if not (spec(name) or "NAME" in name)]
    assert not missing


def spec(name: str) -> object:
    try:
        return find_spec(name)
    except ModuleNotFoundError:
        return None


def test_every_data_file_is_packaged() -> None:
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    patterns = [f"{package.replace('.', '/')}/{pattern}" for package, names in packaged.items() for pattern in names]
    for package in ("index", "qa"):
        for path in (ROOT / package).rglob("*"):
            name = path.relative_to(ROOT).as_posix()
            if path.is_file() and path.suffix != ".py" and "__pycache__" not in name:
                assert any(fnmatch(name, pattern) for pattern in patterns), f"{name} would not be installed"


def test_both_packages_say_that_they_are_typed() -> None:
    assert all((ROOT / package / "py.typed").is_file() for package in ("index", "qa"))


def rows() -> list[tuple[str, str]]:
    """The table of files that a question passes: each with what is said of it."""
    part = ARCHITECTURE.split("### The files that one question passes", 1)[1].split("\n## ", 1)[0]
    return ROW.findall(part)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    root = tmp_path_factory.mktemp("docs") / "articles.index"
    build([ROOT / "index" / "sample"], root)
    with Index.open(root) as opened:
        yield opened


def entered(call: Callable[[], object]) -> list[str]:
    """The files of qa/ that a call enters, in order, each once, when nothing is remembered of earlier calls."""
    found: dict[str, None] = {}

    def profile(frame: FrameType, event: str, _: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(ROOT / "qa"):
            found.setdefault(path.relative_to(ROOT).as_posix())

    for module in [module for name, module in sys.modules.items() if name.startswith("qa.")]:
        for cached in [value for value in vars(module).values() if hasattr(value, "cache_clear")]:
            cached.cache_clear()
    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        call()
    finally:
        sys.setprofile(before)
    return list(found)


def test_the_table_has_the_files_of_a_question_each_once_in_order(sample: Index) -> None:
    table = rows()
    files = [name for name, _ in table]
    assert len(set(files)) == len(files)
    always = [name for name, said in table if not said.startswith("only")]
    plain = entered(lambda: ask("How far was the American force in Iraq cut in September 2020?", index=sample))
    seen = [name for name in plain if name in always]
    assert seen == always, "the table in docs/architecture.md should go:\n" + "\n".join(plain)


def test_no_question_enters_a_file_that_is_not_in_the_table(sample: Index) -> None:
    files = {name for name, _ in rows()}
    earlier = [("Where was Mohsen Fakhrizadeh ambushed?", "In Absard, outside the capital.")]
    for question, history in [
        ("Where was Mohsen Fakhrizadeh ambushed?", []),
        ("Who is Soleimani?", []),
        ("How do I bake sourdough bread?", []),
        ("And who was blamed for it in December 2020?", earlier),
    ]:
        passed = entered(lambda question=question, history=history: ask(question, index=sample, history=history))
        assert set(passed) <= files, f"{question}: {sorted(set(passed) - files)} are not in docs/architecture.md"
