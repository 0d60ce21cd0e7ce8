"""The panel of sources beside a conversation, as HTML."""

from collections.abc import Sequence

from qa.types import Answer, Citation
from qa.window.html import dots, escape, fact_html, time_html, title_html
from qa.window.plain_text import page_words, quote_parts
from qa.window.shown import by_article, folded, shown, spoken

__all__ = ["cards_html", "sources_html"]


def sources_html(answer: Answer | None, turn: int, tools: str = "") -> str:
    """The panel of sources that belongs to an answer: a card for each article, the one that most likely answers first.
    `tools` is HTML of what can be done with the answer."""
    if answer is None or not answer.found:
        words = "The articles behind an answer appear here." if answer is None else "No article is cited."
        hint = f'<p class="hint">{words}</p>'
        return f'<section class="sources empty" aria-label="Sources"><h2>Sources</h2>{tools}{hint}</section>'
    first = spoken(answer.citations)[0].article_id
    sight = sorted(shown(answer.citations), key=lambda citation: citation.article_id != first)
    cards, weak = cards_html(sight, turn, "c"), folded(answer.citations)
    words = f"{len(weak)} weak match{'' if len(weak) == 1 else 'es'}"
    fold = f'<details class="weaker"><summary>{words}</summary>{cards_html(weak, turn, "c")}</details>' if weak else ""
    return f'<section class="sources" aria-label="Sources"><h2>Sources</h2>{tools}{cards}{fold}</section>'


def cards_html(citations: Sequence[Citation], turn: int, kind: str) -> str:
    """A card for each article with its cited passages. `kind` is "c" for citations, "n" for closest passages."""
    return f'<ol class="cards">{"".join(_card(group, turn, kind) for group in by_article(citations))}</ol>'


def _card(citations: Sequence[Citation], turn: int, kind: str) -> str:
    first = citations[0]
    facts = dots([fact_html(first.source), time_html(first.published), fact_html(first.author)])
    return (
        f'<li class="card"><a class="card-title" href="{_reference(first, turn, kind)}">'
        f'<bdi class="headline">{title_html(first.title)}</bdi></a><p class="facts">{facts}</p>'
        + "".join(_cited(citation, turn, kind) for citation in citations)
        + "</li>"
    )


def _cited(citation: Citation, turn: int, kind: str) -> str:
    before, sentence, after = map(escape, quote_parts(citation))
    reference = _reference(citation, turn, kind)
    strength = f'<span class="strength {citation.strength}">{citation.strength} match</span>'
    also = ", ".join(
        f'<a href="{reference}-a{place}"><bdi>{escape(copy.source or copy.title or "another article")}</bdi></a>'
        f" ({time_html(copy.published)})"
        for place, copy in enumerate(citation.also_in, 1)
    )
    return (
        f'<div class="cited"><a class="number" href="{reference}">{citation.number}</a>'
        f'<p class="match">{dots([strength, page_words(citation)])}</p>'
        f'<blockquote class="quote" dir="auto">{before}<mark>{sentence}</mark>{after}</blockquote>'
        + (f'<p class="also">Also in {also}</p>' if also else "")
        + "</div>"
    )


def _reference(citation: Citation, turn: int, kind: str) -> str:
    return f"#m{turn}-{kind}{citation.number}"
