"""What is built and installed: every data file is in the wheel and in the source archive, and the commands exist."""

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

import index
import qa

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DATA = {".safetensors", ".json", ".css", ".js", ".txt", ".md", ".html", ".typed"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str], dict[str, str]]:
    """The names in the wheel, those in the source archive, and the wheel's own descriptions by name."""
    setuptools = pytest.importorskip("setuptools", minversion="77", reason="setuptools 77 is not installed")
    assert setuptools
    source, out = tmp_path_factory.mktemp("source") / "tree", tmp_path_factory.mktemp("built")
    wanted = ("index", "qa", "app.py", "pyproject.toml", "README.md", "LICENSE")
    for name in wanted:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            source.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    make = "import sys, setuptools.build_meta as b; to = sys.argv[1]; b.build_sdist(to); b.build_wheel(to)"
    done = subprocess.run([sys.executable, "-c", make, str(out)], cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,), (archive,) = out.glob("*.whl"), out.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
        facts = {
            Path(name).name: opened.read(name).decode()
            for name in names
            if name.endswith(("METADATA", "entry_points.txt"))
        }
    with tarfile.open(archive) as opened:
        inside = {name.partition("/")[2] for name in opened.getnames()}
    return names, inside, facts


def test_every_file_that_is_needed_is_in_both(built: tuple[set[str], set[str], dict[str, str]]) -> None:
    wheel, archive, _ = built
    needed = {
        path.relative_to(ROOT).as_posix()
        for package in ("index", "qa")
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".py", *DATA} and "__pycache__" not in path.parts
    }
    for one in ("qa/answering/reader.safetensors", "qa/search/ranking_weights.json", "index/py.typed", "qa/py.typed"):
        assert one in needed
    assert any(one.startswith("index/sample/") for one in needed)
    assert any(one.endswith(".css") for one in needed)
    assert needed - wheel == set()
    assert needed - archive == set()
    assert "app.py" in wheel
    assert not [name for name in wheel if name.startswith("tests/")]


def test_the_commands_lead_to_what_there_is(built: tuple[set[str], set[str], dict[str, str]]) -> None:
    scripts = PROJECT["project"]["scripts"]
    assert set(scripts) == {"article-index", "article-qa"}
    for name, target in scripts.items():
        module, _, function = target.partition(":")
        assert callable(getattr(import_module(module), function))
        assert f"{name} = {target}" in built[2]["entry_points.txt"]


def test_the_version_is_one(built: tuple[set[str], set[str], dict[str, str]]) -> None:
    assert index.__version__ == qa.__version__
    assert f"\nVersion: {index.__version__}\n" in built[2]["METADATA"]


def test_a_container_needs_no_network_when_it_runs() -> None:
    lines = (ROOT / "docs" / "Containerfile").read_text("utf-8").splitlines()
    assert "ENV HF_HUB_OFFLINE=1" in "\n".join(lines)
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    assert all((ROOT / name).exists() for name in copied)
    assert {"index", "qa", "app.py", "pyproject.toml"} <= set(copied)


def test_the_workflow_runs_what_ci_runs() -> None:
    import yaml

    job = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]["ci"]
    assert job["steps"][-1]["run"] == ".ci/run"
    assert (ROOT / ".ci/run").is_file()
