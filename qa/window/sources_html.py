"""The panel of sources beside a conversation, as HTML; and which citation a link in it means."""

import re
from collections.abc import Sequence

from qa.types import Answer, Citation
from qa.window.html import dots, escape, fact_html, time_html, title_html

__all__ = ["card_html", "citation_at", "sources_html"]

_REFERENCE = re.compile(r"m(\d{1,6})-([cn])(\d{1,6})(?:-a(\d{1,6}))?")


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


def sources_html(answer: Answer | None, turn: int, copied: str = "") -> str:
    """The panel of sources that belongs to an answer: a card for each citation, in order. `copied` is HTML that holds
    what its button copies."""
    if answer is None or not answer.found:
        words = "The articles behind an answer appear here." if answer is None else "No article is cited."
        return (
            f'<section class="sources empty" aria-label="Sources"><h2>Sources</h2><p class="hint">{words}</p></section>'
        )
    cards = "".join(card_html(citation, turn, "c") for citation in answer.citations)
    return (
        '<section class="sources" aria-label="Sources"><h2>Sources</h2>'
        '<button type="button" class="copy">Copy with sources</button>'
        f'{copied}<ol class="cards">{cards}</ol></section>'
    )


def card_html(citation: Citation, turn: int, kind: str) -> str:
    first, last = citation.sentence_start - citation.start, citation.sentence_end - citation.start
    text = citation.text
    reference = f"#m{turn}-{kind}{citation.number}"
    facts = [fact_html(citation.source), time_html(citation.published), fact_html(citation.author)]
    facts.append(f'<span class="strength {citation.strength}">{citation.strength} match</span>')
    also = ", ".join(
        f'<a href="{reference}-a{place}"><bdi>{escape(copy.source or copy.title or "another article")}</bdi></a>'
        f" ({time_html(copy.published)})"
        for place, copy in enumerate(citation.also_in, 1)
    )
    return (
        f'<li class="card"><a class="card-title" href="{reference}"><span class="number">{citation.number}</span> '
        f'<bdi class="headline">{title_html(citation.title)}</bdi></a><p class="facts">{dots(facts)}</p>'
        f'<blockquote class="quote" dir="auto">{escape(text[:first])}<mark>{escape(text[first:last])}</mark>'
        f"{escape(text[last:])}</blockquote>" + (f'<p class="also">Also in {also}</p>' if also else "") + "</li>"
    )
