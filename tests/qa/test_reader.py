"""The reader: offsets that are the passage's own, scores of sentences, and what happens without its weights."""

import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from index.text.sentences import sentence_spans
from qa.answering.reader import FILE, PassageReading, Reader, ReaderUnavailable, _shared, load_reader, shared_reader
from qa.answering.reader_network import HIDDEN, Network, Piece
from qa.training.reader_network import logits as learned
from qa.training.reader_network import prepared

TITLE = "Harbour news"
# The target stands deep in the text, after CRLF lines, emoji outside the BMP, a combining accent and a ligature.
TEXT = (
    "The ferry was late again 🚢🚢.\r\n\r\nPassengers waited at the cafe\u0301 by the quay; the ofﬁce closed. 👧\r\n"
    "The harbour master, Ingrid Solheim, resigned on Tuesday after eleven years.\r\nNobody had expected rain."
)
QUESTION = "Who resigned as harbour master?"
OTHER = "The recipe needs two eggs, a cup of flour and a pinch of salt. Bake it for forty minutes."


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def ranges(text: str) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in sentence_spans(text)]


def test_the_span_is_a_slice_of_the_passage(reader: Reader) -> None:
    (reading,) = reader.read(QUESTION, [(TITLE, TEXT)])
    assert "Ingrid Solheim" in TEXT[reading.start : reading.end]
    assert len(TEXT[reading.start : reading.end]) <= len("The harbour master, Ingrid Solheim,")


def test_the_sentence_that_answers_scores_highest(reader: Reader) -> None:
    cut = ranges(TEXT)
    (reading,) = reader.read(QUESTION, [(TITLE, TEXT)], [cut])
    best = max(range(len(cut)), key=lambda number: reading.sentences[number])
    assert TEXT[slice(*cut[best])].startswith("The harbour master")
    assert len(reading.sentences) == len(cut)


def test_a_passage_that_answers_is_likelier_than_one_that_does_not(reader: Reader) -> None:
    there, elsewhere = reader.read(QUESTION, [(TITLE, TEXT), ("Baking", OTHER)])
    assert 0 <= elsewhere.answered < 0.2 < there.answered <= 1
    assert there.score > elsewhere.score


def test_readings_depend_neither_on_order_nor_on_company(reader: Reader) -> None:
    passages = [(TITLE, TEXT), ("Baking", OTHER), ("", "Rain."), ("Long", f"{OTHER} " * 8), (TITLE, f"{OTHER} {TEXT}")]
    cut = [ranges(text) for _, text in passages]
    together = reader.read(QUESTION, passages, cut)
    backwards = reader.read(QUESTION, passages[::-1], cut[::-1])[::-1]
    assert together == reader.read(QUESTION, passages, cut)
    for passage, sentences, one, other in zip(passages, cut, together, backwards, strict=True):
        (alone,) = reader.read(QUESTION, [passage], [sentences])
        for reading in (one, other):
            assert alike(reading, alone)


def alike(one: PassageReading, other: PassageReading, answered: float = 0.002, score: float = 0.02) -> bool:
    """Equal but for rounding, where a product's sums are ordered by its shape; with AVX512 at bf16 they are not."""
    return abs(one.answered - other.answered) < answered and abs(one.score - other.score) < score


@pytest.mark.parametrize("steep", [1.0, 40.0])  # of attention: with 40, powers of two leave the range of fp32
@pytest.mark.parametrize("learning", [True, False])  # attention is computed otherwise then
def test_it_computes_what_was_learned(steep: float, learning: bool) -> None:
    weights = {name: tensor.float() for name, tensor in load_file(FILE).items()}
    for name in [name for name in weights if "attention.self.query" in name]:
        weights[name] = weights[name] * steep
    pieces, drawn = [Piece(37, 9), Piece(64, 20), Piece(50, 48), Piece(5, 4)], torch.Generator().manual_seed(0)
    words = [torch.randn(piece.tokens, HIDDEN, generator=drawn) for piece in pieces]
    types = [(torch.arange(piece.tokens) >= piece.first - 3).long() for piece in pieces]
    found = Network(weights, torch.float32)(torch.cat(words), torch.cat(types), pieces)
    for piece, word, kinds, logits in zip(pieces, words, types, found, strict=True):
        shape = 1, piece.tokens
        nothing, every = torch.zeros(shape, dtype=torch.bool), torch.ones(shape, dtype=torch.bool)
        with torch.set_grad_enabled(learning):
            start, end, answered = learned(prepared(weights, torch.float32), word[None], kinds[None], nothing, every)
        rows = [0, *range(piece.first, piece.tokens - 1)]
        assert logits[:, 0].tolist() == pytest.approx(start[0, rows].tolist(), abs=2e-3 * steep)
        assert logits[:, 1].tolist() == pytest.approx(end[0, rows].tolist(), abs=2e-3 * steep)
        assert float(logits[0, 2]) == pytest.approx(float(answered[0]), abs=2e-3 * steep)


