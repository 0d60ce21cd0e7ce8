"""Follow-ups: what a question leans on, what the last answer lifts, and that evidence judges them."""

import json
from pathlib import Path

import numpy as np
import pytest

from index import Index
from qa import Answer, ask, retrieve
from qa.evaluation.dataset import load
from qa.search.followup import Turn, leans, queries, quoted_from, taken, thread
from qa.search.references import refers_outside
from qa.search.search import search
from qa.types import Request

AMBUSH = "Where was Mohsen Fakhrizadeh ambushed?"
BREAD = "How long should sourdough bread prove before baking?"
GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def ambush(sample: Index) -> Answer:
    answer = ask(AMBUSH, index=sample)
    assert answer.found
    return answer


@pytest.mark.parametrize(
    "question",
    ["Who led it?", "And in Iraq?", "What about asphalt?", "Why?", "How deadly is it?", "What did they do to help?",
     "Which one is cheaper?", "Is that true?", "What are his desires?", "What did the latter do?",
     "What do others say?"],
)  # fmt: skip
def test_what_refers_outside_the_question(question: str) -> None:
    assert refers_outside(question)


@pytest.mark.parametrize(
    "question",
    ["Which painter cut off part of his own ear?", "What happened this year?", "Who said that Iran won the war?",
     "What did the minister who lost his job say?", "Which one of the bases was hit?", "What makes cancer distinct?",
     "NATO announced its new plan on Monday. Where does it apply?", "Who met the former president in Cairo?",
     "How many of 300 soldiers lost their helmets?", "Which airline cut fares on meals and other services?"],
)  # fmt: skip
def test_what_refers_inside_the_question(question: str) -> None:
    assert not refers_outside(question)


def test_a_long_text_among_the_earlier_questions_is_read_in_linear_time() -> None:
    assert not refers_outside("ab " * 100_000)


