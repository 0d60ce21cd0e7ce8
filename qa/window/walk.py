"""From one citation of an answer to the next: where links lead, and what else the answer quotes of an article."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Span
from qa.types import Answer, Citation
from qa.window.sources_html import citation_at, numbered

__all__ = ["Walk", "walk"]


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


def walk(answers: Sequence[Answer], reference: str) -> Walk | None:
    """The walk from the citation that a link such as `m0-c2` means; None where there is no such thing. A folded copy
    stands at the place of its citation."""
    here = citation_at(answers, reference)
    if here is None:
        return None
    turn, kind, place = numbered(reference)
    answer = answers[turn]
    every = answer.citations if kind == "c" else answer.closest
    before = f"#m{turn}-{kind}{place - 1}" if place > 1 else ""
    after = f"#m{turn}-{kind}{place + 1}" if place < len(every) else ""
    others = (other for citation in every for other in (citation, *citation.also_in) if other is not here)
    return Walk(place, len(every), before, after, tuple(others))
