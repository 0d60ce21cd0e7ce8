"""Which citation a link means, and from one to the next: where links lead, what else an answer quotes of an article."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Span
from qa.types import Answer, Citation

__all__ = ["Walk", "citation_at", "walk"]

_REFERENCE = re.compile(r"m(\d{1,6})-([cn])(\d{1,6})(?:-a(\d{1,6}))?")


@dataclass(frozen=True, slots=True)
class Walk:
    """The place of a citation among those of its answer, from 1; links to the one before and the one after, empty
    where there is none; and the sentences that the answer quotes besides, each with its article's id."""

    place: int
    total: int
    before: str
    after: str
    others: tuple[Citation, ...] = ()

    def quoted_in(self, article_id: str, text: str) -> list[Span]:
        """Where the answer's other sentences stand in an article, in order, overlapping ones as one; none that its text
        no longer holds."""
        spans: list[Span] = []
        for citation in sorted(self.others, key=lambda citation: citation.sentence_start):
            first, last = citation.sentence_start, citation.sentence_end
            if citation.article_id != article_id or text[first:last] != citation.sentence:
                continue
            if spans and first < spans[-1].end:
                spans[-1] = Span(spans[-1].start, max(last, spans[-1].end))
            else:
                spans.append(Span(first, last))
        return spans


def citation_at(answers: Sequence[Answer], reference: str) -> Citation | None:
    """The citation that a link such as `m0-c1` means: answer 0, citation 1. `n` stands for a closest passage that is
    no answer, `-a2` for the second folded copy. None where there is no such thing."""
    match = _REFERENCE.fullmatch(reference)
    if match is None or int(match[1]) >= len(answers):
        return None
    answer = answers[int(match[1])]
    found: Sequence[Citation] = answer.citations if match[2] == "c" else answer.closest
    for number in (match[3], match[4]):
        if number is not None:
            if not 1 <= int(number) <= len(found):
                return None
            citation = found[int(number) - 1]
            found = citation.also_in
    return citation


def walk(answers: Sequence[Answer], reference: str) -> Walk | None:
    """The walk from the citation that a link such as `m0-c2` means; None where there is no such thing. A folded copy
    stands at the place of its citation."""
    here, match = citation_at(answers, reference), _REFERENCE.fullmatch(reference)
    if here is None or match is None:
        return None
    turn, kind, place = int(match[1]), match[2], int(match[3])
    answer = answers[turn]
    every = answer.citations if kind == "c" else answer.closest
    before = f"#m{turn}-{kind}{place - 1}" if place > 1 else ""
    after = f"#m{turn}-{kind}{place + 1}" if place < len(every) else ""
    others = (other for citation in every for other in (citation, *citation.also_in) if other is not here)
    return Walk(place, len(every), before, after, tuple(others))
