"""In words: which other sources give the same answer, and that passages of different days differ."""

from collections.abc import Sequence

from qa.types import Answer, Statement

__all__ = ["ALSO", "difference", "difference_of", "in_a_row", "others", "reported", "reported_by"]

ALSO = "Also reported by"
_NAMED = 3  # view: sources; of more, one line names the first ones and counts the rest


def others(answer: Answer) -> Sequence[Statement]:
    """The statements of other sources that give the same answer, in order of rank."""
    return answer.corroboration[1:]


def reported(answer: Answer) -> str:
    """ "Also reported by AP, CNN and 2 others", without a full stop; empty where no other source says the same."""
    return reported_by([one.source for one in others(answer)])


def reported_by(sources: Sequence[str]) -> str:
    """The same of their names."""
    return f"{ALSO} {in_a_row(sources)}" if sources else ""


def in_a_row(names: Sequence[str]) -> str:
    """ "AP", "AP and CNN", "AP, CNN, BBC and 1 other"."""
    if len(names) <= 1:
        return "".join(names)
    if len(names) <= _NAMED:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    rest = len(names) - _NAMED
    return f"{', '.join(names[:_NAMED])} and {rest} other{'s' if rest > 1 else ''}"


def difference(answer: Answer) -> str:
    """What heads the figures of different days, without a full stop; empty where there are none."""
    return difference_of(answer.figures[0].kind) if answer.figures else ""


def difference_of(kind: str) -> str:
    """The same of the kind of the figures."""
    return f"These passages give different {'dates' if kind == 'date' else 'figures'}"
