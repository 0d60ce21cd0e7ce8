"""Do these passages speak to the question at all?

In a large archive some passage always has a high cosine, and covering the question's rare words tells more; among a
few articles people ask in other words than the article's, and the cosine tells more. So what each counts depends on
the number of passages.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.store.bm25 import analyze
from index.store.snapshot import SearchEngine
from qa.answering.answer_type import asked_noun
from qa.search.followup import Query, encoded, quoted_from
from qa.search.query import content_terms, covered, idf_weights
from qa.search.rank import Candidates
from qa.types import Strength

__all__ = ["Evidence", "strength", "weigh"]

_LOOK = 5  # passages that are read together
_SYNONYM = 0.6  # cosine of word vectors from which a word stands for another: "outposts", "depots"
_READ = 3  # passages whose words are compared with the noun that is asked for
_WHOLE_TERMS = 3  # a question of fewer terms is easily covered by chance
_STRONG_MARGIN = 0.12


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much the best passages speak to the question.

    `cosine` is the highest of them; `covered` the most of the question's idf weight that one of them covers, 0 to 1;
    `together` what they cover between them; `missing` the terms that none of them holds, weightiest first;
    `asked_for` False when the thing that is asked for ("captain") stands in none of them, None when that cannot be
    told; `margin` how far all this is above (or below) what is needed.
    """

    cosine: float
    covered: float
    together: float
    missing: tuple[str, ...]
    asked_for: float | None
    margin: float

    @property
    def found(self) -> bool:
        return self.margin >= 0

    @property
    def names_another_thing(self) -> bool:
        """Whether the thing that is asked for is mentioned in none of the passages, by this word or a near one."""
        return self.asked_for is not None and self.asked_for < _SYNONYM


def weigh(
    index: SearchEngine, question: str, candidates: Candidates, positions: list[int], asked: Sequence[Query] = ()
) -> Evidence:
    """The evidence of candidates, at their positions in the ranking, for the question.

    `asked` holds the question and, for a follow-up, what it takes along: the earlier questions' terms count by their
    weights, and the cosine is that of the question's vector and the last answer's together.
    """
    best = positions[:_LOOK]
    earlier = [query for query in asked[1:] if not query.quote]
    idf = _weighted_terms(index, question, candidates, earlier)
    if not best or not idf:
        return Evidence(0.0, 0.0, 0.0, tuple(idf), None, -1.0)
    terms = [candidates.terms(position) | _held(index, candidates, position, idf) for position in best]
    everything = frozenset().union(*terms)
    cosine = float(np.max(_cosines(index, candidates, best, asked)))
    alone = max(covered(idf, found) for found in terms)
    together = covered(idf, everything)
    missing = sorted((term for term in idf if term not in everything), key=lambda term: -idf[term])
    noun = asked_noun(question)
    asked_for = None if noun is None else _nearness(index, *noun, everything, candidates, best)
    margin = _margin(candidates.searched, cosine, alone, len(candidates.idf), asked_for)
    return Evidence(cosine, alone, together, tuple(missing), asked_for, margin)


def _weighted_terms(
    index: SearchEngine, question: str, candidates: Candidates, earlier: Sequence[Query]
) -> Mapping[str, float]:
    """The idf of the question's terms, and of the earlier questions' as far as they weigh."""
    if not earlier:
        return candidates.idf
    found = dict(candidates.idf) if content_terms(question) else {}
    for query in earlier:
        for term, idf in idf_weights(index, dict.fromkeys(content_terms(query.text), 1.0)).items():
            if term not in candidates.idf:
                found[term] = max(found.get(term, 0.0), query.weight * idf)
    return found or candidates.idf


def _held(index: SearchEngine, candidates: Candidates, position: int, idf: Mapping[str, float]) -> frozenset[str]:
    """Those terms of the earlier questions that stand in a passage or its title."""
    earlier = [term for term in idf if term not in candidates.idf]
    if not earlier:
        return frozenset()
    forward, here = index.forward, slice(position, position + 1)
    texts, titles = forward.passages(candidates.rows[here]), forward.titles(candidates.articles[here])
    held = set(forward.terms[np.concatenate([texts.words, titles.words])].tolist())
    numbers = forward.term_numbers(earlier).tolist()
    return frozenset(term for term, number in zip(earlier, numbers, strict=True) if number in held)


def _cosines(
    index: SearchEngine, candidates: Candidates, best: list[int], asked: Sequence[Query]
) -> NDArray[np.float64]:
    """The cosines of passages to the question and what it takes along: to the sum of its vector and the last answer's.

    On CAsT 2021 this tells follow-ups with their passage from those without best (AUROC .672; the question alone .619,
    with the earlier questions too .668). The passage that was just quoted is compared with the question alone.
    """
    cosines = candidates.cosine[best]
    for query in asked[1:]:
        if query.quote:
            answer = encoded([query], index.encode_queries)[0]
            together = candidates.vector + query.weight * answer
            told = index.cosines(together / np.linalg.norm(together), candidates.rows[best])
            quoted = quoted_from(query.quote, index.forward, candidates.rows[best])
            return np.where(quoted, cosines, told)
    return cosines


def _nearness(
    index: SearchEngine, noun: str, exact: bool, terms: frozenset[str], candidates: Candidates, positions: list[int]
) -> float:
    """How near the passages come to the noun: 1 where they hold it, else the cosine of the nearest word."""
    parts = analyze(noun)
    if terms.issuperset(parts):
        return 1.0
    if exact:
        return 0.0
    read = positions[:_READ]
    if len(parts) == 1 and candidates.question.words.get(parts[0]) == noun:
        return max(candidates.near(position, parts[0]) for position in read)
    forward = index.forward
    texts, titles = forward.passages(candidates.rows[read]), forward.titles(candidates.articles[read])
    words = np.unique(np.concatenate([texts.words, titles.words]))
    if not len(words):
        return 0.0
    return max(0.0, float(forward.cosines(words, index.word_vectors([noun])).max()))


def _margin(passages: int, cosine: float, alone: float, terms: int, asked_for: float | None) -> float:
    # Set by hand between the questions in tests/golden (small) and 442 answerable and unanswerable ones (large).
    size = math.log10(max(passages, 10))
    value = cosine + min(0.45, max(0.05, 0.1 * (size - 0.7))) * (alone - 0.5)
    if alone >= 0.99 and terms >= _WHOLE_TERMS:
        value += 0.2
    doubt = 0.3 if asked_for is None else float(asked_for < _SYNONYM)
    value -= 0.05 * max(0.0, 4.6 - size) * doubt
    return value - (0.341 + 0.003 * size**3)


def strength(
    index: SearchEngine, question: str, candidates: Candidates, position: int, asked: Sequence[Query] = ()
) -> Strength:
    """How well one passage by itself speaks to the question. Arguments as for `weigh`."""
    margin = weigh(index, question, candidates, [position], asked).margin
    return "strong" if margin >= _STRONG_MARGIN else "fair" if margin >= 0 else "weak"
