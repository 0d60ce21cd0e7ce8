"""Sources to a published generation, in one pass over the files and one over the articles.

Nothing that was published is touched: a build can be killed at any instant. Article text and vectors are never in
memory whole.
"""

import os
import shutil
import sqlite3
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index import store
from index.catalog import CatalogWriter, FileState
from index.chunk import ChunkSettings, chunk
from index.dense import build_dense
from index.embed import DEFAULT_MODEL, Encoder, Precision, load_encoder, passage_key, passage_text
from index.errors import ArticleQAError, BuildFailed, IndexMissing, NothingToIndex, UsageError
from index.furniture import Repeats, body_spans, line_keys
from index.journal import Journal, KnownVectors
from index.lexical import LexicalWriter
from index.readers import Limits, SourceFile, find, read
from index.sentences import sentence_spans
from index.snapshot import Index
from index.types import Article, Skipped

__all__ = ["BuildReport", "Progress", "build"]

_WINDOW = 2048  # passages whose texts are in memory, and sorted by length, at one time
_MIN_TOKENS = 32  # a passage keeps at least this much of the model's window, however long the title


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: `done` of `total` files, articles or passages, by stage."""

    stage: Literal["reading", "embedding", "indexing"]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. `changed` is False when the index already held just these articles; then `generation` is
    the old one.

    `embedded` passages went through the model, `reused` ones did not have to. `only_furniture` are ids of articles
    of which nothing is left without the page around them. `seconds` is the time of each stage.
    """

    generation: str
    changed: bool
    articles: int
    passages: int
    embedded: int = 0
    reused: int = 0
    skipped: tuple[Skipped, ...] = ()
    only_furniture: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)


