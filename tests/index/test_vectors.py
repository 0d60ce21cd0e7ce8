"""Vectors as they are stored, and how many lists of an inverted file are tried."""

import sys

import faiss
import numpy as np
import pytest
import torch

from index.store import vectors as vector_store
from index.store.vectors import as_floats, cosines


@pytest.mark.parametrize("loaded", [True, False])
def test_every_stored_number_comes_back_exactly_with_pytorch_and_without(
    monkeypatch: pytest.MonkeyPatch, loaded: bool
) -> None:
    monkeypatch.setitem(sys.modules, "torch", torch)
    if not loaded:
        monkeypatch.delitem(sys.modules, "torch")
    every = np.arange(65_536, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)].reshape(-1, 32)
    rows = np.random.default_rng(0).permutation(len(finite))
    found = as_floats(finite, rows)
    assert found.dtype == np.float32
    assert np.array_equal(found, finite[rows].astype(np.float32))
    assert as_floats(finite, rows[:0]).shape == (0, 32)


@pytest.mark.parametrize("count", [1, 2, 85, 86, 400])
def test_equal_vectors_have_equal_cosines_wherever_they_stand(count: int) -> None:
    random = np.random.default_rng(1)
    vectors = np.repeat(random.standard_normal((1, 384)).astype(np.float16), count, axis=0)
    query = random.standard_normal(384).astype(np.float32)
    assert len(np.unique(cosines(vectors, query, np.arange(count)))) == 1


@pytest.mark.parametrize("target", [0.5, 0.9, 0.99, 1.0])
def test_the_fewest_lists_that_reach_the_target_are_tried(monkeypatch: pytest.MonkeyPatch, target: float) -> None:
    random = np.random.default_rng(2)
    vectors = random.standard_normal((1500, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    stored = vectors.astype(np.float16)
    index = faiss.index_factory(16, "IVF64,SQ8", faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    monkeypatch.setattr(vector_store, "_TARGET", target)
    report = vector_store._tune(index, "IVF64,SQ8", stored, np.random.default_rng(3))
    queries, truth = vector_store._sample(stored, np.random.default_rng(3))
    recall = {}
    for nprobe in range(1, 65):
        index.nprobe = nprobe
        recall[nprobe] = vector_store._recall(index, stored, queries, truth)
    assert report.recall == recall[report.nprobe]
    assert report.recall >= target
    fewest = min(nprobe for nprobe, found in recall.items() if found >= target)
    assert fewest <= report.nprobe <= max(fewest + 1, 1.25 * fewest)
