"""What the benchmarks of the index share: real passages and questions, percentiles, and where results go."""

import gzip
import json
import platform
import random
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from index.types import Article

__all__ = ["DATASET", "articles", "cpu", "questions", "resident_mb", "rows", "save", "spread", "table"]

ROOT = Path(__file__).resolve().parents[2]
DATASET = ROOT.parent / "shared" / "eval" / "realtimeqa"
RESULTS = Path(__file__).parent / "results"


def rows(dataset: Path, count: int | None = None, seed: int = 0) -> list[dict[str, Any]]:
    """The articles of a data set as its corpus states them: all, or a seeded sample in the corpus's order."""
    with gzip.open(dataset / "corpus.jsonl.gz", "rt", encoding="utf-8") as file:
        lines = file.read().splitlines()
    if count is not None and count < len(lines):
        lines = [lines[row] for row in sorted(random.Random(seed).sample(range(len(lines)), count))]
    return [json.loads(line) for line in lines]


def articles(dataset: Path, count: int | None = None, seed: int = 0) -> list[Article]:
    """The same as Articles."""
    return [
        Article(
            id=row["id"],
            text=row["text"],
            title=row.get("title") or "",
            source=row.get("source") or "",
            published=date.fromisoformat(row["date"][:10]) if row.get("date") else None,
        )
        for row in rows(dataset, count, seed)
    ]


def questions(dataset: Path, count: int, seed: int = 0) -> list[str]:
    """A seeded sample of a data set's questions."""
    lines = (dataset / "queries.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["question"] for line in random.Random(seed).sample(lines, min(count, len(lines)))]


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and least of some durations, in milliseconds."""
    times = np.asarray(seconds) * 1000
    return {
        "p50_ms": round(float(np.percentile(times, 50)), 2),
        "p95_ms": round(float(np.percentile(times, 95)), 2),
        "least_ms": round(float(times.min()), 2),
    }


def resident_mb(field: str = "VmRSS") -> float:
    """Memory of this process in MB: VmRSS now, VmHWM at most so far, RssAnon without files mapped into memory."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1000
    return float("nan")


def cpu() -> str:
    """The processor, its number of cores, and the load from other work when this is called."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    units = [flag for flag in ("amx_bf16", "avx512_bf16") if flag in flags]
    load = Path("/proc/loadavg").read_text("ascii").split()[0]
    cores = sum(line.startswith("processor") for line in lines)
    return f"{name}, {cores} cores, {' and '.join(units) or 'no bf16'}; load average {load}"


def table(lines: Sequence[tuple[object, ...]]) -> str:
    """A Markdown table; the first line is its head."""
    head, *body = lines
    every = [head, ("---",) * len(head), *body]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in every)


def save(name: str, facts: dict[str, Any], text: str) -> None:
    """Prints a result and writes it as results/NAME-COMMIT.json and .md."""
    found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT)
    commit = found.stdout.strip() or "unknown"
    text = f"{text}\n\n{cpu()}; commit {commit}, {date.today()}."
    print(text, flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}-{commit}.json").write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    (RESULTS / f"{name}-{commit}.md").write_text(text + "\n", "utf-8")
