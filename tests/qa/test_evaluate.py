"""python -m qa eval on a small index with the fake model: measures, refusals, saving, comparing, lines of questions."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from qa.cli import main
from qa.evaluation.dataset import Question
from qa.evaluation.evaluate import MEASURES, measure
from tests.fakes import FakeEncoder, article_text
from tests.qa.conftest import Indexed

EVAL = ("eval", "--no-reader")  # what is measured, saved and compared does not depend on who judged it
NOWHERE = "How do I mend a puncture in a bicycle tyre?"


def sentence(seed: int) -> str:
    """A sentence of the article of a seed, with a number that stands in no other."""
    return article_text(seed).split("\r\n")[2].split(". ")[1]


@pytest.fixture
def index(articles: Path, indexed: Indexed, place: str, monkeypatch: pytest.MonkeyPatch) -> str:
    indexed(articles).close()
    monkeypatch.setattr("index.store.stored_index.shared_encoder", lambda *_: FakeEncoder())
    monkeypatch.setenv("ARTICLE_INDEX", place)
    return place


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Three questions with their article, one with a wrong one, and one that no article answers."""
    rows: list[dict[str, Any]] = [
        {"id": "a", "question": sentence(0), "articles": ["a.txt"], "date": "2024-05-01"},
        {"id": "b", "question": sentence(1), "article": "articles/b.txt"},
        {"id": "c", "question": sentence(3), "articles": ["deep/er/c.md"]},
        {"id": "wrong", "question": sentence(5), "articles": ["gone.txt"]},
        {"id": "none", "question": NOWHERE, "articles": []},
    ]
    return lines(tmp_path / "mine.jsonl", rows)


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_measures_by_hand() -> None:
    questions = [
        Question("1", "x", None, {"a": 1}),
        Question("2", "y", None, {"b": 1, "c": 1}),
        Question("3", "z", None, {}),
    ]
    ranked = {"1": ["b", "a"], "2": [], "3": ["a"]}
    result = measure("way", questions, ranked, {"1": True, "2": False, "3": True})
    assert result.per_question["1"]["RR@10"] == result.per_question["1"]["AP"] == 0.5
    assert set(result.per_question["2"].values()) == {0.0}
    assert dict(result.per_question["3"]) == {"refused when it should": 1.0}
    assert result.means["Success@1"] == 0.0
    assert result.means["Success@3"] == result.means["refused when it should not"] == 0.5
    assert (result.intervals["Success@3"].low, result.intervals["Success@3"].high) == (0.0, 1.0)
    assert list(result.means) == [*MEASURES, "refused when it should", "refused when it should not"]


def test_the_table(index: str, mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", str(mine)]) == 0
    shown = capsys.readouterr()
    assert shown.err.startswith(
        "warning: 1 article is not in the index and will count as not found (gone.txt); `python"
    )
    assert shown.err.count("\n") == 1
    head, ways, *measures = shown.out.splitlines()
    assert head == "5 questions (1 not in the articles), 7 articles, every quote checked"
    assert re.split(" {2,}", ways.strip()) == ["time-blind", "as of the question's day"]
    assert measures[0].split()[:2] == ["Success@1", "0.750"]
    assert measures[-2].split("  ")[0] == "refused when it should"
    assert measures[-2].split()[4] == "1.000"
    assert measures[-1].startswith("refused when it should not  0.000 [0.000, 0.000]")


def test_json_holds_everything(index: str, mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*EVAL, str(mine), "--json"]) == 0
    stored = json.loads(capsys.readouterr().out)
    blind, dated = stored["results"]
    assert (blind["name"], dated["name"]) == ("time-blind", "as of the question's day")
    assert blind["means"]["Success@1"] == 0.75
    low, high = blind["intervals"]["Success@1"]
    assert 0 <= low < 0.75 < high <= 1
    one = blind["questions"]["b"]
    assert (one["rank"], one["refused"], one["top"], one["title"]) == (
        1,
        False,
        "b.txt",
        "Dispatch number 1 \U0001f4f0",
    )
    assert one["Success@1"] == 1.0
    assert (blind["questions"]["wrong"]["rank"], blind["questions"]["wrong"]["AP"]) == (None, 0.0)
    assert blind["questions"]["none"]["refused"]
    assert stored["unknown"] == ["gone.txt"]


def test_a_line_for_every_question(index: str, mine: Path, tmp_path: Path) -> None:
    assert main([*EVAL, str(mine), "--per-question", str(tmp_path / "lines.tsv")]) == 0
    head, *found = [line.split("\t") for line in (tmp_path / "lines.tsv").read_text("utf-8").splitlines()]
    assert head[:4] == ["id", "question", "time-blind: rank", "time-blind: refused"]
    assert {len(line) for line in found} == {len(head)}
    by_id = {line[0]: dict(zip(head, line, strict=True)) for line in found}
    assert by_id["c"]["question"] == sentence(3)
    assert by_id["c"]["time-blind: top"] == by_id["c"]["as of the question's day: top"] == "deep/er/c.md"
    assert by_id["c"]["time-blind: nDCG@10"] == "1"
    assert by_id["wrong"]["time-blind: rank"] == ""
    assert (by_id["none"]["time-blind: refused"], by_id["none"]["time-blind: nDCG@10"]) == ("yes", "")

    assert main([*EVAL, str(mine), "--per-question", str(tmp_path / "lines.jsonl")]) == 0
    objects = rows_of(tmp_path / "lines.jsonl")
    assert [one["id"] for one in objects] == ["a", "b", "c", "wrong", "none"]
    assert objects[0]["ways"]["time-blind"]["top"] == "a.txt"


