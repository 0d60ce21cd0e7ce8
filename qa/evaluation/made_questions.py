"""Questions made by rule from an article's own sentences, for measuring an index without judged questions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.types import Span

__all__ = ["MadeQuestion", "made_questions"]

_NAME = r"(?:[A-Z][\w’'-]*[\w’']\s){0,3}[A-Z][\w’'-]+"
_PAST = (
    "said|won|told|became|took|made|gave|led|left|lost|held|met|found|began|wrote|sold|bought|paid|sent|built|broke|"
    r"chose|drew|fell|fought|got|went|came|grew|kept|ran|saw|set|spoke|stood|struck|beat|was|were|has|had|is|are|will|would|can|could|may|plans|says|wants|[a-z]{2,}ed"
)
_WHO = re.compile(rf"^({_NAME}) ((?:{_PAST})\b.+)$")
_HOW_MANY = re.compile(
    r"^(?:(?:At least|About|Around|Some|Nearly|Almost|More than|Over|Up to) )?"
    r"(\d[\d,]*) ((?!million|billion|percent)(?:[a-z]+ ){1,3}(?:were|was|have|had|are) .+)$"
)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_WHEN = re.compile(
    r"^((?:The )?[A-Z][^,;:]{3,60}?) (was|were|is|are|will|has|had) ([a-z][^,;:]+?) "
    rf"((?:on|in) (?:(?:\d{{1,2}} )?(?:{_MONTH})"
    r"(?: \d{1,2})?(?:,? \d{4})?|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\d{4}))\b"
)
_LEANS = re.compile(r"\b(?:he|she|it|they|his|her|its|their|him|them|this|that|these|those|we|i|you|our|my)\b", re.I)
_OPENS = frozenset(
    "after although amid and as at because before but by despite during even first for from here how if in it last "
    "like many most next no not now of on once one only or our since so some still such that then there these this "
    "monday tuesday wednesday thursday friday saturday sunday those "
    "though thus to today under until what when where while why with yet yesterday".split()
)
_STOP = re.compile(r"[,;:](?!\d)|[–—(]|\s(?:but|and|because|after|as|while|which|who|where|when|although)\s")
_DATELINE = re.compile(r"^[A-Z][\w .,’'-]{1,40}(?: \([\w .&]{2,30}\))? [—–-]+ ")
_LONGEST = 400  # limit: characters of a sentence; longer ones are mostly lists
_CLAUSE = 12  # characters of a clause, at least: a comma before ends none
_LEAST, _MOST = 4, 16  # words of a question: fewer are vague, more are seldom asked


@dataclass(frozen=True, slots=True)
class MadeQuestion:
    """A question, the sentence of the article that answers it, and the answer's words in that sentence."""

    question: str
    sentence: Span
    answer: str


def made_questions(text: str, sentences: Sequence[Span]) -> Iterator[MadeQuestion]:
    """The questions that the sentences of an English text allow, in their order: who, how many and when, each by
    leaving out what a sentence says first or last. A sentence that leans on another one ("he said") allows none.
    """
    for span in sentences:
        said = _DATELINE.sub("", " ".join(span.of(text).split())).rstrip(".")
        if any(quote in said for quote in '"“”‘?!') or len(said) > _LONGEST:
            continue
        found = _asked(said)
        if found is None:
            continue
        question, answer = found
        if question.startswith("Who ") and not _is_name(answer, text):
            continue
        if _LEAST <= len(question.split()) <= _MOST and not _LEANS.search(question):
            yield MadeQuestion(question, span, answer)


def _is_name(words: str, text: str) -> bool:
    """Whether words that open a sentence are a name: several with capitals, or one that has a capital elsewhere too."""
    alone = words.removeprefix("The ")
    return " " in alone or re.search(rf"[a-z,] {re.escape(alone)}\b", text) is not None


def _asked(sentence: str) -> tuple[str, str] | None:
    if sentence.partition(" ")[0].lower() in _OPENS and not _HOW_MANY.match(sentence):
        return None
    if match := _HOW_MANY.match(sentence):
        return f"How many {_clause(match[2])}?", match[1]
    if match := _WHEN.match(sentence):
        subject = match[1] if not match[1].startswith("The ") else f"the {match[1][4:]}"
        return f"When {match[2]} {subject} {match[3]}?", match[4]
    if match := _WHO.match(sentence):
        return f"Who {_clause(match[2])}?", match[1]
    return None


def _clause(words: str) -> str:
    """The words up to the end of their first clause."""
    cut = _STOP.search(words, _CLAUSE)
    return words[: cut.start()].rstrip() if cut else words
