"""What articles name is stored when an index is built, counted by articles, listed, and written as CSV."""

import csv
import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from index import IndexMismatch
from index.list_entities import counted_entities
from index.store import layout
from index.store.entities import NamedEntities
from index.store.snapshot import Index
from index.types import Entity
from tests.conftest import Build
from tests.fakes import FakeEncoder
from tests.index.test_cli import assert_one_sentence, run

ROWS = {
    "one": "The minister, Olga Brandt, flew from Oslo to Accra. Brandt said she had met the WHO.",
    "two": "Olga Brandt, 51, resigned in Oslo. The WHO declined to comment on Olga BRANDT.",
    "three": "Nobody came, and nothing happened, which was a pity for all who had hoped.",
    "four": "A man named =Cmd told reporters in Oslo. The nurse, +Ada Hale, agreed.",
}


@pytest.fixture
def named(articles: Path) -> Path:
    for path in articles.rglob("*.*"):
        path.unlink()
    for name, text in ROWS.items():
        (articles / f"{name}.txt").write_text(f"{text}\n")
    return articles


def test_entities_are_counted_by_articles(named: Path, make: Build, root: Path) -> None:
    make()
    with Index.open(root, encoder=FakeEncoder()) as index:
        entities = index.catalog.entities()
        assert entities is not None
        assert entities.counted("place") == [(Entity("place", "Oslo"), 3), (Entity("place", "Accra"), 1)]
        assert entities.counted("organisation") == [(Entity("organisation", "WHO"), 2)]
        assert entities.counted("person")[0] == (Entity("person", "Olga Brandt"), 2)
        rows = {one.id: row for row, one in enumerate(index.catalog.metadata())}
        assert entities.counted("place", [rows["one.txt"]]) == [
            (Entity("place", "Accra"), 1),
            (Entity("place", "Oslo"), 1),
        ]
        assert entities.counted("place", []) == []
        naming = entities.naming(Entity("person", "olga brandt"))
        assert sorted(np.flatnonzero(naming)) == sorted((rows["one.txt"], rows["two.txt"]))
        assert not entities.naming(Entity("place", "Olga Brandt")).any()
        assert entities.stored_of(rows["three.txt"]) == []


def test_names_that_differ_in_case_and_accents_are_one() -> None:
    stored = [Entity("person", "JOSE BRANDT"), Entity("person", "José Brandt"), Entity("place", "José Brandt")]
    entities = NamedEntities(stored, np.array([0, 1, 1, 2], np.int32), np.array([0, 1, 2, 4]))
    assert entities.counted("person") == [(stored[1], 3)]
    assert entities.naming(stored[0]).tolist() == [True, True, True]


def test_an_index_without_them_opens_and_says_so(named: Path, make: Build, root: Path) -> None:
    make()
    folder = layout.Layout(root).generations / layout.current_name(root)
    with sqlite3.connect(folder / "articles.db") as db:
        db.executescript("DROP TABLE entities; DROP TABLE named;")
    db.close()
    with Index(folder, check=False, encoder=FakeEncoder()) as index:
        assert index.article_count == len(ROWS)
        assert index.catalog.entities() is None


def test_the_command_lists_and_writes_csv(named: Path, tmp_path: Path) -> None:
    assert run("build", named, cwd=tmp_path).returncode == 0
    listed = run("entities", "--kind", "place", cwd=tmp_path)
    assert [line.split() for line in listed.stdout.splitlines()] == [["3", "place", "Oslo"], ["1", "place", "Accra"]]
    top = json.loads(run("entities", "--top", 1, "--json", cwd=tmp_path).stdout)
    assert [row["kind"] for row in top] == ["person", "organisation", "place"]
    assert top[0] == {"kind": "person", "name": "Olga Brandt", "articles": 2}
    written = run("entities", "--csv", "names.csv", cwd=tmp_path)
    assert "names.csv" in written.stdout
    with (tmp_path / "names.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"kind": "person", "name": "Olga Brandt", "articles": "2"} in rows
    assert all(set(row) == {"kind", "name", "articles"} for row in rows)
    assert_one_sentence(run("entities", "--csv", "no/where.csv", cwd=tmp_path).stderr)
    assert_one_sentence(run("entities", "--index", "nowhere", cwd=tmp_path).stderr)


def test_the_command_says_when_there_are_none(
    named: Path, make: Build, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make()
    monkeypatch.setattr("index.store.catalog.Catalog.entities", lambda self: None)
    with pytest.raises(IndexMismatch, match="built before entities were found; build it again"):
        counted_entities(root)
