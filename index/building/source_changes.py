"""Changes in the sources since the previous build: which files must be read, which articles cut into passages anew."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.building.report import Progress
from index.building.write_catalog import CatalogWriter
from index.hashing import file_sha256
from index.readers import Limits, SourceFile, read, read_all
from index.readers.source import PageRead
from index.store.catalog import Catalog
from index.store.catalog_format import text_sha256
from index.store.file_state import FileState
from index.store.layout import Manifest, open_array
from index.text.boilerplate import line_keys
from index.text.languages import told
from index.text.repeated_lines import Repeats
from index.types import Article, Entity, Skipped, Span

__all__ = ["PreviousBuild", "PreviousFiles", "PreviousPassages", "read_sources", "reading_settings"]

# A file system stamps a file to a tick (2 s on FAT): one that was changed this lately may change again unseen.
_TICK_NS = 2_000_000_000
_UNSETTLED = -1  # stands for the ctime of such a file, so that the next build compares its content
# Distributions whose upgrade may change what is carried over from an older generation: what is read of a file, where a
# passage begins, how many tokens it has, which articles are copies. (Vectors are carried over by their own keys.)
_LIBRARIES = (
    "trafilatura", "htmldate", "jusText", "lxml", "lxml_html_clean", "pypdfium2", "python-docx", "feedparser",
    "warcio", "brotli", "PyYAML", "charset-normalizer", "sentencex", "py3langid", "babel", "tokenizers", "transformers",
    "datasketch", "numpy", "rapidocr", "onnxruntime", "opencv-python-headless", "pillow",
)  # fmt: skip
# Files of this package that shape none of it. A file counts until it is named here.
_OTHER_CODE = frozenset(
    f"{name}.py"
    for name in "__main__ cli command errors hashing engine list_entities spreadsheet building/progress "
    "building/publish building/report building/watch embedding/cache store/live store/verify".split()
)


def reading_settings(limits: Limits) -> dict[str, Any]:
    """What decides how a file is read, besides the file: an index of other settings is read anew."""
    return {"limits": asdict(limits), "code": _reading_code()}


@cache
def _reading_code() -> str:
    """sha256 of the code that shapes what is carried over, and of the versions of its libraries."""
    digest = hashlib.sha256(_own_code(Path(__file__).parents[1]).encode())
    for name in _LIBRARIES:
        try:
            digest.update(f"{name} {version(name)}\0".encode())
        except PackageNotFoundError:
            digest.update(f"{name} -\0".encode())
    return digest.hexdigest()


def _own_code(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted([*folder.rglob("*.py"), *folder.glob("entities/*.txt")]):
        name = path.relative_to(folder).as_posix()
        if name not in _OTHER_CODE and not name.startswith("milvus/"):
            digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class PreviousBuild(Protocol):
    """An older generation's catalog and table of passages, with the folder that they are in."""

    folder: Path
    manifest: Manifest
    catalog: Catalog
    passages: NDArray[Any]

    def close(self) -> None: ...


class PreviousFiles:
    """The files that an index was made from, as they were then, and what reading them gave."""

    def __init__(self, index: PreviousBuild) -> None:
        self.index, self.files = index, index.catalog.files()
        self.skips: dict[str, list[Skipped]] = {}
        for file, skip in index.catalog.skipped():
            self.skips.setdefault(file, []).append(skip)
        self._hashes: dict[str, str] = {}

    def unchanged(self, found: Sequence[SourceFile | Skipped], limits: Limits) -> bool:
        """Whether every file is as it was, and every failure fails as it did."""
        files = [item for item in found if isinstance(item, SourceFile)]
        if [item for item in found if isinstance(item, Skipped)] != self.skips.get("", []):
            return False
        if {item.id for item in files} != self.files.keys() | (self.skips.keys() - {""}):
            return False
        return all(self.same(item) or (self._failed(item) and self._fails_alike(item, limits)) for item in files)

    def same(self, item: SourceFile) -> bool:
        """Whether what was read of a file still holds: it need not be read again. A failure never does."""
        before = self.files.get(item.id)
        if before is None or before.path != str(item.path) or self._failed(item):
            return False
        if before.ctime_ns != _UNSETTLED and file_state(item).same_stat(before):
            return True
        return item.size == before.size and before.sha256 != "" and self.sha256(item) == before.sha256

    def _failed(self, item: SourceFile) -> bool:
        """Whether the file as a whole could not be read, or not to its end: it is tried again at every build."""
        return any(skip.line is None and skip.path == str(item.path) for skip in self.skips.get(item.id, ()))

    def _fails_alike(self, item: SourceFile, limits: Limits) -> bool:
        """Whether reading the file again gives what it gave, articles before the failure included."""
        articles = self.index.catalog.articles_of(item.id)
        skips = []
        for entry in read(item, limits):
            if isinstance(entry, Skipped):
                skips.append(entry)
            elif told(entry) != next(articles, None):
                return False
        return next(articles, None) is None and skips == self.skips[item.id]

    def sha256(self, item: SourceFile) -> str:
        if item.id not in self._hashes:
            self._hashes[item.id] = _sha256(item.path)
        return self._hashes[item.id]

    def entries(self, item: SourceFile) -> Iterator[Article | Skipped]:
        """What reading the file gave."""
        yield from self.index.catalog.articles_of(item.id)
        yield from self.skips.get(item.id, [])


