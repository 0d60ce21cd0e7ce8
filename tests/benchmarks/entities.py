"""How well people, organisations and places are found in hand-tagged sentences, and what that adds to a build.

    python -m tests.benchmarks.entities [--dataset DIR] [--articles 600] [--rounds 3]

Builds with and without entities take turns, in one process with the model loaded, each once from nothing and once with
all embeddings cached; medians of wall time and of CPU time, and their ratios. `--rounds 0` builds nothing.
"""

import argparse
import json
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from index.building.build import BuildOptions, build
from index.embedding.encoder import DEFAULT_MODEL
from index.embedding.registry import shared_encoder
from index.entities.recognise import entities_of
from index.store.snapshot import Index
from index.types import KINDS
from tests.benchmarks.common import DATASET, rows, save, table
from tests.tagged_names import HELD_OUT, TAGGED, measure

_WAYS: dict[str, Callable[..., Any]] = {"with": entities_of, "without": lambda *_: []}
_STATES = ("from nothing", "embeddings cached")
_TARGET = "<= 1.15"


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _builds(dataset: Path, count: int, rounds: int, base: Path) -> dict[str, Any]:
    """Seconds and CPU seconds by state and way, a list each."""
    source = base / "articles"
    source.mkdir()
    for number, row in enumerate(rows(dataset, count)):
        (source / f"{number:05}.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    encoder = shared_encoder(DEFAULT_MODEL, "auto")
    found: dict[str, Any] = {state: {way: {"seconds": [], "cpu": []} for way in _WAYS} for state in _STATES}
    for turn in range(rounds):
        for way in list(_WAYS)[:: 1 if turn % 2 else -1]:
            root = base / f"{way}.index"
            shutil.rmtree(root, ignore_errors=True)
            for state in _STATES:
                (root / "CURRENT").unlink(missing_ok=True)
                began, used = time.perf_counter(), _cpu()
                with patch("index.building.write_passages.entities_of", _WAYS[way]):
                    report = build([source], root, BuildOptions(encoder=encoder))
                found[state][way]["seconds"].append(round(time.perf_counter() - began, 2))
                found[state][way]["cpu"].append(round(_cpu() - used, 2))
                assert report.changed
            print(turn, way, {state: found[state][way]["seconds"][-1] for state in _STATES}, flush=True)
    with Index.open(base / "with.index", encoder=encoder) as index:
        entities = index.catalog.entities()
        assert entities is not None
        found["entities"] = {kind: len(entities.counted(kind)) for kind in KINDS}
        found["articles"], found["passages"] = index.article_count, index.passage_count
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, default=DATASET)
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    facts: dict[str, Any] = {}
    lines: list[tuple[object, ...]] = [("hand-tagged sentences", "kind", "mentions", "precision", "recall")]
    for name, path in (("60, in sight of the rules", TAGGED), ("30, held out", HELD_OUT)):
        found, _ = measure(path)
        facts[path.stem] = found
        for kind, (precision, recall, count) in found.items():
            lines.append((name, kind, count, f"{precision:.3f}", f"{recall:.3f}"))
    text = table(lines)
    if options.rounds:
        with tempfile.TemporaryDirectory() as base:
            made = facts["builds"] = _builds(options.dataset, options.articles, options.rounds, Path(base))
        lines = [("build", "with", "without", "ratio", "CPU: with", "without", "ratio", "target")]
        for state in _STATES:
            cells: list[object] = [state]
            for measured in ("seconds", "cpu"):
                one, other = (statistics.median(made[state][way][measured]) for way in _WAYS)
                cells += [f"{one:.1f} s", f"{other:.1f} s", f"{one / other:.3f}"]
            lines.append((*cells, _TARGET if state == _STATES[0] else ""))
        named = ", ".join(f"{count:,} of kind {kind}" for kind, count in made["entities"].items())
        text += f"\n\n{table(lines)}\n\n{made['articles']:,} articles, {made['passages']:,} passages: {named}."
    save("entities", facts, text)


if __name__ == "__main__":
    main()
