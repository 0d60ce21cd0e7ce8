"""kill -9 of writers, and of the server, at seeded random instants: nothing is lost, no half generation is ever seen,
and the next build completes what was begun.

    python -m tests.benchmarks.milvus_kill [--writers 30] [--servers 10] [--seed 0]

Writers are processes of their own, and so is the server (Milvus Lite, over gRPC). While they are killed a reader asks
on and on, as a window does; each of its answers must be that of the generation before or of the new one, whole. What
they must be is taken from an index in a folder that is built of the same articles. Half of the writers are killed at an
instant of the time that a build takes, half before one of the calls that it makes.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.common import save, table
from tests.benchmarks.milvus_scene import Reader, Scene, Writer

__all__ = ["KINDS", "run_servers", "run_writers"]

KINDS = ("first", "later", "shards")
_AWAY = 0.5  # seconds until the server that was killed is started again


def _killed(scene: Scene, place: str, how: str, shards: tuple[str | None, ...]) -> bool:
    """Whether the kill came before the build had ended. With shards, one of two writers is the one."""
    victim = scene.random.randrange(len(shards))
    step = scene.random.randint(1, scene.calls // len(shards)) if how == "call" else 0
    writers = [Writer(scene, place, shard, step if turn == victim else 0) for turn, shard in enumerate(shards)]
    for writer in writers:
        writer.go()
    if how == "time":
        time.sleep(scene.random.uniform(0, 1.1 * scene.seconds))
        writers[victim].process.kill()
    codes = [writer.end()[0] for writer in writers]
    assert all(code == 0 for number, code in enumerate(codes) if number != victim), codes
    assert codes[victim] in (0, -signal.SIGKILL), codes
    return codes[victim] != 0


def run_writers(scene: Scene, count: int, say: Callable[[str], None]) -> tuple[Counter[Any], Counter[str], int]:
    """Kills that many writers, the three kinds of build in turn. Counts (kind, how, what was left), what the reader
    saw, and how often shards had to be run more than once."""
    counts: Counter[Any] = Counter()
    read: Counter[str] = Counter()
    again = 0
    place = scene.server.address("news")
    scene.timed(place)
    for number in range(count):
        kind, how = KINDS[number % 3], ("time", "call")[number // 3 % 2]
        shards: tuple[str | None, ...] = ("1/2", "2/2") if kind == "shards" else (None,)
        here = scene.server.address(f"first{number}") if kind == "first" else place
        if kind != "first":
            scene.change()
        before = None if kind == "first" else scene.kept
        reader = Reader(here, before, scene.expected)
        try:
            killed = _killed(scene, here, how, shards)
            left = scene.seen(here, before)
            again += scene.complete(here, shards) > 1
        finally:
            read += reader.stop()
        counts[kind, how, left if killed else "ended first"] += 1
        say(f"writer {number + 1}: {kind}, by {how}: {left if killed else 'ended before the kill'}")
    return counts, read, again


def run_servers(scene: Scene, count: int, say: Callable[[str], None]) -> tuple[Counter[str], list[float]]:
    """Kills the server so often, during a build and during questions in turn. Counts what the reader saw; the seconds
    from each new start to the first answer."""
    read: Counter[str] = Counter()
    seconds: list[float] = []
    place = scene.server.address("news")
    scene.complete(place)
    for number in range(count):
        writes = number % 2 == 0
        if writes:
            scene.change()
        before = scene.kept if writes else scene.expected
        reader = Reader(place, before, scene.expected, may_be_away=True)
        try:
            writer = Writer(scene, place) if writes else None
            if writer:
                writer.go()
            time.sleep(scene.random.uniform(0, scene.seconds))
            scene.server.kill()
            time.sleep(_AWAY)
            scene.server.start()
            started = time.monotonic()
            if writer:
                assert writer.end()[0] == 0, "the writer gave up"
            while reader.answered_at < started:
                assert time.monotonic() - started < 120, "the reader does not recover"
                reader.check()
                time.sleep(0.05)
            seconds.append(reader.answered_at - started)
            scene.complete(place)
        finally:
            read += reader.stop()
        say(f"server {number + 1}: during {'a build' if writes else 'questions'}")
    return read, seconds


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill writers and the server at random instants.")
    parser.add_argument("--writers", type=int, default=30)
    parser.add_argument("--servers", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    def say(words: str) -> None:
        print(words, file=sys.stderr, flush=True)

    started = time.monotonic()
    with tempfile.TemporaryDirectory() as base:
        scene = Scene(Path(base), options.seed)
        try:
            counts, read, again = run_writers(scene, options.writers, say)
            away, seconds = run_servers(scene, options.servers, say)
        finally:
            scene.server.kill()
    ends = ("nothing", "before", "after", "ended first")
    lines: list[tuple[object, ...]] = [("build", "killed at", "nothing yet", "old answers", "new answers", "too late")]
    for kind in KINDS:
        for how in ("time", "call"):
            lines.append((kind, f"an instant ({how})", *(counts[kind, how, end] for end in ends)))
    text = (
        f"{options.writers} writers killed, seed {options.seed}: 0 lost, 0 half generations seen in "
        f"{read['before'] + read['after']:,} readings of everything (and {read['nothing']:,} of nothing yet); every "
        f"next build ended as one in a folder does, and left no more than two generations. Shards were run again "
        f"{again} times after that.\n\n{options.servers} kills of the server, half during a build, half during "
        f"questions: {away['before'] + away['after']:,} readings were right, {away['away']} said that the server is "
        f"away, none was wrong; each writer went on by itself. First answer after the new start: median "
        f"{sorted(seconds)[len(seconds) // 2]:.1f} s, at most {max(seconds):.1f} s.\n\n"
        f"{table(lines)}\n\n{time.monotonic() - started:.0f} seconds in all."
    )
    facts = {
        "seed": options.seed,
        "writers": [[*key, number] for key, number in sorted(counts.items())],
        "read_meanwhile": dict(read),
        "shards_again": again,
        "servers": {"killed": options.servers, "read_meanwhile": dict(away), "seconds_to_the_first_answer": seconds},
    }
    save("milvus-kill", facts, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
