"""Are questions in other languages answered from articles in them? python -m tests.benchmarks.languages [--english DIR]

Five articles and twenty questions in each of five languages, written for this (tests/languages/), with the sample
articles in English among them, in one index with the default model. Counts the questions whose article is first, and
among the first three, by BM25 of articles alone and by the whole ranking, and those that are answered, and whose first
citation is of that article. With `--english`, a folder of English data sets, it counts instead how many of their
articles and questions are told another language, which should be none. Writes it beside this file, named by commit.
"""

import argparse
import gzip
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from index.building.build import build
from index.engine import SearchEngine
from index.store.snapshot import Index
from index.text.languages import ENGLISH, told
from index.types import Article
from qa import ask
from qa.search.languages import question_language
from qa.search.query import parse_query
from qa.search.search import search
from qa.types import Request
from tests.benchmarks.common import ROOT, save, table

__all__ = ["FOLDER", "LANGUAGES", "by_bm25", "by_ranking", "questions", "write_articles"]

FOLDER = ROOT / "tests" / "languages"
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def questions(language: str) -> list[tuple[str, str]]:
    """The questions of a language, each with the id of the article that answers it."""
    stored = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    return [(question, article) for question, article in stored["questions"]]


def write_articles(folder: Path) -> Path:
    """A file of the articles of all languages, which state none."""
    path = folder / "articles.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for language in LANGUAGES:
            for row in json.loads((FOLDER / f"{language}.json").read_text("utf-8"))["articles"]:
                file.write(json.dumps(row) + "\n")
    return path


def by_bm25(index: SearchEngine, question: str) -> list[str]:
    """The ids of the first articles by BM25 of articles alone."""
    terms = dict.fromkeys(parse_query(index, Request(question, as_of="any")).idf, 1.0)
    return [index.article_at(int(row)).id for row in index.lexical_articles(terms, 10).rows]


def by_ranking(index: SearchEngine, question: str) -> list[str]:
    """The ids of the first articles by the whole ranking."""
    rows = search(index, Request(question, as_of="any")).articles.tolist()
    return [index.article_at(row).id for row in list(dict.fromkeys(rows))[:10]]


def _places(index: SearchEngine, language: str) -> Iterator[tuple[int, int]]:
    """Where the right article of each question stands by both, from 0; 10 for nowhere."""
    for question, article in questions(language):
        lists = [by_bm25(index, question), by_ranking(index, question)]
        one, other = (found.index(article) if article in found else 10 for found in lists)
        yield one, other


def _answered(index: SearchEngine, language: str) -> tuple[int, int]:
    """How many questions of a language are answered, and by a citation of the right article."""
    answers = [(ask(question, index=index, as_of="any"), article) for question, article in questions(language)]
    cited = [(answer.citations[0].article_id, article) for answer, article in answers if answer.found]
    return len(cited), sum(one == other for one, other in cited)


def _english(folder: Path) -> None:
    """Counts what is told another language in English data sets."""
    lines: list[tuple[object, ...]] = [("set", "articles", "told another language", "questions", "told another")]
    for dataset in sorted(path.parent for path in folder.glob("*/queries.jsonl")):
        (corpus,) = dataset.glob("corpus.jsonl*")
        with (gzip.open if corpus.suffix == ".gz" else open)(corpus, "rt", encoding="utf-8") as file:
            articles = [told(Article("", json.loads(line)["text"])).language for line in file]
        asked = [json.loads(line)["question"] for line in (dataset / "queries.jsonl").read_text("utf-8").splitlines()]
        others = [question_language(question, {ENGLISH: 1}) != ENGLISH for question in asked]
        lines.append((dataset.name, len(articles), sum(map(bool, articles)), len(asked), sum(others)))
    save("languages-english", {str(line[0]): line[1:] for line in lines[1:]}, table(lines))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--english", type=Path)
    if (folder := parser.parse_args().english) is not None:
        _english(folder)
        return
    lines: list[tuple[object, ...]] = [
        ("language", "questions", "BM25: first", "first three", "ranking: first", "first three", "answered", "rightly")
    ]
    with tempfile.TemporaryDirectory() as folder:
        build([write_articles(Path(folder)), ROOT / "index" / "sample"], Path(folder) / "index")
        with Index.open(Path(folder) / "index") as index:
            for language in LANGUAGES:
                places = list(_places(index, language))
                counts = [sum(place[way] < most for place in places) for way in (0, 1) for most in (1, 3)]
                lines.append((language, len(places), *counts, *_answered(index, language)))
    save("languages", {str(line[0]): line[1:] for line in lines[1:]}, table(lines))


if __name__ == "__main__":
    main()
