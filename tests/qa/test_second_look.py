"""Before a question is refused, the best passage with a name of it is looked at, where no other passage has any."""

import json
from pathlib import Path

import pytest

from index.engine import SearchEngine
from qa import Answer, ask
from qa.answering import second_look
from tests.qa.conftest import Indexed

NAMED = (
    "Almost a third of all the money spent online this Christmas came out of British wallets, compared to 29% from "
    "German shoppers and only 4% from Italian gift buyers. James Roper, director of the IMRG, said that shoppers were "
    "now much happier to buy television sets. Surveys show that average amounts are rising, as is the range of goods."
)
DECOY = "It is the director of the {} of whom it is said that the director is late."


@pytest.fixture
def index(tmp_path: Path, indexed: Indexed) -> SearchEngine:
    rows = [
        {"id": f"d{n}", "title": "Posts", "text": DECOY.format(word)}
        for n, word in enumerate(("film", "choir", "opera", "school", "ballet", "circus", "museum", "festival"))
    ]
    rows.append({"id": "shop", "title": "Gifts", "text": NAMED})
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return indexed(tmp_path / "rows.jsonl")


def shown(answer: Answer) -> list[str]:
    return [citation.article_id for citation in answer.citations or answer.closest]


def test_a_name_that_no_close_passage_has_brings_the_best_one_that_has_it(
    index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "Who is the director of the IMRG?"
    answer = ask(question, index=index)
    assert answer.found
    assert "James Roper, director of the IMRG" in answer.citations[0].sentence
    assert [citation.number for citation in answer.citations] == [1, 2, 3, 4, 5]
    monkeypatch.setattr(second_look, "_with_name", lambda *_: None)
    without = ask(question, index=index)
    assert not without.found
    assert "shop" not in shown(without)
    assert without.reason == "The closest passages do not mention ‘IMRG’."


def test_what_does_not_answer_is_shown_first_among_the_closest(index: SearchEngine) -> None:
    answer = ask("Who is the director of the football team of IMRG in 1965?", index=index)
    assert not answer.found
    assert shown(answer)[0] == "shop"
    assert len(answer.closest) == 5


@pytest.mark.parametrize("question", ["Who is the director of the imrg?", "WHO IS THE DIRECTOR OF THE IMRG?"])
def test_only_capitals_tell_a_name(index: SearchEngine, question: str) -> None:
    answer = ask(question, index=index)
    assert not answer.found
    assert "shop" not in shown(answer)


def test_nothing_is_looked_for_where_a_name_of_the_question_is_there(index: SearchEngine) -> None:
    """A name may be written in part, or the passage be about another one of the question."""
    answer = ask("What pay has the director of the Festival of the IMRG?", index=index)
    assert not answer.found
    assert "shop" not in shown(answer)
