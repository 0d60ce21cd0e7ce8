"""Size of the product's code: python -m tests.benchmarks.size [--commit COMMIT]... [--save]

Counts app.py, index/ and qa/ of the working tree, and of each commit given, in the same way:

- lines of all Python files, blank ones and docstrings included; files over 250 lines
- functions over 60 lines, from `def` to the last line, docstring included
- functions of more than 6 parameters (without self and cls) that are no public calls: whose names stand in `__all__`
  of neither package
- hand-set numbers in qa/: every number that stands in its Python files; 0, 1, -1 and 2 only where they are the whole
  value of a module's constant (`_DEEP = 2`). Left out are positions in a sequence (`[:4]`, `[2]`), digits to round to,
  numbers written in hex (codes of characters, masks), and in a module that imports `calendar` whole numbers up to 31.
  Text is not searched, so CSS counts for nothing; neither do data files. qa/training/ runs before anything ships and is
  counted by itself, too.

The comment of a number is that of its line, else that in the first line of its constant, else the line above its
statement. A number without one is marked "no comment": then nothing says where it comes from. A number whose comment
begins with one of these words does not decide what is answered:

- "limit:" beyond it something is refused or left out, so that no file, person or program takes all of a machine; or
  work ends, where more of it was measured to change nothing
- "view:" how much of something is in sight, how wide it is, how often it is looked at
- "fact:" nobody chose it: of a calendar, a format, a protocol, a shape, a formula

All others count as numbers that decide an answer: what is ranked, quoted, marked or refused, and how sure it is. They
are few, or learned: the goal is 45 outside qa/training/.

It prints a table; then, in lines, what the same features took before files moved into rooms and take today; then what
was counted in the working tree, by file and line. What came later is listed by module, in `_LATER`. A module whose code
stood somewhere before the moves is none of these, however much of later features it holds.
"""

import argparse
import ast
import subprocess
import tarfile
import tokenize
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.common import ROOT, save, table

__all__ = ["Number", "Place", "Size", "main", "measure", "numbers", "of_commit", "of_later_features", "same_features"]

_PRODUCT = ("app.py", "index", "qa")
_FILE, _FUNCTION, _PARAMETERS = 250, 60, 6  # the limits of this code base: docs/contributing.md
_PLAIN = (0, 1, 2)  # and -1
_CALENDAR = 31  # days of a month
_KINDS = ("limit", "view", "fact")  # of numbers that decide no answer
_BEFORE = "ffac387"  # the last commit before files moved into rooms
_LATER = {  # features that came after that, and the beginnings of their modules' paths
    "scans and pictures": "index/readers/ocr. index/readers/page_ index/readers/pictures. qa/window/page_picture.",
    "languages": "index/text/languages. qa/search/languages.",
    "people, organisations and places": "index/entities/ index/store/entities. index/text/names. index/list_entities. "
    "index/spreadsheet. qa/window/entity_facets.",
    "an index on Milvus": "index/milvus/ index/stores.",
    "the reader, and learned confidence": "qa/answering/reader qa/answering/reading. qa/answering/coefficients. "
    "qa/answering/time_agreement.",
    "learning of what ships": "qa/training/",
    "questions about a name": "qa/answering/mentions. qa/answering/roles. qa/search/name",
    "refusals that say why": "qa/answering/refusal. qa/answering/second_look.",
    "a threshold of one's own": "qa/answering/threshold. qa/evaluation/calibrat qa/evaluation/made_questions.",
    "other sources and figures that differ": "qa/agreement. qa/window/agreement_ qa/answering/asked_figure. "
    "qa/answering/corroboration. qa/answering/figures. qa/answering/numbers. qa/answering/quantities. "
    "qa/answering/said_dates.",
    "many questions at once": "qa/many. qa/workers. qa/batch",
    "notebooks and other libraries": "qa/notebook. qa/frameworks.",
    "saved and watched questions": "qa/evaluation/watch qa/window/saved",
    "dates as people write them": "qa/search/written_dates.",
    "window: the list of articles": "qa/search/article_search. qa/window/article_panel. qa/window/articles "
    "qa/window/facets qa/window/unread.",
    "window: adding articles": "qa/window/add",
    "window: cards, walking, right to left": "qa/window/article_bar. qa/window/citation_card. qa/window/direction. "
    "qa/window/text_fragment. qa/window/walk.",
    "window: taking along": "qa/window/export. qa/window/plain_text. qa/window/references. qa/window/tools_html.",
    "window: conversations that come back": "qa/window/chat qa/window/draft_html. qa/window/kept.",
    "window: judgements, next questions, help": "qa/window/below_answer. qa/window/feedback. qa/window/suggestions. "
    "qa/window/help_html.",
    "window: programs": "qa/window/described. qa/window/mcp_tools. qa/window/program qa/window/rest",
    "window: login and hostile pages": "qa/window/login. qa/window/security.",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Place:
    """Something counted: where it stands, its name, and how much it has of what was counted."""

    file: str
    line: int
    name: str
    size: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.name} ({self.size})"


