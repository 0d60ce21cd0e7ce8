"""How fast passages are embedded, against plain `SentenceTransformer.encode` at fp32 and bf16, and how vectors agree.

    python -m tests.benchmarks.embedding [--dataset DIR] [--passages 1000] [--rounds 5] [--precision auto]
                                         [--accuracy-passages 2000] [--threads N] [--prompted]

Speed: the same seeded passages by all ways in turn, round after round, so that other work on the machine meets
all; medians, and the median of the rounds' ratios. Then the share of the processor's own limit, a large matrix
product measured between the rounds. Accuracy: cosine to the plain way's fp32 vectors, and the ten passages nearest to
each of 200 real questions by each way. bf16 has three digits, so passages whose fp32 cosines differ by less than .001
may change places; the share of identical sets is printed too. With `--prompted`, the default model has E5's prompts.
"""

import argparse
import json
import shutil
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding.encoder import DEFAULT_MODEL, PRECISIONS, Encoder, load_encoder, passage_text
from index.embedding.model_folder import default_folder, prompts_of
from index.text.boilerplate import body_spans
from index.text.chunking import chunk
from index.text.repeated_lines import Repeats
from index.text.sentences import sentence_spans
from tests.benchmarks.common import DATASET, articles, questions, save, table

_SIDE = 2048  # of the matrices whose product measures the processor's limit
_TIES = 0.001
_ASKED = 200
_PROMPTS = {"query": "query: ", "passage": "passage: "}


def real_passages(encoder: Encoder, dataset: Path, count: int) -> list[str]:
    """That many passages of a seeded sample of articles, cut as a build cuts them."""
    texts: list[str] = []
    for article in articles(dataset, count=min(3000, count)):
        spans = chunk(
            article.text,
            body_spans(article, Repeats()),
            partial(sentence_spans, article.text),
            encoder.count_tokens,
            max_words=120,
            max_tokens=200,
        )
        texts += [passage_text(article.title, span.of(article.text)) for span in spans]
    return [texts[row] for row in np.random.default_rng(0).permutation(len(texts))[:count]]


def operations(model: Any, lengths: list[int]) -> float:
    """Multiplications and additions that a BERT needs for texts of so many tokens, products only."""
    config = model.transformers_model.config
    width, inner, layers = config.hidden_size, config.intermediate_size, config.num_hidden_layers
    tokens, squares = sum(lengths), sum(length * length for length in lengths)
    return 2.0 * layers * (tokens * (4 * width * width + 2 * width * inner) + 2 * squares * width)


def peak(dtype: Any) -> float:
    """Operations a second of one large matrix product."""
    import torch

    one = torch.randn(_SIDE, _SIDE).to(dtype)
    one @ one
    started = time.perf_counter()
    one @ one
    return float(2 * _SIDE**3 / (time.perf_counter() - started))


