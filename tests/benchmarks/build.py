"""What a build costs beside the embedding: a first one, one with nothing changed, one with 1 % of articles changed.

    python -m tests.benchmarks.build [--dataset DIR] [--articles 600] [--precision auto]

The articles are a seeded sample of a data set's corpus (0: all of it), one file each. All builds run in a process of
their own, with the model loaded before the first of them, as it is in a window or under --watch; loading has a line of
its own. Embedding alone is the stage of that name of the same build: the model and the journal that survives a kill.
"""

import argparse
import json
import multiprocessing
import os
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from index.building.build import BuildOptions, build
from index.embedding.encoder import DEFAULT_MODEL, PRECISIONS, shared_encoder
from tests.benchmarks.common import DATASET, resident_mb, rows, save, table

_CHANGED = 0.01  # of the articles


def measure(dataset: Path, count: int | None, precision: Any, base: Path) -> dict[str, Any]:
    """The three builds, in this process."""
    source = base / "articles"
    source.mkdir()
    for number, row in enumerate(rows(dataset, count)):
        (source / f"{number:05}.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    files = sorted(source.iterdir())
    started = time.perf_counter()
    encoder = shared_encoder(DEFAULT_MODEL, precision)
    facts: dict[str, Any] = {"loading_the_model_s": round(time.perf_counter() - started, 2)}

    def timed(name: str) -> None:
        began, used = time.perf_counter(), time.process_time()
        report = build([source], base / "index", BuildOptions(precision=precision))
        facts[name] = {
            "seconds": round(time.perf_counter() - began, 3),
            "cpu_seconds": round(time.process_time() - used, 3),
            "changed": report.changed,
            "articles": report.articles,
            "passages": report.passages,
            "embedded": report.embedded,
            "by_stage": {stage: round(at, 3) for stage, at in report.seconds.items()},
        }

    timed("first")
    facts["peak_mb"] = round(resident_mb("VmHWM"))
    facts["precision"] = encoder.precision
    timed("unchanged")
    for path in random.Random(0).sample(files, max(1, round(len(files) * _CHANGED))):
        row = json.loads(path.read_text("utf-8"))
        row["text"] += "\n\nThis article was amended after it had been published."
        path.write_text(json.dumps(row) + "\n", "utf-8")
        os.utime(path, (time.time() - 60, time.time() - 60))
    timed("one_in_a_hundred_changed")
    return facts


def _work(dataset: Path, count: int | None, precision: str, base: Path, answer: Any) -> None:
    answer.send(measure(dataset, count, precision, base))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, default=DATASET)
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--precision", choices=PRECISIONS, default="auto")
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as base:
        given = (options.dataset, options.articles or None, options.precision, Path(base), there)
        child = context.Process(target=_work, args=given)
        child.start()
        there.close()
        facts = here.recv()
        child.join()
    first, unchanged, changed = (facts[name] for name in ("first", "unchanged", "one_in_a_hundred_changed"))
    ratio = first["seconds"] / first["by_stage"]["embedding"]
    facts["whole_over_embedding"] = round(ratio, 3)
    facts["unchanged_share"] = round(unchanged["seconds"] / first["seconds"], 4)
    facts["one_in_a_hundred_share"] = round(changed["seconds"] / first["seconds"], 4)
    lines: list[tuple[object, ...]] = [
        (f"{first['articles']:,} articles, {first['passages']:,} passages", "seconds", "stages", "share", "target")
    ]
    named = (("first build", first), ("nothing changed", unchanged), ("1 % of articles changed", changed))
    shares = (f"{ratio:.3f} x embedding", f"{facts['unchanged_share']:.2%}", f"{facts['one_in_a_hundred_share']:.2%}")
    for (name, part), share, target in zip(named, shares, ("<= 1.15", "<= 2 %", "<= 4 %"), strict=True):
        stages = ", ".join(f"{stage} {at:.2f}" for stage, at in part["by_stage"].items())
        lines.append((name, part["seconds"], stages, share, target))
    lines.append(("peak memory, MB", facts["peak_mb"], "", "", "<= 1500"))
    lines.append(("loading the model, once", facts["loading_the_model_s"], "", "", ""))
    save("build", facts, table(lines))


if __name__ == "__main__":
    main()
