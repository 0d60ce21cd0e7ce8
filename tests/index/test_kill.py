"""A sample of tests/benchmarks/kill.py: builds killed or interrupted at seeded instants, in processes of their own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

_PROGRAM = """
import signal, sys
from pathlib import Path
from tests.benchmarks.kill import run_trials
counts = run_trials(Path(sys.argv[1]), int(sys.argv[2]), seed=7, which=signal.Signals(int(sys.argv[3])))
assert sum(counts.values()) == int(sys.argv[2])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the trials fork")
@pytest.mark.parametrize(("which", "instants"), [(signal.SIGKILL, 4), (signal.SIGINT, 2)])
def test_a_build_can_be_stopped_at_any_instant(tmp_path: Path, which: int, instants: int) -> None:
    # Not from this process: its threads and open indexes would be forked along.
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path), str(instants), str(int(which))],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
