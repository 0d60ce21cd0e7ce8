"""The other sources that say the same, and the figures of different days, as they are taken along: copied or saved."""

from qa.agreement import difference, reported
from qa.types import Answer, Statement
from qa.window.html import escape, format_day
from qa.window.plain_text import clean, one_line

__all__ = ["agreement_html", "agreement_text"]


def agreement_text(answer: Answer) -> list[str]:
    """A paragraph of the other sources, and one of the different figures with a line for each, where there are any."""
    also = [f"{one_line(reported(answer))}."] if answer.corroboration else []
    if not answer.figures:
        return also
    return [*also, "\n".join([f"{difference(answer)}:", *map(_figure_text, answer.figures)])]


def agreement_html(answer: Answer) -> str:
    """The same as HTML, with the numbers of citations."""
    also = f'<p dir="auto">{escape(one_line(reported(answer)))}.</p>\n' if answer.corroboration else ""
    if not answer.figures:
        return also
    return f"{also}<p>{difference(answer)}:</p>\n<ol>\n{''.join(map(_figure_html, answer.figures))}</ol>\n"


def _facts(one: Statement) -> str:
    return one_line(", ".join(filter(None, (format_day(one.published), one.source))))


def _figure_text(one: Statement) -> str:
    return f"– {_facts(one)}: {one_line(one.text)}: “{one_line(one.sentence)}”"


def _figure_html(one: Statement) -> str:
    number = f" [{one.number}]" if one.number is not None else ""
    said = f"<b>{escape(clean(one.text))}</b><br>“{escape(clean(one.sentence))}”"
    return f'<li dir="auto">{escape(_facts(one))}{number}: {said}</li>\n'
