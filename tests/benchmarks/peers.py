"""Finding articles, beside other libraries on the same articles, questions and model, each as it is documented.

    python -m tests.benchmarks.peers --work FOLDER [--data DATASET] [--articles N] [--only PEER...]

makes a virtual environment for each peer under FOLDER, by the names of its packages (pip), and gives each the weights
of all-MiniLM-L6-v2 that this project has as a package, so that none downloads a model. One peer runs at a time, on one
thread. A peer that cannot be installed or fails has a row that says so. Memory is the most that its process held; size
is that of its environment, PyTorch included. Ours is asked time-blind, since the others know no dates.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.embedding.model_folder import default_folder
from tests.benchmarks.common import DATASET, ROOT, rows, save, spread, table

WORKER = Path(__file__).with_name("peer_worker.py")
TORCH = "torch==2.13.0"  # the CPU build that this project uses, for all alike
PEERS: dict[str, tuple[str, ...]] = {
    "ours": (str(ROOT),),
    "without_reader": (str(ROOT),),
    "plain": ("sentence-transformers", "faiss-cpu"),
    "txtai": ("txtai",),
    "langchain": (
        *("langchain-community", "langchain-huggingface", "langchain-text-splitters"),
        *("sentence-transformers", "faiss-cpu"),
    ),
    "llama_index": ("llama-index-core", "llama-index-embeddings-huggingface"),
    "haystack": ("haystack-ai", "sentence-transformers-haystack"),
}
NAMES = {
    "ours": "**this project, time-blind**",
    "without_reader": "**this project, `--no-reader`**",
    "plain": "sentence-transformers + FAISS",
    "txtai": "txtai, hybrid",
    "langchain": "LangChain, FAISS",
    "llama_index": "LlamaIndex",
    "haystack": "Haystack",
}


class PeerFailedError(Exception):
    """A peer could not be installed or run; the message is what it said last."""


def prepare(dataset: Path, count: int, folder: Path) -> dict[str, set[str]]:
    """Writes articles.jsonl and questions.jsonl: the articles that the judged questions need, then others up to
    `count`. The relevant articles of each question."""
    relevant: dict[str, set[str]] = {}
    for line in (dataset / "qrels.tsv").read_text("utf-8").splitlines():
        query, article, grade = line.split("\t")
        if grade.isdigit() and int(grade) > 0:
            relevant.setdefault(query, set()).add(article)
    needed = set().union(*relevant.values())
    every = rows(dataset)
    chosen = [row for row in every if row["id"] in needed]
    chosen += [row for row in every if row["id"] not in needed][: max(0, count - len(chosen))]
    asked = [json.loads(line) for line in (dataset / "queries.jsonl").read_text("utf-8").splitlines()]
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "articles.jsonl", [{**row, "title": row.get("title") or ""} for row in chosen])
    _write(folder / "questions.jsonl", [row for row in asked if row["id"] in relevant])
    return relevant


def _write(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def environment(peer: str, work: Path) -> Path:
    """The Python of a peer's environment, which is made where it is not there. Raises PeerFailedError."""
    home = work / "environments" / next(name for name, packages in PEERS.items() if packages == PEERS[peer])
    python, made = home / "bin" / "python", home / "made"
    if not made.exists():
        _run([sys.executable, "-m", "venv", "--clear", str(home)])
        _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", TORCH, *PEERS[peer]])
        made.touch()
    return python


def _run(command: Sequence[str]) -> str:
    alone = {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "PYTHONPATH": ""}
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **alone}, cwd="/")
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["it said nothing"]
        raise PeerFailedError(lines[-1][:160])
    return done.stdout


def megabytes(folder: Path) -> int:
    return round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6)


def measure(peer: str, work: Path, folder: Path, relevant: dict[str, set[str]]) -> dict[str, Any]:
    """What a peer does with the articles. Raises PeerFailedError."""
    python = environment(peer, work)
    model, facts = str(default_folder()), dict[str, Any]()
    for phase in ("build", "ask"):
        facts |= json.loads(_run([str(python), str(WORKER), peer, phase, model, str(folder)]).splitlines()[-1])
    ranked = facts.pop("ranked")
    first = np.array([_first(ranked[query], relevant[query]) for query in ranked])
    return {
        "hit@1": float((first == 1).mean()),
        "hit@5": float((first <= 5).mean()),
        "mrr@10": float(np.where(first <= 10, 1 / first, 0).mean()),
        "asked": spread(facts.pop("seconds")),
        "asked_cpu": spread(facts.pop("cpu_seconds")),
        "size_mb": megabytes(python.parents[1]),
        **facts,
    }


def _first(found: Sequence[str], wanted: set[str]) -> float:
    return next((place for place, article in enumerate(found, 1) if article in wanted), np.inf)


def line(peer: str, facts: dict[str, Any]) -> tuple[object, ...]:
    if "failed" in facts:
        return (NAMES[peer], f"not measured: {facts['failed']}", *[""] * 8)
    times = (
        f"{facts['asked']['p50_ms']:.0f}",
        f"{facts['asked']['p95_ms']:.0f}",
        f"{facts['asked_cpu']['p50_ms']:.0f}",
    )
    spent = (f"{facts['build_s']:.0f} ({facts['build_cpu_s']:.0f} of CPU)", f"{facts['cold_s']:.1f}")
    held = (f"{facts['build_mb']:.0f}", f"{facts['ask_mb']:.0f}", f"{facts['size_mb']}")
    found = (f"{facts[name]:.3f}".lstrip("0") for name in ("hit@1", "hit@5", "mrr@10"))
    return (NAMES[peer], *found, *times, *spent, *held)


def main() -> None:
    parser = argparse.ArgumentParser(description="Finding articles, beside other libraries.")
    parser.add_argument("--work", type=Path, required=True, help="a folder for environments and indexes")
    parser.add_argument("--data", type=Path, default=DATASET, help="a data set (default: %(default)s)")
    parser.add_argument("--articles", type=int, default=800, help="how many (default: %(default)s)")
    parser.add_argument("--only", nargs="+", choices=PEERS, default=list(PEERS), help="peers (default: all)")
    options = parser.parse_args()
    work = options.work.resolve()
    folder = work / f"articles-{options.articles}"
    relevant = prepare(options.data, options.articles, folder)
    results: dict[str, Any] = {}
    for peer in options.only:
        try:
            results[peer] = measure(peer, work, folder, relevant)
        except PeerFailedError as error:
            results[peer] = {"failed": str(error)}
        print(peer, results[peer], file=sys.stderr, flush=True)
    head = ("", "first", "first five", "MRR@10", "p50 ms", "p95 ms", "CPU ms", "build s", "cold s")
    lines = [(*head, "MB, build", "MB, asked", "MB on disk"), *(line(peer, facts) for peer, facts in results.items())]
    counts = f"{len(relevant)} questions, {options.articles} articles, all-MiniLM-L6-v2, one thread."
    save(f"peers-{options.data.name}", {"articles": options.articles, "peers": results}, f"{counts}\n\n{table(lines)}")


if __name__ == "__main__":
    main()
