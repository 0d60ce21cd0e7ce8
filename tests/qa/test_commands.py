"""`python -m qa`, once as a process, and what the guide says of every command."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import qa.cli
from qa import Answer, ask
from qa.terminal import terminal
from tests.qa.conftest import Command

ROOT = Path(__file__).parents[2]


def test_an_answer_of_a_process_as_text_and_as_json(sample_root: str, run: Command) -> None:
    question = "Where was Mohsen Fakhrizadeh ambushed?"
    command = [sys.executable, "-m", "qa", "ask", question, "--index", str(sample_root)]
    offline = os.environ | {"HF_HUB_OFFLINE": "1"}
    text = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=offline)
    assert text.returncode == 0
    assert "Absard" in text.stdout
    assert "»" in text.stdout
    assert text.stderr == ""
    answer = json.loads(run("ask", question, "--json", "-k", "2").out)
    assert answer["found"]
    assert len(answer["citations"]) <= 2
    assert answer == ask(question, 2, index=sample_root).to_dict()


def test_what_was_understood_is_said_and_can_be_switched_off(run: Command) -> None:
    asked = ("ask", "Which base did rockets hit in March 2020?")
    assert "(articles of March 2020 were preferred)" in run(*asked).out
    assert "were preferred" not in run(*asked, "--literal").out


def test_dates_are_taken_as_people_write_them(run: Command) -> None:
    asked = ("ask", "rockets", "--json", "-k", "20", "--as-of", "any")
    plain = run(*asked, "--since", "2020-03-01", "--until", "2020-06-30")
    assert (plain.code, plain.err) == (0, "")
    assert run(*asked, "--since", "Mar 2020", "--until", "June 2020") == plain


def test_a_refusal_is_done_too(run: Command) -> None:
    refusal = run("ask", "How do I mend a puncture in a bicycle tyre?")
    assert refusal.code == 0
    assert refusal.out.startswith("Not in your articles.")


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "x", "--index", "no-such.index"],
        ["ask", "  "],
        ["ask", "x", "--as-of", "some day"],
        ["ask", "x", "--since", "2020-13-01"],
        ["ask", "x", "--until", "01/12/2020"],
        ["ask", "x", "--source", "Wire"],
        ["ask", "x", "--reranker", ""],
        ["ask", "x", "-k", "0"],
        ["eval", "no-such-folder"],
        ["frobnicate"],
    ],
)
def test_wrong_usage_is_one_sentence(run: Command, arguments: list[str]) -> None:
    failed = run(*arguments)
    assert failed.code == 2
    assert "Traceback" not in failed.err
    assert "error: " in failed.err


def test_eval_of_ones_own_questions(run: Command, tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text(
        '{"id": "1", "question": "Where was Mohsen Fakhrizadeh ambushed?", "date": "2020-12-12"}\n'
        '{"id": "2", "question": "not judged"}\n'
    )
    (tmp_path / "qrels.tsv").write_text("1\t2020-12-11-b52s-over-the-gulf.txt\t1\n")
    table = run("eval", str(tmp_path))
    assert table.code == 0, table.err
    assert "1 questions" in table.out
    assert "time-blind" in table.out
    assert "as of" in table.out
    stored = json.loads(run("eval", str(tmp_path), "--json").out)
    assert stored["results"][0]["questions"]["1"]["Success@1"] == 1.0


def test_an_article_cannot_steer_the_terminal(sample_root: Path) -> None:
    cited = ask("rockets", index=sample_root).citations[0]
    hostile = replace(cited, title="\x1b[2J\x07gone", source="a\u202eb", article_id="x\n[2] not an article")
    said = f"articles of \x1b[2J{cited.source} were preferred"
    for answer in (
        Answer("q", True, (hostile,), "", (), "g", notes=(said,), read_as=("\x07 Who?",)),
        Answer("q", False, (), said, (hostile,), "g"),
    ):
        shown = terminal(answer)
        assert {"\x1b", "\x07", "\u202e"}.isdisjoint(shown)
        assert "\u241b[2J" in shown
        assert "\n[2]" not in shown


def test_a_quote_is_shown_with_all_its_words_and_letters(sample_root: Path) -> None:
    text = "It rained\ron the \U0001fae8 bridge.\r\nThen\u200d it\x7f ended."
    cited = replace(ask("rockets", index=sample_root).citations[0], text=text, start=0, sentence_start=0)
    shown = terminal(Answer("q", True, (replace(cited, sentence_end=9),), "", (), "g")).splitlines()[2:]
    assert shown == ["    »It rained«", "    on the \U0001fae8 bridge.", "    Then\u200d it\ufffd ended."]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask", "--file", "q.txt", "--out", "a.csv", "--json"], "--out FILE.jsonl has all"),
        (["ask", "--file", "q.txt", "--out", "a.csv", "--explain"], "--out FILE.jsonl has all"),
        (["calibrate", "--reranker", "model"], "leave them out"),
        (["calibrate", "--literal"], "leave them out"),
    ],
)
def test_an_option_that_does_nothing_is_refused(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qa.cli.main(arguments) == 2
    assert words in capsys.readouterr().err


COMMANDS = [
    "index build",
    "index status",
    "index entities",
    "index verify",
    "qa ask",
    "qa eval",
    "qa watch",
    "qa calibrate",
]


@pytest.mark.parametrize("command", [*(["-m", *name.split()] for name in COMMANDS), ["app.py"]])
def test_the_guide_names_every_option(command: list[str]) -> None:
    helped = subprocess.run([sys.executable, *command, "--help"], cwd=ROOT, capture_output=True, text=True).stdout
    guide = "".join((ROOT / "docs" / name).read_text("utf-8") for name in ("terminal.md", "window.md"))
    options = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", helped)) - {"-h", "--help", "-m"}
    assert options
    assert not {option for option in options if option not in guide}
