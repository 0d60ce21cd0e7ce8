"""The reader's network on a CPU: the encoder of all-MiniLM-L6-v2 (BERT, six layers) with three linear heads, over texts
that stand one after another, so that nothing is padded.

`qa/training/reader_network.py` learns the same function. What is different here: one product over the tokens of all
texts; attention text by text, as two products and powers of two that are divided by their sum afterwards, which takes
two thirds of the time of a softmax in between; in the last layer only the rows that the heads look at. Products are
computed at bf16 where the CPU has it, sums and norms at fp32.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["HEADS", "HIDDEN", "LAYERS", "NORM_EPSILON", "Network", "Piece"]

HIDDEN, HEADS, LAYERS = 384, 12, 6  # fact: all-MiniLM-L6-v2's
NORM_EPSILON = 1e-12  # fact: BERT's layer norm
_PARTS = 3  # fact: query, key and value
_ROWS = 1024  # limit: rows for which weights are laid out; other numbers are right too
_STEP = 16  # limit: tokens by which products of attention differ in length: oneDNN makes and keeps code for each shape
_FEW = 512  # limit: rows up to which the smaller of the next two holds
_STEPS = 32, 64  # limit: likewise of all other products
_LEAST, _MOST = 1e-30, 1e37  # fact: sums of powers between which fp32 holds them and what they are multiplied with

_Norm = tuple[Tensor, Tensor]


@dataclass(frozen=True, slots=True)
class Piece:
    """A text's number of tokens, and where its passage begins among them; its last token is [SEP]."""

    tokens: int
    first: int


@dataclass(frozen=True, slots=True)
class _Product:
    """A matrix and its bias, and the matrix as oneDNN wants it, where that was made."""

    weight: Tensor
    bias: Tensor
    layout: Tensor | None


@dataclass(frozen=True, slots=True)
class _Layer:
    project: _Product
    attended: _Product
    norm: _Norm
    expand: _Product
    contract: _Product
    last_norm: _Norm


