"""A question and its answer as they stand in the conversation, as HTML."""

from collections.abc import Sequence

from qa.types import Answer, Citation
from qa.window.html import dots, escape, fact_html, format_day, time_html
from qa.window.sources_html import card_html

__all__ = ["LEADS", "answer_html", "notice_html", "question_html", "spoken"]

_SPOKEN = 3  # sentences in the answer itself; further citations are named by number and stand among the sources
LEADS = {
    "strong": "In your articles’ own words:",
    "fair": "The closest words in your articles, a fair match:",
    "weak": "Only a weak match in your articles; read it with care:",
}


def question_html(question: str) -> str:
    """A question as it stands in the conversation."""
    return f'<p class="question" dir="auto">{escape(question)}</p>'


def answer_html(answer: Answer, turn: int, limits: str = "") -> str:
    """The answer as it stands in the conversation: a lead, the marked sentences, their numbers; or the refusal.
    `limits` says which articles alone were searched."""
    if not answer.found:
        return _refusal(answer, turn, limits)
    chosen = spoken(answer.citations)
    quotes = "".join(
        f'<p class="said"><q dir="auto">{escape(citation.sentence)}</q> {_mark(citation, turn, "c")} '
        f'<span class="by">{_byline(citation)}</span></p>'
        for citation in chosen
    )
    rest = [citation for citation in answer.citations if citation not in chosen]
    more = f'<p class="more">See also {" ".join(_mark(c, turn, "c") for c in rest)}</p>' if rest else ""
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in answer.notes) + _limits(limits)
    lead = LEADS[answer.citations[0].strength]
    return f'<div class="answer"><p class="lead">{lead}</p>{quotes}{more}{notes}</div>'


def notice_html(message: str) -> str:
    """A message of the program's own in the conversation, such as that it is still reading."""
    return f'<p class="notice">{escape(message)}</p>'


def spoken(citations: Sequence[Citation]) -> list[Citation]:
    """The citations whose sentences make the answer: one each of the first few articles, weak ones only if all are."""
    chosen: list[Citation] = []
    for citation in citations:
        if citation.strength == "weak" and chosen and chosen[0].strength != "weak":
            continue
        spoken = {(other.article_id, other.sentence) for other in chosen}
        if len(chosen) < _SPOKEN and not any(citation.article_id == a or citation.sentence == s for a, s in spoken):
            chosen.append(citation)
    return chosen


def _refusal(answer: Answer, turn: int, limits: str) -> str:
    closest = ""
    if answer.closest:
        cards = "".join(card_html(citation, turn, "n") for citation in answer.closest)
        closest = (
            '<details class="closest"><summary>Closest passages — not an answer</summary>'
            f'<ol class="cards">{cards}</ol></details>'
        )
    return (
        f'<div class="refusal"><p class="refusal-title">Not in your articles</p>'
        f"<p>{escape(answer.reason)}</p>{_limits(limits)}{closest}</div>"
    )


def _limits(limits: str) -> str:
    return f'<p class="note limits">{escape(limits)}</p>' if limits else ""


def _mark(citation: Citation, turn: int, kind: str) -> str:
    where = escape(
        f"{citation.title or 'Untitled'}, {citation.source or 'unknown source'}, {format_day(citation.published)}"
    )
    reference = f"#m{turn}-{kind}{citation.number}"
    return f'<a class="cite" href="{reference}" title="{where}">&#91;{citation.number}&#93;</a>'


def _byline(citation: Citation) -> str:
    return dots([fact_html(citation.source), time_html(citation.published)])
