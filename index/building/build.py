"""Builds an index: reads files, cuts passages, embeds them and publishes a generation, in two passes over the articles.

Nothing that was published is touched: a build can be killed at any instant. Article text and vectors are never in
memory whole.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from index.building import publish
from index.building.report import BuildReport, Progress
from index.building.source_changes import PreviousFiles, PreviousPassages, list_sources, read_sources, reading_settings
from index.building.write_catalog import CatalogWriter
from index.building.write_passages import Chunker, write_passages
from index.building.write_vectors import open_cache, write_vectors
from index.embedding.cache import VectorCache
from index.embedding.encoder import DEFAULT_MODEL, Encoder, Precision
from index.embedding.registry import shared_encoder
from index.errors import ArticleQAError, BuildFailed, IndexMissing, NothingToIndex, UsageError
from index.readers import Limits
from index.store import layout
from index.store.snapshot import Index
from index.store.vectors import build_dense
from index.text.chunking import ChunkSettings

__all__ = ["BuildReport", "Progress", "build"]

_MODEL_LIBRARIES = ("torch", "sentence-transformers", "transformers", "tokenizers")


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
        with publish.lock(root):
            job = _Build(root, paths, limits or Limits(), settings or ChunkSettings(), progress or (lambda _: None))
            try:
                return job.run(encoder, model, precision, rebuild)
            except (OSError, sqlite3.Error, RuntimeError, ValueError) as error:
                # Asked before the unfinished folder is removed, which makes room.
                if publish.disk_is_full(root, error):
                    raise BuildFailed(f"the disk of {root} is full; free some space and run this again") from error
                raise
            finally:
                job.close()
    except (OSError, sqlite3.Error) as error:
        raise BuildFailed(f"{root} cannot be written ({error}); mend that and run this again") from error


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
        self.live: Path | None = None  # the live generation, opened or not
        self.folder: Path | None = None
        self.cache: VectorCache | None = None
        self.seconds: dict[str, float] = {}
        self.notes: list[str] = []

    def run(self, encoder: Encoder | None, model: str | None, precision: Precision, rebuild: bool) -> BuildReport:
        started = time.perf_counter()
        publish.sweep(self.root)
        if not rebuild:
            self.old = self._open_old()
        found = list_sources(self.sources, self.root)
        previous = None
        if self.old is not None and self.old.manifest.reading == reading_settings(self.limits):
            previous = PreviousFiles.of(self.old)
            if self._same_settings(self.old, encoder, model, precision) and previous.unchanged(found, self.limits):
                self._tidy(self.old)
                return self._report(self.old, changed=False)
        self.folder = publish.hidden_folder(self.root)
        catalog = CatalogWriter(self.folder / "articles.db")
        try:
            skipped, repeats = read_sources(found, previous, self.limits, catalog, self.progress)
            if not catalog.rows:
                raise NothingToIndex(self._nothing(skipped))
            started = self._stage("reading", started)
            embeddings, before = layout.Layout(self.root).embeddings, None if rebuild else self.live
            self.cache = cache = open_cache(embeddings, before, rebuild)
            encoder = encoder or self._load_encoder(cache, model or DEFAULT_MODEL, precision)
            started = self._stage("loading", started)
            chunker = Chunker(encoder, self.settings, self._previous_passages(encoder))
            count, searched = write_passages(self.folder, catalog, repeats, chunker, self.progress)
            if not count:
                raise NothingToIndex("nothing is left of the articles without the boilerplate; give other sources")
            started = self._stage("cutting", started)
            embedded = write_vectors(self.folder, cache, catalog, encoder, self.progress)
            started = self._stage("embedding", started)
            catalog.close()
        except BaseException:
            with suppress(sqlite3.Error):
                catalog.close(commit=False)
            raise
        self._publish(encoder, count, searched)
        self._stage("publishing", started)
        with Index.open(self.root, check=False) as fresh:
            self._tidy(fresh)
            return self._report(fresh, changed=True, embedded=embedded)

    def close(self) -> None:
        for opened in (self.old, self.cache):
            if opened is not None:
                opened.close()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _stage(self, name: str, started: float) -> float:
        now = time.perf_counter()
        self.seconds[name] = now - started
        return now

    def _open_old(self) -> Index | None:
        """The live generation, if every byte of it is as it was written: what is taken over from it is not looked
        at again."""
        try:
            self.live = layout.Layout(self.root).generations / layout.current_name(self.root)
            wrong = layout.damage(self.live, layout.read_manifest(self.live).files)
            if not wrong:
                return Index(self.live, check=False)
        except IndexMissing:
            return None
        except ArticleQAError as error:
            wrong = [str(error)]
        self.notes.append(f"starting from nothing, because {wrong[0].partition(';')[0]}")
        return None

    def _same_settings(self, old: Index, encoder: Encoder | None, model: str | None, precision: Precision) -> bool:
        made = old.manifest
        if made.chunks != _chunks(self.settings) or made.sources != [str(path) for path in self.sources]:
            return False
        if encoder is not None:
            return bool(made.model == _model(encoder))
        # Whether `auto` would choose the same again is not asked: that takes loading the model.
        return bool(made.model["name"] == (model or DEFAULT_MODEL) and precision in ("auto", made.model["precision"]))

    def _previous_passages(self, encoder: Encoder) -> PreviousPassages | None:
        old = self.old
        if old is None or old.manifest.reading != reading_settings(self.limits):
            return None
        same = old.manifest.chunks == _chunks(self.settings) and old.manifest.model == _model(encoder)
        return PreviousPassages(old) if same else None

    def _load_encoder(self, cache: VectorCache, model: str, precision: Precision) -> Encoder:
        """The model, by the fast method at once where this code and these libraries were found to run it right."""
        libraries = [f"{name} {version(name)}" for name in _MODEL_LIBRARIES]
        tried = " ".join((model, precision, *libraries, reading_settings(self.limits)["code"]))
        encoder = shared_encoder(model, precision, "fast" if cache.noted(tried) else None)
        if encoder.method == "fast":
            cache.note(tried, "fast")
        return encoder

    def _tidy(self, index: Index) -> None:
        """Drops what the cache holds of articles that are no longer there. What was published stands without it."""
        with suppress(OSError, sqlite3.Error):
            path = layout.Layout(self.root).embeddings
            self.cache = self.cache or (VectorCache(path) if path.exists() else None)
            if self.cache is not None and (index is not self.old or self.cache.unpublished()):
                self.cache.publish([key.tobytes() for key in index.passages["key"]])

    def _nothing(self, skipped: int) -> str:
        where = ", ".join(str(path) for path in self.sources)
        if skipped:
            return f"no article could be read in {where} ({skipped:,} files were skipped); give other sources"
        return f"there is no article in {where}; give a folder that holds some"

    def _publish(self, encoder: Encoder, count: int, searched: int) -> None:
        assert self.folder is not None
        self.progress(Progress("indexing", 0, 0))
        vectors = layout.open_array(self.folder / "vectors.npy")
        dense = build_dense(vectors, self.folder / "dense.faiss")
        del vectors  # Windows renames no folder with a mapped file in it
        manifest = layout.Manifest(
            format=layout.FORMAT,
            model=_model(encoder),
            chunks=_chunks(self.settings),
            sources=[str(path) for path in self.sources],
            counts={"articles": searched, "passages": count},
            dense={"kind": dense.kind, "nprobe": dense.nprobe, "recall": round(dense.recall, 4)},
            built=datetime.now(UTC).isoformat(timespec="seconds"),
            reading=reading_settings(self.limits),
        )
        publish.publish(self.root, self.folder, manifest)
        self.folder = None
        publish.prune(self.root)
        self.progress(Progress("indexing", 0, 0))

    def _report(self, index: Index, *, changed: bool, embedded: int = 0) -> BuildReport:
        return BuildReport(
            generation=index.generation,
            changed=changed,
            articles=index.article_count,
            passages=index.passage_count,
            embedded=embedded,
            reused=index.passage_count - embedded,
            skipped=tuple(skip for _, skip in index.catalog.skipped()),
            boilerplate_only=tuple(index.catalog.boilerplate_only()),
            notes=tuple(self.notes),
            seconds=self.seconds,
        )


def _model(encoder: Encoder) -> dict[str, Any]:
    sizes = {"name": encoder.name, "dimension": encoder.dimension, "sha256": encoder.fingerprint}
    return sizes | {"precision": encoder.precision, "method": encoder.method}


def _chunks(settings: ChunkSettings) -> dict[str, int]:
    return {"max_words": settings.max_words, "max_tokens": settings.max_tokens}
