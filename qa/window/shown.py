"""Which citations of an answer are shown where: in sight or folded away, in the answer itself, under which article."""

from collections.abc import Sequence

from qa.types import Citation

__all__ = ["by_article", "folded", "shown", "spoken"]

_SPOKEN = 3  # view: sentences in the answer itself; further citations are named by number and stand among the sources


def shown(citations: Sequence[Citation]) -> list[Citation]:
    """The citations in sight, in their order: no weak one where a strong one stands."""
    strong = any(citation.strength == "strong" for citation in citations)
    return [citation for citation in citations if not (strong and citation.strength == "weak")]


def folded(citations: Sequence[Citation]) -> list[Citation]:
    """The others, in their order."""
    sight = {citation.number for citation in shown(citations)}
    return [citation for citation in citations if citation.number not in sight]


def spoken(citations: Sequence[Citation]) -> list[Citation]:
    """The citations whose sentences make the answer: first the one that most likely answers (of equals the first), then
    one each of the next few articles in their order; weak ones only where all are."""
    best = max(citations, key=lambda citation: (citation.confidence, -citation.number))
    chosen = [best]
    for citation in citations:
        if citation.strength == "weak" and best.strength != "weak":
            continue
        said = any(citation.article_id == other.article_id or citation.sentence == other.sentence for other in chosen)
        if len(chosen) < _SPOKEN and not said:
            chosen.append(citation)
    return chosen


def by_article(citations: Sequence[Citation]) -> list[list[Citation]]:
    """Citations of one article together: articles in the order of their first citation, citations in theirs."""
    groups: dict[str, list[Citation]] = {}
    for citation in citations:
        groups.setdefault(citation.article_id, []).append(citation)
    return list(groups.values())
