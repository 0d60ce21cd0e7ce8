"""Every block of the README and of the pages for those who ask is run, or checked against the parser of its command."""

import json
import re
import shlex
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

import app
import index.cli
import qa.cli
from qa.window.described import described
from qa.window.programs import Programs

ROOT = Path(__file__).parents[1]
FOR_CONTRIBUTORS = ("architecture", "changelog", "contributing", "reader", "scale")  # checked in test_docs.py
PAGES = [ROOT / "README.md", *(page for page in sorted(ROOT.glob("docs/*.md")) if page.stem not in FOR_CONTRIBUTORS)]
GUIDE = "\n\n".join(page.read_text("utf-8") for page in PAGES)
PROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
BLOCK = re.compile(r"^```(\w*)\n((?:(?!```)[^\n]*\n)*)```$|(?<=\n\n)((?:^    [^\n]*\n)+)", re.MULTILINE)
# What stands for a word of a person's own; any other word in capitals is taken as it is, for a name or a path.
MEANT = {
    ("--port", "P"): "7860",
    ("--precision", "P"): "auto",
    ("-k", "N"): "3",
    ("--wrong-answers", "SHARE"): "0.1",
    ("--questions", "N"): "40",
    ("--seed", "N"): "1",
    ("--auth", "USER:PASSWORD"): "me:secret",
    ("--store", "ADDRESS"): "milvus://localhost:19530/news",
}


def blocks() -> list[tuple[str, str]]:
    """(kind, text) of every block in order: "python", or "" for one that is indented."""
    return [(found[1] or "", found[2] or found[3]) for found in BLOCK.finditer(GUIDE)]


def lines(block: str) -> list[str]:
    """The commands of an indented block; a line that is indented further goes on with the one before."""
    return re.sub(r"\n {5,}", " ", block).replace("\n    ", "\n").strip().splitlines()


def commands() -> list[str]:
    indented = [line for kind, block in blocks() if not kind for line in lines(block) if not line.startswith("{")]
    named = re.findall(r"`((?:python|pip) [^`\n]*)`", GUIDE)
    return list(dict.fromkeys(part.strip() for line in [*indented, *named] for part in line.split("&&")))


def words(command: str) -> list[str]:
    """The arguments of a command, with every one that may be left out, and a value for each that a person names."""
    if command.startswith("python"):
        command = re.sub(r"[\[\]]|\.\.\.", " ", command)
    found = shlex.split(command)
    return [MEANT.get((before, word), word) for before, word in zip(["", *found], found, strict=False)]


def parse(program: list[str]) -> None:
    """Raises SystemExit or AssertionError for a command that there is not."""
    match program:
        case ["python", "app.py", *given]:
            app._arguments([word for word in given if word != "--mcp" or find_spec("mcp")])
        case ["python", "-m", "index", *given]:
            index.cli._parser().parse_args(given)
        case ["python", "-m", "qa", *given]:
            qa.cli._parser().parse_args(given)
        case ["python", "-m", module] if module.startswith(("tests.benchmarks.", "qa.training.")):
            assert find_spec(module)
        case ["pip", "install", what, *_] if what.startswith("."):
            extra = what[1:].strip("[]")
            assert not extra or f"\n{extra} = [" in PROJECT
        case ["pip", "install", what, *_]:
            assert f'"{what}"' in PROJECT
        case ["curl", address, *given]:
            call = described(getattr(Programs, address.rpartition("/")[2]))
            call.checked(json.loads(given[given.index("-d") + 1]) if given else {})
        case _:
            assert program == ["pytest"], f"nothing here knows what {program} is"


@pytest.mark.parametrize("command", commands())
def test_every_command_is_one_that_its_parser_takes(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "DIR").mkdir()
    parse(words(command))


def test_a_command_that_is_none_is_found_out() -> None:
    with pytest.raises(SystemExit):
        parse(words("python -m index build SOURCE... [--frobnicate]"))
    with pytest.raises(AssertionError):
        parse(words("python -m nothing"))


def test_python_runs_as_written_after_the_command_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ARTICLE_INDEX", raising=False)
    shutil.copytree(ROOT / "index" / "sample", tmp_path / "index" / "sample")
    ran = 0
    for (_, above), (kind, block) in zip([("", ""), *blocks()], blocks(), strict=False):
        if kind == "python" and "127.0.0.1" not in block:  # those are run in tests/window/test_rest.py
            (command,) = lines(above)
            assert index.cli.main(shlex.split(command.removeprefix("python -m index "))) == 0
            capsys.readouterr()
            exec(compile(block, "the guide", "exec"), {"__name__": "readme"})
            assert "Absard" in capsys.readouterr().out
            ran += 1
    assert ran == 2


def test_questions_of_ones_own_are_measured_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ARTICLE_INDEX", raising=False)
    (rows,) = [block for kind, block in blocks() if not kind and block.strip().startswith("{")]
    (tmp_path / "questions.jsonl").write_text("\n".join(lines(rows)) + "\n", "utf-8")
    for row in lines(rows):
        for name in json.loads(row)["articles"]:
            path = tmp_path / "articles" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(
                "<title>Bridge</title><p>Mayor Ada Holm opened the new bridge over the river on Monday.</p>"
            )
    assert index.cli.main(["build", "articles"]) == 0
    measured = [line for kind, block in blocks() if not kind for line in lines(block) if "eval questions" in line]
    assert len(measured) == 2
    for command in measured:
        assert qa.cli.main(shlex.split(command.removeprefix("python -m qa "))) == 0, capsys.readouterr().err
    assert (tmp_path / "before.json").is_file()
    assert "Who opened the bridge?" in (tmp_path / "lines.tsv").read_text("utf-8")
