"""What importing costs, which package may import which, and what `__all__` promises."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "sentence_transformers", "transformers", "gradio")
WRITE_SIDE = {
    "index.building.unchanged",
    "index.building.build", "index.building.source_changes", "index.text.chunking", "index.cli", "index.building.write_passages", "index.text.near_duplicates", "index.embedding.cache",
    "index.building.progress", "index.building.publish", "index.readers", "index.building.report", "index.store.layout", "index.building.write_vectors",
    "index.store.verify", "index.building.watch", "index.text.boilerplate", "index.text.boilerplate_rules", "index.text.repeated_lines",
}  # fmt: skip


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


@pytest.mark.parametrize(("name", "path"), modules("qa").items())
def test_qa_imports_the_read_side_of_index_only(name: str, path: Path) -> None:
    assert not any(within(other, "gradio") for other in imported(path, at_once=True))
    for other in imported(path):
        assert not any(within(other, above) for above in ("app", "tests"))
        assert not any(within(other, module) for module in WRITE_SIDE)


def test_the_window_builds_and_asks_and_looks_no_deeper() -> None:
    used = {name for name in imported(ROOT / "app.py") if within(name, "index")}
    assert not any(within(name, module) for name in used for module in WRITE_SIDE - {"index.building.build"})


@pytest.mark.parametrize(("name", "path"), [item for item in modules("index").items() if ".readers." in item[0]])
def test_readers_know_nothing_of_what_is_stored(name: str, path: Path) -> None:
    allowed = ("index.readers", "index.types", "index.text.boilerplate", "index.text.boilerplate_rules")
    for other in imported(path):
        assert not within(other, "index") or other == "index" or any(within(other, module) for module in allowed)


def test_every_module_that_writes_is_named_here() -> None:
    """A new module of index must be put on one side: what qa may import, or WRITE_SIDE."""
    read_side = {
        "index", "index.__main__", "index.store.catalog", "index.store.vectors", "index.embedding.encoder", "index.errors", "index.store.forward_index",
            "index.store.bm25",
        "index.store.live", "index.embedding.registry", "index.store.paths", "index.text.sentences", "index.store.snapshot", "index.types", "index.embedding.fast_bert",
        "index.command", "index.embedding.encoders", "index.embedding.model_folder", "index.embedding.tokens",
    }  # fmt: skip
    known = read_side | WRITE_SIDE
    assert {name for name in modules("index") if not within(name, "index.readers")} - known == set()


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {
        re.split(r"[<>=\[]", wanted, maxsplit=1)[0].lower().replace("_", "-") for wanted in project["dependencies"]
    }
    distributions = packages_distributions()
    for path in [*modules("index").values(), *modules("qa").values(), ROOT / "app.py"]:
        tops = {name.partition(".")[0] for name in imported(path)}
        for top in tops - {"index", "qa", "app"} - sys.stdlib_module_names:
            owners = {owner.lower().replace("_", "-") for owner in distributions[top]}
            assert owners & declared, f"{path} imports {top}, which pyproject.toml does not declare"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)


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
        ("index", "verify", "--help"),
        ("qa", "--help"),
        ("qa", "ask", "--help"),
        ("qa", "eval", "--help"),
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
