"""Random damage to the files of an index, on disk and while it serves: never a dead process, never a traceback, never a
wrong answer after the check that precedes it.

    python -m tests.benchmarks.damage [--index DIR] [--damages 300] [--seed 0]

Without --index, a small one is made with a model that learned nothing. Each trial damages one file of the live
generation in place or by putting another in its place, and asks: an index opened after it ("on disk") or before it
("served"); with its files read into memory ("read"), or with all of them mapped and hashed only later, as those of an
index above the limits are ("mapped"). The questions are asked by a process of its own, so that its death is seen.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from index import LiveIndex
from index.building.build import BuildOptions, build
from index.errors import IndexDamaged
from index.store import layout
from index.store.snapshot import Index
from qa import ask
from tests.benchmarks.common import ROOT, cpu, save, table
from tests.fakes import QUESTIONS, FakeEncoder, write_article

__all__ = ["WAYS", "make", "run_in_a_process", "trials"]

_ASKED = 3  # questions of each trial
_REAL = ["Who won the election?", "What happened in Ukraine this week?", "Which company laid off workers?"]


def _flip(path: Path, rng: random.Random, _: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(place := rng.randrange(max(1, path.stat().st_size)))
        byte = file.read(1) or b"\0"
        file.seek(place)
        file.write(bytes([byte[0] ^ (1 << rng.randrange(8))]))


def _truncate(path: Path, rng: random.Random, _: bytes) -> None:
    os.truncate(path, rng.randrange(max(1, path.stat().st_size)))


def _extend(path: Path, rng: random.Random, _: bytes) -> None:
    with path.open("ab") as file:
        file.write(rng.randbytes(rng.randrange(1, 10_000)))


def _zero(path: Path, rng: random.Random, _: bytes) -> None:
    size = path.stat().st_size
    start = rng.randrange(max(1, size))
    with path.open("r+b") as file:
        file.seek(start)
        file.write(bytes(rng.randrange(1, max(2, size - start + 1))))


def _overwrite(path: Path, _: random.Random, other: bytes) -> None:
    path.write_bytes(other)


def _replace(path: Path, _: random.Random, other: bytes) -> None:
    fresh = path.with_name(f"{path.name}.fresh")
    fresh.write_bytes(other)
    os.replace(fresh, path)


def _delete(path: Path, _: random.Random, __: bytes) -> None:
    path.unlink()


WAYS: dict[str, Callable[[Path, random.Random, bytes], None]] = {
    "flip": _flip,
    "truncate": _truncate,
    "extend": _extend,
    "zero": _zero,
    "overwrite with another": _overwrite,
    "replace by another": _replace,
    "delete": _delete,
}


def make(base: Path) -> Path:
    """A small index made with the fake model."""
    for seed in range(30):
        write_article(base / "articles", f"{seed}.txt", seed)
    build([base / "articles"], base / "index", BuildOptions(encoder=FakeEncoder()))
    return base / "index"


@contextlib.contextmanager
def _limits(mapped: bool) -> Iterator[None]:
    """With `mapped`, every index counts as one above the limits, and its later check runs when a trial says so."""
    with contextlib.ExitStack() as stack:
        if mapped:
            for name, value in (
                ("files._READ_UP_TO", -1),
                ("snapshot._CHECK_UP_TO", 0),
                ("snapshot.Thread", mock.Mock),
            ):
                stack.enter_context(mock.patch(f"index.store.{name}", value))
        yield


class _Trials:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = layout.Layout(root).generations / layout.current_name(root)
        model = layout.read_manifest(self.folder).model
        fake = model["name"] == FakeEncoder().name
        self.encoder = FakeEncoder(dimension=model["dimension"]) if fake else None
        self.questions = QUESTIONS[:_ASKED] if fake else _REAL
        names = sorted(path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        self.names = [name for name in names if name.suffix != ".lock"]
        with Index.open(root, encoder=self.encoder) as index:
            self.encoder = index.encoder
            self.right = [self._said(index, question) for question in self.questions]
        assert any(self.right), "the questions of the trials find something"

    def _said(self, index: Index | LiveIndex, question: str) -> list[tuple[object, ...]]:
        answer = ask(question, index=index, as_of="any", reader=False)  # which reads no file of an index
        return [(c.article_id, c.start, c.end, c.text, c.title, c.source) for c in (*answer.citations, *answer.closest)]

    def _outcome(self, index: Callable[[], Index]) -> str:
        """The worst of what came of the questions."""
        found = set()
        for question, right in zip(self.questions, self.right, strict=True):
            try:
                found.add("right" if self._said(index(), question) == right else "wrong")
            except IndexDamaged:
                found.add("IndexDamaged")
            except BaseException:
                traceback.print_exc()
                found.add("traceback")
        return next(worst for worst in ("traceback", "wrong", "IndexDamaged", "right") if worst in found)

    def run(self, rng: random.Random) -> dict[str, str]:
        name, other = rng.choice(self.names), rng.choice(self.names)
        way, when, held = rng.choice(list(WAYS)), rng.choice(("on disk", "served")), rng.choice(("read", "mapped"))
        path = self.folder / name
        kept = path.with_name(f"{path.name}.kept")
        shutil.copy2(path, kept)
        said = {"file": str(name), "way": way, "when": when, "held": held, "before the check": ""}
        try:
            with _limits(held == "mapped"):
                live = LiveIndex(self.root, encoder=self.encoder)
                if when == "served":
                    served = live.current()
                    served._check_later()
                    assert self._said(served, self.questions[0]) == self.right[0]
                WAYS[way](path, rng, (self.folder / other).read_bytes())
                if when == "on disk" and held == "mapped":
                    said["before the check"] = self._outcome(live.current)
                    with contextlib.suppress(IndexDamaged):
                        live.current()._check_later()
                said["outcome"] = self._outcome(live.current)
        finally:
            os.replace(kept, path)
        return said


def trials(root: Path, damages: int, seed: int) -> Iterator[dict[str, str]]:
    """What came of each trial. The index is whole again after each."""
    rng = random.Random(seed)
    made = _Trials(root)
    for _ in range(damages):
        yield made.run(rng)


def run_in_a_process(root: Path, damages: int, seed: int) -> tuple[list[dict[str, str]], int, str]:
    """The trials that a process of its own came to report, its exit code (below 0: it was killed), and its standard
    error.
    """
    command = [sys.executable, "-m", "tests.benchmarks.damage", "--index", str(root), "--child"]
    command += ["--damages", str(damages), "--seed", str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode, done.stderr


def _check_seconds(root: Path) -> dict[str, Any]:
    """How long opening takes with the check and without it, the median of five."""
    spent: dict[bool, list[float]] = {True: [], False: []}
    for check in [True, False] * 5:
        started = time.perf_counter()
        with Index.open(root, check=check) as index:
            passages, size = index.passage_count, sum(file["size"] for file in index.manifest.files.values())
        spent[check].append(time.perf_counter() - started)
    opened, unchecked = (sorted(spent[check])[2] for check in (True, False))
    return {
        "passages": passages,
        "mb": round(size / 1e6, 1),
        "open_seconds": round(opened, 3),
        "open_seconds_without_check": round(unchecked, 3),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Damage an index at random.")
    parser.add_argument("--index", type=Path, help="a copy: its files are damaged, and put back after each trial")
    parser.add_argument("--damages", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        for said in trials(options.index, options.damages, options.seed):
            print(json.dumps(said), flush=True)
        return 0
    with tempfile.TemporaryDirectory() as base:
        root = options.index or make(Path(base))
        check = _check_seconds(root)
        found, code, errors = run_in_a_process(root, options.damages, options.seed)
    counts = Counter((said["when"], said["held"], said["outcome"]) for said in found)
    early = Counter(said["before the check"] for said in found if said["before the check"])
    kinds = ("right", "IndexDamaged", "wrong", "traceback")
    lines: list[tuple[object, ...]] = [("damaged", "files", *kinds)]
    for when in ("on disk", "served"):
        lines += [(when, held, *(counts[when, held, kind] for kind in kinds)) for held in ("read", "mapped")]
    lines.append(("on disk, asked before the later check", "mapped", *(early[kind] for kind in kinds)))
    ended = "ended by itself" if code == 0 else f"died ({code})"
    checking = check["open_seconds"] - check["open_seconds_without_check"]
    text = table(lines) + (
        f"\n\n{len(found)} of {options.damages} damages, seed {options.seed}; the process {ended}. "
        f"{check['passages']:,} passages, {check['mb']} MB: opened in {check['open_seconds']} s, of which the check "
        f"{checking:.2f} s."
    )
    facts = {
        "damages": options.damages,
        "seed": options.seed,
        "exit": code,
        "check": check,
        "trials": found,
        "cpu": cpu(),
    }
    save("damage", facts, text)
    print(errors[-4000:], file=sys.stderr)
    return int(code != 0 or len(found) < options.damages or bool(set(kinds[2:]) & {said["outcome"] for said in found}))


if __name__ == "__main__":
    sys.exit(main())
