"""One question at a time: median and 95th percentile, with and without the reader, time-blind and as of the day.

python -m tests.benchmarks.ask_speed --index INDEX [--data DATASET] [--questions N]
"""

import argparse
import json
import random
import time
from pathlib import Path
from typing import Any

from index import Index
from qa import ask
from tests.benchmarks.common import DATASET, save, spread, table

WARM = 10  # questions asked before, so that nothing is loaded or compiled while time is taken


def main() -> None:
    parser = argparse.ArgumentParser(description="One question at a time.")
    parser.add_argument("--index", type=Path, required=True, help="an index to ask")
    parser.add_argument("--data", type=Path, default=DATASET, help="a data set with questions (default: %(default)s)")
    parser.add_argument("--questions", type=int, default=100, help="how many (default: %(default)s)")
    options = parser.parse_args()
    lines = (options.data / "queries.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in random.Random(0).sample(lines, min(options.questions + WARM, len(lines)))]
    facts: dict[str, Any] = {"questions": len(rows) - WARM}
    shown: list[tuple[object, ...]] = [("a question", "ms, median", "ms, 95th percentile", "ms of CPU, mean")]
    with Index.open(options.index) as index:
        facts["passages"] = index.passage_count
        for reader in (False, True):
            for blind in (True, False):
                seconds, before = [], 0.0
                for number, row in enumerate(rows):
                    if number == WARM:
                        before = time.process_time()
                    start = time.perf_counter()
                    ask(row["question"], index=index, reader=reader, as_of="any" if blind else row.get("date") or "any")
                    seconds.append(time.perf_counter() - start)
                cpu = (time.process_time() - before) / (len(rows) - WARM) * 1000
                name = f"{'read' if reader else 'judged by words'}, {'time-blind' if blind else 'as of its day'}"
                facts[name] = found = spread(seconds[WARM:]) | {"cpu_ms": round(cpu, 1)}
                shown.append((name, found["p50_ms"], found["p95_ms"], found["cpu_ms"]))
    save("ask-speed", facts, f"{table(shown)}\n\n{facts['questions']} questions, {facts['passages']:,} passages.")


if __name__ == "__main__":
    main()
