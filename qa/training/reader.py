"""Learns the weights of the extractive reader: python -m qa.training.reader --train DIR --out FILE.

Starts from the packaged weights of all-MiniLM-L6-v2, whose word embeddings stay as they are. Warms up, goes on at one
rate and then falls to nought over the last steps (Hägele et al. 2024), with an average of the weights, so that a
checkpoint serves at any time; a run that was ended goes on from its last one. With `--teachers`, the files of other
runs, it learns what they say on average.
"""

import argparse
import hashlib
import json
import os
import random
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor

from index.embedding.model_folder import default_folder
from qa.training.reader_data import Material, load
from qa.training.reader_examples import Example, Examples
from qa.training.reader_measure import logistic, measure, signals
from qa.training.reader_negatives import neighbours
from qa.training.reader_network import Batch, Network, collate, loss

__all__ = ["main", "train"]

_BATCH, _POOL = 128, 16  # examples of a batch; batches that are drawn at once and sorted by length
_RATE, _DECAY, _CLIP, _WARMUP = 4e-4, 0.01, 1.0, 100  # AdamW; 1e-4 and 2e-4 are no better; steps
_DROPOUT = 0.1  # as BERT was trained with; a learner of teachers drops nothing
_EMA, _EMA_EVERY = 0.96, 5  # average over about 125 steps, updated at every fifth
_SHORT, _LONG = (20, 70), (65, 160)  # tokens of text: 15 to 50 words, later 50 to 120
_STEPS, _SHORT_STEPS, _COOLDOWN, _EVERY = 3000, 1000, 1500, 500
_EMA_START = 6  # updates after which the average weighs the past half
_AHEAD = 4  # pools that are drawn before they are needed
_HELD = 25  # one paragraph in so many is held out for the learning curve
_SHOWN, _FITTED = 320, 640  # held-out examples for the curve, and others for the chance that is stated


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m qa.training.reader", description=__doc__)
    parser.add_argument("--train", type=Path, required=True, help="folder of sets, as ../shared/train")
    parser.add_argument("--out", type=Path, required=True, help="file for the weights (.safetensors)")
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints and the learning curve")
    parser.add_argument("--sets", nargs="*", default=[], help="only these sets of the folder")
    parser.add_argument("--steps", type=int, default=_STEPS, help="batches of 32 in all")
    parser.add_argument(
        "--short-steps", type=int, default=_SHORT_STEPS, help="of these, the first ones, with short texts"
    )
    parser.add_argument("--cooldown", type=int, default=_COOLDOWN, help="last steps, in which the rate falls to nought")
    parser.add_argument("--every", type=int, default=_EVERY, help="steps from one checkpoint to the next")
    parser.add_argument("--teachers", type=Path, nargs="*", default=[], help="weights of others, to learn from")
    parser.add_argument("--device", default="cpu", help='"cuda" where there is one')
    parser.add_argument(
        "--workers",
        type=int,
        default=2,
        help="parts of a batch that are computed at once on a CPU; with one, runs repeat",
    )
    parser.add_argument("--seed", type=int, default=0)
    train(parser.parse_args(argv))
    return 0


def train(options: argparse.Namespace) -> None:
    """Goes on from the last checkpoint in the folder, if any, up to the last step, and writes the averaged weights."""
    options.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    folder = default_folder()
    tokenizer = load_tokenizer(folder)
    material = load(options.train, tokenizer, tuple(options.sets))
    near = neighbours(material, options.work / "near.npy")
    learn, held = _split(material)
    stream = partial(Examples, material, near, learn, tokenizer, options.seed)
    unseen = Examples(material, near, held, tokenizer, options.seed + 1)
    shown = unseen.pool(0, _SHOWN, _LONG)
    packaged = load_file(folder / "model.safetensors")
    run = _Run(packaged, options)
    began = time.monotonic()
    for batch in _batches(stream, run.step, options):
        run.learn(batch)
        if run.step % options.every == 0 or run.step == options.steps:
            facts = {"step": run.step, "loss": run.mean_loss(), "seconds": round(time.monotonic() - began)}
            run.report(facts | measure(run.averaged(), shown))
            run.save()
    fitted = unseen.pool(1, _FITTED, _LONG)
    head, span, _ = signals(run.averaged(), fitted)
    truth = np.array([bool(example.starts) for example in fitted])
    calibration = logistic(np.column_stack([head, span]), truth)
    stated: dict[str, Any] = {"calibration": calibration, "steps": run.step, "seed": options.seed}
    weights = {name: value.half().cpu().contiguous() for name, value in run.average.items()}
    save_file(weights, options.out, {name: json.dumps(fact) for name, fact in stated.items()})
    print(json.dumps(stated | {"sha256": hashlib.sha256(options.out.read_bytes()).hexdigest()}))


