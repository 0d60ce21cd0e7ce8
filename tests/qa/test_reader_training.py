"""How the reader's examples are made, and that a run that was ended goes on as if it had not been."""

import gzip
import json
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from index.embedding.model_folder import default_folder
from qa.training import reader
from qa.training.evidence_measure import auroc
from qa.training.reader_data import AnsweredQuestion, Material, Paragraph, load
from qa.training.reader_examples import Example, Examples
from qa.training.reader_measure import logistic
from qa.training.reader_negatives import neighbours
from qa.training.reader_network import Network, collate, loss
from qa.training.reader_questions import dated, exchanged, inside, opposite, other_number, spanned

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
    return reader.load_tokenizer(default_folder())


def drawn(folder: Path, tokenizer: Any, tmp_path: Path) -> tuple[Material, list[Example]]:
    material = load(folder, tokenizer)
    near = neighbours(material, tmp_path / "near.npy")
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
    # No page has two paragraphs, and no sentence two years.
    assert kinds == {"answered", "removed", "near", "exchanged", "inside", "opposite", "dated"}
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
        assert all(other_number(old, rng) != old for _ in range(50))


SENTENCES = (
    "In 1951 the mill of Arvik was bought by Ludo Ferrant, who ran it until 1967.",
    "The bridge was built by Mara Olsen.",
)
MILL = Paragraph("towns", "Arvik", " ".join(SENTENCES), np.zeros(0, np.int32), np.zeros(0, np.int32), SENTENCES)


def question(text: str) -> AnsweredQuestion:
    return AnsweredQuestion("towns", text, 0, ((0, 0),), True, ("Ludo Ferrant",))


def every(change: Any, *values: Any) -> set[str | None]:
    rng = random.Random(0)
    return {change(*values, rng) for _ in range(200)}


def test_a_name_is_exchanged_for_one_that_the_paragraph_lacks_or_that_other_sentences_have() -> None:
    asked = question("Who bought the mill of Arvik?")
    assert every(exchanged, asked, MILL, ["Bodaro", "Mara Olsen"]) == {"Who bought the mill of Bodaro?", None}
    assert every(inside, asked, MILL, [0]) == {"Who bought the mill of Mara Olsen?"}
    assert every(inside, question("Who bought it?"), MILL, [0]) == {None}


def test_a_word_is_exchanged_for_its_antonym_or_a_verb_negated() -> None:
    assert every(opposite, "Who bought the oldest mill?") == {
        "Who sold the oldest mill?",
        "Who bought the youngest mill?",
    }
    assert every(opposite, "Who was there?") == {"Who wasn't there?", None}
    assert every(opposite, "Whose mill burned?") == {None}


def test_years_are_those_of_the_sentence_or_others() -> None:
    asked = question("Who had the mill?")
    assert every(dated, asked, MILL, [0], True) == {"Who had the mill in 1951?", "Who had the mill in 1967?"}
    true = {"Who had the mill from 1951 to 1967?", "Who had the mill between 1951 and 1967?"}
    assert every(spanned, asked, MILL, [0], True) == true
    others = {one for change in (dated, spanned) for one in every(change, asked, MILL, [0], False)} - {None}
    assert len(others) > 20
    assert not any(year in one for one in others if one for year in ("1951", "1967"))
    for text in ("When was the mill bought?", "Who had the mill in 1950?"):
        assert every(dated, question(text), MILL, [0], True) == {None}
    assert every(spanned, asked, MILL, [1], True) == {None}


def test_what_teachers_say_is_learned(folder: Path, tokenizer: Any, tmp_path: Path) -> None:
    _, pool = drawn(folder, tokenizer, tmp_path)
    packaged = load_file(default_folder() / "model.safetensors")
    teacher, learner = Network(dict(packaged)), Network(dict(packaged))
    batch = collate(pool[:8])
    before = float(loss(learner, batch, [teacher]).detach())
    optimizer = torch.optim.SGD(learner.learned.values(), lr=0.01)
    for _ in range(3):
        optimizer.zero_grad()
        loss(learner, batch, [teacher]).backward()
        optimizer.step()
    assert float(loss(learner, batch, [teacher]).detach()) < before


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
        settings = f"--steps {steps} --short-steps 9 --cooldown 1 --every 3 --workers 1".split()
        assert reader.main(["--train", str(folder), "--out", str(out), "--work", str(tmp_path / work), *settings]) == 0
        return out

    straight = load_file(run("straight", 5))
    with monkeypatch.context() as quick:  # threads draw the same examples, and need not import PyTorch anew
        quick.setattr(reader, "ProcessPoolExecutor", lambda count, _, **given: ThreadPoolExecutor(count, **given))
        quick.setattr(reader, "_drawing", [])
        run("ended", 3)
        went_on = load_file(run("ended", 5))
    assert went_on.keys() == straight.keys()
    for name, value in straight.items():
        assert np.allclose(went_on[name].float(), value.float(), atol=1e-4), name
    curve = [json.loads(line)["step"] for line in (tmp_path / "ended" / "curve.jsonl").read_text().splitlines()]
    assert curve == [3, 5]
