"""What importing costs, which package may import which, and what `__all__` promises."""

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "sentence_transformers", "transformers", "gradio", "scipy")
# What each room may import of the others, by prefix; a module in no room here may import all of its package.
FLOORS = {
    "index.types": ("index.errors",),
    "index.errors": (),
    "index.text": ("index.types", "index.errors"),
    "index.entities": ("index.types", "index.errors", "index.text"),
    "index.embedding": ("index.types", "index.errors", "index.hashing", "index.garbage"),
    "index.readers": ("index.types", "index.errors", "index.text"),
    "index.engine": (
        "index.types",
        "index.store.catalog",
        "index.store.entities",
        "index.store.file_state",
        "index.store.forward_index",
        "index.store.layout",
    ),
    "index.milvus.build": ("index",),
    "index.milvus.publish": ("index",),
    "index.milvus.write": ("index",),
    "index.milvus": ("index.engine", "index.store", "index.types", "index.errors", "index.embedding"),
    "index.store": ("index.engine", "index.hashing", "index.types", "index.errors", "index.text", "index.embedding"),
    "index.building": ("index",),
    "qa.escaping": (),
    "qa.agreement": ("qa.types",),
    "qa.files": ("index.errors",),
    "qa.notebook": ("qa.types", "qa.escaping", "qa.agreement"),
    "qa.frameworks": ("qa.types", "qa.answer.retrieve", "qa.answer", "index.errors"),
    "qa.types": ("qa.notebook", "qa.frameworks", "index.types", "index.errors"),
    "qa.search": (
        "qa.types",
        "index.store",
        "index.engine",
        "index.text",
        "index.embedding",
        "index.types",
        "index.errors",
    ),
    "qa.answering": (
        "index.embedding",
        "index.entities",
        "qa.search",
        "qa.types",
        "index.store",
        "index.engine",
        "index.text",
        "index.types",
        "index.errors",
    ),
    "qa.answer": (
        "qa.arguments",
        "qa.answering",
        "qa.search",
        "qa.types",
        "index.store",
        "index.engine",
        "index.types",
        "index.errors",
    ),
    "qa.evaluation": (
        "qa.answer",
        "qa.arguments",
        "qa.files",
        "qa.terminal",
        "qa.answering",
        "qa.search",
        "qa.types",
        "index.store",
        "index.engine",
        "index.types",
        "index.errors",
    ),
    "qa.window": ("qa", "index"),
}
OUTSIDE_THE_WINDOW = ("qa.window", "qa.training", "index.building", "index.readers", "index.cli", "index.milvus.build")


def modules(package: str) -> dict[str, Path]:
    """Every module of a package, by its dotted name."""
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(path: Path, *, at_once: bool = False) -> set[str]:
    """Every dotted name that a file imports, of modules and of what may be modules: anywhere in it, or `at_once`,
    when it is itself imported."""
    names: set[str] = set()
    tree = ast.parse(path.read_text("utf-8"))
    for node in tree.body if at_once else ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by relative names"
            names.update({str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)})
    return names


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize(("name", "path"), modules("index").items())
def test_index_never_imports_what_uses_it(name: str, path: Path) -> None:
    for other in imported(path):
        assert not any(within(other, above) for above in ("qa", "app", "gradio", "tests"))


@pytest.mark.parametrize(("name", "path"), {**modules("index"), **modules("qa")}.items())
def test_each_room_imports_only_the_rooms_below_it(name: str, path: Path) -> None:
    room = next((room for room in FLOORS if within(name, room)), None)
    for other in imported(path):
        if room and any(within(other, package) for package in ("index", "qa")) and other not in ("index", "qa"):
            assert any(within(other, allowed) for allowed in (room, *FLOORS[room])), f"{name} imports {other}"


@pytest.mark.parametrize(("name", "path"), modules("qa").items())
def test_a_question_needs_nothing_that_builds_or_shows(name: str, path: Path) -> None:
    assert not any(within(other, "gradio") for other in imported(path, at_once=True))
    for other in imported(path):
        assert not any(within(other, above) for above in ("app", "tests"))
        outside = within(name, "qa.window") or within(name, "qa.training")
        assert outside or not any(within(other, room) for room in OUTSIDE_THE_WINDOW)


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["mcp"], *extras["milvus"], *extras["ocr"]]
    declared = {re.split(r"[<>=\[]", one, maxsplit=1)[0].lower().replace("_", "-") for one in wanted}
    distributions = packages_distributions()
    for path in [*modules("index").values(), *modules("qa").values(), ROOT / "app.py"]:
        tops = {name.partition(".")[0] for name in imported(path)}
        for top in tops - {"index", "qa", "app"} - sys.stdlib_module_names:
            owners = {owner.lower().replace("_", "-") for owner in distributions.get(top, [top])}
            assert owners & declared, f"{path} imports {top}, which pyproject.toml does not declare"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)


THREADS = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")


@pytest.mark.parametrize(("set_before", "then"), [(None, "PASSIVE 1000"), ("ACTIVE", "ACTIVE None")])
def test_threads_spin_only_shortly_while_they_wait_unless_somebody_wants_it(set_before: str | None, then: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in THREADS}
    if set_before:
        environment["OMP_WAIT_POLICY"] = set_before
    code = f"import index, os; print(*[os.environ.get(name) for name in {THREADS}])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.stdout == f"{then}\n"


def test_importing_loads_no_model_and_no_search_engine() -> None:
    names = (*HEAVY, "faiss", "tantivy", "numpy", "trafilatura")
    done = run("-c", f"import sys, index, qa; print([name for name in {names} if name in sys.modules])")
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "command",
    [
        ("index", "--help"),
        ("index", "build", "--help"),
        ("index", "status", "--help"),
        ("index", "entities", "--help"),
        ("index", "verify", "--help"),
        ("qa", "--help"),
        ("qa", "ask", "--help"),
        ("qa", "eval", "--help"),
        ("qa", "watch", "--help"),
        ("app", "--help"),
    ],
)
def test_help_loads_no_model(command: tuple[str, ...]) -> None:
    done = run("-X", "importtime", "-m", *command)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage:")
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("name", [*modules("index"), *modules("qa")])
def test_all_names_what_there_is(name: str) -> None:
    if name.endswith("__main__"):
        return
    module = importlib.import_module(name)
    public = getattr(module, "__all__", None)
    if public is None:
        body = ast.parse(Path(str(module.__file__)).read_text("utf-8")).body
        assert not [part for part in body if isinstance(part, ast.FunctionDef | ast.ClassDef)], "it has no __all__"
        return
    assert len(set(public)) == len(public)
    for attribute in public:
        assert getattr(module, attribute) is not None
