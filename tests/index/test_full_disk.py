"""A disk that runs full during a build: a sample of tests/benchmarks/full_disk.py."""

import errno
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from index.building.build import Progress
from index.errors import BuildFailed
from index.store import layout
from tests.conftest import Build
from tests.fakes import write_article

ROOT = Path(__file__).parents[2]
UNSHARE = shutil.which("unshare")
MOUNT = ["-rm", "sh", "-c", "mkdir -p $0/disk && mount -t tmpfs -o size=1m tmpfs $0/disk"]


def test_every_stage_of_a_build_on_a_full_disk(tmp_path: Path) -> None:
    if UNSHARE is None or subprocess.run([UNSHARE, *MOUNT, str(tmp_path)], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    done = subprocess.run(
        [UNSHARE, "-rm", sys.executable, "-m", "tests.benchmarks.full_disk", "--levels", "9"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "refused, old index answers" in done.stdout
    assert "published" in done.stdout


def _sqlite() -> Exception:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL  # as SQLite sets it
    return error


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        _sqlite(),
        RuntimeError("Error in faiss: write error in dense.faiss: 65455 != 640000 (No space left on device)"),
        ValueError("Internal error: 'No space left on device (os error 28)'"),
    ],
)
def test_each_library_says_full_in_its_own_way_and_we_in_one(
    make: Build, articles: Path, root: Path, error: Exception
) -> None:
    first = make()
    write_article(articles, "new.txt", 9)

    def fail(progress: Progress) -> None:
        if progress.stage == "indexing":
            raise error

    with pytest.raises(BuildFailed, match="is full; free some space"):
        make(progress=fail)
    assert layout.current_name(root) == first.generation
