"""Ways to break a file of a stored index, which files there are, and what must be said of it."""

import re
from collections.abc import Callable
from pathlib import Path

from index.store import layout

__all__ = [
    "WAYS",
    "assert_is_one_clear_sentence",
    "counterpart",
    "find_file",
    "flip",
    "generations",
    "listed_files",
    "truncate",
]


def truncate(path: Path, _: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def _empty(path: Path, _: Path) -> None:
    path.write_bytes(b"")


def flip(path: Path, _: Path) -> None:
    stored = bytearray(path.read_bytes())
    stored[len(stored) // 2] ^= 0x10
    path.write_bytes(stored)


def _delete(path: Path, _: Path) -> None:
    path.unlink()


def _swap(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes())


def _lengthen(path: Path, _: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def _folder(path: Path, _: Path) -> None:
    path.unlink()
    path.mkdir()


WAYS: dict[str, Callable[[Path, Path], None]] = {
    "truncated": truncate,
    "emptied": _empty,
    "bit-flipped": flip,
    "deleted": _delete,
    "swapped": _swap,
    "lengthened": _lengthen,
    "made a folder": _folder,
}


def listed_files(folder: Path) -> list[Path]:
    """Every file of a generation; tantivy names most of its own at random."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    assert len(found) > 25
    assert not [path for path in found if path.suffix == ".lock"]
    return found


def find_file(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def counterpart(path: Path, live: Path, before: Path) -> Path:
    """The file of the generation before that has the same place; made another one where it is the same."""
    inner = path.relative_to(live)
    tantivy = path.suffix not in (".npy", ".json", ".db", ".faiss")
    (other,) = (before / inner.parent).glob(f"*{path.suffix}" if tantivy else path.name)
    if other.read_bytes() == path.read_bytes():
        flip(other, other)
    return other


def generations(root: Path) -> tuple[Path, Path]:
    before, live = sorted((root / "generations").iterdir())
    assert layout.current_name(root) == live.name
    return before, live


def assert_is_one_clear_sentence(words: str) -> None:
    assert "\n" not in words
    assert "Traceback" not in words
    assert re.search(r"python -m index build", words), "it names its remedy"