class Network:
    """Immutable, so safe to share between threads."""

    def __init__(self, weights: Mapping[str, Tensor], dtype: torch.dtype) -> None:
        """`weights` by the names of BERT's tensors, with `heads.span` and `heads.answered`; products are computed at
        `dtype`. Raises KeyError for a missing one."""
        state = {name: tensor.float() for name, tensor in weights.items()}
        self._dtype = dtype
        self._places = state["embeddings.position_embeddings.weight"]
        self._kinds = state["embeddings.token_type_embeddings.weight"]
        self._norm = _norm_of(state, "embeddings")
        self._layers = [self._layer(state, f"encoder.layer.{number}") for number in range(LAYERS)]
        self._heads = [
            torch.cat([state[f"heads.{head}.{kind}"] for head in ("span", "answered")]) for kind in ("weight", "bias")
        ]

    def __call__(self, words: Tensor, types: Tensor, pieces: Sequence[Piece]) -> list[Tensor]:
        """For each text the logits of start, end and "answered", shape (1 + tokens of its passage, 3), at fp32: of
        [CLS], which stands for "not in here" (Devlin et al. 2019) and alone says "answered", then of the passage.

        `words` are the word embeddings of all texts, shape (tokens, 384), at fp32; `types`, shape (tokens,), 0 for a
        question and 1 after it.
        """
        lengths = [piece.tokens for piece in pieces]
        places = torch.cat([torch.arange(length) for length in lengths])
        x = words + functional.embedding(places, self._places) + functional.embedding(types, self._kinds)
        x = _filled(_normed(x, self._norm))
        context = torch.zeros(len(x), HIDDEN, dtype=self._dtype)
        ends = [*accumulate(lengths)]
        kept = [
            row
            for piece, end in zip(pieces, ends, strict=True)
            for row in (end - piece.tokens, *range(end - piece.tokens + piece.first, end - 1))
        ]
        for number, layer in enumerate(self._layers):
            projected = self._product(layer.project, x)
            for length, end in zip(lengths, ends, strict=True):
                self._attend(projected[end - length : end], context[end - length : end])
            if number == LAYERS - 1:
                rows = torch.tensor(kept)
                x, context = _filled(x[rows]), _filled(context[rows])
            x = _normed(x.add_(self._product(layer.attended, context)), layer.norm)
            inner = self._product(layer.expand, x, "gelu")
            x = _normed(x.add_(self._product(layer.contract, inner)), layer.last_norm)
        found = functional.linear(x[: len(kept)], *self._heads)
        return list(torch.split(found, [piece.tokens - piece.first for piece in pieces]))

    def _attend(self, projected: Tensor, context: Tensor) -> None:
        """Fills the context of one text, shape (tokens, 384), from its queries, keys and values, shape (tokens, 1152).

        The queries hold log2(e) / sqrt(32), so that a softmax is powers of 2 over their sum.
        """
        length, size = len(projected), HIDDEN // HEADS
        longest = -(-length // _STEP) * _STEP
        parts = torch.zeros(_PARTS, HEADS, longest, size, dtype=self._dtype)
        parts[:, :, :length] = projected.view(length, _PARTS, HEADS, size).movedim(0, 2)
        query, key, value = parts
        powers = torch.bmm(query, key.transpose(1, 2)).exp2_()
        powers[:, :, length:] = 0
        sums = powers.sum(-1, keepdim=True, dtype=torch.float32)[:, :length]
        least, most = sums.aminmax()
        if not _LEAST < float(least) <= float(most) < _MOST:
            scores = torch.bmm(query, key.transpose(1, 2)).float()
            scores[:, :, length:] = -torch.inf
            powers = (scores * math.log(2)).softmax(-1).to(self._dtype)
            sums = torch.ones_like(sums)
        found = torch.bmm(powers, value)[:, :length]
        torch.div(found.transpose(0, 1), sums.transpose(0, 1), out=context.view(length, HEADS, size))

    def _layer(self, state: Mapping[str, Tensor], name: str) -> _Layer:
        own = f"{name}.attention.self"
        parts = [[state[f"{own}.{part}.{kind}"] for part in ("query", "key", "value")] for kind in ("weight", "bias")]
        for part in parts:
            part[0] = part[0] * (math.log2(math.e) / math.sqrt(HIDDEN // HEADS))
        return _Layer(
            self._packed(torch.cat(parts[0]), torch.cat(parts[1])),
            self._packed_of(state, f"{name}.attention.output.dense"),
            _norm_of(state, f"{name}.attention.output"),
            self._packed_of(state, f"{name}.intermediate.dense"),
            self._packed_of(state, f"{name}.output.dense"),
            _norm_of(state, f"{name}.output"),
        )

    def _packed_of(self, state: Mapping[str, Tensor], name: str) -> _Product:
        return self._packed(state[f"{name}.weight"], state[f"{name}.bias"])

    def _packed(self, weight: Tensor, bias: Tensor) -> _Product:
        """A matrix and its bias, laid out once as oneDNN wants them, where PyTorch offers that: an eighth faster."""
        weight, bias = weight.to(self._dtype).contiguous(), bias.to(self._dtype)
        reorder = getattr(torch.ops.mkldnn, "_reorder_linear_weight", None)
        if reorder is None or self._dtype != torch.bfloat16:
            return _Product(weight, bias, None)
        return _Product(weight, bias, reorder(weight, _ROWS))

    def _product(self, product: _Product, x: Tensor, then: str = "none") -> Tensor:
        x, layout = x.to(self._dtype), product.layout
        if layout is not None:
            result: Tensor = torch.ops.mkldnn._linear_pointwise(x, layout, product.bias, then, [], "none")
            return result
        result = functional.linear(x, product.weight, product.bias)
        return functional.gelu(result) if then == "gelu" else result


def _norm_of(state: Mapping[str, Tensor], name: str) -> _Norm:
    return state[f"{name}.LayerNorm.weight"], state[f"{name}.LayerNorm.bias"]


def _normed(x: Tensor, norm: _Norm) -> Tensor:
    return functional.layer_norm(x, (HIDDEN,), *norm, NORM_EPSILON)


def _filled(x: Tensor) -> Tensor:
    """Rows with zeros behind them, so that products have few different shapes."""
    step = _STEPS[len(x) > _FEW]
    return functional.pad(x, (0, 0, 0, -len(x) % step))
