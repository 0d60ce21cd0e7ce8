"""The collections of a generation on Milvus: their names, fields and index types."""

from typing import Any

from index.milvus.server import Server

__all__ = [
    "ARTICLES",
    "FACTS",
    "PASSAGES",
    "collection",
    "create",
    "dense_kind",
    "dense_search",
    "generation_of",
    "generations",
    "row_count",
]

_Field = tuple[str, str, dict[str, Any]]  # name, type, options
FACTS, PASSAGES, ARTICLES = "facts", "passages", "articles"
_BETWEEN = "__g_"
_TEXT = 65_535  # bytes: the most that a VARCHAR of Milvus holds
# Which index for the vectors, by the number of passages: exact as long as a scan is short; HNSW while its graph and
# vectors fit into the memory of a few nodes (docs/scale.md); then 8-bit codes in lists, a quarter of that memory.
_FLAT_UP_TO = 100_000
_HNSW_UP_TO = 10_000_000
_HNSW = {"M": 32, "efConstruction": 200}  # M: recall@10 .993 on 180,118 vectors; efConstruction is not tuned
_EF = 2  # entries looked at for each one that is asked for; not tuned
_LISTS = 4  # times the square root of the number of vectors, as in index/store/vectors.py
_PROBED = 9  # one list in so many is looked into: 448 of 4,096 found .994 (tests/benchmarks/results/scale-c231021.md)


def collection(name: str, generation: str, part: str) -> str:
    return f"{name}{_BETWEEN}{generation}__{part}"


def generation_of(name: str, found: str) -> str | None:
    """The generation that a collection is of; None where it is no part of the index."""
    head, between, rest = found.rpartition(_BETWEEN)
    return rest.partition("__")[0] if between and head == name else None


def generations(server: Server) -> set[str]:
    """Those of which any collection exists, whole or not."""
    found = (generation_of(server.address.name, one) for one in server.call("list_collections"))
    return {one for one in found if one is not None}


def row_count(server: Server, generation: str, part: str) -> int:
    """How many rows a collection of a generation has."""
    full = collection(server.address.name, generation, part)
    (found,) = server.call("query", full, filter="", output_fields=["count(*)"], consistency_level="Strong")
    return int(found["count(*)"])


def create(server: Server, generation: str, dimension: int, passages: int) -> None:
    """Makes the collections of a generation that are not there yet, and their indexes, and loads them. Each step is
    looked at by itself: a writer may have been killed after any, and another one may be taking the same.
    """
    name = server.address.name
    for part, fields in _fields(dimension).items():
        full = collection(name, generation, part)
        if not server.call("has_collection", full):
            server.call("create_collection", full, schema=_schema(fields))
        there = server.call("list_indexes", full)
        for field, index in _indexes(part, passages).items():
            if field not in there:
                server.call("create_index", full, index)
        server.call("load_collection", full)


def _fields(dimension: int) -> dict[str, list[_Field]]:
    text, key = {"max_length": _TEXT}, {"max_length": 64, "is_primary": True}
    row: _Field = ("row", "INT64", {"is_primary": True})
    terms: _Field = ("terms", "SPARSE_FLOAT_VECTOR", {})
    vector: _Field = ("vector", "FLOAT_VECTOR", {"dim": dimension})
    words: _Field = ("words", "VARCHAR", text)
    filtered: list[_Field] = [("day", "INT32", {}), ("source", "INT32", {})]
    places: list[_Field] = [("start", "INT64", {}), ("end", "INT64", {})]
    return {
        PASSAGES: [row, vector, terms, words, *places, ("key", "VARCHAR", {"max_length": 64}), *filtered],
        ARTICLES: [row, terms, words, ("id_hash", "INT64", {}), *filtered],
        # A collection must have a vector; that of the facts says nothing.
        FACTS: [("name", "VARCHAR", key), ("data", "VARCHAR", text), ("nothing", "FLOAT_VECTOR", {"dim": 2})],
    }


def _schema(fields: list[_Field]) -> Any:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    for name, kind, options in fields:
        schema.add_field(name, DataType[kind], **options)
    return schema


def _indexes(part: str, passages: int) -> dict[str, Any]:
    """The index of each vector field, by its name."""
    from pymilvus import MilvusClient

    kind, parameters, _ = _dense(passages)
    sparse: _Field = ("terms", "SPARSE_INVERTED_INDEX", {})
    dense: _Field = ("vector", kind, parameters)
    fields: dict[str, list[_Field]] = {PASSAGES: [dense, sparse], ARTICLES: [sparse], FACTS: [("nothing", "FLAT", {})]}
    made = {}
    for field, kind, parameters in fields[part]:
        made[field] = MilvusClient.prepare_index_params()
        made[field].add_index(field, index_type=kind, index_name=field, metric_type="IP", params=parameters)
    return made


def dense_kind(passages: int) -> str:
    """The type of the index of so many vectors."""
    return _dense(passages)[0]


def dense_search(passages: int, k: int) -> dict[str, Any]:
    """The parameters of a search for k vectors among so many."""
    return {"metric_type": "IP", "params": _dense(passages, k)[2]}


def _dense(passages: int, k: int = 1) -> tuple[str, dict[str, Any], dict[str, Any]]:
    if passages <= _FLAT_UP_TO:
        return "FLAT", {}, {}
    if passages <= _HNSW_UP_TO:
        return "HNSW", dict(_HNSW), {"ef": _EF * k}
    lists = round(_LISTS * passages**0.5)
    return "IVF_SQ8", {"nlist": lists}, {"nprobe": lists // _PROBED}
