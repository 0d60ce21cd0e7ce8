"""The reader's network: the encoder of all-MiniLM-L6-v2 (BERT, six layers) with three linear heads, as one function of
its weights, for learning as for reading.
"""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["HIDDEN", "logits", "packed", "prepared"]

HIDDEN = 384
_HEADS, _LAYERS = 12, 6
_EPS = 1e-12  # BERT's layer norm
_ROWS = 1024  # rows for which weights are laid out; other numbers are right too
_NEVER = -1e4  # a logit that bf16 and fp16 can hold and that no softmax sees


def prepared(weights: Mapping[str, Tensor], dtype: torch.dtype) -> dict[str, Tensor]:
    """The weights with those of products at one precision, others at fp32, and query, key and value as one product."""
    found = {
        name: value.to(torch.float32 if "LayerNorm" in name or name.startswith("embeddings.") else dtype)
        for name, value in weights.items()
    }
    for number in range(_LAYERS):
        own = f"encoder.layer.{number}.attention.self"
        for kind in ("weight", "bias"):
            found[f"{own}.{kind}"] = torch.cat(
                [found.pop(f"{own}.{part}.{kind}") for part in ("query", "key", "value")]
            )
    return found


def packed(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same with matrices laid out once as oneDNN wants them, where PyTorch offers that: an eighth faster."""
    reorder = getattr(torch.ops.mkldnn, "_reorder_linear_weight", None)
    matrices = [name for name in weights if name.startswith("encoder.") and weights[name].dim() == 2]
    if reorder is None or any(weights[name].dtype != torch.bfloat16 for name in matrices):
        return weights
    return weights | {f"{name}.packed": reorder(weights[name].contiguous(), _ROWS) for name in matrices}


def logits(
    weights: Mapping[str, Tensor], words: Tensor, types: Tensor, padding: Tensor, allowed: Tensor
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
    x = _norm(weights, "embeddings", words + places + kinds)
    mask = torch.zeros(texts, 1, 1, longest).masked_fill_(padding[:, None, None], _NEVER)
    for number in range(_LAYERS):
        x = _layer(weights, f"encoder.layer.{number}", x, mask)
    span = _linear(weights, "heads.span", x).float().masked_fill(~allowed[..., None], _NEVER)
    return span[..., 0], span[..., 1], _linear(weights, "heads.answered", x[:, 0]).float()[:, 0]


def _layer(weights: Mapping[str, Tensor], name: str, x: Tensor, mask: Tensor) -> Tensor:
    texts, longest, _ = x.shape
    parts = _linear(weights, f"{name}.attention.self", x).view(texts, longest, 3, _HEADS, -1)
    query, key, value = parts.permute(2, 0, 3, 1, 4).unbind()
    # Two products and a softmax: PyTorch's fused attention takes longer on heads of 32 (see fast_bert.py).
    scores = torch.matmul(query * (HIDDEN // _HEADS) ** -0.5, key.transpose(2, 3))
    context = torch.matmul((scores + mask.to(scores.dtype)).softmax(-1), value)
    context = context.transpose(1, 2).reshape(texts, longest, HIDDEN)
    x = _norm(weights, f"{name}.attention.output", x + _linear(weights, f"{name}.attention.output.dense", context))
    inner = _linear(weights, f"{name}.intermediate.dense", x, "gelu")
    return _norm(weights, f"{name}.output", x + _linear(weights, f"{name}.output.dense", inner))


def _linear(weights: Mapping[str, Tensor], name: str, x: Tensor, then: str = "none") -> Tensor:
    weight, bias, layout = weights[f"{name}.weight"], weights[f"{name}.bias"], weights.get(f"{name}.weight.packed")
    if layout is not None:
        result: Tensor = torch.ops.mkldnn._linear_pointwise(x.to(weight.dtype), layout, bias, then, [], "none")
        return result
    result = functional.linear(x.to(weight.dtype), weight, bias)
    return functional.gelu(result) if then == "gelu" else result


def _norm(weights: Mapping[str, Tensor], name: str, x: Tensor) -> Tensor:
    scale, shift = weights[f"{name}.LayerNorm.weight"], weights[f"{name}.LayerNorm.bias"]
    return functional.layer_norm(x.float(), (HIDDEN,), scale, shift, _EPS)
