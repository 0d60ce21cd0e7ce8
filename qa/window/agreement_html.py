"""Below the first answer: which other sources say the same, and the figures of different days side by side, as HTML."""

from qa.agreement import ALSO, difference, in_a_row, others
from qa.types import Answer, Statement
from qa.window.html import dots, escape, fact_html, time_html

__all__ = ["agreement_html", "mark_html"]


def agreement_html(answer: Answer, turn: int) -> str:
    """A line of the other sources, and a list of the different figures, oldest first; empty where there are none."""
    names = [f"{fact_html(one.source)}{_numbered(one, turn)}" for one in others(answer)]
    line = f'<p class="also-reported">{ALSO} {in_a_row(names)}</p>' if names else ""
    if not (head := difference(answer)):
        return line
    items = "".join(_figure(one, turn) for one in answer.figures)
    return f'{line}<div class="figures"><h3>{head}</h3><ol>{items}</ol></div>'


def mark_html(turn: int, number: int) -> str:
    """The mark [2] that leads to a citation of an answer."""
    return f'<a class="cite" href="#m{turn}-c{number}">&#91;{number}&#93;</a>'


def _figure(one: Statement, turn: int) -> str:
    first, last = one.start - one.sentence_start, one.end - one.sentence_start
    sentence = (
        f"{escape(one.sentence[:first])}<mark>{escape(one.sentence[first:last])}</mark>{escape(one.sentence[last:])}"
    )
    by = dots([time_html(one.published), fact_html(one.source)])
    return (
        f'<li><span class="by">{by}</span><bdi class="figure">{escape(one.text)}</bdi>{_numbered(one, turn)}'
        f'<q dir="auto">{sentence}</q></li>'
    )


def _numbered(one: Statement, turn: int) -> str:
    return f" {mark_html(turn, one.number)}" if one.number is not None else ""
