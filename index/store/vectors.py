"""Dense vectors: builds a FAISS index tuned to a recall target, and searches it.

8-bit codes are scanned, all of them in a small store, in a large one those of an inverted file's nearest lists
(Jegou et al. 2011, "Product Quantization for Nearest Neighbor Search"); the best candidates are scored again with the
stored fp16 vectors.
"""

import mmap
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.engine import Hits
from index.store.files import Files, guarded

__all__ = ["DenseIndex", "DenseReport", "as_floats", "build_dense", "cosines", "products"]

_SCAN_UP_TO = 100_000  # a scan of the codes of this many vectors takes about 4 ms on one core
_TRAIN_PER_LIST = 40
_SAMPLE = 200  # queries on which recall is measured
_TARGET = 0.99
_BLOCK = 16_384  # vectors read from disk at a time
_RESCORE = 2  # candidates per wanted hit that are scored again exactly
_SEED = 20
_LET_GO_AFTER = 50_000  # rows, each a page of memory at most
_UNSHARED_VALUES = 32_768  # which PyTorch converts on the calling thread
_UNSHARED = 250_000  # multiplications up to which OpenBLAS stays on the calling thread
# The length of what is added to a vector of length 1 to make a query of it. At .5 the nprobe that finds .998 for such
# queries finds .965 for real questions; at 2.5 the one that finds .998 finds .997 (40,968 passages, IVF1024).
_APART = 2.5


@dataclass(frozen=True, slots=True)
class DenseReport:
    """What was built: the FAISS description, nprobe (0: every code is scanned), and recall@10 against exact search on a
    sample.
    """

    kind: str
    nprobe: int
    recall: float


def build_dense(vectors: NDArray[np.float16], path: Path) -> DenseReport:
    """Writes the FAISS index of unit vectors, shape (n, d), to `path`. Deterministic: seeded, one order."""
    faiss = _faiss()
    count, dimension = vectors.shape
    if count <= _SCAN_UP_TO:
        index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
        _add(index, vectors)
        faiss.write_index(index, str(path))
        return DenseReport("SQ8", 0, _recall(index, vectors, *_sample(vectors, np.random.default_rng(_SEED))))
    lists = int(2 ** round(np.log2(4 * np.sqrt(count))))
    kind = f"IVF{lists},SQ8"
    index = faiss.index_factory(dimension, kind, faiss.METRIC_INNER_PRODUCT)
    index.cp.seed = _SEED
    index.cp.niter = 8
    random = np.random.default_rng(_SEED)
    chosen = np.sort(random.choice(count, min(count, lists * _TRAIN_PER_LIST), replace=False))
    index.train(np.asarray(vectors[chosen], np.float32))
    _add(index, vectors)
    report = _tune(index, kind, vectors, random)
    index.nprobe = report.nprobe  # not the last one that was tried
    faiss.write_index(index, str(path))
    return report


def _faiss() -> Any:
    import faiss  # at first use: a fifth of a second, and no stubs for what its Python wrapper adds

    return faiss


@contextmanager
def _one_thread(faiss: Any) -> Iterator[None]:
    """Of the calling thread only: on a busy machine, waiting for a second core takes longer than the search."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _add(index: Any, vectors: NDArray[np.float16]) -> None:
    if not index.is_trained:
        index.train(np.asarray(vectors[:_BLOCK], np.float32))
    for start in range(0, len(vectors), _BLOCK):
        index.add(np.asarray(vectors[start : start + _BLOCK], np.float32))


def _tune(index: Any, kind: str, vectors: NDArray[np.float16], random: np.random.Generator) -> DenseReport:
    """The smallest nprobe, to a quarter of an octave, whose recall@10 after exact re-scoring reaches the target."""
    queries, truth = _sample(vectors, random)

    def reached(nprobe: int) -> float:
        index.nprobe = nprobe
        return _recall(index, vectors, queries, truth)

    nprobe = 1
    while (recall := reached(nprobe)) < _TARGET and nprobe < index.nlist:
        nprobe *= 2
    for less in sorted({nprobe * part // 8 for part in (5, 6, 7)} - {nprobe // 2, 0}):
        if (found := reached(less)) >= _TARGET:
            return DenseReport(kind, less, found)
    return DenseReport(kind, nprobe, recall)


def _sample(vectors: NDArray[np.float16], random: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Queries, and the rows of the ten vectors nearest to each."""
    rows = np.sort(random.choice(len(vectors), min(_SAMPLE, len(vectors)), replace=False))
    queries = np.asarray(vectors[rows], np.float32)
    # A stored passage finds itself at once; questions do not, so the sample is moved away from its passages.
    queries += random.normal(0, _APART / np.sqrt(queries.shape[1]), queries.shape).astype(np.float32)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    return queries, _exact(vectors, queries, 10)


def _recall(index: Any, vectors: NDArray[np.float16], queries: NDArray[np.float32], truth: NDArray[np.int64]) -> float:
    found = [_search(index, vectors, query, 10, None).rows for query in queries]
    return float(np.mean([len(np.intersect1d(a, b)) / len(b) for a, b in zip(found, truth, strict=True)]))


