"""No regular expression of index and qa takes longer than in proportion on a long run of characters, of any class."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import long_runs

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="CPU time is limited by signals")
ROOT = Path(__file__).parents[1]
CPU_SECONDS = 600  # of all expressions together, when the matcher cannot be interrupted; usually 30


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def test_the_time_of_every_expression_grows_with_the_length_of_a_run_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.long_runs"], cwd=ROOT, capture_output=True, text=True, preexec_fn=_limit
    )
    assert done.returncode == 0, done.stdout + done.stderr[-400:]
    assert re.fullmatch(r"\d+ expressions, 0 slow\n", done.stdout)


def test_expressions_are_found_wherever_they_stand() -> None:
    names = long_runs.patterns()
    assert len(names) > 100
    for place in (
        "index.readers.text_metadata._BYLINE[0]",
        "qa.search.time_expressions.FORMS[9]",
    ):
        assert place in names
    assert any(name.startswith("index.readers.field_names:") for name in names)  # a literal within a function


# The expressions that hung a build before: they must not pass.
@pytest.mark.parametrize(
    "slow",
    [
        r"^\s*([A-Z][A-Z.'’-]+(?:[ -][A-Z.'’-]+)*)?,?\s*(?:—|–|--|-)\s+(?=\S)",
        r"(?:\.(?:com?|org|net|[a-z]{2}))+$",
        r"\s*\n\s*",
        r"^From \S+.*\d\d:\d\d",
    ],
)
def test_an_expression_that_backtracks_is_caught(slow: str) -> None:
    before = signal.signal(signal.SIGPROF, long_runs.stop)
    try:
        pattern = re.compile(slow)
        assert long_runs.slow_run(pattern)
        assert not long_runs.slow_run(re.compile(r"(?:\.(?:com|org|net|[a-z]{2})){1,3}$"))
    finally:
        signal.signal(signal.SIGPROF, before)