def test_threads_share_the_passages_and_change_no_reading(reader: Reader) -> None:
    passages = [(TITLE, f"{TEXT} " * times) for times in (3, 1, 2, 1, 1)]
    before = torch.get_num_threads()
    found = []
    try:
        for threads in (1, 2, 8):
            torch.set_num_threads(threads)
            found.append(reader.read(QUESTION, passages))
    finally:
        torch.set_num_threads(before)
    # Threads part the rows of a product in other shapes, and AMX orders its sums by these: .0018 and .057 were seen.
    bounds = (0.005, 0.1) if torch.cpu._is_amx_tile_supported() else (0.002, 0.02)
    for readings in found[1:]:
        assert all(alike(one, other, *bounds) for one, other in zip(readings, found[0], strict=True))
    assert found[0][1] == found[0][3] == found[0][4]


@pytest.mark.parametrize("text", ["", " \r\n ", "\u200b"])
def test_a_passage_without_words_does_not_answer(reader: Reader, text: str) -> None:
    (reading,) = reader.read(QUESTION, [("", text)], [[(0, len(text))]])
    assert (reading.answered, reading.start, reading.end) == (0.0, 0, 0)
    assert reading.sentences == (-math.inf,)


def test_no_passages_no_readings(reader: Reader) -> None:
    assert reader.read(QUESTION, []) == []


def test_what_lies_beyond_the_tokens_read_has_no_score(reader: Reader) -> None:
    text = f"{OTHER} " * 40
    cut = ranges(text)
    (reading,) = reader.read(QUESTION * 30, [("word " * 200, text)], [cut])
    assert math.isfinite(reading.sentences[0])
    assert reading.sentences[-1] == -math.inf


def test_the_weights_fit_in_the_package() -> None:
    assert FILE.stat().st_size <= 25_000_000


def cut_short(data: bytes) -> bytes:
    return data[: len(data) // 2]


def one_bit(data: bytes) -> bytes:
    return data[:-1000] + bytes([data[-1000] ^ 1]) + data[-999:]


def emptied(data: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [cut_short, one_bit, emptied])
def test_damaged_weights_are_refused_in_one_sentence(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    file = tmp_path / "reader.safetensors"
    file.write_bytes(damage(FILE.read_bytes()))
    with pytest.raises(ReaderUnavailable, match=r"reader\.safetensors are damaged; .*reinstall"):
        load_reader(file)


@pytest.mark.parametrize("damage", [cut_short, emptied])
def test_a_file_that_is_no_reader_is_refused_in_one_sentence(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    file = tmp_path / "reader.safetensors"
    file.write_bytes(damage(FILE.read_bytes()))
    with pytest.raises(ReaderUnavailable, match=r"cannot be loaded \(.*\); .*reinstall"):
        load_reader(file, sha256=None)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ReaderUnavailable, match=r"reader\.safetensors are missing; .*reinstall"):
        load_reader(tmp_path / "reader.safetensors")


def test_without_weights_there_is_a_note_and_no_reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("qa.answering.reader.FILE", tmp_path / "reader.safetensors")
    _shared.cache_clear()
    try:
        found, note = shared_reader()
        assert found is None
        assert "answers are given without it" in note
    finally:
        _shared.cache_clear()


def test_importing_it_loads_no_torch() -> None:
    code = "import sys, qa.answering.reader; print([name for name in ('torch', 'tokenizers') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