def read_sources(
    found: Sequence[SourceFile | Skipped],
    previous: PreviousFiles | None,
    limits: Limits,
    catalog: CatalogWriter,
    progress: Callable[[Progress], None],
) -> tuple[int, Repeats]:
    """Every article into the catalog, unchanged ones out of `previous`. Returns how many files or rows were skipped,
    and the lines that articles share."""
    repeats = Repeats()
    skipped = 0
    # Asked once: a file may change while others are read.
    kept = {item.id for item in found if isinstance(item, SourceFile) and previous is not None and previous.same(item)}
    noted: dict[str, FileState] = {}

    def unread() -> Iterator[SourceFile]:
        for item in found:
            if isinstance(item, SourceFile) and item.id not in kept:
                noted[item.id] = replace(file_state(item), sha256=_sha256(item.path))
                yield item

    ahead = read_all(unread(), limits)
    for done, item in enumerate(found):
        progress(Progress("reading", done, len(found)))
        if isinstance(item, Skipped):
            catalog.add_skipped(item, "")
            skipped += 1
            continue
        if previous is not None and item.id in kept:
            state = replace(file_state(item), sha256=previous.files[item.id].sha256)
            entries: Iterator[Article | Skipped | PageRead] = previous.entries(item)
        else:
            _, read_anew = next(ahead)
            entries = (told(entry) if isinstance(entry, Article) else entry for entry in read_anew)
            state = noted.pop(item.id)
        before = catalog.rows
        for entry in entries:
            if isinstance(entry, PageRead):
                progress(Progress("reading", done, len(found), entry.number, entry.of))
            elif isinstance(entry, Skipped):
                catalog.add_skipped(entry, item.id)
                skipped += 1
            else:
                catalog.add_article(entry, item.id)
                repeats.add(entry.source, line_keys(entry))
        if catalog.rows > before:
            catalog.add_file(state)
    progress(Progress("reading", len(found), len(found)))
    return skipped, repeats


def file_state(file: SourceFile) -> FileState:
    """What the file system says of a file, without its hash."""
    try:
        changed = os.stat(file.path).st_ctime_ns
    except OSError:
        changed = _UNSETTLED
    if max(file.mtime_ns, changed) > time.time_ns() - _TICK_NS:
        changed = _UNSETTLED
    return FileState(file.id, str(file.path), file.size, file.mtime_ns, changed, "")


def _sha256(path: Path) -> str:
    """Empty when the file cannot be read: its reader will say so."""
    try:
        return file_sha256(path)
    except OSError:
        return ""


class PreviousPassages:
    """The passages and signatures of an older generation, which this code must have made with these settings."""

    def __init__(self, old: PreviousBuild) -> None:
        self._bodies = old.catalog.bodies()
        self._passages = old.passages
        self._entities = old.catalog.entities()
        self._signatures = open_array(old.folder / "signatures.npy")

    def find(self, article: Article, body: Sequence[Span]) -> tuple[list[Span], bytes, list[Entity]] | None:
        """The passages, the signature and the entities of an article with this body; None when it is not the same as
        before."""
        before = self._bodies.get((text_sha256(article.text), article.title, article.language))
        if before is None or before.body != tuple(body):
            return None
        part = self._passages[before.first : before.first + before.passages]
        spans = [Span(start, end) for start, end in zip(part["start"].tolist(), part["end"].tolist(), strict=True)]
        entities = self._entities.stored_of(before.row) if self._entities else []
        return spans, np.asarray(self._signatures[before.row]).tobytes(), entities
