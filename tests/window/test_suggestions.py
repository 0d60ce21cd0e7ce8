"""Questions that the window offers: the articles answer each of them, and a click asks it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from index import Index
from index.types import Article
from qa import ask
from qa.answering.roles import people
from qa.window.suggestions import questions_of, questions_to_start_with, suggested_questions
from tests.once import SAMPLE, index_of
from tests.window.test_window import QUESTION
from tests.window.test_window import ask as ask_in


@pytest.fixture(scope="module")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("suggestions")
    with Index.open(index_of(SAMPLE, "sample", tmp_path_factory, folder / "sample.index")) as index:
        yield index


@pytest.mark.parametrize(
    ("sentence", "persons"),
    [
        ("The mayor, Ada Holm, opened it with President Jon Ree.", ["Jon Ree"]),
        ("Ada Holm, a nurse from Lorne, said so.", ["Ada Holm"]),
        ("Ada Holm, the former head of the port’s works, and spokesman Carl Vik left.", ["Ada Holm", "Carl Vik"]),
        ("Lorne Valley, a town in the north, has a bridge.", []),
        ("The Supreme Court, the highest court, met General Motors.", []),
        ("But the city’s Captain Mia Dahl left.", ["Mia Dahl"]),
        ("Holm said so.", []),
        ("", []),
    ],
)
def test_persons_are_those_whose_role_is_told(sentence: str, persons: list[str]) -> None:
    assert list(people(sentence)) == persons


def test_every_question_offered_is_answered_with_the_name_in_the_first_quote(sample_index: Index) -> None:
    rows = range(15)
    articles = [sample_index.article_at(row) for row in rows]
    offered = [question for article in articles for question in questions_of(article)]
    assert len(set(offered)) >= 8
    for question in dict.fromkeys(offered):
        answer = ask(question, index=sample_index)
        name = question.removeprefix("Who is ").removeprefix("What did ").removesuffix(" say?").rstrip("?")
        assert answer.found, question
        assert name.split()[-1] in answer.citations[0].text, question


def test_what_is_suggested_is_new_and_of_the_cited_articles(sample_index: Index) -> None:
    answer = ask(QUESTION, index=sample_index)
    offered = suggested_questions(sample_index, answer, [QUESTION])
    assert 1 <= len(offered) <= 3
    cited = " ".join(sample_index.article(one.article_id).text for one in answer.citations)  # type: ignore[union-attr]
    for question in offered:
        assert question.removeprefix("Who is ").removeprefix("What did ").split("?")[0].split(" say")[0] in cited
    assert not set(suggested_questions(sample_index, answer, [QUESTION, *offered])) & set(offered)
    assert suggested_questions(sample_index, ask("How do I bake bread?", index=sample_index), []) == []
    assert suggested_questions(sample_index, answer, []) == suggested_questions(sample_index, answer, [])


def test_a_refused_question_about_a_person_who_stands_nowhere_offers_those_of_that_surname(sample_index: Index) -> None:
    refused = ask("Why did Nancy Esper resign?", index=sample_index)
    assert suggested_questions(sample_index, refused, []) == ["Why did Mark Esper resign?"]
    assert suggested_questions(sample_index, refused, ["Why did Mark Esper resign?"]) == []


def test_a_title_stands_in_where_no_question_can_be_made() -> None:
    def article(title: str, text: str, language: str = "en") -> Article:
        return Article(id=title, title=title, text=text, path="x.txt", language=language)

    told = article("Bridge opened", "Ada Holm, a nurse from Lorne, opened it.")
    german = article("Brücke offen", "President Jon Ree, a nurse, kam.", "de")
    assert questions_to_start_with([told, told, german, article("", "Nothing.")]) == [
        "Who is Ada Holm?",
        "Brücke offen",
    ]


def test_a_click_asks_what_is_suggested(open_page: Callable[..., Page], sample: str) -> None:
    page = open_page(sample)
    ask_in(page, QUESTION)
    link = page.locator("#chat .following a").first
    question = link.inner_text()
    link.click()
    expect(page.locator("#chat .question").last).to_have_text(question)
    expect(page.locator("#chat .answer")).to_have_count(2)
    assert page.locator("#chat .following").count() <= 1
