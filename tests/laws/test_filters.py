"""What is found under a filter is what an index of the filtered articles alone would find."""

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from index.building.build import BuildOptions, build
from index.store.snapshot import Index
from qa import retrieve
from tests.fakes import QUESTIONS, FakeEncoder, article_text

SOURCES = ("Gazette", "Herald", "Wire")
DAY = date(2020, 1, 1)
FILTERS: list[dict[str, Any]] = [
    {"sources": ["wire"]},
    {"sources": ["Herald", "Gazette"]},
    {"since": DAY + timedelta(days=60)},
    {"until": DAY + timedelta(days=45)},
    {"since": DAY + timedelta(days=20), "until": DAY + timedelta(days=80), "sources": ["Gazette"]},
]


def rows() -> list[dict[str, str]]:
    random_of = random.Random(7)
    return [
        {
            "id": f"a{number:03}",
            "title": f"Report {number}",
            "text": article_text(number),
            "source": random_of.choice(SOURCES),
            "date": (DAY + timedelta(days=random_of.randrange(120))).isoformat(),
        }
        for number in range(120)
    ]


def admitted(row: dict[str, str], since: date = date.min, until: date = date.max, sources: Any = None) -> bool:
    named = sources is None or row["source"].casefold() in {source.casefold() for source in sources}
    return named and since <= date.fromisoformat(row["date"]) <= until


def opened(folder: Path, of: list[dict[str, str]]) -> Index:
    folder.mkdir()
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in of), "utf-8")
    build([folder / "rows.jsonl"], folder / "index", BuildOptions(encoder=FakeEncoder()))
    return Index.open(folder / "index", encoder=FakeEncoder())


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with opened(tmp_path_factory.mktemp("everything") / "all", rows()) as index:
        yield index


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_a_filter_finds_what_an_index_of_those_articles_finds(
    everything: Index, tmp_path: Path, wanted: dict[str, Any]
) -> None:
    questions = [question.replace("?", f" {word}?") for question in QUESTIONS for word in ("", "now", "in March")][:20]
    with opened(tmp_path / "alone", [row for row in rows() if admitted(row, **wanted)]) as alone:
        for place, question in enumerate(questions):
            reader = place == 0  # which takes most of the time, and sees neither filter nor index
            within = retrieve(question, 10, index=everything, as_of=date(2020, 6, 1), reader=reader, **wanted)
            only = retrieve(question, 10, index=alone, as_of=date(2020, 6, 1), reader=reader)
            assert [(c.article_id, c.start) for c in within] == [(c.article_id, c.start) for c in only], question