def test_stand_alone_questions_do_not_refer_outside() -> None:
    lines = [
        line for name in ("sample", "shared") for line in (GOLDEN / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    asked = [json.loads(line)["question"] for line in lines]
    # "Can these planes ..." points, and the "he" of one question stands behind its man in a subordinate clause.
    assert sum(map(refers_outside, asked)) <= 2


def test_a_question_without_an_answer_is_refused_after_any_conversation(sample: Index, ambush: Answer) -> None:
    painter = "Which painter cut off part of his own ear?"
    for question in (painter, BREAD, "Who won the 2018 football World Cup?"):
        answer = ask(question, index=sample, history=[(AMBUSH, ambush)])
        assert not answer.found, question
        assert answer.read_as == ()


def test_a_follow_up_that_the_articles_do_not_answer_is_refused(sample: Index, ambush: Answer) -> None:
    answer = ask("And how do I bake bread for it?", index=sample, history=[(AMBUSH, ambush)])
    assert not answer.found
    assert answer.reason


def test_a_follow_up_is_answered_and_says_what_it_took_along(sample: Index, ambush: Answer) -> None:
    answer = ask("And who did Iran blame for it?", index=sample, history=[(AMBUSH, ambush)])
    assert answer.found
    assert answer.read_as == (AMBUSH,)
    assert answer.to_dict()["read_as"] == [AMBUSH]
    assert any("Iran blames Israel" in citation.sentence for citation in answer.citations[:3])


def test_a_refusal_names_no_word_that_carries_no_meaning(sample: Index) -> None:
    history = [("When was Mustafa al-Kadhimi named prime minister?", ask("Mustafa al-Kadhimi", index=sample))]
    asked = ("What did he do before?", "And why did they do it?", "How does it taste?")
    refused = [one for one in (ask(question, history=history, index=sample) for question in asked) if not one.found]
    assert refused
    for answer in refused:
        assert not {"‘what’", "‘did’", "‘do’", "‘why’", "‘it’", "‘how’"} & set(answer.reason.replace(",", "").split())


def test_a_refusal_does_not_lose_the_thread(sample: Index, ambush: Answer) -> None:
    refused = ask(BREAD, index=sample)
    assert not refused.found
    follow_up = "And who did Iran blame for it?"
    kept = ask(follow_up, index=sample, history=[(AMBUSH, ambush), (BREAD, refused)])
    alone = ask(follow_up, index=sample, history=[(AMBUSH, ambush)])
    assert kept.read_as == alone.read_as == (AMBUSH,)
    assert [one.start for one in kept.citations] == [one.start for one in alone.citations]


def test_a_change_of_subject_ends_the_thread(sample: Index, ambush: Answer) -> None:
    rockets = "How many rockets hit Camp Taji on March 11?"
    hit = ask(rockets, index=sample, history=[(AMBUSH, ambush)])
    answer = ask("Who fired them?", index=sample, history=[(AMBUSH, ambush), (rockets, hit)])
    assert answer.read_as == (rockets,)


def test_the_thread_goes_back_to_its_first_question() -> None:
    turns = thread([("What is a comet?", "A comet is ice."), ("How big is it?", "Small."), ("Why?", "Ice.")])
    assert [turn.question for turn in turns] == ["What is a comet?", "How big is it?", "Why?"]
    found = queries("And its tail?", [(turn.question, turn.answer) for turn in turns])
    assert taken(found) == ("What is a comet?", "Why?")
    assert [query.text for query in found] == ["And its tail?", "What is a comet? Why? And its tail?", "Ice."]
    assert [query.weight for query in found] == [1.0, 1.5, 1.0]
    assert queries("And its tail?", [("What is a comet?", "")]) == queries("And its tail?")


def test_leaning_by_hand() -> None:
    last = Turn("How do fires help an ecosystem?", "Fires clear dead wood.")
    assert leans("What grows afterwards?", last, near=0.1)  # of two terms
    assert not leans("What grows afterwards?", last, near=0.09)
    assert not leans("Which painter cut off part of an ear?", last, near=0.1)
    assert leans("Which painter cut off part of an ear?", last, near=0.25)
    assert leans("Do fires clear wood?", last, near=0.0)
    assert not leans("Do fires clear Sydney?", last, near=0.9)


def test_the_last_answer_does_not_lift_its_own_passage(sample: Index, ambush: Answer) -> None:
    first = ambush.citations[0]
    rows = np.arange(sample.passage_count)
    own = [row for row in rows if sample.passage(int(row)).span.start == first.start
           and sample.article_at(sample.passage(int(row)).article).id == first.article_id]  # fmt: skip
    assert np.flatnonzero(quoted_from(first.text, sample, rows)).tolist() == own
    kept, moved = (
        search(sample, Request("Who led it?", history=((AMBUSH, text),), as_of="any")) for text in (first.text, "Yes.")
    )
    place = {name: [int(ranking.rows.tolist().index(own[0]))] for name, ranking in (("kept", kept), ("moved", moved))}
    lifts = [kept.features.column("cosine")[place["kept"]], moved.features.column("cosine")[place["moved"]]]
    assert lifts[0] <= lifts[1] + 0.1, "the cosine of a passage to its own words is 1"


def test_what_was_just_quoted_does_not_stand_first_again(sample: Index, ambush: Answer) -> None:
    shown = ambush.citations[0]
    again = retrieve("And who did Iran blame for it?", index=sample, history=[(AMBUSH, ambush)])
    assert (again[0].article_id, again[0].start) != (shown.article_id, shown.start)


def test_a_string_and_an_answer_give_the_same(sample: Index, ambush: Answer) -> None:
    question = "And who did Iran blame for it?"
    by_value = retrieve(question, index=sample, history=[(AMBUSH, ambush)])
    by_text = retrieve(question, index=sample, history=[(AMBUSH, ambush.citations[0].text)])
    assert [one.start for one in by_value] == [one.start for one in by_text]


def test_eval_asks_with_history(tmp_path: Path) -> None:
    history = [{"role": "user", "text": "a?"}, {"role": "agent", "text": "b"}]
    (tmp_path / "queries.jsonl").write_text(json.dumps({"id": 1, "question": "Why?", "history": history}), "utf-8")
    (tmp_path / "qrels.tsv").write_text("1\tx\t1\n", "utf-8")
    assert load(tmp_path)[0].history == (("a?", "b"),)
