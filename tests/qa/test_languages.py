"""Articles of other languages are stemmed, cut and found by their own rules, and English ones as ever."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.engine import SearchEngine
from index.store.bm25 import analyze
from index.store.snapshot import Index
from index.stores import follow
from index.types import Span
from qa import ask
from qa.search.article_search import find_articles, places_of, wording
from qa.search.followup import quoted_from
from qa.search.languages import language_note, question_language
from qa.search.name_matching import passages_with
from qa.search.names import NameQuestion
from qa.search.passages import PassageTexts
from qa.search.terms import content_terms, query_terms
from qa.window.answer_html import answer_html
from tests.benchmarks.languages import LANGUAGES, by_bm25, by_ranking, questions, write_articles
from tests.fakes import FakeEncoder
from tests.lite_server import LiteServer
from tests.qa.conftest import Indexed, made, opened

ENGLISH = {"en": 100}
MIXED = {"ar": 5, "de": 5, "en": 15, "es": 5, "fr": 5, "ru": 5}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, engine: LiteServer | None) -> Iterator[SearchEngine]:
    """The articles of all five languages in one index."""
    articles = tmp_path_factory.mktemp("articles")
    write_articles(articles)
    with closing(follow(made(tmp_path_factory, engine, "mixed", articles)).current()) as opened:
        yield opened


def test_the_language_of_each_article_is_told(mixed: SearchEngine) -> None:
    assert mixed.languages == dict.fromkeys(LANGUAGES, 5)
    for row in range(mixed.article_count):
        article = mixed.article_at(row)
        assert article.language == article.id.partition("-")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_right_article_is_among_the_first_three(mixed: SearchEngine, language: str) -> None:
    asked = questions(language)
    assert len(asked) == 20
    assert sum(article in by_ranking(mixed, question)[:3] for question, article in asked) >= 17
    assert sum(article in by_bm25(mixed, question)[:3] for question, article in asked) >= 15


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_of_each_question_is_told(language: str) -> None:
    for question, _ in questions(language):
        assert question_language(question, MIXED) == question_language(question, {language: 5}) == language
    elsewhere = [question_language(question, ENGLISH) for question, _ in questions(language)]
    assert set(elsewhere) <= {language, "en"}
    assert elsewhere.count(language) >= 17


@pytest.mark.parametrize(
    "question",
    [
        "Who is Emmanuel Macron?", "Merkel", "Rockets at embassy", "What is El Niño?", "Who wrote Der Spiegel's story?",
        "When did Los Angeles open La Brea?", "Macron Merkel Paris Berlin", "Is Iran at war?", "", "2020?",
    ],
)  # fmt: skip
def test_a_question_to_english_articles_is_english_unless_it_surely_is_not(question: str) -> None:
    assert question_language(question, ENGLISH) == "en"
    assert language_note(question_language(question, ENGLISH), ENGLISH) == ""


def test_a_question_in_a_language_of_no_article_is_noted(sample: SearchEngine, mixed: SearchEngine) -> None:
    said = "the question seems to be in German, the articles are in English"
    answer = ask("Wer hat die neue Brücke in der Stadt eröffnet?", index=sample, as_of="any")
    assert said in answer.notes
    assert '<p class="note">The question seems to be in German' in answer_html(answer, 1)
    for question in ("Which drone was used to kill Soleimani?", "Quds Force"):
        assert not any("seems" in note for note in ask(question, index=sample, as_of="any").notes)
    noted = ask("Which minister opened the new bridge?", index=mixed, as_of="any").notes
    assert noted[-1] == (
        "the question seems to be in English, the articles are in Arabic, German, Spanish, French and Russian"
    )
    assert not any("seems" in note for note in ask("Wer hat die Brücke eröffnet?", index=mixed, as_of="any").notes)


def test_stop_words_go_and_stems_stay() -> None:
    assert list(query_terms("Wer hat die neuen Brücken eröffnet?", "de")) == ["neu", "bruck", "eroffn"]
    assert list(query_terms("Qui a inauguré les nouveaux ponts ?", "fr")) == ["inaugur", "nouveau", "pont"]
    assert list(query_terms("¿Quién inauguró los puentes?", "es")) == ["inaugur", "puent"]
    assert list(query_terms("Кто открыл новые мосты?", "ru")) == analyze("открыл новые мосты", "ru")
    assert list(query_terms("من افتتح الجسر الجديد؟", "ar")) == analyze("افتتح جسر جديد", "ar")
    assert content_terms("Wer ist das?", "de") == []
    assert list(query_terms("Wer ist das?", "de")) == analyze("Wer ist das?", "de")


def test_the_forward_index_has_the_terms_of_each_passage(mixed: SearchEngine) -> None:
    reading = PassageTexts(mixed)
    for row in range(mixed.passage_count):
        passage = reading[row]
        words = mixed.forward.passages(np.array([row])).words
        terms = analyze(passage.text, passage.language)
        assert mixed.forward.terms[words].tolist() == mixed.forward.term_ids(terms).tolist()
        assert {term: mixed.document_frequency(term) > 0 for term in terms} == dict.fromkeys(terms, True)
        assert quoted_from(passage.text, mixed, np.array([row])).tolist() == [True]


def test_names_phrases_and_words_are_found_in_every_language(mixed: SearchEngine) -> None:
    def ids(articles: list[int]) -> list[str]:
        return [mixed.article_at(row).id for row in articles]

    rows = passages_with(mixed, NameQuestion("Petra Lindner", "who", capital=True))
    assert ids(mixed.articles_of(rows).tolist()) == ["de-schule"]
    wanted = wording('"nouveau pont"', mixed.languages)
    assert ids(list(find_articles(mixed, wanted).rows)) == ["fr-pont"]
    wanted = wording("Plantage", mixed.languages)
    (row,) = find_articles(mixed, wanted).rows
    article = mixed.article_at(row)
    places = places_of(wanted, article.text, [Span(0, len(article.text))], "de")
    assert [place.of(article.text) for place in places] == ["Plantagen"]


def test_quotes_of_right_to_left_text_are_slices_too(mixed: SearchEngine) -> None:
    answer = ask("من افتتح الجسر الجديد؟", index=mixed, as_of="any")
    for citation in (*answer.citations, *answer.closest):
        article = mixed.article(citation.article_id)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.text
        assert article.text[citation.sentence_start : citation.sentence_end] == citation.sentence


def test_an_index_of_english_articles_names_no_language(tmp_path: Path, indexed: Indexed) -> None:
    rows = [{"id": "a", "title": "Bridge", "text": "The mayor opened the new bridge on Monday. " * 5, "language": ""}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with indexed(tmp_path / "a.jsonl") as index:
        assert not index.manifest.languages
        if isinstance(index, Index):
            assert "languages" not in json.loads((index.folder / "manifest.json").read_text())
        assert index.languages == {"en": 1}
        assert index.article_at(0).language == ""


def test_an_index_of_before_there_were_languages_is_searched_as_english(
    tmp_path: Path, indexed: Indexed, place: str
) -> None:
    text = "Die Bürgermeisterin hat am Montag die neuen Brücken über den Fluss eröffnet. " * 3
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "a", "text": text, "language": "de"}) + "\n")
    with indexed(tmp_path / "a.jsonl") as index:
        assert PassageTexts(index)[0].language == "de"
    with opened(place, FakeEncoder()) as index:
        index.manifest = replace(index.manifest, languages={})
        assert PassageTexts(index)[0].language == "en"
        assert PassageTexts(index)[0].terms_of_sentences[0] >= {"brucken"}
