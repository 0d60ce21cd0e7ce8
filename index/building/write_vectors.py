"""Writes the embeddings of passages to vectors.npy: cached ones are copied, the others go through the model."""

import ctypes
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.building.report import Progress
from index.building.write_catalog import CatalogWriter
from index.embedding.cache import VectorCache
from index.embedding.encoder import Encoder, passage_text
from index.hashing import file_sha256
from index.store.layout import PASSAGE, digest, open_array

__all__ = ["open_cache", "write_vectors"]

_WINDOW = 2048  # passages whose texts are in memory, and sorted by length, at one time
_PART = 128  # passages embedded between two commits of the cache: a killed build loses seconds of work


def write_vectors(
    folder: Path,
    cache: VectorCache,
    catalog: CatalogWriter,
    encoder: Encoder,
    progress: Callable[[Progress], None],
) -> int:
    """Writes the vectors of `folder`'s passages.npy. Returns how many passages went through the model.

    Plain writes, not a memory map: on a full disk, writing through a map kills the process (SIGBUS).
    """
    _give_back()  # of what cutting took
    table = open_array(folder / "passages.npy")
    count, dimension = len(table), encoder.dimension
    embedded = 0
    with (folder / "vectors.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": "<f2", "fortran_order": False, "shape": (count, dimension)}
        )
        start = 0
        for texts in _windows(catalog, table):
            keys = [key.tobytes() for key in table["key"][start : start + len(texts)]]
            vectors = np.zeros((len(texts), dimension), np.float16)
            places, found = cache.find(keys, dimension)
            vectors[places] = found
            missing = sorted(set(range(len(texts))) - set(places), key=lambda place: (-len(texts[place]), place))
            done = len(places)
            for first in range(0, len(missing), _PART):
                part = missing[first : first + _PART]
                fresh = encoder.encode_passages([texts[place] for place in part]).astype(np.float16)
                cache.add([keys[place] for place in part], fresh)
                vectors[part] = fresh
                _give_back()
                embedded += len(part)
                done += len(part)
                progress(Progress("embedding", start + done, count))
            file.write(vectors.tobytes())
            start += len(texts)
            progress(Progress("embedding", start, count))
    return embedded


def open_cache(path: Path, live: Path | None, rebuild: bool) -> VectorCache:
    """The cache of an index, opened for a build; `live` is the generation to take vectors from if it has none yet."""
    cache = VectorCache(path)
    try:
        if rebuild:
            cache.forget_published()
        elif live is not None and not cache.has_published:
            _take_in(live, cache)
    except BaseException:
        cache.close()
        raise
    return cache


def _take_in(folder: Path, cache: VectorCache) -> None:
    """Fills a cache with the vectors of a generation of any format, if they are as they were written.

    For an index that was built before there was a cache, or copied without it.
    """
    paths = [folder / "passages.npy", folder / "vectors.npy"]
    with suppress(OSError, ValueError, TypeError, KeyError):
        written = (folder / "manifest.json").read_bytes()
        files = json.loads(written)["files"]
        whole = folder.name.endswith(digest(written))
        if not whole or any(file_sha256(path) != files[path.name]["sha256"] for path in paths):
            return
        table, vectors = map(open_array, paths)
        if table.dtype == PASSAGE and vectors.dtype == np.float16 and vectors.shape[:1] == table.shape:
            for start in range(0, len(table), _WINDOW):
                keys = [key.tobytes() for key in table["key"][start : start + _WINDOW]]
                cache.add(keys, vectors[start : start + _WINDOW])


def _give_back() -> None:
    """glibc keeps what torch frees, in pieces that fit no later batch: 2.5 GB after 40,000 passages."""
    with suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def _windows(catalog: CatalogWriter, table: NDArray[np.void]) -> Iterator[list[str]]:
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
