"""The window behind which the server goes away: it says so, stays up, and goes on when the server is back."""

from html import unescape
from pathlib import Path

from index.building.staging import BuildOptions
from index.stores import builder
from qa.window.handlers import Handlers
from qa.window.service import Service
from tests.fakes import FakeEncoder
from tests.lite_server import LiteServer, needs_milvus


def test_it_says_so_and_recovers_by_itself(tmp_path: Path, articles: Path, encoder: FakeEncoder) -> None:
    needs_milvus()
    server = LiteServer(tmp_path / "data")
    place = server.address("news")
    service = Service(place)
    service.start()
    assert service.warm.wait(120)
    away = f"the server of {place} does not answer; start it or wait, then ask again."
    assert service.index() is None
    assert service.hindrance() == away
    words, settled = service.status()
    assert "does not answer" in words
    assert not settled
    try:
        server.start()
        builder(place, tmp_path / "work")([articles], BuildOptions(encoder=encoder))
        index = service.index()
        assert index is not None
        assert service.hindrance() == ""
        (first, *_) = index.catalog.paths()
        server.kill()
        assert service.index() is index
        shown = unescape(Handlers(service, own_examples=True).open_at(first, "0"))
        assert "does not answer; start it or wait" in shown
        server.start()
        shown = Handlers(service, own_examples=True).open_at(first, "0")
        assert "Dispatch number" in shown
    finally:
        server.kill()
