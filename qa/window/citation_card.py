"""The card that opens over a mark such as [1]: its source, and its sentence in about two lines of context, as HTML."""

from collections.abc import Sequence

from qa.types import Answer, Citation
from qa.window.html import dots, escape, fact_html, time_html, title_html
from qa.window.plain_text import page_words

__all__ = ["around", "cards_over_marks_html"]

_CONTEXT = 80  # view: characters before and after the sentence: about a line of the card on either side


def cards_over_marks_html(answers: Sequence[Answer]) -> str:
    """A template with a card for each citation of a conversation, named as its marks are: `card-m0-c1` belongs to
    `#m0-c1`. The page's script takes the cards out of it, because a popover inside a hidden panel is not shown."""
    cards = "".join(
        _card(citation, f"m{turn}-c{citation.number}")
        for turn, answer in enumerate(answers)
        for citation in answer.citations
    )
    return f'<template class="cards-over-marks">{cards}</template>' if cards else ""


def around(text: str, first: int, last: int, reach: int) -> tuple[int, int]:
    """The range of a text from at most `reach` characters before `first` to as many after `last`, in whole words."""
    start, end = max(0, first - reach), min(len(text), last + reach)
    start = next((at + 1 for at in range(start, first) if start and text[at].isspace()), start)
    end = next((at for at in range(end, last, -1) if end < len(text) and text[at].isspace()), end)
    return start, end


def _card(citation: Citation, reference: str) -> str:
    text = citation.text
    first, last = citation.sentence_start - citation.start, citation.sentence_end - citation.start
    start, end = around(text, first, last, _CONTEXT)
    facts = dots([fact_html(citation.source), time_html(citation.published), page_words(citation)])
    return (
        f'<div class="over" id="card-{reference}" popover="auto" role="dialog" aria-label="Source {citation.number}">'
        f'<p class="over-title" dir="auto">{title_html(citation.title)}</p><p class="over-facts">{facts}</p>'
        f'<p class="over-quote" dir="auto">{"…" if start else ""}{escape(text[start:first])}'
        f"<mark>{escape(text[first:last])}</mark>{escape(text[last:end])}{'…' if end < len(text) else ''}</p>"
        f'<a class="over-open" href="#{reference}">Open</a></div>'
    )
