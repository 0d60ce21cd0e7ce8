"""A stored article as HTML, with the cited passage and its sentence marked."""

import re
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING

from qa.types import Citation
from qa.window.html import dots, escape, fact_html, time_html, title_html, web_link

if TYPE_CHECKING:
    from index.store.catalog import StoredArticle

__all__ = ["GONE", "article_html"]

_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_LINE_END = re.compile(r"(?:&#13;)?&#10;")
GONE = (
    '<article class="reader" aria-label="Article"><p class="reader-bar"><a class="close" href="#close">'
    '← Back to sources</a></p><h2 tabindex="-1">No longer here</h2>'
    '<p class="notice">This article is no longer in the index; ask again to see what is.</p></article>'
)


def article_html(article: "StoredArticle", citation: Citation, *, changed: bool | None = False) -> str:
    """The stored article, whole, with the cited passage tinted, its sentence marked, and boilerplate greyed.

    Where the stored text no longer holds the quote (the index was rebuilt in between), it says so and marks nothing.
    `changed`: whether the article's file differs from what was read; None where the file cannot be looked at.
    """
    same = article.text[citation.start : citation.end] == citation.text
    cuts = {0, len(article.text)}
    cuts.update(edge for span in article.body for edge in (span.start, span.end))
    if same:
        cuts.update((citation.start, citation.end, citation.sentence_start, citation.sentence_end))
    # Where single line ends part the paragraphs, they are shown with some space, which the style sheet gives them.
    loose = _BLANK_LINE.search(article.text) is None
    pieces = []
    for start, end in pairwise(sorted(cuts)):
        text = escape(article.text[start:end])
        if loose:
            text = _LINE_END.sub(r'<span class="end">\g<0></span>', text)
        if same and citation.sentence_start <= start < citation.sentence_end:
            pieces.append(f'<mark class="passage">{text}</mark>')
        elif same and citation.start <= start < citation.end:
            pieces.append(f'<span class="passage">{text}</span>')
        elif any(span.start <= start < span.end for span in article.body):
            pieces.append(f"<span>{text}</span>")
        else:
            pieces.append(f'<span class="boilerplate">{text}</span>')
    warnings = [] if same else ["The articles were read again after this answer, and this text has changed since."]
    if changed:
        warnings.append("The file has changed since it was read; this is the text as it was read.")
    facts = dots([fact_html(article.source), fact_html(article.author), time_html(article.published)])
    # Where on this computer an archive lies is no reader's business; an id that ends the path says which file it is.
    place = article.id if article.path.endswith(article.id) else PurePath(article.path).name
    origin = dots([web_link(article.url), fact_html(place)])
    return (
        f'<article class="reader" aria-label="Article"><p class="reader-bar"><a class="close" href="#close">'
        f"← Back to sources</a></p>"
        f'<h2 tabindex="-1" dir="auto">{title_html(article.title)}</h2>'
        f'<p class="facts">{facts}<span class="line">{origin}</span></p>'
        + "".join(f'<p class="notice">{escape(warning)}</p>' for warning in warnings)
        + f'<div class="article-text" dir="auto">{"".join(pieces)}</div></article>'
    )
