"""Measures on an index itself how often it would answer wrongly: questions made from its articles, asked with the
article in sight and with it and its copies hidden, and the curve of risk and coverage (El-Yaniv & Wiener 2010).
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from index.errors import UsageError
from index.store.snapshot import Index
from qa.answer import answer
from qa.evaluation.made_questions import MadeQuestion, made_questions
from qa.search.names import asked_about
from qa.search.passages import PassageTexts
from qa.search.query import is_small
from qa.search.rank import Ranking
from qa.search.search import search, without
from qa.types import Answer, Request

__all__ = ["FEWEST", "MADE", "AskedTwice", "Point", "as_asked", "ask_both_ways", "curve", "others", "threshold_for"]

MADE = "made_questions.json"  # in this folder: what python -m qa.training.made_questions learned
FEWEST = 15  # limit: questions; fewer say nothing of a share of one in ten
_OF_AN_ARTICLE = 8  # limit: questions of one article, in a small index
_LOOKED_AT = 40  # limit: articles that are looked at for each question that is wanted

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AskedTwice:
    """A made question: the confidence with its article in sight, and whether the first marked sentence holds the
    answer; and the confidence that an unanswerable question as people ask it would have: that with the article hidden,
    its logit higher by what was learned. None where another article holds the answer too, or none is left.
    """

    question: str
    confidence: float
    right: bool
    hidden: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold does: shares of the answerable questions that are answered, of these answers that are right,
    and of the unanswerable questions that are answered all the same.
    """

    threshold: float
    answered: float
    right: float
    wrong: float


def ask_both_ways(
    index: Index,
    count: int,
    *,
    seed: int = 0,
    reader: bool = True,
    shifted: bool = True,
    done: Callable[[int], object] = lambda _: None,
) -> list[AskedTwice]:
    """So many made questions (fewer where the articles do not allow them), drawn by the seed, each asked both ways.
    Without `shifted`, confidences with the article hidden are as they are. Raises UsageError where the articles do not
    allow 15.
    """
    found = []
    shift = _shift(small=is_small(index.passage_count)) if shifted else 0.0
    for row, made in _made(index, count, random.Random(seed)):
        request = Request(made.question, as_of="any", reader=reader)
        ranking = search(index, request)
        seen = answer(index, request, ranking)
        rest = without(index, ranking, ~others(index, ranking, [row]))
        hidden = _unless_elsewhere(answer(index, request, rest), made, shift) if len(rest) else None
        found.append(AskedTwice(made.question, seen.confidence, _holds(seen, made, 1), hidden))
        done(len(found))
    own = "write questions of your own and use: python -m qa eval FILE"
    if len(found) < FEWEST:
        raise UsageError(
            f"only {len(found)} questions can be made from these articles by rule, too few to measure with (at least "
            f"{FEWEST}; English only); {own}"
        )
    if all(one.hidden is None for one in found):
        raise UsageError(f"what one of these articles answers the others answer too, or none is left to ask; {own}")
    return found


def as_asked(confidence: Floats, shift: float) -> Floats:
    """Confidences in unanswerable made questions, shape (n,), as they would be in questions that people ask: their
    logits are higher by `shift`."""
    moved: Floats = expit(logit(confidence) + shift)
    return moved


def others(index: Index, ranking: Ranking, rows: Sequence[int]) -> NDArray[np.bool_]:
    """Whether each passage of a ranking is of another article than these and their near-duplicates, shape (n,)."""
    kept: NDArray[np.bool_] = ~np.isin(ranking.articles, rows)
    return kept & ~np.isin(index.clusters_of(ranking.articles), index.clusters_of(np.array(rows)))


def curve(asked: Sequence[AskedTwice], thresholds: Sequence[float]) -> list[Point]:
    """What each threshold does."""
    confident = np.array([one.confidence for one in asked])
    right = np.array([one.right for one in asked])
    hidden = _hidden(asked)
    points = []
    for threshold in thresholds:
        answered = confident >= threshold
        share = float(right[answered].mean()) if answered.any() else 1.0
        points.append(Point(threshold, float(answered.mean()), share, float((hidden >= threshold).mean())))
    return points


def threshold_for(asked: Sequence[AskedTwice], wrong: float) -> float:
    """The lowest threshold at which at most the share `wrong` of the unanswerable questions is answered."""
    hidden = np.sort(_hidden(asked))
    allowed = int(np.floor(round(wrong * len(hidden), 9)))
    return float(np.nextafter(hidden[len(hidden) - 1 - allowed], 1.0)) if allowed < len(hidden) else 0.0


def _hidden(asked: Sequence[AskedTwice]) -> Floats:
    return np.array([one.hidden for one in asked if one.hidden is not None], np.float64)


def _made(index: Index, count: int, rng: random.Random) -> list[tuple[int, MadeQuestion]]:
    """Questions with their articles' rows: one of each drawn article, then a second of each, up to eight."""
    texts, seen = PassageTexts(index), set[str]()
    articles = np.unique(index.articles_of(np.arange(index.passage_count)))
    rounds: list[list[tuple[int, MadeQuestion]]] = [[] for _ in range(_OF_AN_ARTICLE)]
    for row in rng.sample(articles.tolist(), min(len(articles), _LOOKED_AT * count)):
        if len(rounds[0]) == count:
            break
        passages = [texts[int(at)] for at in index.passages_of(row)]
        questions = [
            made
            for passage in passages
            for made in made_questions(passage.article.text, passage.sentences)
            if asked_about(made.question) is None  # a name is found by its letters, with no threshold
        ]
        chosen = rng.sample(questions, min(len(questions), _OF_AN_ARTICLE))
        for one, turn in zip(chosen, rounds, strict=False):
            if one.question not in seen:
                seen.add(one.question)
                turn.append((row, one))
    return [one for turn in rounds for one in turn][:count]


def _holds(answer: Answer, made: MadeQuestion, first: int) -> bool:
    cited = (answer.citations or answer.closest)[:first]
    return any(made.answer.casefold() in " ".join(one.sentence.split()).casefold() for one in cited)


def _unless_elsewhere(hidden: Answer, made: MadeQuestion, shift: float) -> float | None:
    if _holds(hidden, made, len(hidden.citations or hidden.closest)):
        return None
    return float(as_asked(np.array(hidden.confidence), shift)) if shift else hidden.confidence


@cache
def _shift(*, small: bool) -> float:
    stored = json.loads(files("qa.evaluation").joinpath(MADE).read_text("utf-8"))
    return float(stored["small" if small else "large"]["shift"])
