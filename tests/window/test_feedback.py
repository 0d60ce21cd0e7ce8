"""What people say of answers becomes rows that `python -m qa eval` reads, and never more than a file may hold."""

import json
import os
from pathlib import Path

import pytest

import qa.cli
from index import Index
from index.building.build import build
from index.errors import UsageError
from qa import ask
from qa.evaluation.dataset import load
from qa.window import feedback
from qa.window.below_answer import below_html
from qa.window.conversation import Conversation, Exchange, Form
from qa.window.feedback import feedback_row, note_feedback

TEXTS = {
    "bridge.txt": "Bridge opened\n\nMayor Ada Holm opened the new bridge over the river Lorne on Monday, 3 May 2021.\n",
    "fair.txt": "Village fair\n\nThe village fair moves to the second Sunday in May, the mayor said.\n",
}
QUESTION, NONSENSE = "Who opened the new bridge over the river Lorne?", "How do I bake sourdough bread?"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("feedback")
    (folder / "articles").mkdir()
    for name, text in TEXTS.items():
        (folder / "articles" / name).write_text(text)
    build([folder / "articles"], folder / "articles.index")
    return folder / "articles.index"


@pytest.fixture(scope="module")
def now(root: Path) -> Conversation:
    with Index.open(root) as index:
        said = [Exchange(Form(text), ask(text, index=index)) for text in (QUESTION, NONSENSE)]
        said.append(Exchange(Form("And when?", since="2020-01-01", recent=False), ask("When?", index=index)))
    assert [one.answer.found for one in said[:2]] == [True, False]
    return Conversation(tuple(said), "k1")


def test_what_is_said_is_measured_by_qa_eval(
    root: Path, now: Conversation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "feedback.jsonl"
    for turn, verdict in ((0, "wrong"), (0, "helpful"), (1, "helpful"), (2, "missing")):
        note_feedback(path, feedback_row(now, turn, verdict))
    questions = load(path)
    assert [(one.text, dict(one.relevant)) for one in questions] == [(QUESTION, {"bridge.txt": 1}), (NONSENSE, {})]
    assert questions[1].history[0][0] == QUESTION
    assert qa.cli.main(["eval", str(path), "--index", str(root), "--json"]) == 0
    measured = json.loads(capsys.readouterr().out)
    assert "Success@1" in json.dumps(measured)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [row["feedback"] for row in rows] == ["helpful", "helpful", "missing"]  # the second word on one counts
    assert "articles" not in rows[2]
    assert "date" not in rows[2]
    assert rows[2]["limits"] == "from 1 January 2020"


def test_wrong_says_that_none_answers_and_of_a_refusal_that_some_do(now: Conversation) -> None:
    assert feedback_row(now, 0, "wrong")["articles"] == []
    assert "articles" not in feedback_row(now, 0, "missing")
    assert "articles" not in feedback_row(now, 1, "wrong")
    assert feedback_row(now, 1, "helpful")["articles"] == []


def test_a_full_file_and_one_that_cannot_be_written_are_one_sentence(
    now: Conversation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, row = tmp_path / "feedback.jsonl", feedback_row(now, 0, "helpful")
    path.write_bytes(b"not JSON")  # whoever wrote it: it is kept
    note_feedback(path, row)
    before = path.read_bytes()
    assert before.startswith(b"not JSON\n{")
    monkeypatch.setattr(feedback, "_LARGEST", len(before) + 10)
    with pytest.raises(UsageError, match="full"):
        note_feedback(path, row | {"id": "other"})
    assert path.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["feedback.jsonl", "feedback.jsonl.lock"]
    with pytest.raises(UsageError, match="cannot be kept"):
        note_feedback(tmp_path, row)


def test_the_line_below_an_answer_marks_what_was_said(now: Conversation) -> None:
    html = below_html(now.with_verdict(0, "wrong").exchanges[0], 0)
    assert '<a class="judge chosen" href="#judge-0-wrong"' in html
    assert html.count("chosen") == 1
