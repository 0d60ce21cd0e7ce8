"""An index on a server of Milvus Lite beside the local one, at several sizes and in one run: build from known vectors,
answers, time of a question, memory and disk; and two writers side by side.

    python -m tests.benchmarks.milvus INDEX [--dataset DIR] [--sizes 10000 40968 100000] [--folder DIR]

INDEX holds the data set's articles. A size is its first passages, or all and then changed copies, as in
`tests.benchmarks.scale`. What both builds do (articles, words, copies) is not counted. Both engines answer the same
questions in the same process, turn about; their memory is that of a process each.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from index import Index
from index.milvus.address import Address
from index.milvus.publish import missing_shards, publish
from index.milvus.server import WRITING, Server
from index.milvus.snapshot import MilvusIndex
from index.milvus.staged import Staged
from index.milvus.write import Shard, Writer
from index.store.layout import Layout, current_name, open_array
from index.stores import follow
from qa import retrieve
from tests.benchmarks.common import DATASET, questions, resident_mb, save, table
from tests.benchmarks.milvus_answers import compared
from tests.benchmarks.milvus_sizes import stored
from tests.benchmarks.scale import multiply
from tests.lite_server import LiteServer

__all__ = ["copy", "current"]

_ASKED = 50  # questions after which memory is read
_COMMON = ("making the copies", "catalog", "forward index", "finding copies")  # steps that both builds take


def current(root: Path) -> Path:
    """The folder of an index's live generation."""
    return Layout(root).generations / current_name(root)


def copy(folder: Path, address: str, shard: Shard | None = None) -> float:
    """Writes a local generation, or a shard of it, to a server, vectors and all; publishes it when nothing is missing.
    CPU seconds of this process."""
    started = time.process_time()
    server, staged, part = Server(Address.of(address), WRITING), Staged(folder), shard or Shard()
    vectors = open_array(folder / "vectors.npy")
    writer = Writer(server, staged, part, lambda _: None)
    writer.write(lambda rows: vectors[rows])
    if not missing_shards(server, writer.generation, staged, part.of):
        publish(server, writer.generation)
    server.close()
    return time.process_time() - started


def ask(place: str, dataset: Path) -> dict[str, float]:
    """In a process of its own: seconds to open an index, and memory before any, after opening and after questions."""
    asked = questions(dataset, _ASKED)
    at_first = resident_mb()
    started = time.perf_counter()
    index = follow(place).current()
    opened, seconds = resident_mb(), time.perf_counter() - started
    for question in asked:
        retrieve(question, index=index, as_of="any")
    index.close()
    return {"before": at_first, "opened": opened, "asked": resident_mb(), "open_seconds": seconds}


