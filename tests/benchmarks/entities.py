"""How well people, organisations and places are found in hand-tagged sentences, and what that adds to a build.

    python -m tests.benchmarks.entities [--dataset DIR] [--articles 600] [--rounds 3]

Each round builds once from nothing and once with all embeddings cached, with the model loaded. What finding entities
takes is timed within each build, so that other work on the machine weighs on both; medians. `--rounds 0` builds none.
"""

import argparse
import json
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from index.building.build import BuildOptions, build
from index.embedding.encoder import DEFAULT_MODEL, shared_encoder
from index.entities.recognise import entities_of
from index.store.snapshot import Index
from index.types import KINDS, Article, Entity, Span
from tests.benchmarks.common import DATASET, rows, save, table
from tests.tagged_names import HELD_OUT, TAGGED, measure

_STATES = ("from nothing", "embeddings cached")
_MEASURED = ("seconds", "entities_seconds", "cpu", "entities_cpu")
_TARGET = "<= 1.15"


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class _Timed:
    """`entities_of` with the wall and CPU seconds that its calls took."""

    def __init__(self) -> None:
        self.seconds = self.cpu = 0.0

    def __call__(self, article: Article, body: Iterable[Span]) -> list[Entity]:
        began, used = time.perf_counter(), time.thread_time()
        found = entities_of(article, body)
        self.seconds += time.perf_counter() - began
        self.cpu += time.thread_time() - used
        return found


def _builds(dataset: Path, count: int, rounds: int, base: Path) -> dict[str, Any]:
    """By state, a list each: wall and CPU seconds of a build, and those of finding entities in it."""
    source = base / "articles"
    source.mkdir()
    for number, row in enumerate(rows(dataset, count)):
        (source / f"{number:05}.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    encoder = shared_encoder(DEFAULT_MODEL, "auto")
    found: dict[str, Any] = {state: {name: [] for name in _MEASURED} for state in _STATES}
    root = base / "index"
    for _ in range(rounds):
        shutil.rmtree(root, ignore_errors=True)
        for state in _STATES:
            (root / "CURRENT").unlink(missing_ok=True)
            timed, began, used = _Timed(), time.perf_counter(), _cpu()
            with patch("index.building.write_passages.entities_of", timed):
                report = build([source], root, BuildOptions(encoder=encoder))
            took = (time.perf_counter() - began, timed.seconds, _cpu() - used, timed.cpu)
            for name, value in zip(_MEASURED, took, strict=True):
                found[state][name].append(round(value, 3))
            assert report.changed
            print(state, dict(zip(_MEASURED, took, strict=True)), flush=True)
    with Index.open(root, encoder=encoder) as index:
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
        lines = [("build", "seconds", "of these, entities", "ratio", "CPU seconds", "entities", "ratio", "target")]
        for state in _STATES:
            medians = [statistics.median(made[state][name]) for name in _MEASURED]
            ratios = [f"{whole / (whole - part):.3f}" for whole, part in (medians[:2], medians[2:])]
            shown = [f"{value:.1f}" for value in medians]
            target = _TARGET if state == _STATES[0] else ""
            lines.append((state, *shown[:2], ratios[0], *shown[2:], ratios[1], target))
        named = ", ".join(f"{count:,} of kind {kind}" for kind, count in made["entities"].items())
        text += f"\n\n{table(lines)}\n\n{made['articles']:,} articles, {made['passages']:,} passages: {named}."
    save("entities", facts, text)


if __name__ == "__main__":
    main()
