"""Questions that are about a name, a word or a quoted phrase: answered where it stands, refused where it does not."""

import json
import random
import re
from pathlib import Path

import pytest

from index import Index
from index.types import Span
from qa import Answer, ask
from qa.answering.namesakes import unnamed_person
from qa.answering.roles import says, tells_role
from qa.search import name_matching
from qa.search.name_matching import find_name, passages_with
from qa.search.names import NameQuestion, asked_about
from tests.qa.conftest import Indexed

STANDING = {
    "sample": (
        "Soleimani|Esmail Ghaani|Ghaani|Mike Pompeo|Pompeo|Mark Esper|Esper|Mustafa al-Kadhimi|Fakhrizadeh|"
        "Mohsen Fakhrizadeh|Jeanine Hennis-Plasschaert|António Guterres|Antonio Guterres|Nancy Pelosi|William Seely|"
        "Javad Zarif|Ali Khamenei|Khamenei|Absard|Camp Taji|Kirkuk|Rashidiya|Landstuhl|Quds Force|Kataib Hezbollah|"
        "MQ-9 Reaper|flatbed|birthday|concussion|crude"
    ),
    "shared": (
        "Soleimani|Qassem Soleimani|Mohsen Fakhrizadeh|Fakhrizadeh|Abu Mahdi|Kenneth McKenzie|McKenzie|Donald Trump|"
        "Trump|Joe Biden|Biden|Israel|Afghanistan|Najaf|Green Zone|USS Nimitz|Nimitz|Minot Air Force Base|"
        "Quds Force|Popular Mobilization Forces|Defense Ministry|Washington Post|North Dakota|SeaRAM|CIWS|"
        "Stratofortress|outlaw|coronavirus|depots|weaponry"
    ),
}
INVENTED = (
    "Boris Soleimani|Qassem Pompeo|Nancy Esper|Mark Fakhrizadeh|Esmail Trump|Donald Ghaani|Joe McKenzie|Kenneth Biden|"
    "Mohsen Guterres|Antonio Zarif|Ali Nimitz|Camp Absard|Taji Force|Quds Zone|Green Hezbollah|Minot Zone|USS Najaf|"
    "Varkentin|Oblomoski|Tirzah Quenneville|Ushgar Melbyre|Prylda|Zorvandia|Quellmontia|Hestrivale|Brannocksley|"
    "Ivo Drachenberg|Wilhelmina Sproat|Kestrel Oakhampton|Bexlibur"
).split("|")


def forms(name: str) -> list[str]:
    asks = "What did {} say?" if name[0].isupper() else "Which articles are about {}?"
    who = "Who is {}?" if name[0].isupper() else "What is {}?"
    return [who.format(name), name, asks.format(name)]


def holds(answer: Answer, name: str) -> bool:
    return find_name(NameQuestion(name, "about"), answer.citations[0].text) is not None


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("which", ["sample", "shared"])
def test_thirty_names_and_words_that_stand_are_answered(request: pytest.FixtureRequest, which: str) -> None:
    index: Index = request.getfixturevalue(which)
    names = STANDING[which].split("|")
    assert len(names) == 30
    asked = [(forms(name)[place % 3], name) for place, name in enumerate(names)]
    answers = [(question, name, ask(question, index=index, as_of="any")) for question, name in asked]
    assert [question for question, _, answer in answers if not answer.found] == []
    assert [question for question, name, answer in answers if not holds(answer, name)] == []
    for _, _, answer in answers:
        for citation in answer.citations:
            article = index.article(citation.article_id)
            assert article is not None
            assert article.text[citation.sentence_start : citation.sentence_end] == citation.sentence
            assert citation.start <= citation.sentence_start < citation.sentence_end <= citation.end


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("which", ["sample", "shared"])
def test_thirty_names_that_nobody_bears_are_refused(request: pytest.FixtureRequest, which: str) -> None:
    index: Index = request.getfixturevalue(which)
    assert len(INVENTED) == 30
    for name in INVENTED:
        answer = ask(forms(name)[random.Random(name).randrange(3)], index=index)
        assert not answer.found, name
        assert answer.reason.startswith(f"'{name}' stands in none of the articles"), answer.reason


def test_who_somebody_is_comes_first_then_the_newest(sample: Index) -> None:
    who = ask("Who is Mustafa al-Kadhimi?", index=sample)
    assert "Prime Minister Mustafa al-Kadhimi" in who.citations[0].sentence
    about = ask("Which articles are about Pompeo?", index=sample)
    days = [citation.published for citation in about.citations[:3]]
    assert days == sorted(days, reverse=True)  # type: ignore[type-var]
    assert about.notes == ("'Pompeo' stands in 3 articles",)


