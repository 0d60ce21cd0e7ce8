"""An index on Milvus Lite beside the local one it was copied from: answers, time of a question, memory and disk.

    python -m tests.benchmarks.milvus INDEX ADDRESS [--dataset DIR] [--questions N] [--server PID] [--copy]

INDEX is a local index, ADDRESS one of the same articles: with --copy the generation of INDEX is written there first,
vectors and all. Both answer the same questions in the same process, turn about.
"""

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.engine import SearchEngine
from index.milvus.address import Address
from index.milvus.publish import missing_shards, publish
from index.milvus.server import WRITING, Server
from index.milvus.snapshot import MilvusIndex
from index.milvus.staged import Staged
from index.milvus.write import Shard, Writer
from index.store.layout import Layout, current_name, open_array
from index.store.snapshot import Index
from qa.evaluation.dataset import load
from qa.search.rank import Ranking
from qa.search.search import search
from qa.types import Request
from tests.benchmarks.common import DATASET, save, spread, table

__all__ = ["compared", "copy", "current"]

_DEPTH = 10  # articles of RR@10
_TIE = 2e-5  # scores nearer to each other are equal but for rounding: the engines add in another order


def copy(folder: Path, address: str) -> float:
    """Writes a local generation to a server, vectors and all, and publishes it; CPU seconds of this process."""
    started = time.process_time()
    server, staged = Server(Address.of(address), WRITING), Staged(folder)
    vectors = open_array(folder / "vectors.npy")
    writer = Writer(server, staged, Shard(), lambda _: None)
    writer.write(lambda rows: vectors[rows])
    assert not missing_shards(server, writer.generation, staged, 1)
    publish(server, writer.generation)
    return time.process_time() - started


def current(root: Path) -> Path:
    """The folder of an index's live generation."""
    return Layout(root).generations / current_name(root)


def _articles(ranking: Ranking) -> list[int]:
    _, first = np.unique(ranking.articles, return_index=True)
    return [int(row) for row in ranking.articles[np.sort(first)][:_DEPTH]]


def _reciprocal(rows: Sequence[int], relevant: set[int]) -> float:
    return next((1 / place for place, row in enumerate(rows, 1) if row in relevant), 0.0)


def _class(one: Ranking, other: Ranking) -> str:
    """Why two rankings differ in their first articles."""
    if set(one.rows.tolist()) != set(other.rows.tolist()):
        return "other candidates: equal scores at the end of a list of 200"
    scores = dict(zip(other.rows.tolist(), other.score.tolist(), strict=True))
    apart = max(abs(scores[row] - score) for row, score in zip(one.rows.tolist(), one.score.tolist(), strict=True))
    return "rounding: all scores within 2e-5" if apart <= _TIE else "scores differ"


def compared(local: SearchEngine, remote: SearchEngine, dataset: Path, count: int | None = None) -> dict[str, object]:
    """MRR of both, how many questions rank articles otherwise, by class, and the times of their searches."""
    places = {article: row for row, article in enumerate(local.catalog.paths())}
    questions = [question for question in load(dataset) if question.relevant][:count]
    seconds: dict[str, list[float]] = {"local": [], "milvus": []}
    found: dict[str, list[float]] = {"local": [], "milvus": []}
    classes: Counter[str] = Counter()
    for question in questions:
        relevant = {places[name] for name in question.relevant if name in places}
        rankings: dict[str, Ranking] = {}
        for name, index in (("local", local), ("milvus", remote)):
            request = Request(question.text, 5, (), as_of=question.day or "any")
            started = time.perf_counter()
            rankings[name] = search(index, request)
            seconds[name].append(time.perf_counter() - started)
            found[name].append(_reciprocal(_articles(rankings[name]), relevant))
        one, other = rankings["local"], rankings["milvus"]
        same = _articles(one) == _articles(other)
        classes["the same first ten articles" if same else _class(one, other)] += 1
    return {
        "questions": len(questions),
        "mrr": {name: round(float(np.mean(values)), 4) for name, values in found.items()},
        "other_rank": sum(a != b for a, b in zip(found["local"], found["milvus"], strict=True)),
        "classes": dict(classes),
        "seconds": {name: spread(values) for name, values in seconds.items()},
    }


def _resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS:")), 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare an index on Milvus with the local one.")
    parser.add_argument("index", type=Path)
    parser.add_argument("address")
    parser.add_argument("--dataset", type=Path, default=DATASET)
    parser.add_argument("--questions", type=int)
    parser.add_argument("--server", type=int, metavar="PID", help="the server's process, for its memory")
    parser.add_argument("--copy", action="store_true")
    options = parser.parse_args()
    cpu = copy(current(options.index), options.address) if options.copy else None
    with Index.open(options.index) as local, MilvusIndex.open(options.address) as remote:
        facts = compared(local, remote, options.dataset, options.questions)
        facts["passages"] = local.passage_count
    facts["copy_cpu_s"] = cpu
    facts["server_mb"] = round(_resident(options.server)) if options.server else None
    seconds, mrr, classes = facts["seconds"], facts["mrr"], facts["classes"]
    assert isinstance(seconds, dict)
    assert isinstance(mrr, dict)
    assert isinstance(classes, dict)
    lines: list[tuple[object, ...]] = [("", "local", "Milvus Lite")]
    lines.append(("MRR, as of the day of asking", mrr["local"], mrr["milvus"]))
    lines += [(f"a search, {name}", seconds["local"][name], seconds["milvus"][name]) for name in seconds["local"]]
    lines.append(("resident memory of the server, MB", "", facts["server_mb"]))
    named = "; ".join(f"{name}: {number}" for name, number in classes.items())
    text = f"{facts['questions']} questions of {options.dataset.name}, {facts['passages']:,} passages; "
    text += f"{facts['other_rank']} with another rank of the right article. {named}"
    save("milvus", facts, f"{table(lines)}\n\n{text}.")


if __name__ == "__main__":
    main()
