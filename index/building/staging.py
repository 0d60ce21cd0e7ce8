"""`Staging`: what builds for any engine share: sources are read, and their articles cut into passages in a folder."""

import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from index.building.report import BuildReport, Progress
from index.building.source_changes import PreviousBuild, PreviousFiles, PreviousPassages, read_sources, reading_settings
from index.building.write_catalog import CatalogWriter
from index.building.write_passages import Chunker, write_passages
from index.building.write_vectors import open_cache
from index.embedding.cache import VectorCache
from index.embedding.encoder import DEFAULT_MODEL, PRECISIONS, Encoder, Precision, shared_encoder
from index.embedding.model_folder import whole_path
from index.errors import ArticleQAError, IndexMissing, NothingToIndex, UsageError
from index.readers import Limits, SourceFile
from index.store import layout
from index.store.bm25 import LexicalWriter
from index.store.snapshot import Index
from index.text.chunking import ChunkSettings
from index.types import Skipped

__all__ = ["BuildOptions", "Staging"]

_MODEL_LIBRARIES = ("torch", "sentence-transformers", "transformers", "tokenizers")


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What a build of any engine may be told.

    `model` is the name or path of an embedding model, None for the default one; `encoder` stands for both it and its
    `precision`. With `rebuild`, nothing is taken over from the generation before. `progress` is called as it goes on.
    Raises UsageError for a precision that there is not.
    """

    model: str | None = None
    precision: Precision = "auto"
    rebuild: bool = False
    encoder: Encoder | None = None
    limits: Limits = field(default_factory=Limits)
    settings: ChunkSettings = field(default_factory=ChunkSettings)
    progress: Callable[[Progress], None] = lambda _: None

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise UsageError(f"precision is one of {', '.join(PRECISIONS)}, not {self.precision!r}")


class Staging:
    """One build, which is run under the lock of its folder. Raises UsageError for a source that does not exist."""

    _lexical: Callable[[Path], LexicalWriter] = LexicalWriter

    def __init__(self, root: Path, sources: Sequence[Path | str], options: BuildOptions | None) -> None:
        self.root = root
        self.sources = _checked_sources(sources)
        self.options = options = options or BuildOptions()
        self.model = whole_path(options.model)
        self.limits = options.limits
        self.settings = options.settings
        self.progress = options.progress
        self.old: PreviousBuild | None = None
        self.live: Path | None = None  # the live generation, opened or not
        self.folder: Path | None = None
        self.cache: VectorCache | None = None
        self.seconds: dict[str, float] = {}
        self.notes: list[str] = []
        self.languages: dict[str, int] = {}

    def _cut(
        self, catalog: CatalogWriter, found: Sequence[SourceFile | Skipped], previous: PreviousFiles | None
    ) -> tuple[Encoder, int, int]:
        """Articles read and cut into `self.folder`; the encoder, and how many passages and articles with any."""
        assert self.folder is not None
        started = time.perf_counter()
        skipped, repeats = read_sources(found, previous, self.limits, catalog, self.progress)
        if not catalog.rows:
            raise NothingToIndex(self._nothing(skipped))
        self.languages = catalog.languages()
        started = self._stage("reading", started)
        options = self.options
        embeddings, before = layout.Layout(self.root).embeddings, None if options.rebuild else self.live
        self.cache = cache = open_cache(embeddings, before, options.rebuild)
        encoder = options.encoder or self._load_encoder(cache, self.model or DEFAULT_MODEL, options.precision)
        started = self._stage("loading", started)
        chunker = Chunker(encoder, self.settings, self._previous_passages(encoder))
        count, searched = write_passages(self.folder, catalog, repeats, chunker, self.progress, self._lexical)
        if not count:
            raise NothingToIndex("nothing is left of the articles without the boilerplate; give other sources")
        self._stage("cutting", started)
        return encoder, count, searched

    def _manifest(self, encoder: Encoder, count: int, searched: int, dense: dict[str, Any]) -> layout.Manifest:
        return layout.Manifest(
            format=layout.FORMAT,
            model=_model_settings(encoder),
            chunks=_chunk_settings(self.settings),
            sources=[str(path) for path in self.sources],
            counts={"articles": searched, "passages": count},
            dense=dense,
            built=datetime.now(UTC).isoformat(timespec="seconds"),
            reading=reading_settings(self.limits),
            languages=self.languages,
        )

    def _report(self, made: PreviousBuild, generation: str, *, changed: bool, embedded: int = 0) -> BuildReport:
        passages = len(made.passages)
        return BuildReport(
            generation=generation,
            changed=changed,
            articles=made.manifest.counts["articles"],
            passages=passages,
            embedded=embedded,
            reused=passages - embedded,
            skipped=tuple(skip for _, skip in made.catalog.skipped()),
            boilerplate_only=tuple(made.catalog.boilerplate_only()),
            notes=tuple(self.notes),
            seconds=self.seconds,
        )

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

    def _open_old(self) -> None:
        """Opens the live generation, if every byte of it is as it was written: what is taken over from it is not looked
        at again."""
        try:
            self.live = layout.Layout(self.root).generations / layout.current_name(self.root)
            wrong = layout.damage(self.live, layout.read_manifest(self.live).files)
            if not wrong:
                self.old = self._opened(self.live)
                return
        except IndexMissing:
            return
        except ArticleQAError as error:
            wrong = [str(error)]
        self.notes.append(f"starting from nothing, because {wrong[0].partition(';')[0]}")

    def _opened(self, folder: Path) -> PreviousBuild:
        return Index(folder, check=False)

    def _same_settings(self, old: PreviousBuild) -> bool:
        made, encoder, precision = old.manifest, self.options.encoder, self.options.precision
        if made.chunks != _chunk_settings(self.settings) or made.sources != [str(path) for path in self.sources]:
            return False
        if encoder is not None:
            return bool(made.model == _model_settings(encoder))
        # Whether `auto` would choose the same again is not asked: that takes loading the model.
        same_model = made.model["name"] == (self.model or DEFAULT_MODEL)
        return bool(same_model and precision in ("auto", made.model["precision"]))

    def _previous_passages(self, encoder: Encoder) -> PreviousPassages | None:
        old = self.old
        if old is None or old.manifest.reading != reading_settings(self.limits):
            return None
        same = old.manifest.chunks == _chunk_settings(self.settings) and old.manifest.model == _model_settings(encoder)
        return PreviousPassages(old) if same else None

    def _load_encoder(self, cache: VectorCache, model: str, precision: Precision) -> Encoder:
        """The model, by the fast method at once where this code and these libraries were found to run it right."""
        libraries = [f"{name} {version(name)}" for name in _MODEL_LIBRARIES]
        tried = " ".join((model, precision, *libraries, reading_settings(self.limits)["code"]))
        encoder = shared_encoder(model, precision, "fast" if cache.noted(tried) else None)
        if encoder.method == "fast":
            cache.note(tried, "fast")
        return encoder

    def _nothing(self, skipped: int) -> str:
        where = ", ".join(str(path) for path in self.sources) or "no source at all"
        if skipped:
            return f"no article could be read in {where} ({skipped:,} files were skipped); give other sources"
        return f"there is no article in {where}; give a folder that holds some"


def _checked_sources(sources: Sequence[Path | str]) -> list[Path]:
    if isinstance(sources, (str, os.PathLike)):  # a text is a sequence, too: of letters
        raise UsageError(f"sources is a list of files and folders; write [{str(sources)!r}]")
    paths = [Path(os.path.abspath(source)) for source in sources]
    for given, path in zip(sources, paths, strict=True):
        if not path.exists():
            raise UsageError(f"there is no file or folder {given}; give the folder that holds the articles")
    return paths


def _model_settings(encoder: Encoder) -> dict[str, Any]:
    """What a manifest says of a model."""
    sizes = {"name": encoder.name, "dimension": encoder.dimension, "sha256": encoder.fingerprint}
    return sizes | {"precision": encoder.precision, "method": encoder.method}


def _chunk_settings(settings: ChunkSettings) -> dict[str, int]:
    """What a manifest says of how passages are cut."""
    return {"max_words": settings.max_words, "max_tokens": settings.max_tokens}
