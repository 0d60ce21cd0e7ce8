"""How the reader's examples are made, and that a run that was ended goes on as if it had not been."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.torch import load_file

from qa.training import reader, reader_examples
from qa.training.reader_data import Material, load
from qa.training.reader_examples import Example, Examples
from qa.training.reader_measure import auroc, logistic
from qa.training.reader_negatives import neighbours

PLACES = ["Arvik", "Bodaro", "Cantle", "Dorsby", "Elmhurst", "Farrow"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set of six paragraphs of three sentences, with two questions each."""
    corpus, queries, evidence = [], [], []
    for number, place in enumerate(PLACES):
        text = (
            f"The town of {place} has a mill.\r\nMayor {place}son was elected in 19{number + 50}. Nobody swims 🏊 here."
        )
        corpus.append({"id": place, "title": f"{place} town", "text": text})
        for kind, answer in (("Who was elected mayor of", f"{place}son"), ("What does the town have, like", "a mill")):
            qid = f"{place}-{kind[:3]}"
            queries.append({"id": qid, "question": f"{kind} {place}?"})
            evidence.append({"qid": qid, "doc_id": place, "evidence": [answer], "answer_start": [text.index(answer)]})
    (tmp_path / "train" / "towns").mkdir(parents=True)
    for name, rows in (("corpus", corpus), ("queries", queries), ("evidence", evidence)):
        with gzip.open(tmp_path / "train" / "towns" / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return tmp_path / "train"


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return reader.load_tokenizer(reader.packaged_model())


def drawn(folder: Path, tokenizer: Any, tmp_path: Path) -> tuple[Material, list[Example]]:
    material = load(folder, tokenizer)
    near = neighbours(material, tmp_path / "near.npy", cosine=False)
    stream = Examples(material, near, range(len(material.asked)), tokenizer, seed=3)
    pool = stream.pool(0, 200, (5, 30))
    again = Examples(material, near, range(len(material.asked)), tokenizer, seed=3).pool(0, 200, (5, 30))
    assert [list(one.ids) for one in pool] == [list(other.ids) for other in again]
    return material, pool


def test_answers_are_the_tokens_of_their_words(folder: Path, tokenizer: Any) -> None:
    for asked in load(folder, tokenizer).asked:
        ((first, last),) = asked.spans
        ids = load(folder, tokenizer).paragraphs[asked.paragraph].ids[first : last + 1]
        assert tokenizer.decode(list(ids)) == asked.answers[0].lower()


def test_what_has_an_answer_shows_it_and_what_has_none_does_not(folder: Path, tokenizer: Any, tmp_path: Path) -> None:
    _, pool = drawn(folder, tokenizer, tmp_path)
    kinds = {example.kind for example in pool}
    assert kinds == {"answered", "removed", "near", "exchanged", "dated"}
    for example in pool:
        text = tokenizer.decode(list(example.ids[example.first :]))
        question = tokenizer.decode(list(example.ids), skip_special_tokens=False).partition("[SEP]")[0]
        place = next((name.lower() for name in PLACES if name.lower() in question), "")
        if example.starts:
            span = tokenizer.decode(list(example.ids[example.starts[0] : example.ends[0] + 1]))
            assert span == (f"{place}son" if "mayor" in question else "a mill")
            assert any(a <= example.starts[0] < b for a, b in example.sentences)
        elif example.kind in ("removed", "near") and "mayor" in question:
            assert f"{place}son" not in text


def test_a_number_is_exchanged_for_another_one() -> None:
    rng = random.Random(0)
    for old in ("1999", "2024", "7", "1,500", "0"):
        assert all(reader_examples._other_number(old, rng) != old for _ in range(50))


def test_auroc_counts_ties_half() -> None:
    scores, truth = np.array([3.0, 1.0, 1.0, 0.0]), np.array([True, True, False, False])
    assert auroc(scores, truth) == pytest.approx((1 + 1 + 0.5 + 1) / 4)


def test_logistic_finds_the_coefficients_that_made_the_data() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(20_000, 2))
    truth = rng.random(20_000) < 1 / (1 + np.exp(-(0.5 + 2 * x[:, 0] - x[:, 1])))
    assert logistic(x, truth) == pytest.approx([0.5, 2, -1], abs=0.1)


def test_a_run_that_was_ended_goes_on_as_if_it_had_not_been(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("_BATCH", 4), ("_POOL", 2), ("_SHOWN", 8), ("_FITTED", 8), ("_EMA_EVERY", 1), ("_HELD", 3)):
        monkeypatch.setattr(reader, name, value)

    def run(work: str, steps: int) -> Path:
        out = tmp_path / f"{work}-{steps}.safetensors"
        settings = f"--steps {steps} --short-steps 9 --cooldown 1 --every 3".split()
        assert reader.main(["--train", str(folder), "--out", str(out), "--work", str(tmp_path / work), *settings]) == 0
        return out

    run("ended", 3)
    went_on, straight = load_file(run("ended", 5)), load_file(run("straight", 5))
    assert went_on.keys() == straight.keys()
    for name, value in straight.items():
        assert np.allclose(went_on[name].float(), value.float(), atol=1e-4), name
    curve = [json.loads(line)["step"] for line in (tmp_path / "ended" / "curve.jsonl").read_text().splitlines()]
    assert curve == [3, 5]
