"""Builds an index: reads files, cuts passages, embeds them and publishes a generation, in two passes over the articles.

Nothing that was published is touched: a build can be killed at any instant. Article text and vectors are never in
memory whole.
"""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from index.building import publish
from index.building.list_sources import list_sources
from index.building.report import BuildReport, Progress
from index.building.source_changes import PreviousFiles, reading_settings
from index.building.staging import BuildOptions, Staging
from index.building.write_catalog import CatalogWriter
from index.building.write_vectors import write_vectors
from index.embedding.cache import VectorCache
from index.embedding.encoder import Encoder
from index.errors import BuildFailed
from index.store import layout
from index.store.snapshot import Index
from index.store.vectors import build_dense

__all__ = ["BuildOptions", "BuildReport", "Progress", "build"]


def build(sources: Sequence[Path | str], index_dir: Path | str, options: BuildOptions | None = None) -> BuildReport:
    """Indexes files and folders, and publishes the result as the live generation of `index_dir`; what was added in the
    window, in a folder of the index, is part of it.

    Only what changed is read and embedded, unless `rebuild`; the outcome is the same. Raises NothingToIndex when
    the sources hold no article, UsageError for a source that does not exist, IndexBusy when another build is at
    work, ModelNotFound, and BuildFailed when the disk refuses. Whatever is raised, the index that was there is
    unharmed.
    """
    root = Path(index_dir)
    job = _Build(root, sources, options)
    try:
        with publish.lock(root):
            try:
                return job.run()
            except (OSError, sqlite3.Error, RuntimeError, ValueError) as error:
                # Asked before the unfinished folder is removed, which makes room.
                if publish.disk_is_full(root, error):
                    raise BuildFailed(f"the disk of {root} is full; free some space and run this again") from error
                raise
            finally:
                job.close()
    except (OSError, sqlite3.Error) as error:
        raise BuildFailed(f"{root} cannot be written ({error}); mend that and run this again") from error


class _Build(Staging):
    old: Index | None

    def run(self) -> BuildReport:
        started = time.perf_counter()
        publish.sweep(self.root)
        if not self.options.rebuild:
            self._open_old()
        found = list_sources(self.sources, self.root)
        previous = None
        if self.old is not None and self.old.manifest.reading == reading_settings(self.limits):
            previous = PreviousFiles(self.old)
            if self._same_settings(self.old) and previous.unchanged(found, self.limits):
                self._tidy(self.old)
                return self._report(self.old, self.old.generation, changed=False)
        self.folder = publish.hidden_folder(self.root)
        with CatalogWriter(self.folder / "articles.db") as catalog:
            encoder, count, searched = self._cut(catalog, found, previous)
            started = time.perf_counter()
            assert self.cache is not None
            embedded = write_vectors(self.folder, self.cache, catalog, encoder, self.progress)
            started = self._stage("embedding", started)
        self._publish(encoder, count, searched)
        self._stage("publishing", started)
        with Index.open(self.root, check=False) as fresh:
            self._tidy(fresh)
            return self._report(fresh, fresh.generation, changed=True, embedded=embedded)

    def _tidy(self, index: Index) -> None:
        """Drops what the cache holds of articles that are no longer there. What was published stands without it."""
        with suppress(OSError, sqlite3.Error):
            path = layout.Layout(self.root).embeddings
            self.cache = self.cache or (VectorCache(path) if path.exists() else None)
            if self.cache is not None and (index is not self.old or self.cache.unpublished()):
                self.cache.publish([key.tobytes() for key in index.passages["key"]])

    def _publish(self, encoder: Encoder, count: int, searched: int) -> None:
        assert self.folder is not None
        self.progress(Progress("indexing", 0, 0))
        vectors = layout.open_array(self.folder / "vectors.npy")
        dense = build_dense(vectors, self.folder / "dense.faiss")
        del vectors  # Windows renames no folder with a mapped file in it
        found = {"kind": dense.kind, "nprobe": dense.nprobe, "recall": round(dense.recall, 4)}
        publish.publish(self.root, self.folder, self._manifest(encoder, count, searched, found))
        self.folder = None
        publish.prune(self.root)
        self.progress(Progress("indexing", 0, 0))
