"""Many questions at once: the same answers, a file that is never half written, cells that are no formulas."""

import contextlib
import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from index import Index
from index.engine import SearchEngine
from index.errors import ModelNotFound, UsageError
from index.spreadsheet import cell
from qa import Answer, ask, ask_many
from qa.arguments import Given
from qa.batch import FORMATS, Question, answer_file, read_questions
from qa.many import TOGETHER, answer_block
from qa.types import Request
from qa.workers import Workers
from tests.qa.conftest import Command

ROOT = Path(__file__).parents[2]
QUESTIONS = [
    "Where was Mohsen Fakhrizadeh ambushed?",
    "How do I bake sourdough bread?",
    "Who is Mustafa al-Kadhimi?",
    "How many people were treated for concussion?",
    "Which base did rockets hit in March 2020?",
]
GIVEN = Given(5)


def quoted(answer: Answer) -> list[tuple[str, int, int]]:
    return sorted((one.article_id, one.start, one.end) for one in answer.citations or answer.closest)


@pytest.mark.parametrize("reader", [True, False])
def test_they_are_answered_as_one_by_one(sample: Index, reader: bool) -> None:
    done: list[int] = []
    together = ask_many(QUESTIONS, index=sample, as_of="any", reader=reader, progress=done.append)
    assert done == [1, 2, 3, 4, 5]
    for question, answer in zip(QUESTIONS, together, strict=True):
        alone = ask(question, index=sample, as_of="any", reader=reader)
        assert (answer.question, answer.found, answer.reason) == (question, alone.found, alone.reason)
        assert quoted(answer) == quoted(alone)
        assert answer.confidence == pytest.approx(alone.confidence, abs=0.01)  # bf16 has 8 bits
        if not reader:
            assert answer == alone
    assert [answer.found for answer in together][:3] == [True, False, True]


def test_it_is_the_same_each_time(sample: Index) -> None:
    assert ask_many(QUESTIONS, index=sample) == ask_many(QUESTIONS, index=sample)
    assert ask_many([], index=sample) == []


def test_a_wrong_question_is_named_before_any_is_asked(sample: Index) -> None:
    done: list[int] = []
    with pytest.raises(UsageError, match="question 2: the question is empty"):
        ask_many([QUESTIONS[0], " "], index=sample, progress=done.append)
    with pytest.raises(UsageError, match="for a single one there is ask"):
        ask_many(QUESTIONS[0], index=sample)
    with pytest.raises(UsageError, match=r"^k is the number"):
        ask_many(QUESTIONS, 0, index=sample)
    assert not done


def test_what_is_given_once_counts_for_every_question(sample: Index) -> None:
    history, sources = [(QUESTIONS[0], "In Absard.")], ["Sample Wire"]
    asked = ["And who was blamed for it?"] * 3
    wanted = ask_many(asked, index=sample, history=history, sources=sources)
    assert ask_many(asked, index=sample, history=iter(history), sources=iter(sources)) == wanted
    assert {one.source for answer in wanted for one in answer.citations or answer.closest} == {"Sample Wire"}


