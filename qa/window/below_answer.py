"""The line below an answer: what people may say of it, and keeping its question."""

from typing import TYPE_CHECKING

from qa.window.html import escape

if TYPE_CHECKING:
    from qa.window.conversation import Exchange

__all__ = ["below_html"]

_VERDICTS = {  # by their names in feedback.VERDICTS
    "helpful": ("Helpful", "What is quoted answers the question", "Rightly not answered"),
    "wrong": ("Wrong", "What is quoted does not answer the question", "The articles do answer it"),
    "missing": ("Missing", "The articles have an answer that is not here", "The articles have an answer"),
}


def below_html(exchange: "Exchange", turn: int) -> str:
    """The line below the answer at a place of the conversation."""
    links = "".join(
        f'<a class="judge{" chosen" if exchange.judged == name else ""}" href="#judge-{turn}-{name}" '
        f'title="{escape(found if exchange.answer.found else refused)}">{label}</a>'
        for name, (label, found, refused) in _VERDICTS.items()
    )
    save = f'<a class="save" href="#save-{turn}" title="Asked again when the articles change">Save question</a>'
    return f'<p class="below">{links}{save}</p>'
