"""Learns which sentence is marked and how likely it answers, and writes the coefficients down:

    python -m qa.training.evidence --data DATASET INDEX [--data DATASET INDEX]... [--out FILE]

Sentence selection is a listwise softmax over the sentences of passages whose answering sentence is known; confidence is
a logistic regression over the best passages of each question. Each data set counts alike. Every figure that is printed
is out of fold: five folds by question, and each set by coefficients that saw none of it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from qa.answering.highlight import SENTENCE_FEATURES
from qa.answering.reading import PASSAGE_FEATURES
from qa.training.evidence_data import Judged, JudgedPassage

__all__ = ["auroc", "choose", "fit", "fit_confidence", "fit_sentence", "scores"]

_RIDGE = 1e-3  # of the mean loss for a squared coefficient of a standardised feature; 1e-4 to 1e-2 are alike
_READER_OF_SENTENCE = ("reader",)
_READER_OF_PASSAGE = ("reader_answered", "reader_sentence")
_STRONG, _FAIR = 0.9, 0.5  # share of marked sentences that answer, above which a citation is called so
_REFUSED = 0.1  # share of the answerable questions that may be refused

Floats = NDArray[np.float64]


def fit_sentence(judged: Mapping[str, Sequence[Judged]], *, reader: bool) -> Floats:
    """Coefficients of the sentence features, shape (F,), by the mean log-likelihood of the gold sentences (listwise:
    Cao et al. 2007), each set counting alike.
    """
    used = np.array([reader or name not in _READER_OF_SENTENCE for name in SENTENCE_FEATURES])
    sets = [[p for one in found for p in one.passages if p.gold and len(p.gold) > 1] for found in judged.values()]
    parts = [(1.0 / len(found), p.sentences * used, np.array(p.gold)) for found in sets if found for p in found]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 0.0, np.zeros(len(weights))
        for share, values, gold in parts:
            odds = values @ weights
            likely = np.exp(odds - odds.max())
            chance, right = likely / likely.sum(), likely * gold / (likely * gold).sum()
            total -= share * float(np.log((likely * gold).sum() / likely.sum()))
            slope += share * (values.T @ (chance - right))
        return total / len(sets) + _RIDGE * float(weights @ weights), slope / len(sets) + 2 * _RIDGE * weights

    start = np.zeros(len(SENTENCE_FEATURES))
    found: Floats = minimize(loss, start, jac=True, method="L-BFGS-B").x * used
    return found


def choose(passage: JudgedPassage, sentence: Floats) -> int:
    """The place of the sentence that would be marked."""
    return int(np.argmax(np.round(passage.sentences @ sentence, 9)))


def _table(judged: Sequence[Judged], sentence: Floats, *, reader: bool) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """Features (n, P), labels (n,) and weights (n,) of all passages; a question counts once."""
    used = np.array([reader or name not in _READER_OF_PASSAGE for name in PASSAGE_FEATURES])
    rows, labels, weights = [], [], []
    for one in judged:
        for passage in one.passages:
            at = choose(passage, sentence)
            rows.append(passage.passage[at] * used)
            labels.append(passage.answers and (passage.gold is None or passage.gold[at]))
            weights.append(1.0 / len(one.passages))
    return np.array(rows).reshape(-1, len(used)), np.array(labels, bool), np.array(weights)


def fit_confidence(judged: Mapping[str, Sequence[Judged]], sentence: Floats, *, reader: bool) -> tuple[Floats, float]:
    """Coefficients, shape (P,), and the constant of the log-odds that a marked sentence answers."""
    tables = [_table(found, sentence, reader=reader) for found in judged.values() if found]
    values = np.concatenate([table[0] for table in tables])
    labels = np.concatenate([table[1] for table in tables])
    weights = np.concatenate([table[2] / table[2].sum() / len(tables) for table in tables])
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    scaled = np.column_stack([(values - mean) / spread, np.ones(len(values))])
    sign = np.where(labels, 1.0, -1.0)

    def loss(found: Floats) -> tuple[float, Floats]:
        margin = sign * (scaled @ found)
        slope = scaled.T @ (-weights * sign / (1.0 + np.exp(np.clip(margin, -60, 60))))
        penalty = np.append(found[:-1], 0.0)
        return (
            float(weights @ np.logaddexp(0.0, -margin)) + _RIDGE * float(penalty @ penalty),
            slope + 2 * _RIDGE * penalty,
        )

    found = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B").x
    coefficients: Floats = np.where(values.std(axis=0) > 0, found[:-1] / spread, 0.0)
    return coefficients, float(found[-1] - coefficients @ mean)


def fit(judged: Mapping[str, Sequence[Judged]], *, reader: bool) -> tuple[Floats, Floats, float]:
    """Sentence coefficients, passage coefficients and constant."""
    sentence = fit_sentence(judged, reader=reader)
    return (sentence, *fit_confidence(judged, sentence, reader=reader))


def scores(one: Judged, learned: tuple[Floats, Floats, float]) -> Floats:
    """The confidence of each passage of a question."""
    sentence, passage, constant = learned
    odds = [float(each.passage[choose(each, sentence)] @ passage) + constant for each in one.passages]
    found: Floats = 1.0 / (1.0 + np.exp(-np.array(odds, np.float64)))
    return found


def auroc(right: Sequence[float], wrong: Sequence[float]) -> float:
    """The chance that a right one scores above a wrong one; half for equals."""
    one, other = np.array(right)[:, None], np.array(wrong)[None, :]
    return float((one > other).mean() + 0.5 * (one == other).mean()) if one.size and other.size else float("nan")
