"""What confidence is learned from: a twin that another article answers is neither learned from nor counted."""

import json
from importlib.resources import files

import numpy as np
import pytest

from qa.answering.highlight import SENTENCE_FEATURES
from qa.answering.reading import PASSAGE_FEATURES
from qa.training.evidence import learn
from qa.training.evidence_data import Judged, JudgedPassage
from qa.training.evidence_measure import LARGE, Scored, errors, figures
from tests.qa.conftest import SHARED


def _scored(confidence: float, *, answerable: bool, answered: bool = False, relative_time: bool = False) -> Scored:
    passage = JudgedPassage(0, np.zeros((1, 1)), np.zeros((1, 1)), answers=answerable)
    judged = Judged("q", "time-blind", answerable, (passage,), (0.0,), answered, relative_time)
    return Scored(judged, np.array([confidence]), np.array([answerable]))


def test_a_twin_that_another_article_answers_is_not_counted() -> None:
    questions = [_scored(0.8, answerable=True), _scored(0.6, answerable=True), _scored(0.1, answerable=False)]
    twin = _scored(0.7, answerable=False, answered=True)
    told = figures([*questions, twin])
    assert told["AUROC time-blind"] == 1.0
    assert told["AUROC time-blind, all twins"] == 0.75
    assert told["refused time-blind"] == 1.0
    assert told["refused time-blind, all twins"] == 0.5
    assert errors([*questions, twin], 0.65) == {
        "wrongly refused time-blind": 0.5,
        "wrongly answered time-blind": 0.0,
        "wrongly refused time-blind, all twins": 0.5,
        "wrongly answered time-blind, all twins": 0.5,
    }
    alone = figures(questions)
    assert told["calibration error"] == alone["calibration error"]
    assert not [name for name in alone if "all twins" in name]


def test_questions_of_a_relative_time_are_also_told_apart_from_others() -> None:
    told_apart = [_scored(0.8, answerable=True), _scored(0.1, answerable=False)]
    alike = [_scored(0.4, answerable=one, relative_time=True) for one in (True, False)]
    told = figures([*told_apart, *alike])
    parts = ("", ", of a relative time", ", of no relative time")
    assert [told[f"AUROC time-blind{part}"] for part in parts] == [0.875, 0.5, 1.0]
    wrong = errors([*told_apart, *alike], 0.4)
    assert [wrong[f"wrongly answered time-blind{part}"] for part in parts] == [0.5, 1.0, 0.0]
    assert list(figures(told_apart)) == ["AUROC time-blind", "refused time-blind", "calibration error"]


def _question(random: np.random.Generator, name: str, *, answerable: bool, answered: bool = False) -> Judged:
    passages = []
    for article, answers in enumerate((answerable, False)):
        features = np.tile(random.normal(size=len(PASSAGE_FEATURES)) + answers, (2, 2, 1))
        sentences = random.normal(size=(2, len(SENTENCE_FEATURES))) * [one != "barred" for one in SENTENCE_FEATURES]
        passages.append(JudgedPassage(article, sentences, features, answers, (True, False) if answers else None))
    return Judged(name, "time-blind", answerable, tuple(passages), (0.0, 0.1), answered)


def test_a_twin_that_another_article_answers_is_not_learned_from() -> None:
    def stored(*, twins: bool) -> dict[str, object]:
        random = np.random.default_rng(3)
        sets = {
            name: [_question(random, f"{name}{n}", answerable=n % 2 == 0) for n in range(40)]
            for name in (LARGE, "squad2_sample", "xquad_en", "qed_dev")
        }
        if twins:
            sets[LARGE] += [_question(random, f"t{n}", answerable=False, answered=True) for n in range(20)]
        return learn(sets)["large"]["with_reader"]

    with_them, without = stored(twins=True), stored(twins=False)
    for learned in ("sentence", "passage", "constant", "threshold", "strong", "behind", "reliability"):
        assert with_them[learned] == without[learned]


def test_the_listed_articles_are_of_the_data_set() -> None:
    folder = SHARED / "eval" / LARGE
    if not folder.is_dir():
        pytest.skip("the data sets are not part of the project")
    listed = json.loads(files("qa.training").joinpath("answered_twins.json").read_text("utf-8"))[LARGE]
    linked = {tuple(line.split("\t")[:2]) for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()}
    assert set(listed) <= {question for question, _ in linked}
    assert not linked & {(question, article) for question, articles in listed.items() for article in articles}