@pytest.mark.parametrize("name", ["Landstuhl", "Karbala", "Qadisiya"])
def test_a_name_that_stands_is_answered_within_a_conversation_too(sample: Index, name: str) -> None:
    """By itself it might mean "And in Karbala?"; where that has no answer, it means the name."""
    before = "How many rockets were fired at the embassy?"
    answer = ask(name, index=sample, history=[(before, ask(before, index=sample).citations[0].sentence)])
    assert answer.found
    assert holds(answer, name)
    assert ask("Zorvandia", index=sample, history=[(before, "")]).found is False


def test_the_last_word_of_a_name_is_told_of_where_the_whole_stands_nowhere(sample: Index) -> None:
    answer = ask("Who is Boris Soleimani?", index=sample)
    assert answer.reason == "'Boris Soleimani' stands in none of the articles; 'Soleimani' does."
    assert all("Soleimani" in citation.sentence for citation in answer.closest)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Why did Nancy Esper resign?", "No article names Nancy Esper; they name Mark Esper."),
        ("Where did Mark Khamenei sign the agreement?", "No article names Mark Khamenei; they name Ali Khamenei."),
        ("When was Donald Ghaani killed?", "No article names Donald Ghaani; they name Esmail Ghaani."),
    ],
)
def test_a_person_who_stands_nowhere_is_the_reason_with_those_of_that_surname(
    sample: Index, question: str, reason: str
) -> None:
    answer = ask(question, index=sample)
    assert not answer.found
    assert answer.reason == reason


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Did General Mark Ghaani's envoy visit Iraq?", "Mark Ghaani"),
        ("What did Mark Esper say to Nancy Esper?", "Nancy Esper"),
        ("Will Esper visit Baghdad?", None),  # not a person named Will
        ("What did Mark Esper and Nancy Pelosi say?", None),
        ("What did Jordan Army units do?", None),  # a word that is no surname
        ("what did mark ghaani say?", None),
    ],
)
def test_a_person_is_named_by_given_name_and_surname(sample: Index, question: str, name: str | None) -> None:
    assert unnamed_person(sample, question) == name


def test_filters_hold_for_names(sample: Index) -> None:
    from datetime import date

    answer = ask("Who is Esmail Ghaani?", index=sample, since=date(2020, 6, 1))
    assert answer.reason == "'Esmail Ghaani' stands in none of the articles under these filters."


@pytest.mark.parametrize(
    ("question", "name", "wants"),
    [
        ("Who is Esmail Ghaani?", "Esmail Ghaani", "who"),
        ("Who's Qassem Soleimani?", "Qassem Soleimani", "who"),
        ("Who is Gen. Kenneth F. McKenzie?", "Kenneth F. McKenzie", "who"),
        ("What is the Green Zone?", "Green Zone", "what"),
        ("What is the WHO?", "WHO", "what"),
        ("Where is Absard?", "Absard", "what"),
        ("What did the Pentagon do?", "Pentagon", "said"),
        ("Which articles are about Mark Esper?", "Mark Esper", "about"),
        ("What do the articles say about Absard?", "Absard", "about"),
        ("Tell me about Camp Taji.", "Camp Taji", "about"),
        ('"more than a dozen"', "more than a dozen", "about"),
        ("Who said “peace for our time”?", "peace for our time", "who"),
        ("Pompeo's", "Pompeo", "about"),
        ("varroa", "varroa", "about"),
    ],
)
def test_what_a_question_is_about(question: str, name: str, wants: str) -> None:
    asked = asked_about(question)
    assert asked is not None
    assert (asked.name, asked.wants) == (name, wants)


