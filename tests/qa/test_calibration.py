"""Questions made from articles, and the threshold that they set."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import Index
from index.text.sentences import sentence_spans
from qa import ask
from qa.answering.threshold import FILE, forget_threshold, own_threshold, store_threshold
from qa.cli import main
from qa.evaluation import calibration
from qa.evaluation.calibration import AskedTwice, as_asked, ask_both_ways, curve, threshold_for
from qa.evaluation.made_questions import made_questions
from qa.training.made_questions import held_out, shift

TEXT = (
    "Marta Velasquez opened the harbour bridge on Monday, after six years of work. He said nothing. "
    "At least 46 workers were injured in the tunnel collapse. "
    "The ferry line was closed on 3 March 2021 by the council. "
    "It won a prize. Because Marta Velasquez left early, nobody spoke. Rain fell on the town. "
    "“We won,” said the mayor, Marta Velasquez."
)

NAMES = "Alder Birch Cedar Dogwood Elm Fir Gum Hazel Ivy Juniper Kapok Larch Maple Nutmeg Oak Pine Quince Rowan".split()


def test_sentences_that_stand_alone_become_questions_with_their_answers() -> None:
    made = [(one.question, one.answer) for one in made_questions(TEXT, sentence_spans(TEXT))]
    assert made == [
        ("Who opened the harbour bridge on Monday?", "Marta Velasquez"),
        ("How many workers were injured in the tunnel collapse?", "46"),
        ("When was the ferry line closed?", "on 3 March 2021"),
    ]


def test_the_threshold_is_the_lowest_that_keeps_the_wished_share() -> None:
    asked = [AskedTwice("", confidence=0.5 + n / 20, right=n % 2 == 0, hidden=n / 10) for n in range(10)]
    for wished in (0.0, 0.1, 0.25, 0.5, 1.0):
        threshold = threshold_for(asked, wished)
        (point,) = curve(asked, [threshold])
        assert point.wrong <= wished
        lower = [value for value in (one.hidden for one in asked) if value is not None and value < threshold]
        if lower:
            assert curve(asked, [max(lower)])[0].wrong > wished
    assert curve(asked, [0.0])[0].right == 0.5


def test_a_question_that_another_article_answers_has_no_twin() -> None:
    asked = [AskedTwice("", 0.9, True, None), AskedTwice("", 0.9, True, 0.3)]
    assert curve(asked, [0.2])[0].wrong == 1.0


@pytest.fixture(scope="module")
def asked(sample: Index) -> list[AskedTwice]:
    return ask_both_ways(sample, 15, seed=4)


@pytest.fixture(scope="module")
def plain(sample: Index) -> list[AskedTwice]:
    """The same, with the article hidden as sure as it is."""
    return ask_both_ways(sample, 15, seed=4, shifted=False)


def test_the_same_questions_are_made_again(asked: list[AskedTwice], plain: list[AskedTwice]) -> None:
    assert [replace(one, hidden=None) for one in asked] == [replace(one, hidden=None) for one in plain]
    assert [one.hidden is None for one in asked] == [one.hidden is None for one in plain]
    moved = as_asked(np.array([one.hidden for one in plain if one.hidden is not None]), calibration._shift(small=True))
    assert [one.hidden for one in asked if one.hidden is not None] == pytest.approx(moved.tolist(), abs=1e-9)
    assert all(0.0 <= one.confidence <= 1.0 for one in asked)
    assert sum(one.confidence for one in asked) > sum(one.hidden or 0.0 for one in asked)


def test_made_questions_count_as_surer_than_they_are_and_training_measures_by_how_much(
    asked: list[AskedTwice], plain: list[AskedTwice]
) -> None:
    pairs = [
        (one.hidden, other.hidden)
        for one, other in zip(plain, asked, strict=True)
        if one.hidden is not None and other.hidden is not None
    ]
    moved, made = (np.array(values) for values in zip(*[(high, low) for low, high in pairs], strict=True))
    assert (moved > made).all()
    assert shift(moved, made) == pytest.approx(shift(made, moved) * -1)
    stored = json.loads(Path(calibration.__file__).with_name(calibration.MADE).read_text("utf-8"))
    assert shift(moved, made) == pytest.approx(
        stored["small"]["shift"], abs=0.02
    )  # confidences of next to nothing are clipped
    assert held_out(moved, made)[0] <= held_out(moved, made)[-1]


def test_its_own_threshold_decides_until_it_is_forgotten(own_sample: Path) -> None:
    question = "Which drone was used to kill Soleimani?"
    with Index.open(own_sample) as index:
        before = ask(question, index=index)
        assert before.found
        path = store_threshold(index, 0.999, {}, reader=True)
        assert path == own_sample / FILE
        assert not ask(question, index=index).found
        assert own_threshold(index, reader=False) is None
        assert forget_threshold(index)
        assert not forget_threshold(index)
        assert ask(question, index=index) == before


@pytest.mark.parametrize(
    "stored",
    ["", "[]", "{", '{"threshold": 0.999}', '{"threshold": "x"}', '{"threshold": NaN}', '{"threshold": 7.0}', "\x00"],
)
def test_a_threshold_that_cannot_be_used_is_as_none(own_sample: Path, stored: str) -> None:
    with Index.open(own_sample) as index:
        path = store_threshold(index, 0.5, {}, reader=True)
        if stored.startswith('{"threshold": ') and "999" not in stored:
            known = json.loads(path.read_text("utf-8"))
            stored = json.dumps(known | json.loads(stored))
        path.write_text(stored, "utf-8")
        assert own_threshold(index, reader=True) is None
        assert ask("Which drone was used to kill Soleimani?", index=index).found


def test_the_command_prints_the_curve_and_keeps_the_threshold(
    own_sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--index", str(own_sample), "--questions", "15"]
    assert main(["calibrate", *where, "--no-reader"]) == 0
    assert "<- now" in capsys.readouterr().out
    assert not (own_sample / FILE).exists()
    assert main(["calibrate", *where, "--wrong-answers", "0.1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["chosen"]["wrong"] <= 0.1
    assert json.loads((own_sample / FILE).read_text("utf-8"))["threshold"] == told["chosen"]["threshold"]
    assert main(["calibrate", "--index", str(own_sample), "--forget"]) == 0
    assert not (own_sample / FILE).exists()


@pytest.mark.parametrize("wrong", [["--wrong-answers", "7"], ["--questions", "3"]])
def test_wrong_numbers_are_refused_in_one_sentence(
    own_sample: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    assert main(["calibrate", "--index", str(own_sample), *wrong]) == 2
    assert capsys.readouterr().err.startswith(f"error: {wrong[0]}")


@pytest.mark.parametrize("place", ["milvus://localhost:19530/news", "milvus:/localhost:19530/news"])
def test_an_index_on_a_server_is_told_apart_however_it_is_named(
    place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARTICLE_INDEX", place)
    for where in ([], ["--index", place], ["--store", place]):
        assert main(["calibrate", *where]) == 2
        assert "a threshold is kept beside an index on this machine" in capsys.readouterr().err


def test_what_cannot_be_measured_or_kept_is_said(
    own_sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ["calibrate", "--index", str(own_sample), "--questions", "15", "--wrong-answers", "0.1", "--no-reader"]
    own_sample.joinpath(FILE).with_suffix(".part").mkdir()
    with monkeypatch.context() as measured:
        twins = [AskedTwice("", 0.9, True, number / 20) for number in range(15)]
        measured.setattr("qa.evaluation.calibrate_command.ask_both_ways", lambda *_, **__: twins)
        assert main(run) == 2
    assert capsys.readouterr().err.startswith("error: the threshold cannot be kept (Is a directory)")
    monkeypatch.setattr(calibration, "_unless_elsewhere", lambda *_: None)
    assert main(run) == 2
    assert "the others answer too" in capsys.readouterr().err
    assert not (own_sample / FILE).exists()


def test_copies_of_one_article_leave_no_wrong_answer_to_measure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from index.cli import main as index_main

    rows = [f"At least {n + 20} workers were injured in the {name} tunnel." for n, name in enumerate(NAMES)]
    for name in "abcdef":
        (tmp_path / f"{name}.txt").write_text("\n\n".join(rows), "utf-8")
    index_main(["build", str(tmp_path), "--index", str(tmp_path / "i")])
    capsys.readouterr()
    assert main(["calibrate", "--index", str(tmp_path / "i"), "--wrong-answers", "0.1"]) == 2
    assert "none is left to ask" in capsys.readouterr().err
    assert not (tmp_path / "i" / FILE).exists()


def test_too_few_questions_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from index.cli import main as index_main

    (tmp_path / "a.txt").write_text("Nothing here stands alone.", "utf-8")
    index_main(["build", str(tmp_path / "a.txt"), "--index", str(tmp_path / "i")])
    assert main(["calibrate", "--index", str(tmp_path / "i")]) == 2
    assert "too few to measure with" in capsys.readouterr().err
