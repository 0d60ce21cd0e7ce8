"""Garbage is not searched for while something is imported, nor once more when a command ends."""

import gc
import subprocess
import sys

import pytest

from index.garbage import uncollected

AT_THE_END = """
import atexit, gc
from index.command import run_command
atexit.register(lambda: print(gc.get_freeze_count() > 0))  # runs after what is registered later
assert run_command("x", lambda: 0) == 0 and not gc.get_freeze_count()
"""


def test_it_is_searched_for_again_afterwards() -> None:
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(KeyError), uncollected():
        raise KeyError
    assert gc.isenabled()


def test_who_has_switched_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_command_ends_without_another_search() -> None:
    done = subprocess.run([sys.executable, "-c", AT_THE_END], capture_output=True, text=True)
    assert done.stdout.strip() == "True", done.stderr