def test_a_file_of_questions_becomes_a_table(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "q.csv").write_text("id,question,date\n" + "".join(f"={n},{q},\n" for n, q in enumerate(QUESTIONS)))
    done = run("ask", "--file", "q.csv", "--out", "a.csv")
    assert (done.code, done.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig"), newline="")))
    assert [row["question"] for row in rows] == QUESTIONS
    assert [row["id"] for row in rows] == [f"'={n}" for n in range(5)]
    assert "Absard" in rows[0]["answer"]
    assert rows[0]["source"]
    assert rows[0]["date"] >= "2020-11"
    assert float(rows[0]["confidence"]) > 0.5
    assert (rows[1]["answer"], bool(rows[1]["reason"])) == ("", True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "q.csv"]
    again = run("ask", "--file", "q.csv", "--out", "a.csv")
    assert (again.code, "a.csv is there already" in again.err) == (2, True)


def children(process: int) -> list[int]:
    """The processes that one has started and that have not ended."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(parent) == process and state != "Z":
                found.append(int(folder.name))
    return found


def assert_all_end(processes: list[int]) -> None:
    """They end by themselves within a minute."""
    until = time.monotonic() + 60
    for process in processes:
        stat = Path(f"/proc/{process}/stat")
        with contextlib.suppress(OSError):
            while stat.read_text().rpartition(")")[2].split()[0] != "Z":
                assert time.monotonic() < until, "a worker outlives who started it"
                time.sleep(0.05)


def test_killed_at_any_moment_it_loses_and_doubles_no_row(
    sample: Index, sample_root: Path, run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    many = [f"{QUESTIONS[n % 5]} ({n})" for n in range(TOGETHER * 8 if isinstance(sample, Index) else 100)]
    (tmp_path / "q.txt").write_text("\n".join(many))
    start = "import sys, qa.many; from qa.cli import main; qa.many._WORTH = {False: 6}; sys.exit(main())"
    command = [sys.executable, "-c", start, "ask", "--index", str(sample_root), "--file", "q.txt", "--no-reader"]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    part = tmp_path / "a.jsonl.part"
    for at_least, how in ((1, signal.SIGKILL), (30, signal.SIGINT)):  # lines that are on the disk when it is ended
        with subprocess.Popen([*command, "--out", "a.jsonl"], cwd=tmp_path, env=environment) as process:
            while process.poll() is None and not (part.exists() and part.read_bytes().count(b"\n") > at_least):
                time.sleep(0.01)
            started = children(process.pid)
            process.send_signal(how)
        assert process.returncode == (-signal.SIGKILL if how == signal.SIGKILL else 130)
        assert len(started) == (os.cpu_count() != 1 and isinstance(sample, Index))
        assert_all_end(started)
    assert part.read_bytes().count(b"\n") > 30
    part.write_bytes(part.read_bytes() + b'{"id": "", "ques')  # a line that was cut
    done = run("ask", "--file", "q.txt", "--no-reader", "--out", "a.jsonl")
    assert done.code == 0, done.err
    assert "before it was stopped" in done.out
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [row["question"] for row in rows] == many
    whole = tmp_path / "whole.jsonl"
    answer_file(sample, read_questions(tmp_path / "q.txt"), whole, Given(5, reader=False), lambda _: None)
    for row, other in zip(rows, map(json.loads, whole.read_text().splitlines()), strict=True):
        # Which sentences of a small index were embedded together depends on what was asked before, and rounds scores.
        assert (row["found"], row["reason"]) == (other["found"], other["reason"])
        assert row["confidence"] == pytest.approx(other["confidence"], abs=0.01)


@pytest.fixture
def local(sample: SearchEngine) -> Index:
    if not isinstance(sample, Index):
        pytest.skip("an index on a server is asked by one process")
    return sample


def in_blocks(count: int) -> list[list[Request]]:
    """Blocks of five questions, of which the reader is asked one."""
    return [
        [Request(f"{one} ({number})", as_of="any", reader=not place) for place, one in enumerate(QUESTIONS)]
        for number in range(count)
    ]


def test_workers_answer_as_this_process_does(local: Index) -> None:
    blocks, here = in_blocks(4), list[int]()

    def answer_here(index: SearchEngine, requests: Sequence[Request]) -> list[Answer]:
        here.append(len(requests))
        while not workers._found and any(thread.is_alive() for thread in workers._threads):
            time.sleep(0.01)
        return answer_block(index, requests)

    with Workers(local, blocks, 2, answer_here) as workers:
        processes = [process.pid for process in workers._processes]
        found = list(workers.answers())
    assert len(processes) == 2
    assert len(here) < len(blocks)
    assert_all_end(processes)
    expected = [
        ask(request.question, index=local, as_of="any", reader=request.reader) for block in blocks for request in block
    ]
    for one, other in zip(found, expected, strict=True):
        assert (one.question, one.found, one.reason) == (other.question, other.found, other.reason)
        assert quoted(one) == quoted(other)
        assert one.confidence == pytest.approx(other.confidence, abs=0.01)


def no_process(*_: object, **__: object) -> None:
    raise OSError("no more processes")


def a_broken_one(*_: object, **__: object) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


@pytest.mark.parametrize("started", [no_process, a_broken_one])
def test_without_workers_this_process_answers_all(
    local: Index, monkeypatch: pytest.MonkeyPatch, started: Callable[..., object]
) -> None:
    monkeypatch.setattr("qa.workers._started", started)
    blocks = in_blocks(2)
    with Workers(local, blocks, 2, answer_block) as workers:
        found = [answer.question for answer in workers.answers()]
    assert found == [request.question for block in blocks for request in block]


def test_what_a_question_raises_is_raised_and_no_worker_is_left(local: Index) -> None:
    blocks = [*in_blocks(2), [Request("rockets", reranker="/no/such/model")]]
    workers = Workers(local, blocks, 1, answer_block)
    with pytest.raises(ModelNotFound), workers:
        list(workers.answers())
    assert [process.returncode is None for process in workers._processes] == [False]


def test_the_program_that_asks_is_not_run_again(local: Index, tmp_path: Path) -> None:
    (tmp_path / "random.py").write_text("raise RuntimeError('not the standard library')")
    (tmp_path / "folder").mkdir()
    script = tmp_path / "folder" / "script.py"
    script.write_text(
        "import qa.many\n"
        "qa.many._WORTH, qa.many.cpu_count = {False: 1}, lambda: 2\n"
        "print('begun')\n"
        f"print(len(qa.many.ask_many(['Who resigned?'] * 40, index={local.place!r}, reader=False)))\n"
    )
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("begun\n40\n", "")


def test_what_was_begun_with_other_questions_is_left_alone(sample: Index, tmp_path: Path) -> None:
    out, part = tmp_path / "a.csv", tmp_path / "a.csv.part"
    part.write_text('{"questions": "other"}\n{"question": "x"}\n')
    with pytest.raises(UsageError, match="answers to other questions"):
        answer_file(sample, [Question("rockets")], out, GIVEN, lambda _: None)
    assert "other" in part.read_text()
    assert list(tmp_path.iterdir()) == [part]
    part.write_text('{"questi')
    assert answer_file(sample, [Question("rockets", as_of="2020-12-30")], out, GIVEN, lambda _: None) == 0
    assert out.is_file()


def test_what_fails_leaves_nothing_behind_but_the_rows(
    sample: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    out = tmp_path / "a.csv"
    with monkeypatch.context() as full:
        full.setattr("os.replace", no_space)
        with pytest.raises(UsageError, match=r"a\.csv cannot be written \(No space left"):
            answer_file(sample, [Question("rockets")], out, GIVEN, lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv.part"]
    assert answer_file(sample, [Question("rockets")], out, GIVEN, lambda _: None) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("q.doc", "x", "is no .csv, .jsonl or .txt file"),
        ("q.txt", "\n \n", "has no question"),
        ("q.csv", "ask\nx\n", 'row 1 of .* has no "question"'),
        ("q.jsonl", '{"question": "x"}\n[1]\n', 'row 2 of .* has no "question"'),
        ("q.jsonl", '{"question": "x", "date": 7}\n', "row 1 of .*: .date. is text"),
        ("q.jsonl", "{", "cannot be read"),
        ("gone.txt", None, "cannot be read"),
    ],
)
def test_a_file_that_is_wrong_is_said_in_a_sentence(tmp_path: Path, name: str, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=said):
        read_questions(tmp_path / name)


@pytest.mark.parametrize("given", [["--file", "q.txt"], ["--out", "a.csv"], ["x", "--file", "q.txt", "--out", "a.csv"]])
def test_a_question_or_a_file_but_not_both(run: Command, given: list[str]) -> None:
    done = run("ask", *given)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "one QUESTION, or questions and a place for answers" in done.err


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r\n+", " -", "＝", "\x00=1"])
def test_no_cell_is_a_formula(start: str) -> None:
    shown = cell(f"{start}HYPERLINK(1)\nx")
    assert "\n" not in shown
    assert shown[0] not in "=+-@＝\t\r"


HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> \"quoted\", \u2028 \ud800"


def test_hostile_words_do_nothing_in_any_format() -> None:
    citation = dict.fromkeys(("sentence", "title", "source", "url", "article_id"), HOSTILE)
    citation["url"] = "javascript:alert(1)"
    cited = {**citation, "published": "2020-01-01", "strength": "fair"}
    said = {**dict.fromkeys(("text", "source", "sentence"), HOSTILE), "published": None, "kind": "number"}
    alike: dict[str, Any] = {
        "corroboration": [said, said, said],
        "figures": [said, {**said, "published": "2020-01-02"}],
    }
    none: dict[str, Any] = {"corroboration": [], "figures": []}
    rows = [
        {"id": HOSTILE, "question": HOSTILE, "citations": [cited], "reason": "", "confidence": 0.5, **alike},
        {"id": "", "question": HOSTILE, "citations": [], "reason": HOSTILE, "confidence": 0.1, **none},
    ]
    table = list(csv.reader(io.StringIO(FORMATS[".csv"](rows).decode("utf-8-sig"), newline="")))
    assert len(table) == 3
    assert {len(row) for row in table} == {14}
    shown = dict(zip(table[0], table[1], strict=True))
    words = cell(HOSTILE)[1:]
    assert shown["sources_that_agree"] == "3"
    assert shown["also"] == f"Also reported by {words} and {words}"
    assert shown["differences"].startswith(
        f"These passages give different figures: undated, {words}: {words}; 2020-01-02"
    )
    assert not [one for row in table for one in row if one.startswith(("=", "+", "-", "@"))]
    assert [json.loads(line) for line in FORMATS[".jsonl"](rows).splitlines()] == rows
    tags: list[tuple[str, dict[str, str | None]]] = []

    class Page(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            tags.append((tag, dict(attributes)))

    Page().feed(FORMATS[".html"](rows).decode())
    assert {"script", "a"}.isdisjoint(tag for tag, _ in tags)
    assert [tag for tag, _ in tags if tag in {"ol", "li", "b"}] == ["ol", "li", "b", "li", "b"]
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
