"""Passages of a catalog -> vectors.npy: those already known are copied, the others go through the model."""

import ctypes
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.building.report import Progress
from index.embedding.cache import Journal, KnownVectors
from index.embedding.encoder import Encoder, passage_text
from index.store.catalog import CatalogWriter
from index.store.layout import PASSAGE, digest, file_sha256, open_array

__all__ = ["stored_vectors", "write_vectors"]

_WINDOW = 2048  # passages whose texts are in memory, and sorted by length, at one time
_PART = 128  # passages embedded between two writes of the journal: a killed build loses seconds of work


def write_vectors(
    folder: Path,
    journal_path: Path,
    catalog: CatalogWriter,
    encoder: Encoder,
    known: KnownVectors | None,
    progress: Callable[[Progress], None],
) -> int:
    """Writes the vectors of `folder`'s passages.npy. Returns how many passages went through the model.

    Plain writes, not a memory map: on a full disk, writing through a map kills the process (SIGBUS).
    """
    _give_back()  # of what cutting took
    table = open_array(folder / "passages.npy")
    count, dimension = len(table), encoder.dimension
    embedded = 0
    with Journal(journal_path, dimension) as journal, (folder / "vectors.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": "<f2", "fortran_order": False, "shape": (count, dimension)}
        )
        start = 0
        for texts in _windows(catalog, table):
            keys = [key.tobytes() for key in table["key"][start : start + len(texts)]]
            vectors = np.zeros((len(texts), dimension), np.float16)
            missing = np.ones(len(texts), bool)
            for vault in (journal.known, known):
                if vault is not None:
                    places, found = vault.find(keys)
                    vectors[places] = found
                    missing[places] = False
            done = len(texts) - int(missing.sum())
            for part in _parts(sorted(np.flatnonzero(missing).tolist(), key=lambda place: -len(texts[place]))):
                fresh = encoder.encode_passages([texts[place] for place in part]).astype(np.float16)
                journal.append([keys[place] for place in part], fresh)
                vectors[part] = fresh
                _give_back()
                embedded += len(part)
                done += len(part)
                progress(Progress("embedding", start + done, count))
            file.write(vectors.tobytes())
            start += len(texts)
            progress(Progress("embedding", start, count))
    return embedded


def stored_vectors(folder: Path, dimension: int) -> KnownVectors | None:
    """The vectors of a generation of any format; None where they are not as they were written, or are stored in another
    way or dimension.
    """
    paths = [folder / "passages.npy", folder / "vectors.npy"]
    with suppress(OSError, ValueError, TypeError, KeyError):
        written = (folder / "manifest.json").read_bytes()
        files = json.loads(written)["files"]
        whole = folder.name.endswith(digest(written))
        if whole and all(file_sha256(path) == files[path.name]["sha256"] for path in paths):
            table, vectors = map(open_array, paths)
            if table.dtype == PASSAGE and vectors.dtype == np.float16 and vectors.shape == (len(table), dimension):
                return KnownVectors(table["key"], vectors)
    return None


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


def _parts(places: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(places), _PART):
        yield places[start : start + _PART]
