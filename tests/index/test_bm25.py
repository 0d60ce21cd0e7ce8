"""What BM25 finds under a filter, whichever way the filter is put."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from index.engine import Restriction
from index.store.bm25 import LexicalIndex, LexicalWriter
from tests.fakes import files_of

_FIRST = date(2021, 1, 1)
_WORDS = "rain wind snow flood harvest harbour".split()


@pytest.fixture(scope="module")
def days() -> list[date | None]:
    chance = random.Random(3)
    return [None if chance.random() < 0.1 else _FIRST + timedelta(days=chance.randrange(40)) for _ in range(300)]


@pytest.fixture(scope="module")
def lexical(tmp_path_factory: pytest.TempPathFactory, days: list[date | None]) -> LexicalIndex:
    chance = random.Random(4)
    folder = tmp_path_factory.mktemp("lexical") / "passages"
    with LexicalWriter(folder) as writer:
        for row, day in enumerate(days):
            writer.add(row, " ".join(chance.choices(_WORDS, k=9)), day, row % 3)
    return LexicalIndex(files_of(folder.parent), folder.name)


@pytest.mark.parametrize("sources", [None, frozenset({0}), frozenset({1, 2}), frozenset({7})])
@pytest.mark.parametrize(("first", "last"), [(0, 40), (3, 3), (10, 25), (39, 90), (60, 90)])
def test_listed_days_admit_what_their_range_admits(
    lexical: LexicalIndex, days: list[date | None], first: int, last: int, sources: frozenset[int] | None
) -> None:
    since, until = _FIRST + timedelta(days=first), _FIRST + timedelta(days=last)
    by_range = Restriction(since, until, sources)
    within = {row: day for row, day in enumerate(days) if day and since <= day <= until}
    listed = replace(by_range, days=frozenset(day.toordinal() for day in within.values()))
    terms = {"rain": 1.0, "flood": 2.0, "harvest": 0.5}
    one, other = lexical.search(terms, 400, by_range), lexical.search(terms, 400, listed)
    assert one.rows.tolist() == other.rows.tolist()
    assert one.scores.tolist() == other.scores.tolist()
    admitted = {row for row in within if sources is None or row % 3 in sources}
    assert set(one.rows.tolist()) <= admitted
    for term in terms:
        assert lexical.document_frequency(term, by_range) == lexical.document_frequency(term, listed)
    if not admitted:
        assert not len(one)
