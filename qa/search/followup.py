"""Follow-up questions: adds earlier questions and the last answer to the query, by how much the question needs them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.engine import SearchEngine
from index.store.bm25 import analyze
from index.store.forward_index import words_in
from index.text.languages import ENGLISH
from qa.search.references import refers_outside
from qa.search.terms import content_terms, name_terms
from qa.types import Answer, History

__all__ = [
    "Encode", "QueryPart", "Turn", "encoded", "leans", "queries", "quoted_from", "taken", "thread",
]  # fmt: skip

# Of the earlier questions joined with this one, where the question itself and the last answer count 1: chosen on CAsT
# 2021; 1 and 2 rank .009 and .006 worse. Earlier questions as texts of their own, .6 in all, and .6 of the last answer:
# MRR .779 for .796.
_JOINED = 1.5
_ANSWER_WORDS = 120  # limit: of the last answer; 60 and all rank CAsT 2021 alike, to .001
_TURNS = 10  # limit: older answered turns are not looked at
# A question of n terms without a pronoun leans when it is this near to the thread (cosine), at most the second number:
# between the follow-ups of CAsT 2021 and its stand-alone questions put into other conversations.
_NEAR_A_TERM, _NEAR = 0.05, 0.25

Encode = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Turn:
    """An answered question of the conversation, with its answer's text."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class QueryPart:
    """A text to search for and its weight. `earlier` are the questions of before that it holds. `quote` is the text of
    an answer, which adds no score to passages that it was quoted from; `vector`, shape (d,), is the text's where it is
    known."""

    text: str
    weight: float
    earlier: tuple[str, ...] = ()
    quote: str = ""
    vector: NDArray[np.float32] | None = None


def queries(
    question: str, history: History = (), encode: Encode | None = None, language: str = ENGLISH
) -> list[QueryPart]:
    """The question itself, and where it leans on what was said the first and the previous question of its thread with
    it as one text, and the last answer.

    A question that stands alone brings nothing along. Without `encode`, which gives texts their unit vectors, a
    question leans when it refers to something outside it. `language` is that of whose terms are compared.
    """
    turns = thread(history, encode, language)
    if not turns:
        return [QueryPart(question, 1.0)]
    asked = tuple(dict.fromkeys((turns[0].question, turns[-1].question)))
    answer = " ".join(turns[-1].answer.split()[:_ANSWER_WORDS])
    joined = " ".join((*asked, question))
    refers = refers_outside(question)
    vectors = None if encode is None else encode([question, joined, answer, *asked])
    near = 0.0 if vectors is None else float((vectors[2:] @ vectors[0]).max())
    own, of_joined, of_answer = (None, None, None) if vectors is None else vectors[:3]
    alone = QueryPart(question, 1.0, vector=own)
    if not (refers or leans(question, turns[-1], near, language)):
        return [alone]
    last = QueryPart(answer, 1.0, quote=turns[-1].answer, vector=of_answer)
    return [alone, QueryPart(joined, _JOINED, asked, vector=of_joined), last]


def thread(history: History, encode: Encode | None = None, language: str = ENGLISH) -> list[Turn]:
    """The answered turns that belong together, oldest first, up to the last one.

    A turn without an answer (a refusal, an empty text) is passed over, so the thread outlives it. A turn whose
    question did not lean on the turns before it began a new thread.
    """
    every = [Turn(question, _text(answer)) for question, answer in history]
    turns = [turn for turn in every if turn.question.strip() and turn.answer.strip()][-_TURNS:]
    alone = [turn.question for turn in turns[1:] if not refers_outside(turn.question)]
    vectors = dict[str, NDArray[np.float32]]()
    if encode is not None and alone:
        texts = list(dict.fromkeys(turn.question for turn in turns))
        vectors = dict(zip(texts, encode(texts), strict=True))
    begins = 0
    for place in range(1, len(turns)):
        question, before = turns[place].question, turns[place - 1]
        if not refers_outside(question):
            near = 0.0
            if vectors:
                near = max(float(vectors[question] @ vectors[one.question]) for one in (turns[begins], before))
            if not leans(question, before, near, language):
                begins = place
    return turns[begins:]


def leans(question: str, last: Turn, near: float, language: str = ENGLISH) -> bool:
    """Whether a question that refers to nothing outside it leans on the conversation.

    `near` is its highest cosine to the thread; the share of its terms that the last turn has counts like it. A question
    of many terms must be nearer, since it says more by itself. One that names what the last turn did not stands alone.
    """
    terms = content_terms(question, language)
    said = set(analyze(f"{last.question} {last.answer}", language))
    if any(term in terms and term not in said for term in name_terms(question, language)):
        return False
    shared = sum(term in said for term in terms) / max(1, len(terms))
    return max(near, shared) >= min(_NEAR, _NEAR_A_TERM * len(terms))


def taken(found: Sequence[QueryPart]) -> tuple[str, ...]:
    """The earlier questions that queries take along, oldest first."""
    return tuple(question for query in found for question in query.earlier)


def encoded(found: Sequence[QueryPart], encode: Encode) -> NDArray[np.float32]:
    """The vectors of queries, shape (queries, d); only those not known yet are made."""
    unknown = [query.text for query in found if query.vector is None]
    made = iter(encode(unknown)) if unknown else iter(())
    return np.stack([next(made) if query.vector is None else query.vector for query in found])


def quoted_from(answer: str, index: SearchEngine, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each passage, by row, is one that an answer was quoted from, or a copy of it: shape (rows,).

    More of the passage's pairs of neighbouring words stand in the answer than do not, or more of the answer's in the
    passage.
    """
    forward = index.forward
    size = len(forward.terms) + 1
    every = [forward.word_ids(words_in(answer, language)).astype(np.int64) + 1 for language in index.languages]
    said = np.unique(np.concatenate([ids[:-1] * size + ids[1:] for ids in every]))
    texts = forward.passages(rows)
    words = texts.words.astype(np.int64) + 1
    pairs = words[:-1] * size + words[1:]
    passage = np.repeat(np.arange(len(rows)), np.diff(texts.starts))
    inside = passage[:-1] == passage[1:]
    pairs, passage = pairs[inside], passage[:-1][inside]
    held = passage[np.isin(pairs, said)]
    shared = np.bincount(held, minlength=len(rows))
    of_passage = np.maximum(1, np.bincount(passage, minlength=len(rows)))
    quoted: NDArray[np.bool_] = (shared > of_passage - shared) | (shared > len(said) - shared)
    return quoted


def _text(answer: str | Answer) -> str:
    if isinstance(answer, Answer):
        return answer.citations[0].text if answer.citations else ""
    return answer
