"""An incremental build answers exactly as a build from scratch does, whatever was done to the articles between."""

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.building.build import BuildOptions, build
from index.errors import NothingToIndex
from index.store.snapshot import Index
from tests.fakes import Answered, FakeEncoder, answers, assert_same_answers, write_article

NAMES = ("a.txt", "b.txt", "c.md", "rows.jsonl", "deep/a.txt", "deep/er/d.txt", "deep/rows.jsonl", "bad.xyz")
Edit = tuple[str, str, str, int]

edits = st.lists(
    st.tuples(
        st.sampled_from(("write", "write", "append", "delete", "rename", "touch", "swap", "copy", "empty", "break")),
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=6,
)


def _edit(folder: Path, edit: Edit) -> None:
    what, name, second, seed = edit
    path, other = folder / name, folder / second
    if what == "write":
        write_article(folder, name, seed)
    if not path.exists():
        return
    other.parent.mkdir(parents=True, exist_ok=True)
    if what == "append":
        with path.open("ab") as file:
            file.write(b"\r\n\r\nThe inspector postponed the funeral in Doha, a spokesman said late on Tuesday.\r\n")
    elif what == "delete":
        path.unlink()
    elif what == "rename":
        path.replace(other)
    elif what == "touch":
        os.utime(path, (seed, seed))
    elif what == "swap" and other.exists() and path != other:
        path.rename(folder / "swapping")
        other.rename(path)
        (folder / "swapping").rename(other)
    elif what == "copy" and path != other:
        shutil.copy2(path, other)
    elif what == "empty":
        path.write_bytes(b"")
    elif what == "break" and path.suffix == ".jsonl":
        path.write_bytes(path.read_bytes().replace(b"}", b"", 1))


def _build(folder: Path, root: Path) -> Answered | None:
    encoder = FakeEncoder()
    try:
        build([folder], root, BuildOptions(encoder=encoder))
    except NothingToIndex:
        return None
    with Index.open(root, encoder=encoder) as index:
        return answers(index)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sets(st.sampled_from(NAMES), min_size=1), st.lists(edits, min_size=1, max_size=3))
def test_incremental_equals_scratch(names: set[str], rounds: list[list[Edit]]) -> None:
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base, "articles")
        folder.mkdir()
        for seed, name in enumerate(sorted(names)):
            write_article(folder, name, seed)
        _build(folder, Path(base, "kept.index"))
        for number, round_ in enumerate(rounds):
            for edit in round_:
                _edit(folder, edit)
            kept = _build(folder, Path(base, "kept.index"))
            fresh = _build(folder, Path(base, f"{number}.index"))
            assert (kept is None) == (fresh is None)
            if kept is not None and fresh is not None:
                assert_same_answers(kept, fresh)
