"""Learns which sentence is marked and how likely it answers, and writes the coefficients down:

    python -m qa.training.evidence --data DATASET INDEX [--data DATASET INDEX]... [--out FILE]

Sentence selection is a listwise softmax over the sentences of passages whose answering sentence is known; confidence is
a logistic regression over the best passages of each question. Each data set counts alike. Every figure that is printed
is out of fold: five folds by question, and each set by coefficients that saw none of it.
"""

import argparse
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from index import Index
from qa.answering.evidence import best_in_article, compared_in_article
from qa.answering.highlight import SENTENCE_FEATURES, marked
from qa.answering.reader import load_reader
from qa.answering.reading import PASSAGE_FEATURES
from qa.training import commit_and_date
from qa.training.evidence_data import Judged, JudgedPassage, collect
from qa.training.evidence_measure import LARGE, Scored, errors, figures, reliability, thresholds

__all__ = ["Learned", "choose", "fit", "learn", "out_of_fold"]

_NEVER_ZERO = 1e-9  # fact: added to the spread of a feature that is the same for all
_FOLDS = 5  # of the questions, for figures out of fold
_RIDGE = 1e-3  # of the mean loss for a squared coefficient of a standardised feature; 1e-4 to 1e-2 are alike
_BARRED = -20.0  # choice: the coefficient of "barred", by rule: such a sentence is marked where there is no other
_WITH_READER = ("reader_answered", "reader_sentence", "longest_run")  # of a passage
_WITHOUT_READER = ("covered", "covered_sentence", "covered_article")  # beside one, they tell new sets no better
_OF_SMALL = ("sentence_cosine",)  # features that large indexes do not have
_OF_LARGE = ("in_period", "off_period")  # that only questions asked of a large index have

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Learned:
    """Coefficients as in `qa.answering.coefficients.Coefficients`."""

    sentence: Floats
    passage: Floats
    constant: float
    not_best_in_article: float = 0.0


def fit_sentence(judged: Mapping[str, Sequence[Judged]], *, reader: bool) -> Floats:
    """Coefficients of the sentence features, shape (F,), by the mean log-likelihood of the gold sentences (listwise:
    Cao et al. 2007), each set counting alike.
    """
    used = np.array([reader or name != "reader" for name in SENTENCE_FEATURES])
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

    start = np.array([_BARRED if name == "barred" else 0.0 for name in SENTENCE_FEATURES])
    bounds = [(value or None, value or None) for value in start]
    found: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x * used
    return found


def choose(passage: JudgedPassage, sentence: Floats) -> tuple[Floats, bool]:
    """The passage features of what would be marked, shape (P,), and whether that answers."""
    first, end = marked(passage.sentences @ sentence)
    right = passage.answers and (passage.gold is None or any(passage.gold[first:end]))
    return passage.passage[first, end - first - 1], right


def _table(
    judged: Sequence[Judged], sentence: Floats, *, small: bool, reader: bool
) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """Features (n, P), labels (n,) and weights (n,) of all passages that may answer; a question counts once. The label
    is whether what would be marked answers, or whether the passage does where sentences were found by words: so
    learned, news questions are told better from their twins without an answer (AUROC on the day .90, not .88)."""
    without = (*(_WITHOUT_READER if reader else _WITH_READER), *(() if small else _OF_SMALL))
    used = np.array([name not in without for name in PASSAGE_FEATURES])
    rows, labels, weights = [], [], []
    for one in judged:
        for passage in (each for each in one.passages if each.may_answer):
            features, right = choose(passage, sentence)
            rows.append(features * used)
            labels.append(passage.answers if passage.by_words else right)
            weights.append(1.0 / len(one.passages))
    return np.array(rows).reshape(-1, len(used)), np.array(labels, bool), np.array(weights)


def fit_confidence(
    judged: Mapping[str, Sequence[Judged]], sentence: Floats, *, small: bool, reader: bool
) -> tuple[Floats, float]:
    """Coefficients, shape (P,), and the constant of the log-odds that a marked sentence answers."""
    tables = [_table(found, sentence, small=small, reader=reader) for found in judged.values() if found]
    values = np.concatenate([table[0] for table in tables])
    labels = np.concatenate([table[1] for table in tables])
    weights = np.concatenate([table[2] / table[2].sum() / len(tables) for table in tables])
    mean, spread = values.mean(axis=0), values.std(axis=0) + _NEVER_ZERO
    scaled = np.column_stack([(values - mean) / spread, np.ones(len(values))])
    sign = np.where(labels, 1.0, -1.0)

    def loss(found: Floats) -> tuple[float, Floats]:
        margin = sign * (scaled @ found)
        slope = scaled.T @ (-weights * sign * np.exp(-np.logaddexp(0.0, margin)))
        penalty = np.append(found[:-1], 0.0)
        return (
            float(weights @ np.logaddexp(0.0, -margin)) + _RIDGE * float(penalty @ penalty),
            slope + 2 * _RIDGE * penalty,
        )

    found = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B").x
    coefficients: Floats = np.where(values.std(axis=0) > 0, found[:-1] / spread, 0.0)
    return coefficients, float(found[-1] - coefficients @ mean)


def _fit_not_best(judged: Mapping[str, Sequence[Judged]], learned: Learned) -> float:
    """What is added to the log-odds of a passage that is not the best of its article, the rest being given."""
    odds, labels, weights = list[float](), list[bool](), list[float]()
    for found in judged.values():
        for one in found:
            confidences = _scored(one, learned).confidence
            best = best_in_article(confidences.tolist(), one.articles)
            for passage, confidence, first in zip(one.passages, confidences, best, strict=True):
                if not first and passage.may_answer:
                    odds.append(float(np.log(confidence) - np.log1p(-confidence)))
                    labels.append(passage.answers if passage.by_words else choose(passage, learned.sentence)[1])
                    weights.append(1.0 / len(one.passages) / len(found))
    values, truth, share = np.array(odds), np.array(labels, float), np.array(weights)

    def loss(added: Floats) -> float:
        return float(share @ (np.logaddexp(0.0, values + added[0]) - truth * (values + added[0])))

    return float(minimize(loss, [0.0], method="L-BFGS-B").x[0])


