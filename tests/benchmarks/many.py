"""Many questions together against one by one, by calls of `ask` in one process and by a command for each: rate, CPU
time, and whether the answers are the same.

python -m tests.benchmarks.many --index INDEX [--data DATASET] [--questions N] [--rounds R] [--commands N] [--no-reader]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from index import Index
from qa import Answer, ask, ask_many
from tests.benchmarks.common import DATASET, questions, save, table

T = TypeVar("T")


def cpu_seconds() -> float:
    """Of this process and of those it started that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def timed(run: Callable[[], list[T]]) -> tuple[list[T], float, float]:
    """What it gives, and the seconds it took: of CPU, and by the clock."""
    cpu, clock = cpu_seconds(), time.perf_counter()
    found = run()
    return found, cpu_seconds() - cpu, time.perf_counter() - clock


def quoted(answer: Answer) -> list[tuple[str, int, int]]:
    return [(one.article_id, one.start, one.end) for one in answer.citations or answer.closest]


def by_command(index: Path, question: str, *, reader: bool) -> dict[str, Any]:
    """What `python -m qa ask` prints, in a process of its own."""
    command = [sys.executable, "-m", "qa", "ask", question, "--index", str(index), "--json"]
    done = subprocess.run([*command, *["--no-reader"] * (not reader)], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Many questions together against one by one.")
    parser.add_argument("--index", type=Path, required=True, help="an index to ask")
    parser.add_argument("--data", type=Path, default=DATASET, help="a data set with questions (default: %(default)s)")
    parser.add_argument("--questions", type=int, default=200, help="how many (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of both ways, of whose ratios the median counts")
    parser.add_argument("--commands", type=int, default=10, help="how many are asked by a command of their own, too")
    parser.add_argument("--no-reader", action="store_true", help="by words alone")
    options = parser.parse_args()
    asked, reader = questions(options.data, options.questions), not options.no_reader
    rounds: list[tuple[float, float, float, float]] = []
    with Index.open(options.index) as index:
        ask_many(["Is anything still to be loaded?"] * 2, index=index)
        for _ in range(options.rounds):
            together, cpu, clock = timed(lambda: ask_many(asked, index=index, reader=reader))
            alone, cpu_alone, clock_alone = timed(
                lambda: [ask(question, index=index, reader=reader) for question in asked]
            )
            rounds.append((cpu_alone, cpu, clock_alone, clock))
            print(f"{cpu_alone / cpu:.2f} by CPU, {clock_alone / clock:.2f} by the clock", flush=True)
        passages = index.passage_count
    by_itself = asked[: options.commands]
    printed, cpu_command, clock_command = timed(
        lambda: [by_command(options.index, question, reader=reader) for question in by_itself]
    )
    pairs = list(zip(alone, together, strict=True))
    cpu_alone, cpu, clock_alone, clock = (statistics.median(column) for column in zip(*rounds, strict=True))
    facts: dict[str, Any] = {
        "questions": len(asked),
        "passages": passages,
        "reader": reader,
        "rounds": [[round(value, 3) for value in one] for one in rounds],
        "identical": sum(one == other for one, other in pairs),
        "same_passages": sum(sorted(quoted(one)) == sorted(quoted(other)) for one, other in pairs),
        "same_order": sum(quoted(one) == quoted(other) for one, other in pairs),
        "same_found": sum(one.found == other.found for one, other in pairs),
        "commands": len(printed),
        "same_by_command": sum(found == _printed(one) for found, one in zip(printed, alone, strict=False)),
        "confidence": max(abs(one.confidence - other.confidence) for one, other in pairs),
    }
    commands = cpu_command / len(by_itself), clock_command / len(by_itself)
    lines = [
        (
            "of each question",
            "a command each",
            "`ask`, one by one",
            "`ask_many`",
            "`ask` / `ask_many`, median of rounds",
        ),
        ("ms of CPU", *_row(commands[0], cpu_alone, cpu, len(asked)), _ratio([one[0] / one[1] for one in rounds])),
        (
            "ms by the clock",
            *_row(commands[1], clock_alone, clock, len(asked)),
            _ratio([one[2] / one[3] for one in rounds]),
        ),
    ]
    same = (
        f"{len(asked)} questions, {passages:,} passages, {'with' if reader else 'without'} the reader, "
        f"{options.rounds} rounds. Identical: {facts['identical']}; same passages: {facts['same_passages']}; in the "
        f"same order: {facts['same_order']}; both found or both refused: {facts['same_found']}; confidences differ by "
        f"at most {facts['confidence']:.4f}. Commands: {facts['commands']}, each starting Python and loading index and "
        f"models; {facts['same_by_command']} of them say the same."
    )
    save("many" if reader else "many-no-reader", facts, f"{table(lines)}\n\n{same}")


def _printed(answer: Answer) -> Any:
    return json.loads(json.dumps(answer.to_dict()))


def _row(command: float, alone: float, together: float, count: int) -> tuple[str, str, str]:
    return f"{command * 1000:,.0f}", f"{alone / count * 1000:.0f}", f"{together / count * 1000:.0f}"


def _ratio(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


if __name__ == "__main__":
    main()