def nearest(passages: NDArray[np.float32], asked: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.argsort(-(asked @ passages.T), axis=1, kind="stable")[:, :10]


def prompted(folder: Path) -> Path:
    """The default model with prompts, in a folder of its own."""
    shutil.copytree(default_folder(), folder)
    path = folder / "config_sentence_transformers.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"prompts": _PROMPTS}))
    return folder


def accuracy(plain: Any, encoder: Encoder, texts: list[str], asked: list[str]) -> dict[str, float]:
    query, document = prompts_of(plain.prompts)
    theirs = np.asarray(plain.encode(texts, prompt=document, show_progress_bar=False))
    ours = encoder.encode_passages(texts)
    cosine = (theirs * ours).sum(axis=1)
    questions_of = [
        np.asarray(plain.encode(asked, prompt=query, show_progress_bar=False)),
        encoder.encode_queries(asked),
    ]
    exact = questions_of[0] @ theirs.T
    right, found = nearest(theirs, questions_of[0]), nearest(ours, questions_of[1])
    tenth = np.take_along_axis(exact, right, 1)[:, -1:]
    within = (np.take_along_axis(exact, found, 1) >= tenth - _TIES).all(axis=1)
    same = [set(a) == set(b) for a, b in zip(right.tolist(), found.tolist(), strict=True)]
    common = [len(set(a) & set(b)) / 10 for a, b in zip(right.tolist(), found.tolist(), strict=True)]
    return {
        "passages": len(texts),
        "questions": len(asked),
        "mean_cosine": round(float(cosine.mean()), 6),
        "least_cosine": round(float(cosine.min()), 6),
        "same_top_10_within_ties": float(within.mean()),
        "identical_top_10": float(np.mean(same)),
        "mean_share_of_top_10_in_common": round(float(np.mean(common)), 4),
    }


def ratio(slow: list[float], fast: list[float]) -> float:
    """The median of the rounds' ratios."""
    return round(median(a / b for a, b in zip(slow, fast, strict=True)), 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, default=DATASET)
    parser.add_argument("--passages", type=int, default=1000)
    parser.add_argument("--accuracy-passages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precision", choices=PRECISIONS, default="auto")
    parser.add_argument("--prompted", action="store_true", help="the default model with prompts")
    parser.add_argument("--threads", type=int, help="of PyTorch; all cores unless said")
    options = parser.parse_args()
    import torch
    from sentence_transformers import SentenceTransformer

    if options.threads:
        torch.set_num_threads(options.threads)
    folder = str(default_folder())
    if options.prompted:
        folder = str(prompted(Path(tempfile.mkdtemp()) / "model"))
    encoder = load_encoder(folder if options.prompted else DEFAULT_MODEL, options.precision)
    plain = SentenceTransformer(folder, device="cpu")
    half = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": torch.bfloat16})
    texts = real_passages(encoder, options.dataset, max(options.passages, options.accuracy_passages))
    timed, prompt = texts[: options.passages], prompts_of(plain.prompts)[1]
    dtype = torch.bfloat16 if encoder.precision == "bf16" else torch.float32
    ways = {
        "sentence-transformers at fp32": lambda: plain.encode(timed, prompt=prompt, show_progress_bar=False),
        "sentence-transformers at bf16": lambda: half.encode(
            timed, prompt=prompt, show_progress_bar=False, convert_to_tensor=True
        ),
        f"index {encoder.precision}": lambda: encoder.encode_passages(timed),
    }
    wall: dict[str, list[float]] = {name: [] for name in ways}
    used: dict[str, list[float]] = {name: [] for name in ways}
    peaks = []
    for _ in range(options.rounds):
        for name, way in ways.items():
            started, before = time.perf_counter(), time.process_time()
            way()
            wall[name].append(time.perf_counter() - started)
            used[name].append(time.process_time() - before)
        peaks.append(peak(dtype))
    second = list(ways)[-1]
    lengths = [length + 2 for length in encoder.count_tokens(timed)]
    rate = operations(plain, lengths) / min(wall[second])
    facts: dict[str, Any] = {
        "precision": encoder.precision,
        "passages": len(timed),
        "mean_tokens": round(sum(lengths) / len(lengths), 1),
        "rounds": options.rounds,
        "threads": torch.get_num_threads(),
        "passages_a_second": {name: round(len(timed) / median(times), 1) for name, times in wall.items()},
        "passages_a_cpu_second": {name: round(len(timed) / median(times), 1) for name, times in used.items()},
        "times_as_fast_as": {name: ratio(wall[name], wall[second]) for name in ways},
        "times_as_fast_as_by_cpu_time": {name: ratio(used[name], used[second]) for name in ways},
        "peak_gflops": round(max(peaks) / 1e9, 1),
        "reached_gflops": round(rate / 1e9, 1),
        "share_of_peak": round(rate / max(peaks), 3),
        "method": encoder.method,
        "accuracy": accuracy(plain, encoder, texts[: options.accuracy_passages], questions(options.dataset, _ASKED)),
    }
    lines: list[tuple[object, ...]] = [
        ("way", "passages/s", "per CPU second", f"{second}, times as fast", "by CPU time")
    ]
    columns = ("passages_a_second", "passages_a_cpu_second", "times_as_fast_as", "times_as_fast_as_by_cpu_time")
    for name in ways:
        lines.append((name, *(facts[column][name] for column in columns)))
    said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts["accuracy"].items())
    text = table(lines) + (
        f"\n\n{len(timed)} passages of {facts['mean_tokens']} tokens on {facts['threads']} threads, "
        f"{options.rounds} rounds. Best round: {facts['reached_gflops']} GFLOP/s, {facts['share_of_peak']:.0%} of the "
        f"{facts['peak_gflops']} of a {_SIDE}x{_SIDE} product at {encoder.precision}.\n\nAccuracy: {said}."
    )
    kind = "embedding-prompted" if options.prompted else "embedding"
    save(f"{kind}-{encoder.precision}-{facts['threads']}-threads", facts, text)


if __name__ == "__main__":
    main()
