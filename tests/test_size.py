"""The count of lines, long functions and hand-set numbers counts what its definition says."""

import subprocess
from pathlib import Path

import pytest

from tests.benchmarks import size

ROOT = Path(__file__).parents[1]
NUMBERS = '''"""Not text: 77."""
import math
LIMIT = 40  # a paper
# Grid of .1, on folds.
SHARE, DEEP = 0.5, 2
ZERO = 0
TABLE = {"a": 3, "b": 1}
CODE = 0x2400
CSS = "margin: 12px"


class Value:
    depth: int = 6


def score(values, most=5, first=0, step=1):
    half = values[3] / 2 - 1 + values[:4].sum()
    return round(half * 1.25, 6) + math.sqrt(-7)
'''
CALENDAR = "from calendar import monthrange\nDAYS = 30\nYEAR = 365\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "qa" / "deep").mkdir(parents=True)
    (tmp_path / "index").mkdir()
    (tmp_path / "app.py").write_text("PORT = 7860\n")
    (tmp_path / "qa" / "__init__.py").write_text('__all__ = ["ask"]\n')
    (tmp_path / "index" / "__init__.py").write_text("__all__ = []\n")
    return tmp_path


def test_numbers_are_those_of_the_definition(tree: Path) -> None:
    (tree / "qa" / "numbers.py").write_text(NUMBERS)
    (tree / "qa" / "deep" / "dates.py").write_text(CALENDAR)
    found = size.measure(tree).numbers
    assert [(one.file, one.line, one.written) for one in found] == [
        ("qa/deep/dates.py", 3, "365"),
        *(("qa/numbers.py", line, written) for line, written in [(3, "40"), (5, "0.5"), (5, "2"), (6, "0"), (7, "3")]),
        *(("qa/numbers.py", line, written) for line, written in [(13, "6"), (16, "5"), (18, "1.25"), (18, "7")]),
    ]
    assert [one.written for one in found if one.comment] == ["40", "0.5", "2"]
    assert str(found[4]) == "qa/numbers.py:6 0 (no comment): ZERO = 0"


def test_long_files_long_functions_and_many_parameters_are_named(tree: Path) -> None:
    body = "    x = 1\n"
    seven = "a, b, c, d, *, e, f, g"
    (tree / "index" / "long.py").write_text("def fits():\n" + body * 59 + "\ndef long():\n" + body * 60)
    (tree / "qa" / "wide.py").write_text(
        f"def ask({seven}): ...\ndef wide({seven}): ...\n"
        f"class Value:\n    def of(self, a, b, c, d, e, f): ...\n    async def wide(cls, {seven}): ...\n"
    )
    (tree / "app.py").write_text("\n" * 251)
    found = size.measure(tree)
    assert (found.files, found.lines) == (5, 251 + 122 + 5 + 2)
    assert [str(one) for one in found.long_files] == ["app.py:1 whole file (251)"]
    assert [str(one) for one in found.long_functions] == ["index/long.py:62 long (61)"]
    assert [str(one) for one in found.many_parameters] == ["qa/wide.py:2 wide (7)", "qa/wide.py:5 wide (7)"]


def test_the_command_counts_this_tree_and_a_commit(capsys: pytest.CaptureFixture[str]) -> None:
    if subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True).returncode:
        pytest.skip("this is no clone: there is no commit to count")
    size.main(["--commit", "HEAD"])
    said = capsys.readouterr().out
    assert said.startswith("|  | HEAD | working tree |")
    here = size.measure(ROOT)
    for row, count in here.counts().items():
        (line,) = [line for line in said.splitlines() if line.startswith(f"| {row} |")]
        assert line.endswith(f" {count} |")
    assert here.files == len([ROOT / "app.py", *(ROOT / "index").rglob("*.py"), *(ROOT / "qa").rglob("*.py")])
    assert said.count("\n  qa/") >= len(here.numbers) > 0


def test_kinds_are_what_the_comment_begins_with(tree: Path) -> None:
    (tree / "qa" / "kinds.py").write_text(
        "MOST = 40  # limit: articles\n"
        "WIDE, HIGH = 300, 200  # view: px\n"
        "# fact: a leap year\n"
        "DAYS = 366\n"
        "# A limit: of what is ranked\n"
        "SHARE = 0.4\n"
        "TABLE = (  # view: bars\n    7,\n    8,  # they say\n)\n"
        "def cut(text, most=60):\n    return text[:most] + '# limit: no comment'\n"
    )
    size_ = size.measure(tree)
    assert [(one.written, one.kind) for one in size_.numbers] == [
        ("40", "limit"), ("300", "view"), ("200", "view"), ("366", "fact"), ("0.4", ""), ("7", "view"), ("8", ""),
        ("60", ""),
    ]  # fmt: skip
    counts = size_.counts()
    assert counts["numbers that decide an answer (neither limit, view nor fact)"] == 3
    assert (counts["of kind limit"], counts["of kind view"], counts["of kind fact"]) == (1, 3, 1)
    assert counts["of these without a comment"] == 1


def test_each_later_feature_has_modules_and_none_is_counted_twice() -> None:
    lines_of = size.measure(ROOT).lines_of
    later = size.of_later_features(lines_of)
    assert all(later.values()), later
    for beginning in " ".join(size._LATER.values()).split():
        assert any(file.startswith(beginning) for file in lines_of), beginning
    for file in lines_of:
        assert sum(map(bool, size.of_later_features({file: 1}).values())) <= 1, file


def test_the_same_features_are_all_but_the_later_ones() -> None:
    said = size.same_features(100, {"app.py": 60, "qa/cli.py": 20, "qa/window/export.py": 7}).splitlines()
    assert "| today, without the below | 80 |" in said
    assert "| difference | -20.0% |" in said
    assert "| window: taking along | 7 |" in said
    assert said[-1] == "| today, all | 87 |"
