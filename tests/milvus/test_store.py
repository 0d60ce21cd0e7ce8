"""An index on a Milvus server answers as the local one does, and is published whole or not at all."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from queue import Queue
from threading import Event, current_thread

import numpy as np
import pytest

from index import IndexMissing, StoreUnavailable, UsageError
from index.building.staging import BuildOptions
from index.milvus.address import Address
from index.milvus.bm25 import rounded_lengths
from index.milvus.live import MilvusFollower
from index.milvus.schema import generations
from index.milvus.server import Server
from index.milvus.snapshot import MilvusIndex, required_generation
from index.store.bm25 import analyze
from index.store.snapshot import Index
from index.stores import builder, follow
from tests.conftest import Build
from tests.fakes import QUESTIONS, FakeEncoder, answers, assert_same_answers, write_article
from tests.lite_server import LiteServer, needs_milvus


def opened(place: str, encoder: FakeEncoder) -> MilvusIndex:
    return MilvusIndex.open(place, encoder=encoder)


def test_it_answers_as_the_local_index_does(built: Index, write: Build, place: str, encoder: FakeEncoder) -> None:
    report = write()
    assert report.changed
    assert (report.articles, report.passages) == (built.article_count, built.passage_count)
    with opened(place, encoder) as index:
        assert_same_answers(answers(built), answers(index))
        assert index.place == place
        assert index.sources() == built.sources()
        assert index.date_range() == built.date_range()
        assert index.article_lengths().tolist() == built.article_lengths().tolist()
        assert index.catalog.paths() == built.catalog.paths()
        assert index.catalog.boilerplate_only() == built.catalog.boilerplate_only()
        rows = np.arange(built.article_count)
        assert index.leads_of(rows).tolist() == built.leads_of(rows).tolist()
        one, other = index.forward.titles(rows), built.forward.titles(rows)
        assert one.words.tolist() == other.words.tolist()
        assert one.starts.tolist() == other.starts.tolist()
        stored = built.article_at(0)
        assert index.article(stored.id) == stored
        assert index.article("no such article") is None
        assert index.changed_on_disk(stored) is False


@pytest.mark.parametrize(
    ("since", "until", "sources"),
    [
        (date(2020, 3, 1), None, None),
        (None, date(2020, 6, 30), None),
        (date(2020, 2, 1), date(2020, 9, 30), ["the Wire"]),
        (None, None, ["Gazette"]),
    ],
)
def test_filters_admit_the_same(
    since: date | None, until: date | None, sources: list[str] | None, dated: tuple[Index, MilvusIndex]
) -> None:
    local, remote = dated
    chosen, same = local.select(since, until, sources), remote.select(since, until, sources)
    assert chosen is not None
    assert same is not None
    assert 0 < chosen.passage_count < local.passage_count
    for question, vector in zip(QUESTIONS, local.encode_queries(QUESTIONS), strict=True):
        terms = dict.fromkeys(analyze(question), 1.0)
        for term in terms:
            assert remote.document_frequency(term, same) == local.document_frequency(term, chosen)
        for one, other in (
            (local.dense(vector, 5, chosen), remote.dense(vector, 5, same)),
            (local.lexical_passages(terms, 50, chosen), remote.lexical_passages(terms, 50, same)),
            (local.lexical_articles(terms, 50, chosen), remote.lexical_articles(terms, 50, same)),
        ):
            assert sorted(one.rows.tolist()) == sorted(other.rows.tolist())
            np.testing.assert_allclose(one.scores, other.scores, atol=1e-3)


@pytest.fixture
def dated(tmp_path: Path, place: str, server: LiteServer, encoder: FakeEncoder) -> tuple[Index, MilvusIndex]:
    """The same dated articles of two sources, in a folder and on the server."""
    folder = tmp_path / "dated"
    for seed in range(12):
        path = write_article(folder, f"{seed}.md", seed)
        source = "The Wire" if seed % 3 else "Gazette"
        head = f"---\ntitle: Story {seed}\ndate: 2020-{seed + 1:02}-15\nsource: {source}\n---\n"
        path.write_bytes(head.encode() + path.read_bytes())
    for where in (place, str(tmp_path / "local")):
        builder(where, tmp_path / "work")([folder], BuildOptions(encoder=encoder))
    return Index.open(tmp_path / "local", encoder=encoder), opened(place, encoder)


def test_a_build_after_a_change_is_a_new_generation(
    write: Build, make: Build, root: Path, articles: Path, place: str, encoder: FakeEncoder
) -> None:
    first = write()
    assert not write().changed
    follower = MilvusFollower(Address.of(place), encoder=encoder)
    before = follower.current()
    old = answers(before)
    embedded = len(encoder.passages)
    write_article(articles, "b.txt", 77)
    second = write()
    assert second.changed
    assert second.generation != first.generation
    assert len(encoder.passages) - embedded == second.embedded < second.passages
    make()
    with Index.open(root, encoder=encoder) as scratch, opened(place, encoder) as index:
        assert_same_answers(answers(scratch), answers(index))
    assert_same_answers(old, answers(before))  # a question that began before goes on to its end
    server = Server(Address.of(place))
    assert generations(server) == {first.generation, second.generation}
    write_article(articles, "z.txt", 78)
    third = write()
    assert generations(server) == {second.generation, third.generation}


def test_a_title_longer_than_a_field_of_the_server_is_no_obstacle(
    write: Build, articles: Path, place: str, encoder: FakeEncoder
) -> None:
    title = " ".join(f"word{number}" for number in range(13_000))
    row = {"id": "long", "title": title, "text": "Coffee and bread were served in Oslo."}
    (articles / "long.jsonl").write_text(json.dumps(row))
    assert write().articles == 8
    with opened(place, encoder) as index:
        stored = index.article("long")
        assert stored is not None
        assert stored.title == title
        (word,) = index.forward.word_ids(["word7"])
        assert word in index.forward.titles(np.array([stored.row])).words


def test_while_one_looks_at_the_server_the_others_go_on_with_what_they_have(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, go_on = Queue[str](), Event()

    class Opened:
        generation = "1"
        warm = staticmethod(lambda: None)

    def generation(_: Server) -> str:
        looks.put("look")
        assert looks.qsize() == 1 or go_on.wait(60)
        return "1"

    monkeypatch.setattr("index.milvus.live.required_generation", generation)
    monkeypatch.setattr("index.milvus.live.MilvusIndex", lambda *_, **__: Opened())
    monkeypatch.setattr("index.milvus.live._LOOK_EVERY", 0.0)
    follower = MilvusFollower(Address.of("milvus://localhost:1/news"))
    index = follower.current()
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(follower.current)
        while looks.qsize() < 2:
            pass
        try:
            assert pool.submit(follower.current).result(timeout=10) is index
        finally:
            go_on.set()
        assert slow.result() is index


def test_lists_of_terms_are_made_before_a_question_comes(
    write: Build, place: str, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    made, away = Queue[str](), list[bool]()

    def generation(server: Server) -> str:
        if away:
            raise StoreUnavailable("away")
        return required_generation(server)

    monkeypatch.setattr("index.milvus.bm25.make_lists", lambda _, collection: made.put(collection.rpartition("__")[2]))
    monkeypatch.setattr("index.milvus.live._LOOK_EVERY", 0.0)
    monkeypatch.setattr("index.milvus.live.required_generation", generation)
    follower = MilvusFollower(Address.of(place), encoder=encoder)
    index = follower.current()
    assert [made.get(timeout=60), made.get(timeout=60)] == ["passages", "articles"]
    away.append(True)
    assert follower.current() is index
    away.clear()
    assert follower.current() is follower.current() is index
    assert [made.get(timeout=60), made.get(timeout=60), made.qsize()] == ["passages", "articles", 0]


def test_a_search_waits_while_lists_of_terms_are_made(
    write: Build, place: str, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    order, go_on, real = list[str](), Event(), Server.call

    class Made(Event):
        def wait(self, timeout: float | None = None) -> bool:
            go_on.set()
            return super().wait(timeout)

    def call(server: Server, name: str, *arguments: object, **options: object) -> object:
        if options.get("anns_field") == "terms":
            own = current_thread().name == "make-lists"
            assert not own or go_on.wait(60)
            order.append("lists" if own else "question")
        return real(server, name, *arguments, **options)

    monkeypatch.setattr(Server, "call", call)
    index = opened(place, encoder)
    index._bm25_articles._made = Made()
    index.warm()
    assert len(index.lexical_articles(dict.fromkeys(analyze(" ".join(QUESTIONS)), 1.0), 3))
    go_on.set()
    assert order[:3] == ["lists", "lists", "question"]


def test_two_shards_make_the_index_of_one_writer(
    built: Index, write: Build, place: str, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.milvus.write._BLOCK", 3)
    half = write("1/2")
    assert any("shard 2/2" in note for note in half.notes)
    with pytest.raises(IndexMissing):
        opened(place, encoder)
    other = write("2/2")
    assert not other.notes
    assert half.generation == other.generation
    assert 0 < other.embedded < built.passage_count
    with opened(place, encoder) as index:
        assert_same_answers(answers(built), answers(index))
    assert not write().changed  # one writer alone finds nothing to add


def test_lengths_are_rounded_as_tantivy_does() -> None:
    # https://docs.rs/tantivy: FIELD_NORMS_TABLE
    table = [*range(41), 42, 44, 46, 48, 50, 52, 54, 56, 60, 64, 68, 72, 76, 80, 84, 88, 96, 104, 112, 120, 128, 136]
    every = np.arange(137)
    assert rounded_lengths(every).tolist() == [max(one for one in table if one <= length) for length in every]


def test_a_server_that_is_away_is_said_in_one_sentence() -> None:
    needs_milvus()
    with pytest.raises(StoreUnavailable, match=r"does not answer; start it or wait, then ask again"):
        Server(Address.of("milvus://127.0.0.1:9/news"), patience=0.2).call("list_collections")


@pytest.mark.parametrize(
    "place",
    ["milvus://localhost/news", "milvus://localhost:1/", "milvus:news", "milvus://h:1/a-b", "milvus://h:65536/news"],
)
def test_an_address_that_is_none_is_a_usage_error(place: str) -> None:
    with pytest.raises(UsageError, match="write milvus://HOST:PORT/NAME"):
        follow(place)


def test_a_question_to_a_file_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="there is no index at"):
        follow(tmp_path / "none.db").current()
    assert not list(tmp_path.iterdir())


def test_a_path_may_hold_an_address() -> None:
    assert str(Address.of(Path("milvus://localhost:19530/news"))) == "milvus://localhost:19530/news"


def test_a_shard_of_a_folder_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--shard is for an index on a server"):
        builder(tmp_path / "index", tmp_path, "1/2")
    with pytest.raises(UsageError, match="write I/N"):
        builder("milvus://localhost:1/news", tmp_path, "3/2")


def test_without_the_extra_one_sentence_names_it() -> None:
    code = "import sys; sys.modules['pymilvus'] = None; import qa.cli; sys.exit(qa.cli.main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "ask", "rockets", "--store", "milvus://localhost:19530/news"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 2
    assert done.stderr == "error: an index on Milvus needs more packages; install them with: pip install '.[milvus]'\n"


def test_a_file_of_milvus_lite_is_an_index_too(
    articles: Path, tmp_path: Path, built: Index, encoder: FakeEncoder
) -> None:
    pytest.importorskip("milvus_lite", reason="Milvus is not installed: pip install '.[milvus]'")
    place = str(tmp_path / "archive.db")
    builder(place, tmp_path / "work")([articles], BuildOptions(encoder=encoder))
    with closing(follow(place).current()) as index:
        assert index.passage_count == built.passage_count
        terms = dict.fromkeys(analyze(QUESTIONS[0]), 1.0)
        assert index.lexical_passages(terms, 5).rows.tolist() == built.lexical_passages(terms, 5).rows.tolist()
