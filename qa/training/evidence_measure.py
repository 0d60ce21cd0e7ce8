"""What the evidence's confidences are worth, by coefficients that saw none of the questions: AUROC, marked sentences,
calibration, and the thresholds that follow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from qa.answering.evidence import likeliest_first
from qa.training.evidence_data import Judged

__all__ = ["LARGE", "Scored", "auroc", "errors", "figures", "reliability", "thresholds"]

LARGE = "realtimeqa"  # the set in a large index; thresholds of large indexes are set on it
_SMALL = ("squad2_sample", "xquad_en", "qed_dev")  # those of small indexes, on these
_STRONG = 0.9  # share of passages that answer, from which citations are called strong
_FAIR = 0.5  # confidence from which a citation is called fair: more likely right than not
_REFUSED = 0.05  # share of the answerable questions that may be refused
_WRONGLY_REFUSED = {"time-blind": 0.12, "as of the day": 0.09}  # shares, at which the refused are counted
_BEHIND = (0.0, 1.0, 3.0)  # of the cost of a score behind the best article
_OF_ONE_PAGE = ("timeqa_human",)  # the person's page leads whatever the year: the ranking tells nothing
_BINS = 10  # of equal width, for calibration

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scored:
    """A question with the confidence of each of its passages and whether each one's marked sentence answers, by
    coefficients that did not see it."""

    judged: Judged
    confidence: Floats
    right: NDArray[np.bool_]

    @property
    def best(self) -> float:
        return float(self.confidence.max(initial=0.0))

    def leads(self, cost: float) -> bool:
        """Whether the mark that stands in front answers."""
        return bool(self.right[likeliest_first(self.confidence.tolist(), self.judged.behind, cost)[0]])


def auroc(scores: Floats, truth: NDArray[np.bool_]) -> float:
    """The chance that a true one has a higher score than a false one; ties count half (Mann & Whitney 1947). NaN where
    all are alike."""
    positive = int(truth.sum())
    negative = len(truth) - positive
    if not positive or not negative:
        return float("nan")
    return float((rankdata(scores)[truth].sum() - positive * (positive + 1) / 2) / (positive * negative))


def figures(scored: Sequence[Scored]) -> dict[str, float]:
    """AUROC of answerable against not, where there are both, and the share of those not that is refused where some of
    the answerable ones are, too, for each part of the questions; the share of right marked sentences in passages that
    hold one; expected calibration error of the citations: the mean distance of confidence and share of right ones over
    ten equal bins, by their sizes (Guo et al. 2017)."""
    found: dict[str, float] = {}
    for part, asked in _parts(scored):
        for way in dict.fromkeys(one.judged.way for one in asked):
            told = _told([one for one in asked if one.judged.way == way], way)
            found |= {f"{name}{part}": value for name, value in told.items()}
    counted = [one for one in scored if not one.judged.answered]
    pairs = [pair for one in counted for pair in zip(one.judged.passages, one.right, strict=True)]
    held = [right for passage, right in pairs if passage.gold and passage.answers]
    if held:
        found["marked sentence right"] = float(np.mean(held))
    confidence, right = (np.concatenate([getattr(one, name) for one in counted]) for name in ("confidence", "right"))
    bins = reliability(confidence, right)
    found["calibration error"] = sum(size * abs(said - share) for size, said, share in bins) / max(1, len(confidence))
    return found


def _parts(scored: Sequence[Scored]) -> list[tuple[str, list[Scored]]]:
    """The questions without the twins that another article answers; where they differ, also with "all twins", and those
    that say "this week" and the like, which only a day of asking gives a meaning, apart from the others."""
    counted = [one for one in scored if not one.judged.answered]
    relative = [one for one in counted if one.judged.relative_time]
    found = [("", counted)]
    if len(counted) < len(scored):
        found.append((", all twins", list(scored)))
    if relative:
        others = [one for one in counted if not one.judged.relative_time]
        found += [(", of a relative time", relative), (", of no relative time", others)]
    return found


def _told(asked: Sequence[Scored], way: str) -> dict[str, float]:
    best, answerable = np.array([one.best for one in asked]), np.array([one.judged.answerable for one in asked])
    if not 0 < answerable.sum() < len(answerable):
        return {}
    found = {f"AUROC {way}": auroc(best, answerable)}
    if way in _WRONGLY_REFUSED:
        least = np.quantile(best[answerable], _WRONGLY_REFUSED[way])
        found[f"refused {way}"] = float((best[~answerable] < least).mean())
    return found


def errors(scored: Sequence[Scored], threshold: float) -> dict[str, float]:
    """What a threshold does, for each part of the questions that has both kinds: the share of answerable questions that
    it refuses, and of others that it answers."""
    found: dict[str, float] = {}
    for part, asked in _parts(scored):
        for way in dict.fromkeys(one.judged.way for one in asked):
            ours = [one for one in asked if one.judged.way == way]
            refused = [one.best < threshold for one in ours if one.judged.answerable]
            answered = [one.best >= threshold for one in ours if not one.judged.answerable]
            if refused and answered:
                found[f"wrongly refused {way}{part}"] = float(np.mean(refused))
                found[f"wrongly answered {way}{part}"] = float(np.mean(answered))
    return found


def reliability(confidence: Floats, right: NDArray[np.bool_]) -> list[tuple[int, float, float]]:
    """A reliability diagram: of each of ten bins that is not empty, lowest first, its size, the mean confidence and the
    share of right ones.
    """
    places = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    found = []
    for place in range(_BINS):
        inside = places == place
        if inside.any():
            found.append((int(inside.sum()), float(confidence[inside].mean()), float(right[inside].mean())))
    return found


def thresholds(scored: Mapping[str, Sequence[Scored]]) -> dict[str, float]:
    """The confidence below which nothing is cited, and from which a citation is fair and strong."""
    cuts = []
    for name in (LARGE,) if LARGE in scored else _SMALL:
        best = [one.best for one in scored[name] if one.judged.answerable]
        cuts.append(np.quantile(best, _REFUSED))
    return {"threshold": float(np.mean(cuts)), "fair": _FAIR, "strong": _strong_from(scored), "behind": _behind(scored)}


def _behind(scored: Mapping[str, Sequence[Scored]]) -> float:
    """What a citation loses of its confidence for what its article's score is behind the best one: the largest of some
    values with as many right marked sentences in front as the best of them, but for one standard error (Breiman et al.
    1984), each set counting alike."""
    asked = [
        [one for one in found if one.judged.answerable and len(one.confidence) > 1]
        for name, found in scored.items()
        if name not in _OF_ONE_PAGE
    ]
    asked = [found for found in asked if found]
    right = {cost: [float(np.mean([one.leads(cost) for one in found])) for found in asked] for cost in _BEHIND}
    best = max(right.values(), key=np.mean)
    variance = sum(share * (1.0 - share) / len(found) for share, found in zip(best, asked, strict=True))
    least = float(np.mean(best)) - variance**0.5 / len(asked)
    return max(cost for cost, shares in right.items() if np.mean(shares) >= least)


def _strong_from(scored: Mapping[str, Sequence[Scored]]) -> float:
    """The lowest confidence from which nine of ten passages hold the answer, each set counting alike."""
    confidence, holding, weight = [], [], []
    for found in scored.values():
        values = np.concatenate([one.confidence for one in found])
        confidence.append(values)
        holding.append(np.array([passage.answers for one in found for passage in one.judged.passages]))
        weight.append(np.full(len(values), 1.0 / len(values)))
    order = np.argsort(-np.concatenate(confidence), kind="stable")
    weights = np.concatenate(weight)[order]
    share = np.cumsum(np.concatenate(holding)[order] * weights) / np.cumsum(weights)
    enough = np.flatnonzero(share >= _STRONG)
    return float(np.concatenate(confidence)[order][enough[-1]]) if len(enough) else 1.0
