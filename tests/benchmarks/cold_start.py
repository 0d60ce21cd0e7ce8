"""A first question from a cold terminal: seconds of `python -m qa ask` as a whole process.

python -m tests.benchmarks.cold_start [--index DIR] [--runs N]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from index.building.build import build
from tests.benchmarks.common import ROOT, save, table

QUESTION = "How many people were hurt at Ain al-Asad?"


def seconds(arguments: list[str]) -> float:
    """How long one Python process takes, from its start to its end."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description="A first question from a cold terminal.")
    parser.add_argument("--index", type=Path, help="an index to ask (default: one of the sample articles)")
    parser.add_argument("--runs", type=int, default=5, help="how often each, in turn, after one that does not count")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = options.index or Path(folder) / "index"
        if options.index is None:
            build([ROOT / "index" / "sample"], index)
        ways = {
            "python -m qa ask": ["-m", "qa", "ask", QUESTION, "--index", str(index)],
            "python -m qa ask --no-reader": ["-m", "qa", "ask", QUESTION, "--index", str(index), "--no-reader"],
            "import torch alone": ["-c", "import torch"],
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for run in range(options.runs + 1):
            for name, arguments in ways.items():
                found = seconds(arguments)
                if run:
                    taken[name].append(found)
    shown: list[tuple[object, ...]] = [("whole process", "s, median", "least", "most")]
    facts: dict[str, Any] = {"runs": options.runs}
    for name, each in taken.items():
        facts[name] = found_s = [round(value, 2) for value in (median(each), min(each), max(each))]
        shown.append((name, *found_s))
    save("cold-start", facts, f"{table(shown)}\n\n{options.runs} runs each, in turn.")


if __name__ == "__main__":
    main()
