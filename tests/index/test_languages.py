"""The language of a text is told, its sentences are cut by its rules, and an incremental build tells the same."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.building.build import BuildOptions, build
from index.store.bm25 import analyze, is_function_word, term_of, tokenize
from index.store.snapshot import Index
from index.text.languages import STEMMERS, analyzed_as, told
from index.text.sentences import sentence_spans
from index.types import Article
from tests.benchmarks.languages import FOLDER, LANGUAGES
from tests.fakes import FakeEncoder, answers, assert_same_answers

ENGLISH = "The minister said that the rockets had been fired from the north of the city, and that nobody was hurt. " * 3
POLISH = (
    "Minister powiedział, że rakiety zostały wystrzelone z północnej części miasta i że nikt nie został ranny. " * 3
)


def texts(language: str) -> list[str]:
    return [row["text"] for row in json.loads((FOLDER / f"{language}.json").read_text("utf-8"))["articles"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_tells_its_language_whatever_it_states(language: str) -> None:
    for text in texts(language):
        assert told(Article("a", text)).language == language
        assert told(Article("a", text, language="en-US")).language == language
        assert told(Article("a", text, language=f"{language}-XX")).language == f"{language}-XX"


@pytest.mark.parametrize("stated", ["", "en", "en-GB", "EN_us"])
def test_an_english_text_keeps_what_it_states(stated: str) -> None:
    assert told(Article("a", ENGLISH, language=stated)).language == stated


def test_a_short_text_or_one_without_a_stemmer_is_believed() -> None:
    assert told(Article("a", "Kurzer Text.", language="de")).language == "de"
    assert told(Article("a", "Kurzer Text.")).language == ""
    assert told(Article("a", POLISH, language="pl")).language == "pl"
    assert told(Article("a", POLISH)).language == ""
    assert told(Article("a", ENGLISH, language="fr")).language == "en"
    assert told(Article("a", "")).language == ""


@pytest.mark.parametrize(
    ("stated", "language"),
    [("", "en"), ("en-US", "en"), ("de-AT", "de"), ("pt_BR", "pt"), ("nb", "no"), ("pl", "en"), ("zh-Hans", "en")],
)
def test_a_stated_language_names_its_rules(stated: str, language: str) -> None:
    assert analyzed_as(stated) == language


@pytest.mark.parametrize("language", STEMMERS)
@given(text=st.text(max_size=80))
def test_every_word_has_one_term(language: str, text: str) -> None:
    assert [term_of(word, language) for word in tokenize(text)] == analyze(text, language)


def test_terms_of_english_are_what_they_were() -> None:
    assert analyze("The Café's missiles were FIRED naïvely") == ["the", "cafe", "s", "missil", "were", "fire", "naiv"]
    assert analyze("Die Brücken") == ["die", "brucken"]
    assert analyze("Die Brücken", "de") == ["die", "bruck"]
    assert is_function_word("der", "de")
    assert not is_function_word("brücke", "de")
    assert not is_function_word("και", "el")  # of Greek there is no list


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("de", ["Am 3. Oktober kam z. B. Dr. Meier, d. h. der Leiter.", "Das 19. Jahrhundert war lang.", "„Gut.“"]),
        ("de", ["Die Zahl stieg auf 20.", "Dann fiel sie.", "Das war am 12. Spieltag so.", "Es endete um 14.30 Uhr."]),
        ("fr", ["M. Dupont et Mme Roy sont venus.", "« C'est fini ! » a-t-il dit.", "Le Dr. Petit l'a vu."]),
        ("fr", ["Qui est là ?", "César est mort en 44 av. J.-C. à Rome.", "Il a 3,5 M. d'euros."]),
        ("es", ["¿Quién llegó?", "¡Qué día!", "El Sr. Gil vive en EE. UU. desde 2010.", "La Dra. Ruiz no."]),
        ("ar", ["من افتتح الجسر؟", "افتتحه د. أحمد يوم الاثنين.", "هل عاد؟", "نعم!"]),
        ("ar", ["پہلا جملہ ہے۔", "دوسرا جملہ ہے۔"]),
        ("ru", ["В 2020 г. в г. Москве открыли мост.", "Это, т. е. мост, стоит 5 млн. руб. в год.", "«Да!»"]),
        ("ru", ["«Когда?» — спросил А. С. Пушкин.", "Было ок. 300 чел. на площади.", "См. рис. 3 на стр. 5."]),
        ("en", ["Mr. M. Dupont came on Oct. 3.", "It was 20.", "Then he left the U.S. Army."]),
    ],
)
def test_sentences_end_where_their_language_ends_them(language: str, sentences: list[str]) -> None:
    text = " ".join(sentences)
    for stated in (language, f"{language}-XX"):
        assert [span.of(text) for span in sentence_spans(text, language=stated)] == sentences


def rows(folder: Path, count: int) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / "rows.jsonl").open("w", encoding="utf-8") as file:
        for language in LANGUAGES:
            for number, text in enumerate(texts(language)[:count]):
                file.write(json.dumps({"id": f"{language}-{number}", "title": text[:30], "text": text}) + "\n")
    for number, text in enumerate(texts("de")):
        (folder / f"{number}.txt").write_text(text, "utf-8")


def test_an_incremental_build_tells_the_same_languages(tmp_path: Path) -> None:
    rows(tmp_path / "articles", 3)
    build([tmp_path / "articles"], tmp_path / "index", BuildOptions(encoder=FakeEncoder()))
    assert not build([tmp_path / "articles"], tmp_path / "index", BuildOptions(encoder=FakeEncoder())).changed
    rows(tmp_path / "articles", 4)
    build([tmp_path / "articles"], tmp_path / "index", BuildOptions(encoder=FakeEncoder()))
    build([tmp_path / "articles"], tmp_path / "scratch", BuildOptions(encoder=FakeEncoder()))
    with (
        Index.open(tmp_path / "index", encoder=FakeEncoder()) as one,
        Index.open(tmp_path / "scratch", encoder=FakeEncoder()) as other,
    ):
        assert dict(one.languages) == dict(other.languages) == {"ar": 4, "de": 9, "es": 4, "fr": 4, "ru": 4}
        assert one.manifest.files["forward/terms.npy"] == other.manifest.files["forward/terms.npy"]
        assert_same_answers(answers(one), answers(other))