def build(
    sources: Sequence[Path | str],
    index_dir: Path | str,
    *,
    model: str | None = None,
    precision: Precision = "auto",
    rebuild: bool = False,
    encoder: Encoder | None = None,
    limits: Limits | None = None,
    settings: ChunkSettings | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> BuildReport:
    """Indexes files and folders, and publishes the result as the live generation of `index_dir`.

    Only what changed is read and embedded, unless `rebuild`; the outcome is the same. Raises NothingToIndex when
    the sources hold no article, UsageError for a source that does not exist, IndexBusy when another build is at
    work, ModelNotFound, and BuildFailed when the disk refuses. Whatever is raised, the index that was there is
    unharmed.
    """
    root = Path(index_dir)
    paths = [Path(os.path.abspath(source)) for source in sources]
    for given, path in zip(sources, paths, strict=True):
        if not path.exists():
            raise UsageError(f"there is no file or folder {given}; give the folder that holds the articles")
    try:
        with store.lock(root):
            job = _Build(root, paths, limits or Limits(), settings or ChunkSettings(), progress or (lambda _: None))
            try:
                return job.run(encoder, model, precision, rebuild)
            finally:
                job.close()
    except ArticleQAError:
        raise
    except (OSError, sqlite3.Error, RuntimeError, ValueError) as error:
        # SQLite, FAISS and tantivy report a full disk each in a type of their own.
        with suppress(OSError):
            if shutil.disk_usage(root).free < 1_000_000:
                raise BuildFailed(f"the disk of {root} is full; free some space and run this again") from error
        if isinstance(error, OSError | sqlite3.Error):
            raise BuildFailed(f"{root} cannot be written ({error}); mend that and run this again") from error
        raise


class _Build:
    def __init__(
        self,
        root: Path,
        sources: list[Path],
        limits: Limits,
        settings: ChunkSettings,
        progress: Callable[[Progress], None],
    ) -> None:
        self.root = root
        self.sources = sources
        self.limits = limits
        self.settings = settings
        self.progress = progress
        self.old: Index | None = None
        self.folder: Path | None = None
        self.seconds: dict[str, float] = {}
        self.notes: list[str] = []

    def run(self, encoder: Encoder | None, model: str | None, precision: Precision, rebuild: bool) -> BuildReport:
        if not rebuild:
            try:
                self.old = Index.open(self.root)
            except IndexMissing:
                pass
            except ArticleQAError as error:
                self.notes.append(f"starting from nothing, because {error}")
        started = time.perf_counter()
        found = list(find(self.sources))
        if self.old is not None and self._settings_match(encoder, model, precision) and self._unchanged(found):
            return self._report(self.old, changed=False)
        self.folder = store.hidden_folder(self.root)
        catalog = CatalogWriter(self.folder / "articles.db")
        try:
            skipped, repeats = self._read(found, catalog)
            if not catalog.rows:
                raise NothingToIndex(self._nothing(skipped))
            self.seconds["reading"] = time.perf_counter() - started
            encoder = encoder or load_encoder(model, precision)
            started = time.perf_counter()
            count, searched = self._cut(catalog, repeats, encoder)
            if not count:
                raise NothingToIndex("nothing is left of the articles without the page furniture; give other sources")
            self.seconds["cutting"] = time.perf_counter() - started
            started = time.perf_counter()
            embedded = self._embed(catalog, encoder, count)
            self.seconds["embedding"] = time.perf_counter() - started
            catalog.close()
        except BaseException:
            with suppress(sqlite3.Error):
                catalog.close(commit=False)
            raise
        return self._publish(encoder, count, searched, embedded)

    def close(self) -> None:
        if self.old is not None:
            self.old.close()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _settings_match(self, encoder: Encoder | None, model: str | None, precision: Precision) -> bool:
        assert self.old is not None
        manifest = self.old.manifest
        if manifest.chunks != _chunks(self.settings) or manifest.sources != [str(path) for path in self.sources]:
            return False
        if encoder is not None:
            return bool(manifest.model == _model(encoder))
        # Whether `auto` would choose the same again is not asked: that takes loading the model.
        return bool(
            manifest.model["name"] == (model or DEFAULT_MODEL) and precision in ("auto", manifest.model["precision"])
        )

    def _unchanged(self, found: list[SourceFile | Skipped]) -> bool:
        """Whether every file is as it was, and every failure fails as it did."""
        assert self.old is not None
        files = self.old.catalog.files()
        skips: dict[str, list[Skipped]] = {}
        for file, skip in self.old.catalog.skipped():
            skips.setdefault(file, []).append(skip)
        seen = set()
        for item in found:
            if isinstance(item, Skipped):
                if item not in skips.get("", []):
                    return False
            elif item.id in files:
                seen.add(item.id)
                if not _state(item).same_stat(files[item.id]):
                    return False
            elif skips.get(item.id, []) != list(read(item, self.limits)):
                return False
        listed = sum(isinstance(item, Skipped) for item in found)
        known = {item.id for item in found if isinstance(item, SourceFile)}
        return len(seen) == len(files) and listed == len(skips.get("", [])) and known >= skips.keys() - {""}

    def _read(self, found: list[SourceFile | Skipped], catalog: CatalogWriter) -> tuple[int, Repeats]:
        """Every article into the catalog; unchanged files come out of the old one."""
        old_files = self.old.catalog.files() if self.old else {}
        old_skips: dict[str, list[Skipped]] = {}
        for file, skip in self.old.catalog.skipped() if self.old else ():
            old_skips.setdefault(file, []).append(skip)
        repeats = Repeats()
        skipped = 0
        for done, item in enumerate(found):
            self.progress(Progress("reading", done, len(found)))
            if isinstance(item, Skipped):
                catalog.add_skipped(item, "")
                skipped += 1
                continue
            state, known = _state(item), old_files.get(item.id)
            entries: Iterator[Article | Skipped]
            if known is not None and known.path == state.path and self._same(state, known):
                assert self.old is not None
                state = FileState(*_stat_of(state), known.sha256)
                entries = _chain(self.old.catalog.articles_of(item.id), old_skips.get(item.id, []))
            else:
                state = FileState(*_stat_of(state), _sha256(item.path))
                entries = read(item, self.limits)
            before = catalog.rows
            for entry in entries:
                if isinstance(entry, Skipped):
                    catalog.add_skipped(entry, item.id)
                    skipped += 1
                else:
                    catalog.add_article(entry, item.id)
                    repeats.add(entry.source, line_keys(entry))
            if catalog.rows > before:
                catalog.add_file(state)
        self.progress(Progress("reading", len(found), len(found)))
        return skipped, repeats

    def _same(self, state: FileState, known: FileState) -> bool:
        return state.same_stat(known) or (state.size == known.size and _sha256(Path(state.path)) == known.sha256)

    def _nothing(self, skipped: int) -> str:
        where = ", ".join(str(path) for path in self.sources)
        if skipped:
            return f"no article could be read in {where} ({skipped:,} files were skipped); give other sources"
        return f"there is no article in {where}; give a folder that holds some"

    def _cut(self, catalog: CatalogWriter, repeats: Repeats, encoder: Encoder) -> tuple[int, int]:
        """Bodies, passages and both BM25 indexes. Returns the number of passages and of articles that have any."""
        assert self.folder is not None
        rows: tuple[array[int], array[int], array[int]] = (array("i"), array("i"), array("i"))
        keys = bytearray()
        searched = 0
        bodies = []
        with (
            LexicalWriter(self.folder / "lexical" / "passages") as passages,
            LexicalWriter(self.folder / "lexical" / "articles") as articles,
        ):
            for row, article, source in catalog.articles():
                text, body = article.text, body_spans(article, repeats)
                title = passage_text(article.title, "")
                limit = min(self.settings.max_tokens, encoder.max_tokens)
                spans = chunk(
                    text,
                    body,
                    partial(sentence_spans, text, language=article.language or "en"),
                    encoder.count_tokens,
                    max_words=self.settings.max_words,
                    max_tokens=max(_MIN_TOKENS, limit - encoder.count_tokens([title])[0]),
                )
                first = len(rows[0])
                for span in spans:
                    embedded = passage_text(article.title, span.of(text))
                    passages.add(len(rows[0]), embedded, article.published, source)
                    keys += passage_key(encoder, embedded)
                    for column, value in zip(rows, (row, span.start, span.end), strict=True):
                        column.append(value)
                if spans:
                    whole = "\n".join(span.of(text) for span in spans)
                    articles.add(row, passage_text(article.title, whole), article.published, source)
                    searched += 1
                bodies.append((row, body if spans else (), first, len(spans)))
                if row % 64 == 0:
                    self.progress(Progress("indexing", row, catalog.rows))
        for entry in bodies:
            catalog.add_body(*entry)
        table = np.zeros(len(rows[0]), store.PASSAGE)
        for name, column in zip(("article", "start", "end"), rows, strict=True):
            table[name] = column
        table["key"] = np.frombuffer(bytes(keys), "V32")
        np.save(self.folder / "passages.npy", table, allow_pickle=False)
        return len(table), searched

    def _embed(self, catalog: CatalogWriter, encoder: Encoder, count: int) -> int:
        """vectors.npy, a window at a time. Returns how many passages went through the model."""
        assert self.folder is not None
        known = (
            [KnownVectors(self.old.passages["key"], self.old.vectors)] if self.old and self._reusable(encoder) else []
        )
        table = np.load(self.folder / "passages.npy", mmap_mode="r", allow_pickle=False)
        embedded = 0
        with (
            Journal(store.Layout(self.root).journal, encoder.dimension) as journal,
            (self.folder / "vectors.npy").open("wb") as file,
        ):
            np.lib.format.write_array_header_1_0(
                file, {"descr": "<f2", "fortran_order": False, "shape": (count, encoder.dimension)}
            )
            start = 0
            for texts in self._windows(catalog, table):
                keys = [key.tobytes() for key in table["key"][start : start + len(texts)]]
                vectors = np.zeros((len(texts), encoder.dimension), np.float16)
                missing = np.ones(len(texts), bool)
                for vault in (*known, journal.known):
                    places, found = vault.find(keys)
                    vectors[places] = found
                    missing[places] = False
                done = len(texts) - int(missing.sum())
                for part in _parts(sorted(np.flatnonzero(missing).tolist(), key=lambda place: -len(texts[place]))):
                    fresh = encoder.encode_passages([texts[place] for place in part]).astype(np.float16)
                    journal.append([keys[place] for place in part], fresh)
                    vectors[part] = fresh
                    embedded += len(part)
                    done += len(part)
                    self.progress(Progress("embedding", start + done, count))
                file.write(vectors.tobytes())
                start += len(texts)
                self.progress(Progress("embedding", start, count))
        return embedded

    def _reusable(self, encoder: Encoder) -> bool:
        return self.old is not None and self.old.vectors.shape[1] == encoder.dimension

    def _windows(self, catalog: CatalogWriter, table: NDArray[np.void]) -> Iterator[list[str]]:
        starts = np.searchsorted(table["article"], np.arange(catalog.rows + 1))
        texts: list[str] = []
        for row, article, _ in catalog.articles():
            for _, start, end, _ in table[starts[row] : starts[row + 1]].tolist():
                texts.append(passage_text(article.title, article.text[start:end]))
                if len(texts) == _WINDOW:
                    yield texts
                    texts = []
        if texts:
            yield texts

    def _publish(self, encoder: Encoder, count: int, searched: int, embedded: int) -> BuildReport:
        assert self.folder is not None
        started = time.perf_counter()
        self.progress(Progress("indexing", 0, 1))
        vectors = np.load(self.folder / "vectors.npy", mmap_mode="r", allow_pickle=False)
        dense = build_dense(vectors, self.folder / "dense.faiss")
        manifest = store.Manifest(
            format=store.FORMAT,
            model=_model(encoder),
            chunks=_chunks(self.settings),
            sources=[str(path) for path in self.sources],
            counts={"articles": searched, "passages": count},
            dense={"kind": dense.kind, "nprobe": dense.nprobe, "recall": round(dense.recall, 4)},
            built=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        store.publish(self.root, self.folder, manifest)
        self.folder = None
        with suppress(OSError):
            store.Layout(self.root).journal.unlink(missing_ok=True)
        store.prune(self.root)
        self.progress(Progress("indexing", 1, 1))
        self.seconds["publishing"] = time.perf_counter() - started
        fresh = Index.open(self.root, check=False)
        try:
            return self._report(fresh, changed=True, embedded=embedded)
        finally:
            fresh.close()

    def _report(self, index: Index, *, changed: bool, embedded: int = 0) -> BuildReport:
        return BuildReport(
            generation=index.generation,
            changed=changed,
            articles=index.article_count,
            passages=index.passage_count,
            embedded=embedded,
            reused=index.passage_count - embedded,
            skipped=tuple(skip for _, skip in index.catalog.skipped()),
            only_furniture=tuple(index.catalog.only_furniture()),
            notes=tuple(self.notes),
            seconds=self.seconds,
        )


def _model(encoder: Encoder) -> dict[str, str | int]:
    return {
        "name": encoder.name,
        "dimension": encoder.dimension,
        "sha256": encoder.fingerprint,
        "precision": encoder.precision,
    }


def _chunks(settings: ChunkSettings) -> dict[str, int]:
    return {"max_words": settings.max_words, "max_tokens": settings.max_tokens}


def _state(file: SourceFile) -> FileState:
    try:
        changed = os.stat(file.path).st_ctime_ns
    except OSError:
        changed = 0
    return FileState(file.id, str(file.path), file.size, file.mtime_ns, changed, "")


def _stat_of(state: FileState) -> tuple[str, str, int, int, int]:
    return state.id, state.path, state.size, state.mtime_ns, state.ctime_ns


def _sha256(path: Path) -> str:
    """Empty when the file cannot be read: its reader will say so."""
    try:
        return store.file_sha256(path)
    except OSError:
        return ""


def _chain(articles: Iterator[Article], skips: list[Skipped]) -> Iterator[Article | Skipped]:
    yield from articles
    yield from skips


def _parts(places: list[int], size: int = 256) -> Iterator[list[int]]:
    """Pieces of the places to embed, small enough that a killed build loses seconds of work."""
    for start in range(0, len(places), size):
        yield places[start : start + size]
