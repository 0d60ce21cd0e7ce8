"""Builds an index on a Milvus server: articles are read and cut here, and their passages written there."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.building import publish as folders
from index.building.list_sources import list_sources
from index.building.report import BuildReport
from index.building.source_changes import PreviousFiles, reading_settings
from index.building.staging import BuildOptions, Staging
from index.building.write_catalog import CatalogWriter
from index.building.write_vectors import open_cache
from index.embedding.encoder import DEFAULT_MODEL, passage_text
from index.errors import BuildFailed, StoreUnavailable
from index.milvus.address import Address
from index.milvus.publish import missing_shards, publish
from index.milvus.schema import dense_kind
from index.milvus.server import WRITING, Server
from index.milvus.snapshot import live_generation
from index.milvus.staged import NoLexical, Staged
from index.milvus.write import Shard, Writer
from index.store import layout

__all__ = ["build"]


def build(
    address: Address,
    index_dir: Path,
    shard: Shard,
    sources: Sequence[Path | str],
    options: BuildOptions | None = None,
) -> BuildReport:
    """Indexes files and folders as `index.building.build.build` does, and publishes the result on a server.

    `index_dir` is a folder of this machine for what the next build goes on from: articles as they were read, and
    embeddings. Only a shard's part is written; the last one publishes. Raises what the local build raises, and
    StoreUnavailable; what was published before is unharmed.
    """
    name = address.name if shard.of == 1 else f"{address.name}-{shard.number}-of-{shard.of}"
    job = _Build(index_dir / "stores" / name, sources, options)
    server = Server(address, WRITING)
    job.to(server, shard, index_dir)
    live_generation(server)  # says at once when there is no server
    try:
        with folders.lock(job.root):
            try:
                return job.run()
            finally:
                job.close()
    except KeyError as error:
        raise StoreUnavailable(f"another build has published at {address} meanwhile; run this again") from error
    except (OSError, sqlite3.Error) as error:
        raise BuildFailed(f"{job.root} cannot be written ({error}); mend that and run this again") from error
    finally:
        server.close()


class _Build(Staging):
    _lexical = NoLexical

    def to(self, server: Server, shard: Shard, index_dir: Path) -> None:
        self.server, self.shard, self.index_dir = server, shard, index_dir
        self.embedded = 0
        self.encoder = self.options.encoder

    def run(self) -> BuildReport:
        folders.sweep(self.root)
        self._open_old()
        staged = self._staged()
        try:
            writer = Writer(self.server, staged, self.shard, self.progress, self.options.rebuild)
            name = writer.generation
            changed = live_generation(self.server) != name
            if changed or self.options.rebuild:
                self._open_cache()
                writer.write(lambda rows: self._vectors(staged, rows))
                others = missing_shards(self.server, name, staged, self.shard.of)
                if others:
                    self.notes.append(f"nothing is published until shard {' and '.join(map(str, others))} is written")
                else:
                    publish(self.server, name)
                assert self.cache is not None
                self.cache.publish([key.tobytes() for key in staged.passages["key"]])
            return self._report(staged, name, changed=changed, embedded=self.embedded)
        finally:
            staged.close()

    def _opened(self, folder: Path) -> Staged:
        return Staged(folder)

    def _staged(self) -> Staged:
        """The articles as they are now: those of the last build, where nothing has changed, else read anew."""
        found = list_sources(self.sources, self.index_dir)
        old, previous = None if self.options.rebuild else self.old, None
        if old is not None and old.manifest.reading == reading_settings(self.limits):
            previous = PreviousFiles(old)
            if self._same_settings(old) and previous.unchanged(found, self.limits):
                return Staged(old.folder)
        self.folder = folders.hidden_folder(self.root)
        with CatalogWriter(self.folder / "articles.db") as catalog:
            self.encoder, count, searched = self._cut(catalog, found, previous)
        kind = dense_kind(count)
        dense = {"kind": kind, "nprobe": 0, "recall": 1.0 if kind == "FLAT" else None}
        name = folders.publish(self.root, self.folder, self._manifest(self.encoder, count, searched, dense))
        self.folder = None
        folders.prune(self.root)
        return Staged(layout.Layout(self.root).generations / name)

    def _open_cache(self) -> None:
        """The cache of embeddings; at first it takes in those of a local index in the same folder."""
        if self.cache is None:
            named = layout.named_by(self.index_dir)
            local = layout.Layout(self.index_dir).generations / named if named else None
            self.cache = open_cache(layout.Layout(self.root).embeddings, local, self.options.rebuild)

    def _vectors(self, staged: Staged, rows: NDArray[np.int64]) -> NDArray[np.float16]:
        assert self.cache is not None
        made = staged.manifest.model
        keys = [key.tobytes() for key in staged.passages["key"][rows]]
        vectors = np.zeros((len(rows), made["dimension"]), np.float16)
        places, found = self.cache.find(keys, made["dimension"])
        vectors[places] = found
        if missing := sorted(set(range(len(rows))) - set(places)):
            if self.encoder is None:
                self.encoder = self._load_encoder(self.cache, made["name"] or DEFAULT_MODEL, made["precision"])
            fresh = self.encoder.encode_passages([_text(staged, int(rows[place])) for place in missing])
            self.cache.add([keys[place] for place in missing], fresh.astype(np.float16))
            vectors[missing] = fresh
            self.embedded += len(missing)
        return vectors


def _text(staged: Staged, row: int) -> str:
    article, start, end, _ = staged.passages[row].item()
    stored = staged.catalog.article(article)
    return passage_text(stored.title, stored.text[start:end])