def _exact(vectors: NDArray[np.float16], queries: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Rows of the k nearest vectors of each query, by scanning all of them in blocks."""
    k = min(k, len(vectors))
    best = np.full((len(queries), k), -np.inf, np.float32)
    rows = np.zeros((len(queries), k), np.int64)
    for start in range(0, len(vectors), _BLOCK):
        block = np.asarray(vectors[start : start + _BLOCK], np.float32)
        scores = np.hstack([best, queries @ block.T])
        every = np.hstack([rows, np.broadcast_to(np.arange(start, start + len(block)), (len(queries), len(block)))])
        top = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        best, rows = np.take_along_axis(scores, top, 1), np.take_along_axis(every, top, 1)
    return rows


def _search(index: Any, vectors: NDArray[np.float16], query: NDArray[np.float32], k: int, selector: Any) -> Hits:
    faiss = _faiss()
    wanted = max(1, min(k * _RESCORE, index.ntotal))  # FAISS refuses 0
    parameters = None
    if selector is not None:
        parameters = (
            faiss.SearchParametersIVF(sel=selector, nprobe=index.nprobe)
            if hasattr(index, "nlist")
            else faiss.SearchParameters(sel=selector)
        )
    with _one_thread(faiss):
        _, found = index.search(query[None, :], wanted, params=parameters)
    rows = np.sort(found[0][found[0] >= 0])
    scores = cosines(vectors, query, rows)
    order = np.lexsort((rows, -scores))[:k]
    return Hits(rows[order], scores[order])


def cosines(vectors: NDArray[np.float16], query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Exact cosines (to fp16) of a unit query to the vectors at `rows`, in their order."""
    # Not a matrix product: BLAS sums in an order that depends on the number of rows, and equal vectors must tie.
    scores: NDArray[np.float32] = np.einsum("nd,d->n", as_floats(vectors, rows), query, optimize=False)
    return scores


def as_floats(vectors: NDArray[np.float16], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """The vectors at `rows`, in their order, exactly."""
    found = vectors[rows]
    if "torch" not in sys.modules:  # the encoder is not the packaged one, and does without
        return found.astype(np.float32)
    import torch  # ten times as fast as numpy; not out of sys.modules, where another thread may be loading it

    floats = np.empty(found.shape, np.float32)
    source, target = torch.from_numpy(found), torch.from_numpy(floats)
    step = max(1, _UNSHARED_VALUES // found.shape[1])  # parts that PyTorch does not hand to other threads
    for start in range(0, len(found), step):
        target[start : start + step].copy_(source[start : start + step])
    return floats


def products(ones: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """The product of each row of `ones`, shape (n, d), with each of `others`, shape (m, d): shape (n, m).

    In parts so small that BLAS does not hand them to other threads: that costs more than these products, on a busy
    machine a hundred times as much.
    """
    rows = max(1, _UNSHARED // max(1, others.size))
    parts = [ones[start : start + rows] @ others.T for start in range(0, len(ones), rows)]
    return np.concatenate(parts) if parts else np.empty((0, len(others)), np.float32)


class DenseIndex:
    """An open vector store. Immutable and thread-safe."""

    def __init__(self, files: Files, vectors: NDArray[np.float16], nprobe: int) -> None:
        faiss = _faiss()
        self._files = files
        self._mapped = vectors.base if isinstance(vectors.base, mmap.mmap) else None
        self._looked_at = 0
        self._vectors = vectors
        if (content := files.take("dense.faiss")) is None:
            self._index = faiss.read_index(str(files.folder / "dense.faiss"), faiss.IO_FLAG_MMAP_IFC)
        else:
            self._index = faiss.deserialize_index(np.frombuffer(content, np.uint8))
        if nprobe:
            self._index.nprobe = nprobe
        self.consistent = self._index.ntotal == len(vectors) and self._index.d == vectors.shape[1]

    @guarded
    def search(self, query: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None = None) -> Hits:
        """The k rows nearest to a unit vector, shape (d,), among those that `allowed` (shape (n,)) admits."""
        self._let_go(_RESCORE * k)
        if allowed is None:
            return _finite(_search(self._index, self._vectors, query, k, None))
        rows = np.flatnonzero(allowed)
        if len(rows) <= _SCAN_UP_TO // 4:
            scores = self.cosines(query, rows)
            order = np.lexsort((rows, -scores))[:k]
            return Hits(rows[order], scores[order])
        faiss = _faiss()
        bits = np.packbits(allowed, bitorder="little")
        return _finite(_search(self._index, self._vectors, query, k, faiss.IDSelectorBitmap(bits)))

    @guarded
    def cosines(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Exact cosines (to fp16) of a unit query to the vectors at `rows`, in their order."""
        self._let_go(len(rows))
        return _finite(Hits(rows, cosines(self._vectors, query, rows))).scores

    @guarded
    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The unit vectors at `rows`, in their order, shape (len(rows), d)."""
        return as_floats(self._vectors, rows)

    def _let_go(self, rows: int) -> None:
        """Keeps what is resident of the vectors' file small: else most of it soon is. The pages stay cached."""
        self._looked_at += rows
        if self._looked_at > _LET_GO_AFTER and self._mapped is not None:
            self._looked_at = 0
            if hasattr(self._mapped, "madvise"):
                self._mapped.madvise(mmap.MADV_DONTNEED)


def _finite(hits: Hits) -> Hits:
    # Stored vectors have length 1. A large file is hashed while it serves: until then, what is no number stays here.
    if not np.isfinite(hits.scores).all():
        raise ValueError("a vector holds what is no number")
    return hits