def fit(judged: Mapping[str, Sequence[Judged]], *, small: bool, reader: bool) -> Learned:
    """All that is learned of some sets."""
    sentence = fit_sentence(judged, reader=reader)
    first = Learned(sentence, *fit_confidence(judged, sentence, small=small, reader=reader))
    return replace(first, not_best_in_article=_fit_not_best(judged, first))


def _with_unsaid(learned: Learned, large: Learned) -> Learned:
    """With a large index's coefficients for what no question of the small sets says: "this week" and the like."""
    unsaid = np.array([name in _OF_LARGE for name in PASSAGE_FEATURES])
    return replace(learned, passage=np.where(unsaid, large.passage, learned.passage))


def _scored(one: Judged, learned: Learned) -> Scored:
    chosen = [choose(each, learned.sentence) for each in one.passages]
    odds = np.array([float(features @ learned.passage) + learned.constant for features, _ in chosen], np.float64)
    alone = np.array([each.may_answer for each in one.passages]) / (1.0 + np.exp(-odds))
    confidences = compared_in_article(alone.tolist(), one.articles, learned.not_best_in_article)
    return Scored(one, np.array(confidences, np.float64), np.array([right for _, right in chosen], bool))


def _folds(judged: Mapping[str, Sequence[Judged]]) -> list[dict[str, list[Judged]]]:
    """The questions dealt into folds by a hash of their name, so that twins and ways stay together."""
    dealt: list[dict[str, list[Judged]]] = [{name: [] for name in judged} for _ in range(_FOLDS)]
    for name, found in judged.items():
        for one in found:
            dealt[zlib.crc32(one.name.partition("/")[0].encode()) % _FOLDS][name].append(one)
    return dealt


def _counted(judged: Iterable[Judged]) -> list[Judged]:
    return [one for one in judged if not one.answered]


def out_of_fold(judged: Mapping[str, Sequence[Judged]], *, small: bool, reader: bool) -> Mapping[str, list[Scored]]:
    """Every question scored by coefficients learned on the other folds."""
    folds = _folds(judged)
    found: dict[str, list[Scored]] = {name: [] for name in judged}
    for at, fold in enumerate(folds):
        rest = {name: _counted(one for n, f in enumerate(folds) if n != at for one in f[name]) for name in judged}
        learned = fit(rest, small=small, reader=reader)
        for name, questions in fold.items():
            found[name] += [_scored(one, learned) for one in questions]
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Learns, prints figures out of fold, and writes the coefficients."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs=2, type=Path, metavar=("DATASET", "INDEX"), action="append", required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "answering" / "evidence_weights.json")
    options = parser.parse_args(arguments)
    model, judged = load_reader(), {}
    for folder, index_dir in options.data:
        with Index.open(index_dir) as index:
            judged[folder.name] = collect(folder.name, folder, index, model)
        print(folder.name, len(judged[folder.name]), "questions", flush=True)
    stored = learn(judged)
    if options.out.exists():  # what is learned elsewhere stays
        stored["quotes"] = json.loads(options.out.read_text("utf-8"))["quotes"]
    options.out.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    print(json.dumps(stored, indent=1))


def learn(judged: Mapping[str, Sequence[Judged]]) -> dict[str, Any]:
    """What is written: coefficients and thresholds with the reader and without it, and the figures out of fold."""
    data = {name: len(found) for name, found in judged.items()}
    stored: dict[str, Any] = {"origin": commit_and_date() | {"data": data}}
    of_small = {name: found for name, found in judged.items() if name != LARGE}
    of_large: dict[bool, Learned] = {}
    for small, reader in product((False, True), (True, False)):
        sets = of_small if small else judged
        scored = out_of_fold(sets, small=small, reader=reader)
        learned = fit({name: _counted(found) for name, found in sets.items()}, small=small, reader=reader)
        learned = _with_unsaid(learned, of_large.setdefault(reader, learned))
        counted = {name: [one for one in found if not one.judged.answered] for name, found in scored.items()}
        cuts = thresholds(counted)
        told = {name: figures(found) | errors(found, cuts["threshold"]) for name, found in scored.items()}
        stored.setdefault("small" if small else "large", {})["with_reader" if reader else "without_reader"] = {
            "sentence": dict(zip(SENTENCE_FEATURES, np.round(learned.sentence, 4).tolist(), strict=True)),
            "passage": dict(zip(PASSAGE_FEATURES, np.round(learned.passage, 4).tolist(), strict=True)),
            "constant": round(learned.constant, 4),
            "not_best_in_article": round(learned.not_best_in_article, 4),
            **{name: round(value, 4) for name, value in cuts.items()},
            "out_of_fold": {name: {what: round(value, 4) for what, value in one.items()} for name, one in told.items()},
            "reliability": _reliability(counted),
        }
    return stored


def _reliability(scored: Mapping[str, Sequence[Scored]]) -> list[tuple[int, float, float]]:
    """Bins over all sets: size, mean confidence, share that answers."""
    every = [one for found in scored.values() for one in found]
    confidence, right = (np.concatenate([getattr(one, name) for one in every]) for name in ("confidence", "right"))
    return [(size, round(stated, 3), round(share, 3)) for size, stated, share in reliability(confidence, right)]


if __name__ == "__main__":
    main()
