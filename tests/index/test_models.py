"""Models with prompts, other pooling and cut vectors, as E5, BGE, Arctic and LEAF have them, from build to answer."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.building.build import BuildOptions, build
from index.embedding import encoder as loaded
from index.embedding.encoder import load_encoder
from index.embedding.encoders import FastEncoder, GeneralEncoder, difference
from index.embedding.model_folder import fingerprint, prompts_of
from index.store.snapshot import Index
from qa import ask
from tests.fakes import article_text, write_article
from tests.small_bert import write_bert

SEARCHING = "Represent this sentence for searching relevant passages: "
FAMILIES: dict[str, dict[str, Any]] = {
    "e5": {"prompts": {"query": "query: ", "passage": "passage: "}},
    "bge": {"prompts": {"query": SEARCHING}, "pooling": "cls"},
    "arctic": {"prompts": {"query": "query: "}, "pooling": "cls", "truncate_dim": 24},
    "leaf": {"prompts": {"query": SEARCHING, "document": ""}, "truncate_dim": 32},
    "corpus": {"prompts": {"corpus": "text: "}},
}
TEXTS = ["Who won?", "", "word " * 300, *(article_text(seed, 1 + seed % 5)[: 40 * seed] for seed in range(1, 12))]


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> dict[str, Any]:
    return FAMILIES[request.param]


def fast_encoder(folder: Path, precision: str) -> FastEncoder:
    return FastEncoder(str(folder), folder, precision, fingerprint(str(folder), folder))


def test_a_prompted_bert_is_run_the_fast_way_and_says_the_same(tmp_path: Path, family: dict[str, Any]) -> None:
    from sentence_transformers import SentenceTransformer

    folder = write_bert(tmp_path / "model", **family)
    general = GeneralEncoder(str(folder), "fp32", "cpu")
    plain = SentenceTransformer(str(folder), device="cpu")
    query, document = prompts_of(family["prompts"])
    theirs = [plain.encode([prompt + text for text in TEXTS], convert_to_numpy=True) for prompt in (query, document)]
    theirs = [vectors / np.linalg.norm(vectors, axis=1, keepdims=True) for vectors in theirs]
    for precision, least in (("fp32", 0.99999), ("bf16", 0.999)):
        fast = fast_encoder(folder, precision)
        assert difference(fast) == ""
        assert fast.dimension == general.dimension == family.get("truncate_dim", 64) == theirs[0].shape[1]
        assert fast.max_tokens == general.max_tokens
        for ours, other, plainly in (
            (fast.encode_queries(TEXTS), general.encode_queries(TEXTS), theirs[0]),
            (fast.encode_passages(TEXTS), general.encode_passages(TEXTS), theirs[1]),
        ):
            np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-3)
            assert (ours * plainly).sum(axis=1).min() >= least
            assert (other * plainly).sum(axis=1).min() >= 0.99999
    assert load_encoder(str(folder), "fp32").method == "fast"


def test_prompts_are_those_that_the_model_names() -> None:
    assert prompts_of({"query": "q: ", "passage": "p: ", "corpus": "c: "}) == ("q: ", "p: ")
    assert prompts_of({"query": "", "document": "", "passage": "p: "}) == ("", "p: ")
    assert prompts_of({"document": "d: ", "passage": "p: ", "clustering": "x"}) == ("", "d: ")
    assert prompts_of({"query": None}) == prompts_of({}) == ("", "")


def test_an_index_names_its_model_and_asking_needs_no_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_bert(tmp_path / "model", **FAMILIES["arctic"])
    write_article(tmp_path / "articles", "a.txt", 1)
    write_article(tmp_path / "articles", "b.txt", 2)
    build(["articles"], "index", BuildOptions(model="model", precision="fp32"))
    assert not build(["articles"], "index", BuildOptions(model="model", precision="fp32")).changed
    monkeypatch.chdir("/")
    loaded._LOADED.clear()
    loaded._RESOLVED.clear()
    with Index.open(tmp_path / "index") as index:
        made = index.manifest.model
        assert (made["name"], made["dimension"], made["method"]) == (str(tmp_path / "model"), 24, "fast")
        assert index.encoder.dimension == index.vectors.shape[1] == 24
    answer = ask("Who visited the airbase in Doha?", index=tmp_path / "index")
    assert answer.citations or answer.closest


def test_other_prompts_are_another_model_the_general_way_too(tmp_path: Path) -> None:
    folder = write_bert(tmp_path / "model", **FAMILIES["leaf"])
    settings = folder / "config_sentence_transformers.json"
    before = json.loads(settings.read_text())
    found = []
    for change in (
        {},
        {"prompts": {"query": "another: "}},
        {"truncate_dim": 16},
        {"prompts": {}, "truncate_dim": None},
    ):
        settings.write_text(json.dumps(before | change))
        found.append(GeneralEncoder(str(folder), "fp32", "cpu").fingerprint)
    settings.write_text(json.dumps(before))
    assert GeneralEncoder(str(folder), "fp32", "cpu").fingerprint == found[0]
    assert len(set(found)) == 4
