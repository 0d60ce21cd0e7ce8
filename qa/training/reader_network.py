"""The reader while it learns: parameters, batches and what is minimised."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from index.embedding.encoder import pick_precision
from qa.answering.reader_network import HEADS, HIDDEN, LAYERS, NORM_EPSILON
from qa.training.reader_examples import Example

__all__ = ["Batch", "Network", "collate", "logits", "loss", "prepared"]

Batch = dict[str, Tensor]
_STEP = 8  # tokens by which batches differ in length: oneDNN makes and keeps code for each shape
_PARTS = ("query", "key", "value")
_NEVER = -1e4  # fact: a logit that bf16 and fp16 can hold and that no softmax sees
_INITIAL = 0.02  # standard deviation of new weights (Devlin et al. 2019)
_TRUTH = 0.25  # share of the loss that the truth has beside teachers


class Network(nn.Module):
    """Logits of start, end (texts, tokens) and answered (texts); see `logits`. While it learns, this share of the
    values of each layer is dropped."""

    def __init__(self, weights: dict[str, Tensor], dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = dropout
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
        device = self.words.weight.device
        weights = prepared(self.learned, _precision(device))
        here = {name: value.to(device, non_blocking=True) for name, value in batch.items()}
        shapes = here["types"], here["padding"], here["allowed"]
        return logits(weights, self.words(here["ids"]), *shapes, dropout=self.dropout)


def _precision(device: torch.device) -> torch.dtype:
    """Of products: bf16, and fp32 on a CPU that has no units for bf16, where it took 14 times as long (AVX2)."""
    slow = device.type == "cpu" and pick_precision("auto", "cpu") == "fp32"
    return torch.float32 if slow else torch.bfloat16


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


def loss(network: Network, batch: Batch, teachers: Sequence[Network] = ()) -> Tensor:
    """Marginal likelihood of starts and of ends (Clark & Gardner 2018), and cross-entropy of "answered"; with teachers,
    for the most part cross-entropy to the mean of their chances (Hinton et al. 2015).
    """
    start, end, answered = network(batch)
    starts, ends = (batch[name].to(start.device) for name in ("starts", "ends"))
    label = (~starts[:, 0]).float()
    span = _marginal(start, starts) + _marginal(end, ends)
    truth = span / 2 + functional.binary_cross_entropy_with_logits(answered, label)
    if not teachers:
        return truth
    with torch.no_grad():
        seen = [teacher(batch) for teacher in teachers]
        likely = [torch.stack([one[place].softmax(1) for one in seen]).mean(0) for place in (0, 1)]
        chance = torch.stack([one[2].sigmoid() for one in seen]).mean(0)
    alike = [(p * own.log_softmax(1)).sum(1).mean() for p, own in zip(likely, (start, end), strict=True)]
    told = -torch.stack(alike).mean() + functional.binary_cross_entropy_with_logits(answered, chance)
    return _TRUTH * truth + (1 - _TRUTH) * told


def _marginal(scores: Tensor, targets: Tensor) -> Tensor:
    inside = scores.masked_fill(~targets, _NEVER).logsumexp(1)
    return (scores.logsumexp(1) - inside).mean()


def prepared(weights: Mapping[str, Tensor], dtype: torch.dtype) -> dict[str, Tensor]:
    """The weights with those of products at one precision, others at fp32, and query, key and value as one product."""
    found = {
        name: value.to(torch.float32 if "LayerNorm" in name or name.startswith("embeddings.") else dtype)
        for name, value in weights.items()
    }
    for number in range(LAYERS):
        own = f"encoder.layer.{number}.attention.self"
        for kind in ("weight", "bias"):
            found[f"{own}.{kind}"] = torch.cat([found.pop(f"{own}.{part}.{kind}") for part in _PARTS])
    return found


def logits(
    weights: Mapping[str, Tensor], words: Tensor, types: Tensor, padding: Tensor, allowed: Tensor, dropout: float = 0.0
) -> tuple[Tensor, Tensor, Tensor]:
    """Logits of start and end, shape (texts, tokens), and of "answered", shape (texts,), at fp32.

    `words` are word embeddings (texts, tokens, 384); `types` 0 for the question and 1 after it; `padding` True beyond
    a text's end; `allowed` where an answer may start or end, and at place 0, [CLS], which stands for "not in here"
    (Devlin et al. 2019). `weights` are as `prepared` leaves them: products are computed at their precision, sums and
    norms at fp32.
    """
    texts, longest = types.shape
    places = weights["embeddings.position_embeddings.weight"][:longest]
    kinds = functional.embedding(types, weights["embeddings.token_type_embeddings.weight"])
    x = functional.dropout(_norm(weights, "embeddings", words + places + kinds), dropout)
    mask = torch.zeros(texts, 1, 1, longest, device=x.device).masked_fill_(padding[:, None, None], _NEVER)
    for number in range(LAYERS):
        x = _layer(weights, f"encoder.layer.{number}", x, mask, dropout)
    span = _linear(weights, "heads.span", x).float().masked_fill(~allowed[..., None], _NEVER)
    return span[..., 0], span[..., 1], _linear(weights, "heads.answered", x[:, 0]).float()[:, 0]


def _layer(weights: Mapping[str, Tensor], name: str, x: Tensor, mask: Tensor, dropout: float) -> Tensor:
    texts, longest, _ = x.shape
    parts = _linear(weights, f"{name}.attention.self", x).view(texts, longest, len(_PARTS), HEADS, -1)
    query, key, value = (part.transpose(1, 2) for part in parts.unbind(2))
    context = _attention(query, key, value, mask.to(query.dtype), dropout)
    context = context.transpose(1, 2).reshape(texts, longest, HIDDEN)
    seen = functional.dropout(_linear(weights, f"{name}.attention.output.dense", context), dropout)
    x = _norm(weights, f"{name}.attention.output", x + seen)
    inner = functional.gelu(_linear(weights, f"{name}.intermediate.dense", x))
    made = functional.dropout(_linear(weights, f"{name}.output.dense", inner), dropout)
    return _norm(weights, f"{name}.output", x + made)


def _attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, dropout: float) -> Tensor:
    """Scaled dot-product attention (Vaswani et al. 2017). While a CPU learns, in plain products: going backward,
    PyTorch's own takes half of a step there (64 texts of 152 tokens at bf16, one thread with AMX: 5.0 s for 3.1)."""
    if query.is_cuda or not torch.is_grad_enabled():
        return functional.scaled_dot_product_attention(query, key, value, mask, dropout)
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2) + mask
    return functional.dropout(scores.softmax(-1), dropout) @ value


def _linear(weights: Mapping[str, Tensor], name: str, x: Tensor) -> Tensor:
    weight = weights[f"{name}.weight"]
    return functional.linear(x.to(weight.dtype), weight, weights[f"{name}.bias"])


def _norm(weights: Mapping[str, Tensor], name: str, x: Tensor) -> Tensor:
    scale, shift = weights[f"{name}.LayerNorm.weight"], weights[f"{name}.LayerNorm.bias"]
    return functional.layer_norm(x.float(), (HIDDEN,), scale, shift, NORM_EPSILON)
