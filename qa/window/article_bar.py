"""The bar above an opened article, as HTML: back, the answer's other citations, find, print, a link to the place."""

from qa.window.html import escape
from qa.window.tools_html import link_to
from qa.window.walk import Walk

__all__ = ["BACK", "bar_html"]

BACK = '<a class="close" href="#close">← Back</a>'


def bar_html(article_id: str, first: int, walk: Walk | None = None) -> str:
    """`first` is the offset that the link to the place means; with `walk`, links to the answer's other citations."""
    steps = _walk_html(walk) if walk and walk.total > 1 else ""
    return (
        f'<div class="reader-bar">{BACK}{steps}<span class="reader-tools">'
        f'<button type="button" class="print" title="Print this article">Print</button>'
        f"{link_to('Copy link', article=article_id, at=first)}</span>"
        '<search class="find-in"><input type="search" class="find-field" placeholder="Find in this article" '
        'aria-label="Find in this article" autocomplete="off"/><output class="find-count"></output>'
        f"{_find_step(-1, 'Previous place', '↑')}{_find_step(1, 'Next place', '↓')}</search></div>"
    )


def _walk_html(walk: Walk) -> str:
    """Such as "‹ 2 of 5 ›"; where there is no further citation, the arrow is none."""
    return (
        f'<span class="walk" role="group" aria-label="Citations of the answer">'
        f"{_step(walk.before, 'prev', 'Previous citation', '‹')}<span>{walk.place} of {walk.total}</span>"
        f"{_step(walk.after, 'next', 'Next citation', '›')}</span>"
    )


def _find_step(step: int, label: str, arrow: str) -> str:
    names = f'aria-label="{label}" title="{label}"'
    return f'<button type="button" class="find-step" data-step="{step}" {names}>{arrow}</button>'


def _step(reference: str, rel: str, label: str, arrow: str) -> str:
    if not reference:
        return f'<span class="step" aria-hidden="true">{arrow}</span>'
    return f'<a class="step" rel="{rel}" href="{escape(reference)}" aria-label="{label}" title="{label}">{arrow}</a>'
