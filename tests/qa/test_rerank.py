"""A reranker of one's own: how its scores and the ranking's go together, and what happens when it cannot be loaded."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.engine import SearchEngine
from index.errors import ModelNotFound
from qa import ask, retrieve
from qa.search.rerank import Reranker, load_reranker, reordered, reranked
from qa.search.search import search
from qa.types import Request
from tests.qa.conftest import Command

QUESTION = "Who visited the airbase in Baghdad?"


def save(folder: Path, labels: int = 1, head: bool = True) -> str:
    """A BERT of one layer with random weights and a vocabulary of letters."""
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizer

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join([*words, *letters, *(f"##{letter}" for letter in letters)]))
    tokenizer = BertTokenizer(str(folder / "vocab.txt"), model_max_length=64)
    tokenizer.save_pretrained(folder)
    config = BertConfig(
        vocab_size=57, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64, num_labels=labels,
    )  # fmt: skip
    (BertForSequenceClassification if head else BertModel)(config).save_pretrained(folder)
    return str(folder)


def test_scores_go_half_and_half_over_the_range_that_there_was() -> None:
    # Shares of the ranking 1, .5, 0 and of the reranker 0, 1, .5: half each is .5, .75, .25 of the way from 1 to 3.
    new = reordered(np.array([3.0, 2.0, 1.0, 0.5]), np.array([-4.0, 4.0, 0.0]))
    assert new.tolist() == pytest.approx([2.0, 2.5, 1.5, 0.5])


@pytest.mark.parametrize("read", [[0.5, 0.5, 0.5], [9.0, 5.0, 1.0]])
def test_a_reranker_that_tells_nothing_or_agrees_keeps_the_order(read: list[float]) -> None:
    new = reordered(np.array([3.0, 2.0, 1.0]), np.array(read))
    assert (np.diff(new) < 0).all()


def test_among_equals_the_reranker_decides() -> None:
    assert reordered(np.array([1.0, 1.0]), np.array([0.1, 0.2])).tolist() == [1.0, 1.5]
    assert reordered(np.array([1.0]), np.array([0.1])).tolist() == [1.0]


def test_a_model_reads_title_and_passage_and_reorders_them(
    built: SearchEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = save(tmp_path / "reranker")
    model = load_reranker(name)
    assert load_reranker(name) is model
    plain = search(built, Request(QUESTION, as_of="any"))
    assert model.scores(QUESTION, ["one", "two " * 500, ""]).shape == (3,)
    pairs: list[tuple[str, str]] = []

    def predict(given: Sequence[tuple[str, str]], **_: object) -> list[float]:
        pairs.extend(given)
        return [float(place**3) for place in range(len(given))]  # the last of those that are read by far the best

    monkeypatch.setattr(model._model, "predict", predict)
    found = reranked(plain, QUESTION, name)
    count = min(30, len(plain))
    assert len(pairs) == count
    for position, (question, text) in enumerate(pairs):
        read = plain.read(position)
        assert question == QUESTION
        assert text.startswith(read.article.title)
        assert text.endswith(read.text)
    assert sorted(found.rows) == sorted(plain.rows)
    assert found.rows[count:].tolist() == plain.rows[count:].tolist()
    assert found.score.tolist() == pytest.approx(sorted(found.score, reverse=True))
    assert found.rows[:count].tolist() != plain.rows[:count].tolist()
    for position, row in enumerate(found.rows):  # signals went along with their rows
        assert (
            found.features.column("cosine")[position] == plain.features.column("cosine")[plain.rows.tolist().index(row)]
        )
    best = built.passage(int(found.rows[0]))
    cited = built.article_at(best.article).id, best.span.start
    scores = [
        {(one.article_id, one.start): one.score for one in retrieve(QUESTION, index=built, as_of="any", reranker=by)}
        for by in (name, None)
    ]
    assert scores[0][cited] == pytest.approx(float(found.score[0]), abs=1e-6)
    assert scores[0] != scores[1]


def test_random_weights_answer_too(built: SearchEngine, tmp_path: Path) -> None:
    name = save(tmp_path / "reranker")
    first = ask(QUESTION, index=built, reranker=name)
    assert first.citations or first.closest
    assert ask(QUESTION, index=built, reranker=name) == first


@pytest.mark.parametrize(
    ("labels", "head", "words"), [(3, True, "gives 3 scores"), (1, False, "is no reranker"), (0, False, "cannot be")]
)
def test_what_is_no_reranker_is_said_in_one_sentence(tmp_path: Path, labels: int, head: bool, words: str) -> None:
    name = save(tmp_path / "model", labels, head) if labels else str(tmp_path / "nothing-here")
    with pytest.raises(ModelNotFound, match=words) as caught:
        Reranker(name)
    assert "\n" not in str(caught.value)


def test_a_reranker_that_is_not_there_ends_a_command_with_one_sentence(
    run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    done = run("ask", "rockets", "--reranker", "no/such")
    assert done.code == 2
    assert done.err.startswith("error: the reranker 'no/such' cannot be loaded")
    assert done.err.count("\n") == 1