@dataclass(frozen=True, slots=True)
class Number:
    """A hand-set number: where it stands, as it is written, its line, and its comment."""

    file: str
    line: int
    written: str
    source: str
    comment: str

    @property
    def kind(self) -> str:
        """ "limit", "view" or "fact"; empty for one that decides an answer."""
        word = self.comment.lstrip("# ").partition(":")
        return word[0] if word[1] and word[0] in _KINDS else ""

    def __str__(self) -> str:
        said = f" ({self.kind})" if self.kind else "" if self.comment else " (no comment)"
        return f"{self.file}:{self.line} {self.written}{said}: {self.source}"


@dataclass(frozen=True, slots=True)
class Size:
    """What was counted in one tree."""

    files: int
    lines: int
    lines_of: dict[str, int]
    long_files: tuple[Place, ...]
    long_functions: tuple[Place, ...]
    many_parameters: tuple[Place, ...]
    numbers: tuple[Number, ...]

    def counts(self) -> dict[str, int]:
        """The rows of the table."""
        rooms = Counter(_room(number.file) for number in self.numbers)
        outside = [number for number in self.numbers if _room(number.file) != "qa/training/"]
        kinds = Counter(number.kind for number in outside)
        return {
            "files": self.files,
            "lines": self.lines,
            f"files over {_FILE} lines": len(self.long_files),
            f"functions over {_FUNCTION} lines": len(self.long_functions),
            f"functions of more than {_PARAMETERS} parameters, not public": len(self.many_parameters),
            "hand-set numbers in qa/": len(self.numbers),
            "of these without a comment": sum(not number.comment for number in self.numbers),
            "outside qa/training/": len(outside),
            "numbers that decide an answer (neither limit, view nor fact)": kinds[""],
            **{f"of kind {kind}": kinds[kind] for kind in _KINDS},
            **{f"of these in {room}": rooms[room] for room in sorted(rooms)},
        }


def measure(root: Path) -> Size:
    """The size of the product in a folder that holds app.py, index/ and qa/."""
    long_files, long_functions, many, found, lines_of = [], [], [], [], dict[str, int]()
    paths = sorted(path for name in _PRODUCT for path in _python_files(root / name))
    public = _public_calls(root)
    for path in paths:
        file, text = path.relative_to(root).as_posix(), path.read_text("utf-8")
        tree, length = ast.parse(text), len(text.splitlines())
        lines_of[file] = length
        if length > _FILE:
            long_files.append(Place(file, 1, "whole file", length))
        for function, in_class in _functions(tree):
            span = (function.end_lineno or function.lineno) - function.lineno + 1
            if span > _FUNCTION:
                long_functions.append(Place(file, function.lineno, function.name, span))
            count = _parameters(function, in_class)
            if count > _PARAMETERS and function.name not in public:
                many.append(Place(file, function.lineno, function.name, count))
        if file.startswith("qa/"):
            found += numbers(file, text, tree)
    counted = len(paths), sum(lines_of.values()), lines_of
    return Size(*counted, tuple(long_files), tuple(long_functions), tuple(many), tuple(found))


def of_later_features(lines_of: dict[str, int]) -> dict[str, int]:
    """The lines of the modules of each feature that came after the moves."""
    return {
        feature: sum(count for file, count in lines_of.items() if file.startswith(tuple(paths.split())))
        for feature, paths in _LATER.items()
    }


def same_features(before: int, lines_of: dict[str, int]) -> str:
    """A table: lines before the moves, and today those without the modules of later features."""
    later = of_later_features(lines_of)
    today = sum(lines_of.values())
    same = today - sum(later.values())
    head = [
        ("the same features", "lines"),
        (f"before the moves ({_BEFORE})", before),
        ("today, without the below", same),
    ]
    change = ("difference", f"{(same - before) / before:+.1%}")
    return table([*head, change, *later.items(), ("today, all", today)])


def of_commit(commit: str) -> Size:
    """The size of the product as it was at a commit."""
    packed = subprocess.run(["git", "archive", commit, *_PRODUCT], capture_output=True, cwd=ROOT, check=True).stdout
    with TemporaryDirectory() as folder:
        with tarfile.open(fileobj=BytesIO(packed)) as archive:
            archive.extraction_filter = getattr(tarfile, "data_filter", None)  # which came with Python 3.11.4
            archive.extractall(folder)
        return measure(Path(folder))


