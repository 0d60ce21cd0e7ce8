"""What is missing on a server or is not as it was written is found, and a build with --rebuild mends it."""

from pathlib import Path

import pytest

from index.cli import main
from index.milvus import schema
from index.milvus.address import Address
from index.milvus.server import Server
from index.stores import verify
from tests.conftest import Build
from tests.lite_server import LiteServer


def collections(place: str, part: str) -> tuple[Server, str]:
    server = Server(Address.of(place))
    (generation,) = schema.generations(server)
    return server, schema.collection(server.address.name, generation, part)


def test_a_whole_index_is_as_it_was_written(write: Build, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = write()
    found = verify(place)
    assert (found.wrong, found.quotes, found.of) == ((), report.passages, "rows")
    assert main(["verify", "--store", place]) == 0
    assert capsys.readouterr().out == (
        f"{place}: {found.files} rows and {found.quotes} quotes are as they were written\n"
    )


def test_there_is_nothing_to_verify(server: LiteServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--store", server.address("nobody")]) == 2
    assert "there is no index at" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("part", "key", "said"),
    [
        (schema.PASSAGES, 3, "rows of passages are there"),
        (schema.ARTICLES, 2, "rows of articles are there"),
        (schema.FACTS, "article/1/0", "the record article/1/0 is not there"),
    ],
)
def test_a_row_that_is_gone_is_found_and_put_back(
    write: Build, place: str, part: str, key: int | str, said: str
) -> None:
    write()
    server, full = collections(place, part)
    server.call("delete", full, [key])
    assert any(said in wrong for wrong in verify(place).wrong)
    write(rebuild=True)
    assert verify(place).wrong == ()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("start", 1, "is no part of|is not what was embedded"),
        ("key", "0" * 64, "is not what was embedded"),
        ("words", "", "the words of passage 3"),
        ("vector", [0.5] * 32, "has length 2.8"),
    ],
)
def test_a_row_that_is_not_as_it_was_written_is_found_and_mended(
    write: Build, place: str, tmp_path: Path, field: str, value: object, said: str
) -> None:
    write()
    server, full = collections(place, schema.PASSAGES)
    server.call("upsert", full, [{"row": 3, field: value}], partial_update=True)
    assert len(wrong := verify(place).wrong) == 1
    assert any(one in wrong[0] for one in said.split("|"))
    assert main(["verify", "--store", place]) == 1
    write(rebuild=True)
    assert verify(place).wrong == ()


def test_a_writer_that_was_killed_between_a_collection_and_its_index_is_completed(write: Build, place: str) -> None:
    write()
    server, full = collections(place, schema.PASSAGES)
    server.call("release_collection", full)
    server.call("drop_index", full, "terms")
    write(rebuild=True)
    assert sorted(server.call("list_indexes", full)) == ["terms", "vector"]
    assert verify(place).wrong == ()
