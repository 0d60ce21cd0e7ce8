"""A writer that dies before any of the calls by which a generation is published leaves a whole one, old or new."""

from pathlib import Path
from typing import Any

import pytest

from index.milvus import build as building
from index.milvus.address import Address
from index.milvus.schema import generations
from index.milvus.server import Server
from index.milvus.snapshot import MilvusIndex
from tests.conftest import Build
from tests.fakes import FakeEncoder, answers, assert_same_answers, write_article


class Died(BaseException):
    """In place of the end of a process."""


def test_each_call_of_publishing_may_be_the_last(
    write: Build, articles: Path, place: str, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, publish = Server.call, building.publish
    left: dict[str, int] = {"old": 0, "new": 0}

    def dying(last: int, calls: list[str]) -> None:
        """Lets so many calls of publishing through, and none after."""

        def call(self: Server, name: str, *arguments: Any, **options: Any) -> Any:
            if calls and len(calls) == last + 1:
                raise Died
            if calls:
                calls.append(name)
            return asked(self, name, *arguments, **options)

        def published(*arguments: Any) -> None:
            calls.append("publish")
            publish(*arguments)

        monkeypatch.setattr(Server, "call", call)
        monkeypatch.setattr(building, "publish", published)

    def live() -> tuple[str, Any]:
        with MilvusIndex.open(place, encoder=encoder) as index:
            return index.generation, answers(index)

    for seed in range(2):
        write_article(articles, "a.txt", 50 + seed)
        write()
    last, done = 0, False
    while not done:
        old, expected = live()
        write_article(articles, "a.txt", 100 + last)
        calls: list[str] = []
        dying(last, calls)
        try:
            write()
            done = True
        except Died:
            pass
        monkeypatch.undo()
        name, found = live()
        left["old" if name == old else "new"] += 1
        if name == old:
            assert_same_answers(expected, found)
        report = write()
        assert live()[0] == report.generation
        assert report.generation in generations(Server(Address.of(place)))
        last += 1
    assert last > 5
    assert min(left.values()) > 1
    assert len(generations(Server(Address.of(place)))) == 2