def numbers(file: str, text: str, tree: ast.Module) -> list[Number]:
    """The hand-set numbers of a module, in order."""
    lines = text.splitlines()
    calendar = any("calendar" in _imported(node) for node in ast.walk(tree))
    whole = {id(node) for statement in tree.body for node in _whole_values(statement)}
    left_out = {id(node) for node in _positions_and_digits(tree)}
    comments = _comments(text)
    above = {id(node): _comment_of(statement, comments) for statement, node in _with_statements(tree)}
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or type(node.value) not in (int, float) or id(node) in left_out:
            continue
        # Columns are counted in bytes; `ast.get_source_segment` would split the whole text for each number.
        written = lines[node.lineno - 1].encode()[node.col_offset : node.end_col_offset].decode()
        if node.value in _PLAIN and id(node) not in whole:
            continue
        if written[:2].lower() == "0x" or (calendar and isinstance(node.value, int) and node.value <= _CALENDAR):
            continue
        source = lines[node.lineno - 1].strip()
        comment = comments.get(node.lineno, ("", False))[0] or above.get(id(node), "")
        found.append((node.lineno, node.col_offset, Number(file, node.lineno, written, source, comment)))
    return [number for _, _, number in sorted(found, key=lambda one: one[:2])]


def _python_files(path: Path) -> Iterator[Path]:
    yield from path.rglob("*.py") if path.is_dir() else [path]


def _room(file: str) -> str:
    """The folder under qa/ of a file, or qa/ itself."""
    return "/".join(file.split("/")[:-1][:2]) + "/"


def _public_calls(root: Path) -> set[str]:
    """The names in `__all__` of index and of qa."""
    names: set[str] = set()
    for package in ("index", "qa"):
        for node in ast.parse((root / package / "__init__.py").read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                names.update(ast.literal_eval(node.value))
    return names


def _functions(tree: ast.Module) -> Iterator[tuple[Function, bool]]:
    """Every function, nested ones too, and whether it is a method."""
    for parent in ast.walk(tree):
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, Function):
                yield node, isinstance(parent, ast.ClassDef)


def _parameters(function: Function, in_class: bool) -> int:
    given = function.args
    every = [*given.posonlyargs, *given.args]
    without = in_class and bool(every) and every[0].arg in ("self", "cls")
    return len(every) - without + len(given.kwonlyargs) + (given.vararg is not None) + (given.kwarg is not None)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def _whole_values(statement: ast.stmt) -> Iterator[ast.AST]:
    """The numbers that are the whole value of a module's constant, or of one of several assigned together."""
    if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
        value = statement.value
        yield from value.elts if isinstance(value, ast.Tuple) else [value]


def _positions_and_digits(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            yield from ast.walk(node.slice)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "round":
            yield from node.args[1:]


def _with_statements(tree: ast.Module) -> Iterator[tuple[ast.stmt, ast.AST]]:
    """Every node under the innermost statement that holds it."""
    for statement in ast.walk(tree):
        if isinstance(statement, ast.stmt):
            for node in ast.walk(statement):
                yield statement, node


def _comments(text: str) -> dict[int, tuple[str, bool]]:
    """The comments of a module by line, and whether each has its line for itself."""
    every = tokenize.generate_tokens(StringIO(text).readline)
    comments = [token for token in every if token.type == tokenize.COMMENT]
    return {token.start[0]: (token.string, token.line.lstrip().startswith("#")) for token in comments}


def _comment_of(statement: ast.stmt, comments: dict[int, tuple[str, bool]]) -> str:
    """The comment in the first line of a constant, else the one above the statement: all its lines."""
    if isinstance(statement, ast.Assign) and statement.lineno in comments:
        return comments[statement.lineno][0]
    line, found = statement.lineno - 1, ""
    while comments.get(line, ("", False))[1]:
        found, line = comments[line][0], line - 1
    return found


def _report(sizes: dict[str, Size]) -> str:
    """A table with a column for each tree."""
    counts = {name: size.counts() for name, size in sizes.items()}
    rows = dict.fromkeys(row for column in counts.values() for row in column)
    body = [(row, *(column.get(row, 0) for column in counts.values())) for row in rows]
    return table([("", *counts), *body])


def main(arguments: Sequence[str] | None = None) -> None:
    """Counts, and prints the table and the list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commit", action="append", default=[], help="count this commit too (may be repeated)")
    parser.add_argument("--save", action="store_true", help="also write tests/benchmarks/results/size-COMMIT.*")
    options = parser.parse_args(arguments)
    here = measure(ROOT)
    sizes = {**{commit: of_commit(commit) for commit in options.commit}, "working tree": here}
    if options.save:
        save("size", {name: size.counts() for name, size in sizes.items()}, _report(sizes))
    else:
        print(_report(sizes))
    if subprocess.run(["git", "cat-file", "-e", f"{_BEFORE}^{{commit}}"], capture_output=True, cwd=ROOT).returncode:
        print(f"\n{_BEFORE} is not in this clone: what the same features took is not counted")
    else:
        print(f"\n{same_features(of_commit(_BEFORE).lines, here.lines_of)}")
    for name in ("long_files", "long_functions", "many_parameters", "numbers"):
        print(f"\n{name.replace('_', ' ')}:")
        for place in getattr(here, name):
            print(f"  {place}")


if __name__ == "__main__":
    main()