@pytest.mark.parametrize(
    "question",
    [
        "Who is the prime minister of Iraq?",
        "Who is the captain of the USS Nimitz?",
        "Who is Joe Biden's wife?",
        "What did Trump say about Iran?",
        "Where was Mohsen Fakhrizadeh ambushed?",
        "What happened?",
        "Who was killed?",
        "What did he say?",
        "And Pompeo?",
        "Which painter cut off part of his own ear?",
        "?!",
        "",
    ],
)
def test_questions_that_ask_more_than_a_name(question: str) -> None:
    assert asked_about(question) is None


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Kenneth McKenzie", "Gen. Kenneth F. McKenzie said", "Kenneth F. McKenzie"),
        ("Kenneth F. McKenzie", "Gen. Kenneth McKenzie said", "Kenneth McKenzie"),
        ("K. McKenzie", "Gen. Kenneth McKenzie said", "Kenneth McKenzie"),
        ("Antonio Guterres", "The envoy of António Guterres", "António Guterres"),
        ("Guterres", "Guterres’s envoy", "Guterres"),
        ("Mustafa al-Kadhimi", "Mustafa Al-Kadhimi", "Mustafa Al-Kadhimi"),
        ("Wood", "a wood near Taji", None),
        ("Mike Trump", "Mike and Trump met", None),
        ("Baghdad Pompeo", "in Baghdad, Pompeo said", None),
        ("Donald Esper", "Donald Trump and Mark Esper", None),
    ],
)
def test_where_a_name_stands(name: str, text: str, found: str | None) -> None:
    span = find_name(NameQuestion(name, "who", capital=True), text)
    assert (span.of(text) if span else None) == found


def test_names_are_looked_up_by_words_in_a_row(tmp_path: Path, indexed: Indexed) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text(
        "Old news\n\nAnna María Kovács spoke to Peter Stone in the old town hall today.", "utf-8"
    )
    (folder / "b.txt").write_text(
        "Other news\n\nAnna spoke and then Kovács, who is a nurse, spoke for a while too.", "utf-8"
    )
    with indexed(folder) as index:
        held = {
            name: [index.article_at(int(index.passage(int(row)).article)).id for row in passages_with(index, asked)]
            for name in ("Anna Kovacs", "KOVÁCS", "Peter Kovács", "Anna Stone")
            for asked in [NameQuestion(name, "who")]
        }
    assert held == {"Anna Kovacs": ["a.txt"], "KOVÁCS": ["a.txt", "b.txt"], "Peter Kovács": [], "Anna Stone": []}


def test_a_phrase_of_frequent_words_is_found_where_they_stand_together(
    tmp_path: Path, indexed: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_matching, "_MOST_PASSAGES", 2)
    texts = [f"{word} and {word} and {word} again." for word in ("one", "of", "the") for _ in range(3)]
    texts.append("Anna Kovács said that this bridge was one of the many that the town had to mend in the spring.")
    rows = [{"id": str(n), "title": "News", "text": text} for n, text in enumerate(texts)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    with indexed(tmp_path / "rows.jsonl") as index:
        found = passages_with(index, NameQuestion("one of the", "about", exact=True))
        assert [index.article_at(index.passage(int(row)).article).id for row in found] == ["9"]


@pytest.mark.parametrize(
    ("sentence", "name", "role"),
    [
        ("The Pentagon spokesman John Kirby spoke.", "John Kirby", True),
        ("Mohsen Fakhrizadeh, the scientist, was ambushed.", "Mohsen Fakhrizadeh", True),
        ("Anna Lee, 45, a nurse from Leeds, won.", "Anna Lee", True),
        ("Mike Pompeo is the secretary of state.", "Mike Pompeo", True),
        ("He met the head of the agency, Rafael Grossi, in Vienna.", "Rafael Grossi", True),
        ("It fell in Absard, a town of hills.", "Absard", True),
        ("Pompeo blamed the militias.", "Pompeo", False),
        ("They met in Vienna, Grossi said.", "Grossi", False),
        ("Four landed in the Green Zone, one of them near the fence.", "Green Zone", False),
    ],
)
def test_roles(sentence: str, name: str, role: bool) -> None:
    start = sentence.index(name)
    assert tells_role(sentence, Span(start, start + len(name))) == role


def test_speech() -> None:
    for sentence in ("It is over, Pompeo said.", "“No,” said Mike Pompeo.", "It is over, according to Pompeo."):
        start = sentence.index("Pompeo")
        assert says(sentence, Span(start, start + 6))
    assert not says("Pompeo flew home.", Span(0, 6))


@pytest.mark.parametrize("char", ["A", "a", "-", ".", " ", "’", '"', "A ", "a-", "A.", "“"])
def test_long_runs_end_at_once(char: str) -> None:
    run = char * 50_000
    asked_about(run[:300])
    assert asked_about(run[:10_000]) is None
    find_name(NameQuestion("Anna Lee", "who", capital=True), run)
    tells_role(run + "Anna Lee" + run, Span(len(run), len(run) + 8))
    assert re.search("x", run) is None
