"""The reader while it learns: parameters, batches and what is minimised."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from qa.answering.reader_network import HIDDEN, logits, prepared
from qa.training.reader_examples import Example

__all__ = ["Batch", "Network", "collate", "loss"]

Batch = dict[str, Tensor]
_STEP = 8  # tokens by which batches differ in length: oneDNN makes and keeps code for each shape
_INITIAL = 0.02  # standard deviation of new weights (Devlin et al. 2019)


class Network(nn.Module):
    """Logits of start, end (texts, tokens) and answered (texts); see `qa.answering.reader_network`."""

    def __init__(self, weights: dict[str, Tensor]) -> None:
        super().__init__()
        kept = {name: nn.Parameter(value.float().clone()) for name, value in weights.items() if _belongs(name)}
        table = weights["embeddings.word_embeddings.weight"].float()
        self.words = nn.Embedding.from_pretrained(table, freeze=True)  # type: ignore[no-untyped-call]
        for name, size in (("heads.span", 2), ("heads.answered", 1)):
            kept.setdefault(f"{name}.weight", nn.Parameter(torch.randn(size, HIDDEN) * _INITIAL))
            kept.setdefault(f"{name}.bias", nn.Parameter(torch.zeros(size)))
        self.learned = kept
        for name, value in kept.items():
            self.register_parameter(name.replace(".", "/"), value)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        weights = prepared(self.learned, torch.bfloat16)
        return logits(weights, self.words(batch["ids"]), batch["types"], batch["padding"], batch["allowed"])


def _belongs(name: str) -> bool:
    return name.startswith(("encoder.", "heads.", "embeddings.")) and not name.endswith(
        ("word_embeddings.weight", "position_ids")
    )


def collate(examples: Sequence[Example]) -> Batch:
    """Examples as one batch, padded to the longest; targets are masks of places, [CLS] where there is no answer."""
    longest = -(-max(len(example.ids) for example in examples) // _STEP) * _STEP
    shape = (len(examples), longest)
    ids, types = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    padding, allowed = np.ones(shape, bool), np.zeros(shape, bool)
    starts, ends = np.zeros(shape, bool), np.zeros(shape, bool)
    for row, example in enumerate(examples):
        length = len(example.ids)
        ids[row, :length] = example.ids
        types[row, list(example.ids).index(example.ids[-1]) + 1 : length] = 1
        padding[row, :length] = False
        allowed[row, example.first : length - 1] = True
        starts[row, list(example.starts) or [0]] = True
        ends[row, list(example.ends) or [0]] = True
    allowed[:, 0] = True
    names = ("ids", "types", "padding", "allowed", "starts", "ends")
    parts = (ids, types, padding, allowed, starts, ends)
    return {name: torch.from_numpy(part) for name, part in zip(names, parts, strict=True)}


def loss(network: Network, batch: Batch) -> Tensor:
    """Marginal likelihood of starts and of ends (Clark & Gardner 2018), and cross-entropy of "answered"."""
    start, end, answered = network(batch)
    span = _marginal(start, batch["starts"]) + _marginal(end, batch["ends"])
    label = (~batch["starts"][:, 0]).float()
    return 0.5 * span + functional.binary_cross_entropy_with_logits(answered, label)


def _marginal(scores: Tensor, targets: Tensor) -> Tensor:
    inside = scores.masked_fill(~targets, -1e4).logsumexp(1)
    return (scores.logsumexp(1) - inside).mean()