def load_tokenizer(folder: Path) -> Any:
    """The model's tokenizer, without cutting or padding."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _split(material: Material) -> tuple[list[int], list[int]]:
    """Questions to learn from and held-out ones, by paragraph."""
    rows: tuple[list[int], list[int]] = ([], [])
    for row, asked in enumerate(material.asked):
        rows[asked.paragraph % _HELD == 0].append(row)
    return rows


def _batches(stream: Callable[[], Examples], done: int, options: argparse.Namespace) -> Iterator[list[Example]]:
    """The batches from a step on. Two processes draw them ahead, in pools of which a number decides."""
    context = get_context("spawn")  # a forked process must not use a GPU's threads
    with ProcessPoolExecutor(2, context, initializer=_draw_from, initargs=(stream,)) as drawing:
        numbers = iter(range(done // _POOL, -(-options.steps // _POOL)))
        ahead: deque[Future[list[Example]]] = deque()
        for step in range(done - done % _POOL, options.steps):
            if step % _POOL == 0:
                while len(ahead) < _AHEAD and (number := next(numbers, None)) is not None:
                    tokens = _SHORT if number * _POOL < options.short_steps else _LONG
                    ahead.append(drawing.submit(_drawn, number, _BATCH * _POOL, tokens))
                pool = sorted(ahead.popleft().result(), key=lambda example: len(example.ids))
                order = list(range(_POOL))
                random.Random(f"{options.seed}-{step}").shuffle(order)
            if step >= done:
                first = order[step % _POOL] * _BATCH
                yield pool[first : first + _BATCH]


_drawing: list[Examples] = []  # of a process that draws


def _draw_from(stream: Callable[[], Examples]) -> None:
    _drawing.append(stream())


def _drawn(number: int, count: int, tokens: tuple[int, int]) -> list[Example]:
    return _drawing[0].pool(number, count, tokens)


class _Run:
    """Weights, their average, the optimizer and how far it has come."""

    def __init__(self, packaged: Mapping[str, Tensor], options: argparse.Namespace) -> None:
        self._words = {name: value for name, value in packaged.items() if name.endswith("word_embeddings.weight")}
        dropout = 0.0 if options.teachers else _DROPOUT
        self.network = network = Network(dict(packaged), dropout).to(options.device)
        self._teachers = [Network({**load_file(file), **self._words}).to(options.device) for file in options.teachers]
        self._options, self.step = options, 0
        self._losses: list[Tensor] = []
        self._parts = options.workers if options.device == "cpu" else 1
        self._workers = ThreadPoolExecutor(self._parts, initializer=torch.set_num_threads, initargs=(1,))
        named = network.learned
        flat = [value for value in named.values() if value.dim() < 2]
        deep = [value for value in named.values() if value.dim() >= 2]
        groups = [{"params": deep, "weight_decay": _DECAY}, {"params": flat, "weight_decay": 0.0}]
        self._optimizer = torch.optim.AdamW(groups, lr=_RATE, fused=True)
        self.average = {name: value.detach().clone() for name, value in named.items()}
        self._file = options.work / "checkpoint.pt"
        if self._file.is_file():
            state = torch.load(self._file, weights_only=True, map_location=options.device)
            network.load_state_dict(state["network"], strict=False)
            self._optimizer.load_state_dict(state["optimizer"])
            self.average, self.step = state["average"], state["step"]

    def learn(self, examples: Sequence[Example]) -> None:
        """One step. On a CPU, each worker computes the gradient of its part on one thread: on a busy machine far faster
        than two threads that wait for each other within every product.
        """
        for group in self._optimizer.param_groups:
            group["lr"] = _RATE * self._share()
        torch.manual_seed(zlib.crc32(f"{self._options.seed}-{self.step}".encode()))  # what is dropped
        parts = [collate(examples[worker :: self._parts]) for worker in range(self._parts)]
        results = list(self._workers.map(self._gradients, parts))
        for number, weight in enumerate(self.network.learned.values()):
            weight.grad = torch.stack([gradients[number] for _, gradients in results]).mean(0)
        torch.nn.utils.clip_grad_norm_(list(self.network.learned.values()), _CLIP)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self._losses.append(torch.stack([value for value, _ in results]).mean())
        if self.step % _EMA_EVERY == 0:
            kept = min(_EMA, self.step / (self.step + _EMA_START * _EMA_EVERY))
            for name, weight in self.network.learned.items():
                self.average[name].lerp_(weight.detach(), 1 - kept)

    def _gradients(self, batch: Batch) -> tuple[Tensor, tuple[Tensor, ...]]:
        value = loss(self.network, batch, self._teachers)
        return value.detach(), torch.autograd.grad(value, list(self.network.learned.values()))

    def _share(self) -> float:
        left = (self._options.steps - self.step) / max(1, self._options.cooldown)
        return float(min(1.0, (self.step + 1) / _WARMUP, left))

    def mean_loss(self) -> float:
        mean = float(torch.stack(self._losses).mean()) if self._losses else 0.0
        self._losses.clear()
        return round(mean, 4)

    def averaged(self) -> Network:
        return Network({**self.average, **self._words}).to(self._options.device)

    def report(self, facts: dict[str, Any]) -> None:
        print(json.dumps(facts), flush=True)
        with (self._options.work / "curve.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(facts) + "\n")

    def save(self) -> None:
        state = {name: value for name, value in self.network.state_dict().items() if not name.startswith("words")}
        part = self._file.with_suffix(".part")
        torch.save(
            {"network": state, "optimizer": self._optimizer.state_dict(), "average": self.average, "step": self.step},
            part,
        )
        os.replace(part, self._file)


if __name__ == "__main__":
    raise SystemExit(main())
