"""kill -9 (and Ctrl-C) at seeded random instants of builds: what is left must answer, and the next build must end as
one from scratch.

    python -m tests.benchmarks.kill [--instants 200] [--signal KILL|INT] [--seed 0]

Three kinds of build are killed: the first one, an incremental one, and one that prunes a generation. Half of the
instants are drawn over the time that such a build takes; half over its steps (files opened for writing, folders made,
renamed or removed, as Python's audit hooks see them), each step once before any comes again. Each build runs in a
process of its own, forked from one that has everything imported and nothing started.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import faiss  # noqa: F401  (imported here, so that no forked process has to)

from index.building.build import BuildOptions, build
from index.embedding.cache import VectorCache
from index.errors import IndexMissing
from index.store import layout
from index.store.snapshot import Index
from index.store.verify import verify
from tests.fakes import Answered, FakeEncoder, answers, assert_same_answers, write_article

__all__ = ["KINDS", "Trial", "run_trials"]

KINDS = ("first", "incremental", "prune")
RESULTS = Path(__file__).parent / "results"
_STEPS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "sqlite3.connect"}
_ARTICLES = 40


def _is_step(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether the process is about to change the disk."""
    return event in _STEPS or (event == "open" and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)))


def _child(work: Callable[[], None]) -> int:
    """A forked process that does some work: its id. It ends with 0, or with 1 and the error on standard error."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except KeyboardInterrupt:
        code = 130
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _wait(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _do(work: Callable[[], None]) -> None:
    assert _wait(_child(work)) == 0


def _build(base: Path, name: str = "index") -> None:
    build([base / "articles"], base / name, BuildOptions(encoder=FakeEncoder()))


def _answers(root: Path) -> Answered:
    with Index.open(root, encoder=FakeEncoder()) as index:
        return answers(index)


class _Scene:
    """An index and articles that have changed since, what it answers now, and what it must answer after a build."""

    def __init__(self, kind: str, base: Path) -> None:
        self.kind, self.base = kind, base
        (base / "articles").mkdir(parents=True)
        rounds = {"first": 0, "incremental": 1, "prune": 2}[kind]
        for number in range(_ARTICLES):
            write_article(base / "articles", f"{number}.txt", number)
        for published in range(rounds):
            _do(lambda: _build(base))
            for number in range(8):
                write_article(base / "articles", f"{number + published}.txt", 100 * published + 1000 + number)
            (base / "articles" / f"{20 + published}.txt").unlink()
        clock = time.perf_counter()
        # Not `self.base / "index"`: the index of this scene must stay as it is.
        copy = base.with_name(f"{base.name}.timed")
        shutil.copytree(base, copy)
        _do(lambda: _build(copy))
        self.seconds = time.perf_counter() - clock

    @cached_property
    def steps(self) -> int:
        """How many steps such a build takes."""
        counting, counted = self.base.with_name(f"{self.base.name}.counted"), self.base.with_name("steps")
        shutil.copytree(self.base, counting)
        _do(lambda: _count(counting, counted))
        return int(counted.read_text())


def _count(base: Path, result: Path) -> None:
    seen = [0]
    sys.addaudithook(lambda event, arguments: seen.__setitem__(0, seen[0] + _is_step(event, arguments)))
    _build(base)
    result.write_text(str(seen[0]))


class Trial:
    """One build that is killed at one instant."""

    def __init__(self, scene: _Scene, how: str, instant: float, number: int) -> None:
        self.scene, self.how, self.instant = scene, how, instant
        self.base = scene.base.with_name(f"{scene.base.name}.{number}")

    def run(self, which: signal.Signals) -> str:
        """What was left: "before" or "after" the publication, or "nothing" of a first build."""
        shutil.copytree(self.scene.base, self.base)
        before = layout.named_by(self.base / "index")
        pid = _child(self._killed_at_step(which) if self.how == "step" else lambda: _build(self.base))
        if self.how == "time":
            time.sleep(self.instant)
            os.kill(pid, which)
        code = _wait(pid)
        assert code in (0, 130, -which), code
        left = layout.named_by(self.base / "index")
        _do(lambda: self._check(before, left))
        shutil.rmtree(self.base)
        return "nothing" if left is None else "before" if left == before else "after"

    def _killed_at_step(self, which: signal.Signals) -> Callable[[], None]:
        def work() -> None:
            seen = [0]

            def hook(event: str, arguments: tuple[Any, ...]) -> None:
                if _is_step(event, arguments):
                    seen[0] += 1
                    if seen[0] == int(self.instant):
                        os.kill(os.getpid(), which)

            sys.addaudithook(hook)
            _build(self.base)

        return work

    def _check(self, before: str | None, left: str | None) -> None:
        root = self.base / "index"
        if left is None:
            assert before is None, "the index is lost"
            try:
                Index.open(root)
            except IndexMissing:
                pass
            else:
                raise AssertionError("an index that nobody published")
        else:
            old = _answers(self.scene.base / "index") if before == left else None
            kept = _answers(root)
            if old is not None:
                assert_same_answers(old, _at(kept, self.base, self.scene.base))
            assert not verify(root).wrong
        _build(self.base)
        _build(self.base, "scratch")
        assert_same_answers(_answers(root), _answers(self.base / "scratch"))
        assert not verify(root).wrong
        names = sorted(path.name for path in (root / "generations").iterdir())
        assert len(names) <= 2, names
        assert not [name for name in names if name.startswith(".")], names
        with closing(VectorCache(root / "embeddings.db")) as cache, Index.open(root) as index:
            assert len(cache) == len(set(index.passages["key"].tolist())), "vectors of articles that are not there"


def _at(found: Answered, here: Path, there: Path) -> Answered:
    """The same answers with the paths of another folder."""
    moved = [
        tuple(part.replace(f"{here}/", f"{there}/") if isinstance(part, str) else part for part in article)
        for article in found.articles
    ]
    return replace(found, articles=moved)


def run_trials(
    base: Path,
    instants: int,
    seed: int = 0,
    which: signal.Signals = signal.SIGKILL,
    say: Callable[[str, str, str], None] = lambda kind, how, left: None,
) -> Counter[tuple[str, str, str]]:
    """Kills that many builds, the three kinds in turn. Counts (kind, how, what was left); raises at the first harm."""
    rng = random.Random(seed)
    scenes: dict[str, _Scene] = {}
    steps: dict[str, list[int]] = {kind: [] for kind in KINDS}
    counts: Counter[tuple[str, str, str]] = Counter()
    for number in range(instants):
        kind = KINDS[number % 3]
        how = ("time", "step")[number // 3 % 2]
        scene = scenes[kind] = scenes.get(kind) or _Scene(kind, base / kind)
        if how == "step" and not steps[kind]:
            steps[kind] = rng.sample(range(1, scene.steps + 1), scene.steps)
        instant = rng.uniform(0, scene.seconds * 1.1) if how == "time" else steps[kind].pop()
        try:
            left = Trial(scene, how, instant, number).run(which)
        except AssertionError as error:
            raise AssertionError(f"trial {number} of seed {seed}: {kind} build, {how} {instant}") from error
        counts[kind, how, left] += 1
        say(kind, how, left)
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill builds at random instants.")
    parser.add_argument("--instants", type=int, default=200)
    parser.add_argument("--signal", choices=("KILL", "INT"), default="KILL")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    which = signal.Signals[f"SIG{options.signal}"]
    done = 0

    def say(*_: str) -> None:
        nonlocal done
        done += 1
        if done % 20 == 0:
            print(f"{done} of {options.instants}", file=sys.stderr, flush=True)

    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=RESULTS)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as base:
        counts = run_trials(Path(base), options.instants, options.seed, which, say)
    print(f"{'build':<12} {'instant by':<11} {'nothing yet':>11} {'old answers':>11} {'new answers':>11}")
    rows = []
    for kind in KINDS:
        for how in ("time", "step"):
            row = [counts[kind, how, left] for left in ("nothing", "before", "after")]
            rows.append({"build": kind, "by": how, "nothing": row[0], "before": row[1], "after": row[2]})
            print(f"{kind:<12} {how:<11} {row[0]:>11} {row[1]:>11} {row[2]:>11}")
    print(
        f"SIG{options.signal} at {options.instants} instants, seed {options.seed}: 0 unusable indexes, 0 lost "
        f"generations, every next build equal to one from scratch ({time.perf_counter() - started:.0f} s)"
    )
    result = {"instants": options.instants, "seed": options.seed, "unusable": 0, "lost": 0, "unequal": 0, "rows": rows}
    name = f"kill-{options.signal.lower()}-{commit.stdout.strip() or 'unknown'}.json"
    (RESULTS / name).write_text(json.dumps(result, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
