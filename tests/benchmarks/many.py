"""Many questions together against one by one: CPU time, rate, and whether the answers are the same.

python -m tests.benchmarks.many --index INDEX [--data DATASET] [--questions N]
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index import Index
from qa import Answer, ask, ask_many
from tests.benchmarks.common import DATASET, questions, save, table


def timed(run: Callable[[], list[Answer]]) -> tuple[list[Answer], float, float]:
    """What it gives, and the seconds it took: of CPU, and by the clock."""
    cpu, clock = time.process_time(), time.perf_counter()
    found = run()
    return found, time.process_time() - cpu, time.perf_counter() - clock


def quoted(answer: Answer) -> list[tuple[str, int, int]]:
    return [(one.article_id, one.start, one.end) for one in answer.citations or answer.closest]


def main() -> None:
    parser = argparse.ArgumentParser(description="Many questions together against one by one.")
    parser.add_argument("--index", type=Path, required=True, help="an index to ask")
    parser.add_argument("--data", type=Path, default=DATASET, help="a data set with questions (default: %(default)s)")
    parser.add_argument("--questions", type=int, default=100, help="how many (default: %(default)s)")
    options = parser.parse_args()
    asked = questions(options.data, options.questions)
    with Index.open(options.index) as index:
        ask_many(["Is anything still to be loaded?"] * 2, index=index)
        together, cpu, clock = timed(lambda: ask_many(asked, index=index))
        alone, cpu_alone, clock_alone = timed(lambda: [ask(question, index=index) for question in asked])
        passages = index.passage_count
    pairs = list(zip(alone, together, strict=True))
    facts: dict[str, Any] = {
        "questions": len(asked),
        "passages": passages,
        "cpu_s": cpu,
        "cpu_alone_s": cpu_alone,
        "clock_s": clock,
        "clock_alone_s": clock_alone,
        "same_passages": sum(sorted(quoted(one)) == sorted(quoted(other)) for one, other in pairs),
        "same_order": sum(quoted(one) == quoted(other) for one, other in pairs),
        "same_found": sum(one.found == other.found for one, other in pairs),
        "confidence": max(abs(one.confidence - other.confidence) for one, other in pairs),
    }
    lines = [
        ("of each question", "one by one", "together", "ratio"),
        ("ms of CPU", *_row(cpu_alone, cpu, len(asked))),
        ("ms by the clock", *_row(clock_alone, clock, len(asked))),
    ]
    same = (
        f"{len(asked)} questions, {passages:,} passages. Same passages: {facts['same_passages']}; in the same order: "
        f"{facts['same_order']}; both found or both refused: {facts['same_found']}; confidences differ by at most "
        f"{facts['confidence']:.4f}."
    )
    save("many", facts, f"{table(lines)}\n\n{same}")


def _row(alone: float, together: float, count: int) -> tuple[str, str, str]:
    return f"{alone / count * 1000:.0f}", f"{together / count * 1000:.0f}", f"{alone / together:.2f}"


if __name__ == "__main__":
    main()
