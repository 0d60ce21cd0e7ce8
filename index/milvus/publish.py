"""Publishes a generation by switching the index's alias, once every shard of it is there; drops older ones."""

from index.milvus import schema
from index.milvus.bm25 import make_lists
from index.milvus.facts import Facts
from index.milvus.server import Server
from index.milvus.snapshot import live_generation
from index.milvus.staged import Staged
from index.milvus.write import Shard

__all__ = ["missing_shards", "publish"]


def missing_shards(server: Server, generation: str, staged: Staged, of: int) -> list[Shard]:
    """The shards that have yet to be written, or to be written again because rows of them are gone."""
    name = server.address.name
    facts = Facts(server, schema.collection(name, generation, schema.FACTS))
    missing = [shard for shard in (Shard(number, of) for number in range(1, of + 1)) if not _done(facts, shard)]
    counts = {schema.PASSAGES: len(staged.passages), schema.ARTICLES: len(staged.count)}
    if missing or all(schema.row_count(server, generation, part) == count for part, count in counts.items()):
        return missing
    return [Shard(number, of) for number in range(1, of + 1)]


def _done(facts: Facts, shard: Shard) -> bool:
    try:
        return bool(facts.json(f"done/{shard}"))
    except KeyError:
        return False


def publish(server: Server, generation: str) -> None:
    """Makes a whole generation the live one, once it answers a search. The one before keeps an alias, for those who
    still read it; what no alias names is dropped. May be repeated, and done by two at once.
    """
    name = server.address.name
    before = f"{name}__previous"
    live = live_generation(server)
    if live != generation:
        for part in (schema.PASSAGES, schema.ARTICLES):
            make_lists(server, schema.collection(name, generation, part))
        if live is not None:
            _name(server, before, live)
        _name(server, name, generation)
    kept = {generation, live_generation(server, before)}
    for other in schema.generations(server) - kept:
        for part in (schema.PASSAGES, schema.ARTICLES, schema.FACTS):
            full = schema.collection(name, other, part)
            if server.call("has_collection", full):
                server.call("drop_collection", full)


def _name(server: Server, alias: str, generation: str) -> None:
    full = schema.collection(server.address.name, generation, schema.FACTS)
    try:
        server.call("alter_alias", full, alias)
    except KeyError:
        server.call("create_alias", full, alias)
