"""Who else says so, and where passages of different days differ: on articles about one made-up accident."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from index import Index
from index.building.build import build
from qa import Answer, ask, ask_many
from qa.agreement import difference, in_a_row, reported
from qa.notebook import answer_html
from qa.terminal import terminal
from qa.types import Statement
from qa.window.agreement_html import agreement_html
from qa.window.markdown import markdown

KILLED = "How many people were killed in the Brennholm ferry accident?"
CAPTAIN = "Who was the captain of the Brennholm ferry?"
FIRST = (
    "BRENNHOLM (Reuters) - At least 12 people were killed when a ferry capsized off Brennholm on Sunday, the coast "
    "guard said. The captain of the Brennholm ferry was Ingrid Solheim, a sailor from the north. The weather had been "
    "calm, and the cause of the accident is not known. Divers went on with the search during the night."
)
ARTICLES = {
    "a1": ("Example Wire", "2021-05-03", "Ferry capsizes off Brennholm", FIRST),
    "a2": ("Sample Courier", "2021-05-03", "Ferry capsizes", FIRST + " Ministers met."),
    "a3": (
        "Morning Post", "2021-05-05", "Brennholm mourns",
        "The Brennholm ferry accident killed 19 people, the harbour authority said on Tuesday. Flags flew at half mast "
        "in every town of the coast. Schools stayed shut, and the king is to visit the families next week.",
    ),
    "a4": (
        "Evening Echo", "2021-05-06", "Questions for the captain",
        "Police have asked about the training of Ingrid Solheim, who was the captain of the Brennholm ferry. She has "
        "sailed for thirty years. The company that she works for has declined to speak about safety.",
    ),
    "a5": (
        "", "2021-05-07", "A letter",
        "Ingrid Solheim was the captain of the Brennholm ferry and is a friend of mine. She is careful. I wish the "
        "papers would wait for the inquiry before they write about her.",
    ),
    "b1": (
        "Morning Post", "2021-05-08", "Harvest festival",
        "The harvest festival drew 4,000 visitors to the market square. Children sang, and cheese was sold.",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    root = tmp_path_factory.mktemp("ferry")
    rows = [
        {"id": name, "title": title, "source": source, "date": day, "text": text}
        for name, (source, day, title, text) in ARTICLES.items()
    ]
    (root / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    build([root / "rows.jsonl"], root / "index")
    with Index.open(root / "index") as opened:
        yield opened


def stand_in_their_articles(index: Index, statements: tuple[Statement, ...]) -> bool:
    """Whether each is a slice of its article, within its sentence, which is one too."""
    texts = [article.text for one in statements if (article := index.article(one.article_id))]
    return len(texts) == len(statements) and all(
        text[one.start : one.end] == one.text
        and text[one.sentence_start : one.sentence_end] == one.sentence
        and one.sentence_start <= one.start < one.end <= one.sentence_end
        for one, text in zip(statements, texts, strict=True)
    )


def test_figures_of_different_days_are_told_side_by_side(ferry: Index) -> None:
    answer = ask(KILLED, index=ferry, as_of="any")
    assert [(str(one.published), one.text) for one in answer.figures] == [
        ("2021-05-03", "At least 12"),
        ("2021-05-05", "19"),
    ]
    assert {one.kind for one in answer.figures} == {"number"}
    assert stand_in_their_articles(ferry, answer.figures)
    cited = {citation.number: citation for citation in answer.citations}
    assert all(one.number in cited and cited[one.number].sentence == one.sentence for one in answer.figures)
    assert difference(answer) == "These passages give different figures"
    assert answer == ask(KILLED, index=ferry, as_of="any") == ask_many([KILLED], index=ferry, as_of="any")[0]


def test_sources_count_once_and_only_where_their_own_sentence_says_so(ferry: Index) -> None:
    """The Courier prints the Wire's report; the Post does not name the captain; the letter names no source."""
    answer = ask(CAPTAIN, index=ferry, as_of="any")
    assert {one.text for one in answer.corroboration} == {"Ingrid Solheim"}
    sources = [one.source for one in answer.corroboration]
    assert len(sources) == 2
    assert "Evening Echo" in sources
    assert stand_in_their_articles(ferry, answer.corroboration)
    assert reported(answer) == f"Also reported by {sources[1]}"
    assert answer.figures == ()


def test_what_is_read_counts_whatever_is_cited(ferry: Index) -> None:
    five, one = (ask(CAPTAIN, k, index=ferry, as_of="any") for k in (5, 1))
    assert [said.text for said in one.corroboration] == [said.text for said in five.corroboration]
    assert [said.number for said in one.corroboration] == [1, None]


def test_nothing_is_told_without_a_reader_or_an_answer(ferry: Index) -> None:
    assert ask(CAPTAIN, index=ferry, as_of="any", reader=False).corroboration == ()
    refused = ask("How do I bake sourdough bread?", index=ferry)
    assert (refused.found, refused.corroboration, refused.figures) == (False, (), ())


def test_names_stand_in_a_row() -> None:
    names = ["A", "B", "C", "D", "E"]
    assert [in_a_row(names[:count]) for count in range(6)] == [
        *("", "A", "A and B", "A, B and C", "A, B, C and 1 other", "A, B, C and 2 others"),
    ]


def test_every_way_to_see_an_answer_tells_the_same(ferry: Index) -> None:
    answer = ask(KILLED, index=ferry, as_of="any")
    answer = replace(answer, corroboration=ask(CAPTAIN, index=ferry, as_of="any").corroboration)
    plain = answer.to_dict()
    assert [one["text"] for one in plain["figures"]] == ["At least 12", "19"]
    assert plain["figures"][0]["published"] == "2021-05-03"
    assert json.loads(json.dumps(plain)) == plain
    for shown in (terminal(answer), markdown(answer), answer_html(answer), agreement_html(answer, 0)):
        assert reported(answer) in shown.replace("<bdi>", "").replace("</bdi>", "")
        assert difference(answer) in shown
        assert shown.index("At least 12") < shown.rindex("19")


def test_hostile_sources_and_sentences_are_shown_and_do_nothing(ferry: Index) -> None:
    hostile = "<img src=x onerror=alert(1)>\x1b[2J\u202e`**[x](y)**"
    answer = ask(KILLED, index=ferry, as_of="any")
    statements = tuple(
        replace(one, source=hostile, text=hostile, sentence=hostile, start=0, end=len(hostile), sentence_start=0)
        for one in (*answer.figures, *answer.figures)
    )
    hostile_answer: Answer = replace(answer, citations=(), figures=statements, corroboration=statements)
    shown = terminal(replace(hostile_answer, citations=answer.citations))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    for html in (agreement_html(hostile_answer, 0), answer_html(hostile_answer)):
        assert "<img" not in html
    assert "**[x](y)**" not in markdown(replace(hostile_answer, citations=answer.citations))
