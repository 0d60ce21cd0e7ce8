"""Builds on a disk that runs full at every stage: one clear sentence each time, and the old index unharmed.

    unshare -rm python -m tests.benchmarks.full_disk [--levels 24] [--save]

It mounts a small tmpfs of its own, which takes root or a user namespace (as above).
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from index.building.build import BuildOptions, build
from index.errors import BuildFailed
from index.store import layout
from index.store.snapshot import Index
from index.store.verify import verify
from tests.fakes import FakeEncoder, answers, assert_same_answers, write_article

RESULTS = Path(__file__).parent / "results"
_DISK = 24_000_000  # bytes
_PAGE = 4096


def main() -> int:
    parser = argparse.ArgumentParser(description="Build while the disk runs full.")
    parser.add_argument("--levels", type=int, default=24)
    parser.add_argument("--save", action="store_true", help="keep the table under results/, named by commit")
    options = parser.parse_args()
    levels = options.levels
    with tempfile.TemporaryDirectory() as base:
        disk = Path(base) / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(disk)], check=True)
        try:
            rows = _run(Path(base), disk, levels)
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)
    for row in rows:
        print(json.dumps(row))
    if options.save:
        git = ["git", "-C", str(RESULTS), "rev-parse", "--short", "HEAD"]
        commit = subprocess.run(git, capture_output=True, text=True).stdout.strip() or "unknown"
        (RESULTS / f"full-disk-{commit}.json").write_text(json.dumps(rows, indent=1) + "\n")
    return 0


def _run(base: Path, disk: Path, levels: int) -> list[dict[str, object]]:
    articles, root, encoder = base / "articles", disk / "index", FakeEncoder()
    for number in range(150):
        write_article(articles, f"{number}.txt", number, sentences=40)
    build([articles], root, BuildOptions(encoder=encoder))
    before = shutil.disk_usage(disk).free
    with Index.open(root, encoder=encoder) as index:
        old = answers(index)
    for number in range(30):
        write_article(articles, f"{number}.txt", 1000 + number, sentences=40)
    build([articles], base / "scratch", BuildOptions(encoder=encoder))
    with Index.open(base / "scratch", encoder=encoder) as index:
        new = answers(index)
    needed = (_DISK - before) * 1.2
    kept = base / "kept"
    shutil.copytree(root, kept)
    rows: list[dict[str, object]] = []
    for level in range(levels):
        room = int(needed * level / (levels - 1))
        shutil.rmtree(root)
        shutil.copytree(kept, root)
        ballast = disk / "ballast"
        ballast.write_bytes(b"\0" * max(0, (shutil.disk_usage(disk).free - room) // _PAGE * _PAGE))
        words, live = "", layout.current_name(root)
        try:
            build([articles], root, BuildOptions(encoder=encoder))
        except BuildFailed as error:
            words = str(error)
            assert words == f"the disk of {root} is full; free some space and run this again", words
            assert layout.current_name(root) == live
        assert not list(root.glob("generations/.*"))
        with Index.open(root, encoder=encoder) as index:
            assert_same_answers(old if words else new, answers(index))
        assert not verify(root).wrong
        ballast.unlink()
        build([articles], root, BuildOptions(encoder=encoder))
        with Index.open(root, encoder=encoder) as index:
            assert_same_answers(new, answers(index))
        rows.append({"room": room, "outcome": "refused, old index answers" if words else "published"})
    assert {row["outcome"] for row in rows} == {"refused, old index answers", "published"}
    return rows


if __name__ == "__main__":
    sys.exit(main())
