"""What of the conversation belongs to this question."""

import re
from dataclasses import dataclass

from qa.types import Answer, History

__all__ = ["Query", "queries"]

_PAST = 0.6  # of the first and previous questions together, and of the last answer: chosen on CAsT 2021
_ANSWER_WORDS = 120  # of the last answer; the model reads no more
_LEANING = re.compile(
    r"\b(it|its|he|him|his|she|her|hers|they|them|their|theirs|this|that|these|those|there|then|one|ones|another|else|such|same|"
    r"former|latter)\b|^(and|but|so|or|why|how so|what about|how about|what else|who else)\b",
    re.IGNORECASE,
)
_SHORT = 4  # words; "And in Iraq?" leans on what was said


@dataclass(frozen=True, slots=True)
class Query:
    """A text to search for, and what its score counts."""

    text: str
    weight: float


def queries(question: str, history: History = ()) -> list[Query]:
    """The question itself, weight 1, and what it leans on: the first and the previous question and the last answer.

    A question that stands on its own brings nothing of the conversation along.
    """
    found = [Query(question, 1.0)]
    if not history or not _leans(question):
        return found
    asked = [history[0][0]] if len(history) == 1 else [history[0][0], history[-1][0]]
    found += [Query(text, _PAST / len(asked)) for text in asked if text.strip()]
    answer = _words(history[-1][1])
    if answer:
        found.append(Query(answer, _PAST))
    return found


def _leans(question: str) -> bool:
    return len(question.split()) <= _SHORT or bool(_LEANING.search(question.strip()))


def _words(answer: str | Answer) -> str:
    if isinstance(answer, Answer):
        answer = answer.citations[0].text if answer.citations else ""
    return " ".join(answer.split()[:_ANSWER_WORDS])
