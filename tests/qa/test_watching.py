"""Watched questions: what has changed since the last run, and nothing where only the calendar has moved."""

import json
from pathlib import Path

import pytest

import qa.cli
from index.errors import UsageError
from index.stores import builder
from qa.evaluation.watching import Said, Watched, compare, load, read_state

FAIR = "Village fair\n\nThe village fair in Lorne will be opened by Ada Holm on 9 May 2021, the council said.\n"
LATER = (
    "New date\n\nThe village fair in Lorne will be opened by the mayor Otto Brandt instead\x1b[2J, the council said.\n"
)
FIRST, OTHER = "Who will open the village fair in Lorne?", "Where was Mohsen Fakhrizadeh ambushed?"


def said(*digests: str, found: bool = True) -> Said:
    return Said(found, {digest: {"sentence": digest} for digest in digests})


@pytest.mark.parametrize(
    ("before", "after", "kind", "new", "gone"),
    [
        (None, said("a"), "first", "", ""),
        (said("a", "b"), said("b", "a"), "same", "", ""),
        (said("a"), said("a", "b"), "changed", "b", ""),
        (said("a", "b"), said("a"), "changed", "", "b"),
        (said(found=False), said("a"), "answered", "a", ""),
        (said("a"), said(found=False), "lost", "", "a"),
        (said(found=False), said(found=False), "same", "", ""),
    ],
)
def test_an_answer_is_compared_by_its_sentences(
    before: Said | None, after: Said, kind: str, new: str, gone: str
) -> None:
    change = compare(before, after)
    assert change.kind == kind
    assert [facts["sentence"] for facts in change.new] == list(new)
    assert [facts["sentence"] for facts in change.gone] == list(gone)


def test_questions_come_one_a_line_as_json_or_as_a_table(tmp_path: Path) -> None:
    for name, text in (
        ("q.txt", "\ufeffWho?\n\n Why? \nWho?\n"),
        ("q.jsonl", '"Who?"\n{"question": "Why?"}\n'),
        ("q.csv", "question,since\nWho?,\nWhy?,\n"),
    ):
        (tmp_path / name).write_text(text, "utf-8")
        assert load(tmp_path / name) == [Watched("Who?"), Watched("Why?")]
    (tmp_path / "l.jsonl").write_text('{"question": "Who?", "since": "2020", "sources": ["A", "B"]}\n')
    assert load(tmp_path / "l.jsonl") == [Watched("Who?", "2020", None, ("A", "B"))]
    assert Watched("Who?").key != Watched("Who?", "2020").key


@pytest.mark.parametrize(
    ("name", "text"),
    [("q.txt", "\n"), ("q.jsonl", "{"), ("q.jsonl", "7"), ("q.jsonl", '{"question": 7}'), ("q.csv", "a,b\n1,2\n"),
     ("q.jsonl", '{"question": "Who?", "since": 7}'), ("q.jsonl", '{"question": "Who?", "sources": [7]}'),
     ("q.jsonl", '{"question": "Who?", "sources": 7}'), ("q.jsonl", '{"question": "Who?", "source": {"a": 1}}')],
)  # fmt: skip
def test_a_file_of_something_else_is_one_sentence(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match="a question a line"):
        load(tmp_path / name)
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path / "none.txt")


@pytest.mark.parametrize("text", ["", "[]", '{"format": 9}', '{"format": 1, "questions": {"a": 1}}'])
def test_a_state_that_is_none_is_refused_and_not_overwritten(tmp_path: Path, text: str) -> None:
    (tmp_path / "state").write_text(text)
    with pytest.raises(UsageError, match="--state"):
        read_state(tmp_path / "state")
    assert read_state(tmp_path / "none") == {}


def test_the_command_says_what_is_new_and_by_its_exit_code_too(
    tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    articles, questions = tmp_path / "articles", tmp_path / "questions.txt"
    articles.mkdir()
    (articles / "fair.txt").write_text(FAIR)
    questions.write_text(f"{FIRST}\n{OTHER}\n")
    build = builder(place, tmp_path / "articles.index")
    build([articles], None)
    run = ["watch", str(questions), "--index", place]

    assert qa.cli.main(run) == 0
    assert "2 asked for the first time" in capsys.readouterr().out
    assert qa.cli.main(run) == 0
    assert capsys.readouterr().out == "0 changed, 2 the same\n"
    (articles / "later.txt").write_text(LATER)
    build([articles], None)
    assert qa.cli.main(run) == 1
    shown = capsys.readouterr().out
    assert f"changed: {FIRST}" in shown
    assert "+ The village fair in Lorne will be opened by the mayor Otto Brandt instead\u241b[2J" in shown
    assert OTHER not in shown
    assert qa.cli.main([*run, "--state", str(tmp_path / "state.json"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in found["questions"]] == ["first", "first"]
    assert (tmp_path / "questions.txt.seen.json").is_file()
    (tmp_path / "w.jsonl").write_text(f'"{OTHER}"\n{{"question": "{FIRST}", "since": "soon"}}\n')
    assert qa.cli.main(["watch", str(tmp_path / "w.jsonl"), "--index", place]) == 2
    assert capsys.readouterr().err.startswith(f"error: {FIRST}: since: 'soon' is not a date")
