"""Below an answer: questions to ask next, what people may say of it, and keeping its question."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.window.html import encoded, escape

if TYPE_CHECKING:
    from qa.window.conversation import Exchange

__all__ = ["below_html"]

_VERDICTS = {  # by their names in feedback.VERDICTS
    "helpful": ("Helpful", "What is quoted answers the question", "Rightly not answered"),
    "wrong": ("Wrong", "What is quoted does not answer the question", "The articles do answer it"),
    "missing": ("Missing", "The articles have an answer that is not here", "The articles have an answer"),
}


def below_html(exchange: "Exchange", turn: int, *, last: bool = False) -> str:
    """What stands below the answer at a place of the conversation; questions to ask next only below the last one."""
    links = "".join(
        f'<a class="judge{" chosen" if exchange.judged == name else ""}" href="#judge-{turn}-{name}" '
        f'title="{escape(found if exchange.answer.found else refused)}">{label}</a>'
        for name, (label, found, refused) in _VERDICTS.items()
    )
    save = f'<a class="save" href="#save-{turn}" title="Asked again when the articles change">Save question</a>'
    following = _following(exchange.following) if last and exchange.following else ""
    return f'{following}<p class="below">{links}{save}</p>'


def _following(questions: Sequence[str]) -> str:
    asks = "".join(
        f'<li><a class="ask" href="#ask-{encoded(question)}">{escape(question)}</a></li>' for question in questions
    )
    return f'<div class="following"><p>Ask next</p><ul>{asks}</ul></div>'
