"""How long `qa.retrieve` takes, warm, with the question's embedding; and whether threads change what it answers.

    python -m tests.benchmarks.retrieval [--dataset DIR] [--index DIR] [--questions 200] [--threads 8]

Without --index, one is built from the data set's corpus first. Sentences are judged by their words: what the reader
costs does not grow with the index, and `ask_speed` has it. Wall-clock times of one thread that asks one question
after another; then all of them again by several threads at once, whose answers must be those of one.
"""

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index import Index
from index.building.build import build
from qa import retrieve
from tests.benchmarks.common import DATASET, questions, save, spread, table

__all__ = ["measure", "stages"]

_WARM = 30  # questions asked before the clock starts
_PARTS = ("encode_queries", "dense", "lexical_passages", "lexical_articles", "cosines", "article_at")


@contextmanager
def stages(index: Index) -> Iterator[dict[str, float]]:
    """Seconds spent in each part of the index while the block runs."""
    spent: dict[str, float] = defaultdict(float)

    def timed(name: str) -> Any:
        part = getattr(index, name)

        def call(*given: Any) -> Any:
            started = time.perf_counter()
            try:
                return part(*given)
            finally:
                spent[name] += time.perf_counter() - started

        return call

    for name in _PARTS:
        setattr(index, name, timed(name))
    try:
        yield spent
    finally:
        for name in _PARTS:
            delattr(index, name)


def measure(index: Index, asked: list[str], threads: int) -> tuple[dict[str, Any], list[tuple[object, ...]]]:
    """Facts and table rows for an open index."""
    for question in asked[:_WARM]:
        retrieve(question, index=index, reader=False)
    one, wall, own = [], [], []
    for question in asked:
        started, used = time.perf_counter(), time.thread_time()
        one.append(_said(index, question))
        wall.append(time.perf_counter() - started)
        own.append(time.thread_time() - used)
    with stages(index) as spent:
        for question in asked:
            retrieve(question, index=index, reader=False)
    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        many = list(pool.map(lambda question: _said(index, question), asked))
    together = time.perf_counter() - started
    differ = sum(a != b for a, b in zip(one, many, strict=True))
    facts: dict[str, Any] = {
        "passages": index.passage_count,
        "questions": len(asked),
        "wall": spread(wall),
        "cpu_of_the_asking_thread": spread(own),
        "mean_ms_by_part": {name: round(1000 * seconds / len(asked), 2) for name, seconds in spent.items()},
        "threads": threads,
        "questions_a_second_with_threads": round(len(asked) / together, 1),
        "questions_a_second_alone": round(len(asked) / sum(wall), 1),
        "answers_that_differ_with_threads": differ,
    }
    lines: list[tuple[object, ...]] = [(f"qa.retrieve, {index.passage_count:,} passages", "p50 ms", "p95 ms", "least")]
    for name in ("wall", "cpu_of_the_asking_thread"):
        lines.append((name.replace("_", " "), *facts[name].values()))
    for name, mean in facts["mean_ms_by_part"].items():
        lines.append((f"of which {name}, mean", mean, "", ""))
    return facts, lines


def _said(index: Index, question: str) -> list[tuple[object, ...]]:
    found = retrieve(question, 10, index=index, reader=False)
    # Scores to 3 digits: bf16 products of one and of several texts round apart in the last ones.
    return [(c.article_id, c.start, c.end, c.sentence_start, round(c.score, 3)) for c in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, default=DATASET)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--threads", type=int, default=8)
    options = parser.parse_args()
    asked = questions(options.dataset, options.questions)
    with tempfile.TemporaryDirectory() as folder:
        path = options.index
        if path is None:
            path = Path(folder) / "index"
            build([options.dataset / "corpus.jsonl.gz"], path)
        with Index.open(path) as index:
            facts, lines = measure(index, asked, options.threads)
    text = table(lines) + (
        f"\n\n{options.threads} threads: {facts['answers_that_differ_with_threads']} of {len(asked)} answers differ "
        f"from one thread's; {facts['questions_a_second_with_threads']} questions a second instead of "
        f"{facts['questions_a_second_alone']}."
    )
    save("retrieval", facts, text)


if __name__ == "__main__":
    main()
