"""A stored article as HTML, with what was cited or found in it marked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING

from index.types import Span
from qa.types import Citation
from qa.window.article_bar import bar_html
from qa.window.direction import direction
from qa.window.html import dots, escape, fact_html, time_html, title_html, web_link
from qa.window.page_picture import figure_html, page_at
from qa.window.walk import Walk

if TYPE_CHECKING:
    from index.store.catalog import StoredArticle

__all__ = ["Marks", "article_html", "cited_article_html"]

_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_LINE_END = re.compile(r"(?:&#13;)?&#10;")
_NAMED = 12  # view: numbers of pages in one line


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked in an article: sentences and found words strongly, a cited passage and other quoted sentences
    lightly. Each is a sequence of spans that do not overlap."""

    passages: Sequence[Span] = ()
    sentences: Sequence[Span] = ()
    found: Sequence[Span] = ()
    others: Sequence[Span] = ()

    @property
    def edges(self) -> set[int]:
        spans = (*self.passages, *self.sentences, *self.found, *self.others)
        return {edge for span in spans for edge in (span.start, span.end)}


def cited_article_html(
    article: "StoredArticle", citation: Citation, *, changed: bool | None = False, walk: Walk | None = None
) -> str:
    """The stored article with the cited passage tinted and its sentence marked. With `walk`, what else the answer
    quotes of it is marked too, and links lead to the answer's other citations.

    Where the stored text no longer holds the quote (the index was rebuilt in between), it says so and marks nothing.
    `changed`: whether the article's file differs from what was read; None where the file cannot be looked at.
    """
    if article.text[citation.start : citation.end] != citation.text:
        stale = "The articles were read again after this answer, and this text has changed since."
        return article_html(article, Marks(), changed=changed, notices=[stale], walk=walk)
    marks = Marks(
        [Span(citation.start, citation.end)],
        [Span(citation.sentence_start, citation.sentence_end)],
        others=walk.quoted_in(article.id, article.text) if walk else (),
    )
    return article_html(article, marks, changed=changed, walk=walk)


def article_html(
    article: "StoredArticle",
    marks: Marks,
    *,
    changed: bool | None = False,
    notices: Sequence[str] = (),
    walk: Walk | None = None,
) -> str:
    """The stored article, whole, with boilerplate greyed, some of it marked, and a line for each of `notices`."""
    warnings = [*notices]
    if changed:
        warnings.append("The file has changed since it was read; this is the text as it was read.")
    if article.ocr_pages:
        warnings.append(_ocr_words(article))
    facts = dots([fact_html(article.source), fact_html(article.author), time_html(article.published)])
    # Where on this computer an archive lies is no reader's business; an id that ends the path says which file it is.
    place = article.id if article.path.endswith(article.id) else PurePath(article.path).name
    quoted = next((span.of(article.text) for span in marks.sentences), "")
    origin = dots([web_link(article.url, quoted), fact_html(place)])
    way = direction(article.text, article.body)
    marked = min((span.start for span in (*marks.sentences, *marks.found)), default=None)
    first, page = marked or 0, page_at(article, marked)
    text = f'<div class="article-text" dir="{way}">{_text_html(article, marks)}</div>'
    return (
        f'<article class="reader" aria-label="Article">{bar_html(article.id, first, walk)}'
        f'<h2 tabindex="-1" dir="auto">{title_html(article.title)}</h2>'
        f'<p class="facts">{facts}<span class="line">{origin}</span></p>'
        + "".join(f'<p class="notice">{escape(warning)}</p>' for warning in warnings)
        + (f'<div class="beside">{figure_html(article.id, page)}{text}</div>' if page else text)
        + "</article>"
    )


def _ocr_words(article: "StoredArticle") -> str:
    """Which pages OCR read."""
    if len(article.ocr_pages) == len(article.pages):
        return "Read by OCR: compare with the original before you quote."
    numbers = ", ".join(map(str, article.ocr_pages[:_NAMED]))
    more = f" and {len(article.ocr_pages) - _NAMED} more" if len(article.ocr_pages) > _NAMED else ""
    pages = "page" if len(article.ocr_pages) == 1 else "pages"
    return f"Read by OCR: {pages} {numbers}{more}. Compare with the original before you quote."


def _text_html(article: "StoredArticle", marks: Marks) -> str:
    cuts = {0, len(article.text)} | marks.edges
    cuts.update(edge for span in article.body for edge in (span.start, span.end))
    # Where single line ends part the paragraphs, they are shown with some space, which the style sheet gives them.
    loose = _BLANK_LINE.search(article.text) is None
    kinds = (
        (marks.found, '<mark class="hit">', "</mark>"),
        (marks.sentences, '<mark class="passage">', "</mark>"),
        (marks.others, '<span class="other">', "</span>"),
        (marks.passages, '<span class="passage">', "</span>"),
        (article.body, "<span>", "</span>"),
    )
    pieces, places = [], [0] * len(kinds)
    for start, end in pairwise(sorted(cuts)):
        text = escape(article.text[start:end])
        if loose:
            text = _LINE_END.sub(r'<span class="end">\g<0></span>', text)
        opening, closing = '<span class="boilerplate" dir="auto">', "</span>"
        for number, (spans, *tags) in enumerate(kinds):
            while places[number] < len(spans) and spans[places[number]].end <= start:
                places[number] += 1
            if places[number] < len(spans) and start in spans[places[number]]:
                opening, closing = tags
                break
        pieces.append(f"{opening}{text}{closing}")
    return "".join(pieces)