def _process(server: LiteServer) -> dict[str, float]:
    """Memory of the server now and at most, in MB, and its CPU seconds."""
    assert server.process
    lines = Path(f"/proc/{server.process.pid}/status").read_text("ascii").splitlines()
    sizes = {name: rest.split()[0] for name, _, rest in (line.partition(":") for line in lines) if name[:2] == "Vm"}
    ticks = Path(f"/proc/{server.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
    now, most = (int(sizes[name]) / 1000 for name in ("VmRSS", "VmHWM"))
    return {"now": now, "most": most, "cpu": sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")}


def _disk_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _child(*arguments: str) -> str:
    command = [sys.executable, "-m", "tests.benchmarks.milvus", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1]


def _restarted(server: LiteServer, place: str, question: str) -> tuple[float, float]:
    """Seconds until a server that was killed listens again, and from then to the first answer."""
    server.kill()
    started = time.monotonic()
    server.start()
    listening = time.monotonic()
    with MilvusIndex.open(Address.of(place)) as index:
        retrieve(question, index=index, as_of="any")
    return listening - started, time.monotonic() - listening


def _two_writers(server: LiteServer, folder: Path, place: str, dataset: Path) -> dict[str, Any]:
    """What two processes write at once, beside what one has written: how often each had to run, and the answers."""
    other, runs = server.address("halves"), 0
    while not runs or other.rpartition("/")[2] not in _aliases(server):
        assert runs < 3, "two writers do not end"
        runs += 1
        command = [sys.executable, "-m", "tests.benchmarks.milvus", str(folder), "--into", other, "--shard"]
        both = [subprocess.Popen([*command, f"{number}/2"]) for number in (1, 2)]
        assert [one.wait() for one in both] == [0, 0]
    with MilvusIndex.open(place) as one, MilvusIndex.open(other) as two:
        return {"runs": runs, **compared(one, two, dataset)}


def _aliases(server: LiteServer) -> list[str]:
    client = Server(Address.of(server.address("any")))
    found: list[str] = client.call("list_aliases")["aliases"]
    client.close()
    return found


def measured(base: Index, work: Path, size: int, options: argparse.Namespace) -> dict[str, Any]:
    """Everything of one size."""
    root, dataset = work / str(size), options.dataset
    started = time.process_time()
    steps = multiply(base, root, size)
    local_cpu = time.process_time() - started
    folder, server = current(root), LiteServer(work / f"{size}.milvus").start()
    try:
        place, idle = server.address("news"), _process(server)
        started = time.perf_counter()
        cpu = copy(folder, place)
        written = time.perf_counter() - started
        facts: dict[str, Any] = {
            "passages": size,
            "build_s": {
                "both": sum(steps[name] for name in steps if name in _COMMON),
                "local": sum(steps[name] for name in steps if name not in _COMMON),
                "milvus": written,
            },
            "build_cpu_s": {"both and local": local_cpu, "writer": cpu, "server": _process(server)["cpu"]},
            "server": {"idle": idle, "written": _process(server)},
            "stored_bytes_a_passage": stored(folder),
        }
        with Index.open(root) as local, MilvusIndex.open(place) as remote:
            facts["answers"] = compared(local, remote, dataset, options.questions)
        facts["server"]["asked"] = _process(server)
        facts["readers"] = {
            name: json.loads(_child(str(at), "--ask", "--dataset", str(dataset)))
            for name, at in (("local", root), ("milvus", place))
        }
        facts["disk_mb"] = {"local": _disk_mb(folder), "milvus": _disk_mb(server.folder)}
        facts["restart_s"] = _restarted(server, place, questions(dataset, 1)[0])
        facts["server"]["restarted"] = _process(server)
        if size == options.halves:
            facts["two_writers"] = _two_writers(server, folder, place, dataset)
    finally:
        server.kill()
    return facts


def _lines(sizes: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    def line(name: str, value: Any) -> tuple[object, ...]:
        return (name, *(value(facts) for facts in sizes))

    def spread_of(name: str) -> Any:
        return lambda facts: "{p50_ms:.0f} / {p95_ms:.0f}".format(**facts["answers"]["seconds"][name])

    def memory(name: str, when: str) -> Any:
        return lambda facts: f"{facts['readers'][name][when]:.0f}"

    return [
        ("passages", *(f"{facts['passages']:,}" for facts in sizes)),
        line("what both builds do, s", lambda facts: f"{facts['build_s']['both']:.0f}"),
        line("what both and the local build do, CPU s", lambda facts: f"{facts['build_cpu_s']['both and local']:.0f}"),
        line("Milvus, CPU s of the writer", lambda facts: f"{facts['build_cpu_s']['writer']:.0f}"),
        line("Milvus, CPU s of the server until then", lambda facts: f"{facts['build_cpu_s']['server']:.0f}"),
        line("local: BM25, FAISS, hashes, s", lambda facts: f"{facts['build_s']['local']:.1f}"),
        line("Milvus: rows written and published, s", lambda facts: f"{facts['build_s']['milvus']:.0f}"),
        line("search p50 / p95, local, ms", spread_of("one")),
        line("search p50 / p95, Milvus, ms", spread_of("other")),
        line("memory of a reader, local: opened, MB", memory("local", "opened")),
        line("memory of a reader, local: asked, MB", memory("local", "asked")),
        line("memory of a reader, Milvus: opened, MB", memory("milvus", "opened")),
        line("memory of a reader, Milvus: asked, MB", memory("milvus", "asked")),
        line("memory of the server: asked, MB", lambda facts: f"{facts['server']['asked']['now']:.0f}"),
        line("memory of the server: at most, MB", lambda facts: f"{facts['server']['asked']['most']:.0f}"),
        line("on disk, local, MB", lambda facts: f"{facts['disk_mb']['local']:.0f}"),
        line("on disk, Milvus, MB", lambda facts: f"{facts['disk_mb']['milvus']:.0f}"),
        line("sent, bytes a passage", lambda facts: f"{sum(facts['stored_bytes_a_passage'].values()):.0f}"),
        line("killed: s to listen, then to answer", lambda facts: "{:.0f}, {:.0f}".format(*facts["restart_s"])),
        line("MRR, local / Milvus", lambda facts: " / ".join(map(str, facts["answers"]["mrr"].values()))),
        line("same first ten articles", lambda facts: f"{facts['answers']['same']} of {facts['answers']['questions']}"),
    ]


def report(sizes: list[dict[str, Any]], dataset: str) -> None:
    """Saves what has been measured, under the sizes."""
    said = []
    for facts in sizes:
        found = facts["answers"]
        said.append(f"{facts['passages']:,} passages: " + "; ".join(f"{k}: {n}" for k, n in found["classes"].items()))
        if two := facts.get("two_writers"):
            said[-1] += f". Two writers at once ({two['runs']} runs) and one: {two['classes']}"
    text = f"{sizes[0]['answers']['questions']} questions of {dataset}, on their own days.\n\n"
    name = "-".join(str(facts["passages"]) for facts in sizes)
    save(f"milvus-{name}", {"sizes": sizes}, text + table(_lines(sizes)) + "\n\n" + ".\n".join(said) + ".")


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare an index on Milvus Lite with the local one.")
    parser.add_argument("index")
    parser.add_argument("--dataset", type=Path, default=DATASET)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 40_968, 100_000])
    parser.add_argument("--questions", type=int, help="how many of them, evenly spread (default: all)")
    parser.add_argument("--halves", type=int, default=10_000, help="the size at which two writers write at once")
    parser.add_argument("--folder", type=Path, help="where the indexes are made (default: a temporary one)")
    parser.add_argument("--ask", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--into", help=argparse.SUPPRESS)
    parser.add_argument("--shard", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask:
        print(json.dumps(ask(options.index, options.dataset)))
        return
    if options.into:
        print(copy(Path(options.index), options.into, Shard.of_words(options.shard)))
        return
    sizes: list[dict[str, Any]] = []
    for size in options.sizes:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder, Index.open(options.index) as base:
            sizes.append(measured(base, Path(folder), size, options))
    report(sizes, options.dataset.name)


if __name__ == "__main__":
    main()
