"""Many people at one window: no error, the answers that each question gets when it is asked alone, no growing memory,
and a rebuild in the middle that nobody notices.

    python -m tests.benchmarks.window_load [--people 30] [--seconds 120] [--articles DIR] [--questions FILE]

Starts `app.py` on a copy of the sample articles (or of DIR), asks every question once, and then lets so many people
ask at random, each waiting for an answer before the next question. At half time the index is built anew from nothing
by a process of its own. Questions go by HTTP, of which the window takes four at a time; the rest is what people wait.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import index
from tests.benchmarks.common import ROOT, save, table

__all__ = ["Asked", "Load", "main"]

_GOLDEN = ROOT / "tests" / "golden" / "sample.jsonl"
_LONGEST = 300.0  # seconds until an answer that does not come is an error


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was answered: when it was sent, in seconds since the start, how long it took, and what was wrong;
    nothing for the answer that it gets alone."""

    sent: float
    took: float
    wrong: str = ""


@dataclass
class Load:
    """What was asked, the memory of the window in MB at times, and when the rebuild began and ended."""

    asked: list[Asked] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    rebuilt: tuple[float, float] = (0.0, 0.0)


def _serve(folder: Path, articles: Path) -> tuple[subprocess.Popen[str], str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, str(ROOT / "app.py"), "--articles", str(articles), "--index", str(folder / "load.index")]
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
            return process, found.group()
    raise SystemExit((folder / "errors").read_text())


def ask(address: str, question: str) -> dict[str, Any]:
    """The answer, without what names the generation that gave it. Raises OSError."""
    body = json.dumps({"question": question, "as_of": "any"}).encode()
    request = urllib.request.Request(f"{address}v1/ask", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=_LONGEST) as reply:
        answer: dict[str, Any] = json.load(reply)
    answer.pop("generation", None)
    return answer


def _ready(address: str, question: str) -> None:
    while True:
        try:
            ask(address, question)
            return
        except urllib.error.HTTPError as error:
            if error.code != 503:
                raise SystemExit(error.read().decode()) from error
            time.sleep(1)


def _resident(process: subprocess.Popen[str]) -> float:
    for line in Path(f"/proc/{process.pid}/status").read_text("ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1000
    return float("nan")


def _run(address: str, process: subprocess.Popen[str], alone: dict[str, Any], people: int, seconds: float,
         rebuild: list[str]) -> Load:  # fmt: skip
    load, began = Load(), time.monotonic()

    def now() -> float:
        return time.monotonic() - began

    def person(seed: int) -> None:
        rng = random.Random(seed)
        while (sent := now()) < seconds:
            question, wrong = rng.choice(list(alone)), ""
            try:
                wrong = "" if ask(address, question) == alone[question] else "another answer"
            except (OSError, ValueError) as error:
                wrong = type(error).__name__
            load.asked.append(Asked(sent, now() - sent, wrong))

    threads = [threading.Thread(target=person, args=(seed,)) for seed in range(people)]
    for thread in threads:
        thread.start()
    building: subprocess.Popen[bytes] | None = None
    while any(thread.is_alive() for thread in threads):
        load.memory.append((now(), _resident(process)))
        if building is None and now() > seconds / 2:
            load.rebuilt = now(), float("inf")
            building = subprocess.Popen(rebuild, cwd=ROOT, stdout=subprocess.DEVNULL)
        elif building is not None and building.poll() is not None and load.rebuilt[1] == float("inf"):
            load.rebuilt = load.rebuilt[0], now()
        time.sleep(0.5)
    if building is not None and building.wait():
        load.asked.append(Asked(seconds, 0.0, "the rebuild failed"))
    return load


def _report(load: Load, people: int, seconds: float) -> tuple[dict[str, Any], str]:
    begin, end = load.rebuilt
    parts = {
        "before the rebuild": [one for one in load.asked if one.sent + one.took < begin],
        "while it was built anew": [one for one in load.asked if one.sent + one.took >= begin and one.sent <= end],
        "after it": [one for one in load.asked if one.sent > end],
    }
    lines: list[tuple[object, ...]] = [(f"{people} people", "answers", "errors or other answers", "p50 s", "p95 s")]
    for name, asked in parts.items():
        took = [one.took for one in asked]
        spread = [f"{np.percentile(took, share):.2f}" for share in (50, 95)] if took else ["", ""]
        lines.append((name, len(asked), sum(bool(one.wrong) for one in asked), *spread))
    first = [size for at, size in load.memory if at < begin]
    last = [size for at, size in load.memory[-max(1, len(load.memory) // 5) :]]
    memory = {"before_mb": round(float(np.median(first)), 1), "last_mb": round(float(np.median(last)), 1)}
    wrong = sorted({one.wrong for one in load.asked if one.wrong})
    facts = {"people": people, "seconds": seconds, "table": [list(line) for line in lines], "wrong": wrong, **memory}
    said = (
        f"Memory without mapped files: {memory['before_mb']} MB before the rebuild, {memory['last_mb']} MB at the end."
    )
    return facts, f"{table(lines)}\n\n{said}" + (f" Wrong: {', '.join(wrong)}." if wrong else "")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--articles", type=Path, default=Path(index.__file__).parent / "sample")
    parser.add_argument("--questions", type=Path, default=_GOLDEN, help='rows {"question": "..."}')
    options = parser.parse_args(arguments)
    rows = [json.loads(line) for line in options.questions.read_text("utf-8").splitlines() if line.strip()]
    questions = list(dict.fromkeys(row["question"] for row in rows))
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        articles = Path(shutil.copytree(options.articles, folder / "articles"))
        process, address = _serve(folder, articles)
        try:
            _ready(address, questions[0])
            alone = {question: ask(address, question) for question in questions}
            root = str(folder / "load.index")
            rebuild = [sys.executable, "-m", "index", "build", str(articles), "--index", root, "--rebuild"]
            load = _run(address, process, alone, options.people, options.seconds, rebuild)
        finally:
            process.terminate()
            process.wait()
    facts, text = _report(load, options.people, options.seconds)
    save("window_load", facts, text)


if __name__ == "__main__":
    main()
