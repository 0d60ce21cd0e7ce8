"""How long a person waits at the window: from the start of `app.py`, and from a question to its painted answer.

    python -m tests.benchmarks.window_speed [--index DIR] [--questions FILE] [--count 40]

Needs Chromium. Starts `app.py` on an index that is there (without --index, on one of the sample articles that it makes
first) and measures, in seconds since the process was started, when its address answers, when the page can be asked,
and when the first answer, asked at once, stands. Then it asks `count` questions, one after another; each is timed
in the page, from the click to the frame after its answer stands, beside the same call of `qa.ask` in this process.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from index import Index
from index.building.build import build
from qa import ask
from tests.benchmarks.common import ROOT, save, spread, table
from tests.chromium import chromium

_GOLDEN = ROOT / "tests" / "golden" / "sample.jsonl"
_WAIT = 120_000  # ms
# Resolves with the milliseconds from the click to the frame after the new answer or refusal is in the page.
_TIMED = """question => new Promise(done => {
  const chat = document.getElementById('chat'), box = document.querySelector('#ask textarea');
  const count = () => chat.querySelectorAll('.answer, .refusal').length;
  const before = count();
  box.value = question;
  box.dispatchEvent(new Event('input', {bubbles: true}));
  setTimeout(() => {
    const began = performance.now();
    const watch = new MutationObserver(() => {
      if (count() <= before) return;
      watch.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
    });
    watch.observe(chat, {childList: true, subtree: true});
    document.querySelector('#ask .submit-button, #ask button').click();
  }, 60);
})"""


def _serve(index: Path) -> tuple[subprocess.Popen[str], str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, str(ROOT / "app.py"), "--index", str(index)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
            return process, found.group()
    raise SystemExit("the window did not start")


def _ask(page: Page, question: str) -> float:
    return float(page.evaluate(_TIMED, question)) / 1000


def measured(index: Path, questions: list[str]) -> dict[str, Any]:
    """Seconds until each step of the start, and of each question in the page and by itself."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(_WAIT)
        began = time.perf_counter()
        process, address = _serve(index)
        try:
            steps = {"address": time.perf_counter() - began}
            page.goto(address)
            page.wait_for_selector("#ask textarea")
            steps["page"] = time.perf_counter() - began
            _ask(page, questions[0])
            steps["first answer"] = time.perf_counter() - began
            page.wait_for_selector(".status.ready")
            painted = []
            for question in questions:
                context = browser.new_context()  # each is the first question of its conversation
                fresh = context.new_page()
                fresh.set_default_timeout(_WAIT)
                fresh.goto(address)
                fresh.wait_for_selector(".status.ready")
                painted.append(_ask(fresh, question))
                context.close()
        finally:
            process.terminate()
            process.wait()
            browser.close()
    alone = []
    with Index.open(index) as opened:
        ask(questions[0], index=opened)
        for question in questions:
            at = time.perf_counter()
            ask(question, index=opened)
            alone.append(time.perf_counter() - at)
    return {"steps": steps, "painted": painted, "alone": alone}


def main() -> None:
    parser = argparse.ArgumentParser(description="How long a person waits at the window.")
    parser.add_argument("--index", type=Path, help="an index that is there (default: of the sample articles)")
    parser.add_argument("--questions", type=Path, default=_GOLDEN, help="JSONL with questions (default: %(default)s)")
    parser.add_argument("--count", type=int, default=40, help="how many (default: %(default)s)")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.questions.read_text("utf-8").splitlines()]
    questions = [row["question"] for row in rows][: options.count]
    with tempfile.TemporaryDirectory() as base:
        place = options.index
        if place is None:
            place = Path(base) / "sample.index"
            build([ROOT / "index" / "sample"], place)
        found = measured(place, questions)
        with Index.open(place) as index:
            passages = index.passage_count
    painted, alone = spread(found["painted"]), spread(found["alone"])
    extra = sorted(page - own for page, own in zip(found["painted"], found["alone"], strict=True))
    steps = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in found["steps"].items())
    timed = {"in the page, from the click to the painted answer": painted, "ask alone": alone}
    lines = [(name, f"{of['p50_ms']:.0f}", f"{of['p95_ms']:.0f}") for name, of in timed.items()]
    text = table([("", "p50 ms", "p95 ms"), *lines])
    facts = {**found, "passages": passages}
    more = f"{1000 * extra[len(extra) // 2]:.0f} ms of the page beyond `ask` at the median"
    save(
        "window-speed",
        facts,
        f"{passages:,} passages, {len(questions)} questions. Started: {steps}.\n\n{text}\n\n{more}.",
    )


if __name__ == "__main__":
    main()