def test_a_run_compared_with_itself(index: str, mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = tmp_path / "base.json"
    assert main([*EVAL, str(mine), "--save", str(base)]) == 0
    capsys.readouterr()
    assert main([*EVAL, str(mine), "--against", str(base), "--save", str(base)]) == 0
    shown = capsys.readouterr().out
    generation = json.loads(base.read_text("utf-8"))["generation"]
    assert f"now minus base.json (generation {generation}), on 5 questions of both\n" in shown
    assert shown.count("+0.000 [+0.000, +0.000] p 1.0000") == 2 * (len(MEASURES) + 2)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".base")] == []


def test_another_set_of_questions_is_said_and_judged_as_today(
    index: str, mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = tmp_path / "base.json"
    assert main([*EVAL, str(mine), "--save", str(base)]) == 0
    stored = json.loads(base.read_text("utf-8"))
    stored["ways"]["time-blind"]["a"]["ranked"] = ["z.txt", "a.txt"]
    base.write_text(json.dumps(stored), "utf-8")
    first, second, third, wrong, _ = rows_of(mine)
    wrong["articles"] = ["z.txt"]  # corrected: found by both runs
    third["question"] += " Or did he?"
    lines(mine, [first, second, third, wrong, {"question": "Who is new?", "articles": ["b.txt"]}])
    capsys.readouterr()
    assert main([*EVAL, str(mine), "--against", str(base), "--json"]) == 0
    against = json.loads(capsys.readouterr().out)["against"]
    assert (against["paired"], against["only_now"], against["only_then"]) == (3, 2, 2)
    changed = against["differences"]["time-blind"]
    assert changed["Success@1"]["difference"] == pytest.approx(1 / 3)
    assert changed["RR@10"]["difference"] == pytest.approx(1 / 6)
    assert changed["Success@3"]["difference"] == 0.0
    assert "refused when it should" not in changed
    assert main([*EVAL, str(mine), "--against", str(base)]) == 0
    said = "on 3 questions of both; the questions differ: 2 are not in base.json, 2 of base.json are not among these"
    assert said in capsys.readouterr().out


def test_only_questions_without_an_answer(index: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = lines(tmp_path / "none.jsonl", [{"question": NOWHERE, "articles": []}])
    assert main([*EVAL, str(path)]) == 0
    assert "Success" not in (shown := capsys.readouterr().out)
    assert "refused when it should      1.000" in shown
    assert "should not" not in shown


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--against", "nowhere.json"], "nowhere.json is not a saved run"),
        (["--against", "{here}/mine.jsonl"], "mine.jsonl is not a saved run"),
        (["--against", "{here}/other.json"], "the saved run has none of these questions"),
        (["--against", "{here}/newer.json"], "its format is 2"),
        (["--save", "{here}"], "cannot be written"),
        (["--per-question", "{here}/no/such/folder.tsv"], "cannot be written"),
    ],
)
def test_wrong_files_are_refused_before_anything_is_asked(
    index: str,
    encoder: FakeEncoder,
    mine: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    said: str,
) -> None:
    other = {"format": 1, "generation": "g", "questions": {"a": {"question": "another"}}}
    ways = {"time-blind": {"a": {"ranked": [], "refused": False}}}
    (tmp_path / "other.json").write_text(json.dumps(other | {"ways": ways}), "utf-8")
    (tmp_path / "newer.json").write_text('{"format": 2}', "utf-8")
    assert main([*EVAL, str(mine), *(option.format(here=tmp_path) for option in options)]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.err.startswith("error: ")
    assert shown.err.count("\n") == 1
    assert encoder.queries == 0


def test_what_stands_for_a_file_is_not_replaced(index: str, mine: Path, tmp_path: Path) -> None:
    link, file = tmp_path / "link.json", tmp_path / "run.json"
    file.write_text("before")
    link.symlink_to(file)
    assert main([*EVAL, str(mine), "--save", str(link), "--per-question", os.devnull]) == 0
    assert link.is_symlink()
    assert json.loads(file.read_text("utf-8"))["format"] == 1
    assert Path(os.devnull).is_char_device()


def test_articles_of_another_index_are_refused(index: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = lines(tmp_path / "q.jsonl", [{"question": "Who?", "articles": ["x", "y"]}])
    assert main([*EVAL, str(path)]) == 2
    assert "is in the index (x, y); `python -m index status --articles` lists" in capsys.readouterr().err
