"""What the page is told of the box in which questions are written; `draft.js` acts on it, and never on a draft."""

import secrets

from qa.window.html import escape

__all__ = ["returned_html", "taken_html"]


def taken_html(question: str) -> str:
    """Says that a question has left the box, which is empty from then on unless something else stands in it."""
    return _told("taken", question)


def returned_html(question: str) -> str:
    """Gives a question back to the box, unless something else stands in it."""
    return _told("returned", question)


def _told(kind: str, question: str) -> str:
    return f'<span class="{kind}" data-key="{secrets.token_hex()}" hidden>{escape(question)}</span>' if question else ""
