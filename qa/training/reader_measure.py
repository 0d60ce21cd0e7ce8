"""How well a reader does on examples that it did not learn from."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from qa.training.evidence_measure import auroc
from qa.training.reader_examples import Example
from qa.training.reader_network import Network, collate

__all__ = ["logistic", "measure", "signals"]

_TOGETHER = 32  # limit: examples of one product
_STEPS = 30  # limit: of Newton's method, which needs about ten


def measure(network: Network, examples: Sequence[Example]) -> dict[str, float]:
    """AUROC of "answered" by the head, by the span against the null and by both; the share of examples with an answer
    whose sentence leads; and the AUROC against each kind of example without one.
    """
    logits, margins, right = signals(network, examples)
    truth = np.array([bool(example.starts) for example in examples])
    both = logits + margins
    kinds = np.array([example.kind for example in examples])
    facts = {"head": auroc(logits, truth), "span": auroc(margins, truth), "both": auroc(both, truth)}
    facts["sentence"] = float(np.mean(right[truth]))
    for kind in sorted(set(kinds[~truth])):
        kept = truth | (kinds == kind)
        facts[str(kind)] = auroc(both[kept], truth[kept])
    return {name: round(value, 4) for name, value in facts.items()}


def signals(
    network: Network, examples: Sequence[Example]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """For each example: logit of "answered", best span less the null, whether the best sentence holds the answer."""
    logits, margins = np.zeros(len(examples)), np.zeros(len(examples))
    right = np.zeros(len(examples), bool)
    order = sorted(range(len(examples)), key=lambda row: len(examples[row].ids))
    for first in range(0, len(order), _TOGETHER):
        rows = order[first : first + _TOGETHER]
        with torch.inference_mode():
            start, end, answered = (part.cpu() for part in network(collate([examples[row] for row in rows])))
        for place, row in enumerate(rows):
            example = examples[row]
            logits[row] = float(answered[place])
            inside = slice(example.first, len(example.ids) - 1)
            best = start[place, inside].max() + end[place, inside].max()
            margins[row] = float(best - start[place, 0] - end[place, 0])
            scores = [
                float(start[place, a:b].logsumexp(0) + end[place, a:b].logsumexp(0)) for a, b in example.sentences
            ]
            top = example.sentences[int(np.argmax(scores))]
            right[row] = any(top[0] <= place < top[1] for place in example.starts)
    return logits, margins, right


def logistic(features: NDArray[np.float64], truth: NDArray[np.bool_]) -> list[float]:
    """Coefficients of a logistic regression, the constant first, by Newton's method with a ridge of 1."""
    x = np.column_stack([np.ones(len(features)), features])
    beta = np.zeros(x.shape[1])
    ridge = np.diag([0.0, *np.ones(features.shape[1])])
    for _ in range(_STEPS):
        chance = np.exp(-np.logaddexp(0.0, -(x @ beta)))
        slope = x.T @ (truth - chance) - ridge @ beta
        curve = (x * (chance * (1 - chance))[:, None]).T @ x + ridge
        beta += np.linalg.solve(curve, slope)
    return [round(float(value), 5) for value in beta]
