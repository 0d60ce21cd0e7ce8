"""Learns how much surer answers to people's unanswerable questions are than those to made ones, and writes it down:

    python -m qa.training.made_questions [--large DATASET INDEX]... [--small DATASET INDEX]... [--out FILE]

Questions of a data set are asked with the articles that answer them hidden, and so are questions made from the same
index by rule; the shift is the median over deciles .5 to .9 of the difference of the logits of their confidences. Sets
count alike. It prints what each wished share of wrong answers would have become, by a shift that the other half of the
questions gave.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from index import Index
from qa.answer import answer
from qa.evaluation.calibration import AskedTwice, as_asked, ask_both_ways, others, threshold_for
from qa.evaluation.dataset import Question, load
from qa.search.search import search, without
from qa.training import commit_and_date
from qa.training.evidence_data import is_near
from qa.types import Request

__all__ = ["confidences", "held_out", "shift"]

_DECILES = (0.5, 0.6, 0.7, 0.8, 0.9)  # where thresholds for wished shares of .1 to .5 lie
_WISHED = (0.1, 0.15, 0.2, 0.3)  # view: rows of what is printed
_QUESTIONS = 150  # of a data set
_MADE = 600  # as `calibrate` makes unless told otherwise; with 150 a wished share of .1 became .14
_HALVINGS = 50  # one by itself moves a share by .04
_LEAST = 1e-6  # confidences of 0 and 1 have no logit

Floats = NDArray[np.float64]


def shift(asked: Floats, made: Floats) -> float:
    """By how much the logit of confidence in unanswerable questions is higher where people ask them."""
    by_decile = logit(_inside(np.quantile(asked, _DECILES))) - logit(_inside(np.quantile(made, _DECILES)))
    return float(np.median(by_decile))


def held_out(asked: Floats, made: Floats) -> list[float]:
    """For each wished share, the share of people's unanswerable questions that is answered, by thresholds that the
    other half of them gave: the mean over random halves, both ways."""
    random, found = np.random.default_rng(0), np.zeros(len(_WISHED))
    for _ in range(_HALVINGS):
        order = random.permutation(len(asked))
        for half in (order[::2], order[1::2]):
            moved = as_asked(_inside(made), shift(asked[half], made))
            rows = [AskedTwice("", 0.0, False, float(value)) for value in moved]
            other = np.delete(asked, half)
            found += [float((other >= threshold_for(rows, wished)).mean()) for wished in _WISHED]
    return [round(float(share) / (2 * _HALVINGS), 3) for share in found]


def confidences(folder: Path, index: Index) -> tuple[Floats, Floats]:
    """Confidences in unanswerable questions: those of a data set, in its order, and made ones."""
    told = {}
    for line in (folder / "queries.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        told[row["id"]] = [" ".join(text.split()).casefold() for text in row.get("answers") or [] if text.strip()]
    articles = np.unique(index.articles_of(np.arange(index.passage_count)))
    row_of = {index.article_at(int(row)).id: int(row) for row in articles}
    asked, every = [], load(folder)
    for question in every[:: max(1, len(every) // _QUESTIONS)]:
        own = [row_of[name] for name in question.relevant if name in row_of]
        if own and told[question.id]:
            asked.append(_unanswerable(index, question, own, told[question.id]))
    made = [one.hidden for one in ask_both_ways(index, _MADE, shifted=False) if one.hidden is not None]
    return np.array([one for one in asked if one is not None]), np.array(made)


def _unanswerable(index: Index, question: Question, own: Sequence[int], told: Sequence[str]) -> float | None:
    """The confidence with the articles that answer and their near-duplicates hidden, and, for a question with a day,
    with all articles of the 30 days before and after it; None where the question has no day and a cited passage holds
    the answer's words."""
    request = Request(question.text, as_of="any")
    ranking = search(index, request)
    hidden = ~others(index, ranking, own)
    if question.day is not None:
        hidden |= is_near(index.days(ranking.articles), question.day)
    found = answer(index, request, without(index, ranking, hidden))
    if question.day is None:
        cited = [" ".join(one.text.split()).casefold() for one in found.citations or found.closest]
        if any(words in text for words in told for text in cited):
            return None
    return found.confidence


def _inside(values: Floats) -> Floats:
    inside: Floats = np.clip(values, _LEAST, 1 - _LEAST)
    return inside


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for size in ("large", "small"):
        parser.add_argument(f"--{size}", nargs=2, type=Path, action="append", default=[], metavar=("DATASET", "INDEX"))
    parser.add_argument("--out", type=Path, help="where to write what was learned")
    options = parser.parse_args()
    learned: dict[str, object] = {"origin": commit_and_date() | {"by": "python -m qa.training.made_questions"}}
    for size in ("large", "small"):
        shifts, data = [], []
        for folder, place in getattr(options, size):
            with Index.open(place) as index:
                asked, made = confidences(folder, index)
            shifts.append(shift(asked, made))
            shares = dict(zip(map(str, _WISHED), held_out(asked, made), strict=True))
            data.append({"set": folder.name, "asked": len(asked), "made": len(made), "held out": shares})
            print(f"{folder.name}: {len(asked)} asked, {len(made)} made, shift {shifts[-1]:.2f}, held out {shares}")
        learned[size] = {"shift": round(float(np.mean(shifts)), 2) if shifts else 0.0, "data": data}
    if options.out:
        options.out.write_text(json.dumps(learned, indent=1) + "\n", "utf-8")
        print(f"written to {options.out}")


if __name__ == "__main__":
    main()
