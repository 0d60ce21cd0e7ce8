"""The list of all articles as HTML, with the words that were searched for marked and counted."""

from collections.abc import Sequence
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING

from index.types import Span
from qa.search.article_search import Wording, places_of
from qa.search.languages import language_in
from qa.window.articles import ArticleList, Listed, all_listed
from qa.window.citation_card import around
from qa.window.html import counted, dots, encoded, escape, fact_html, time_html, title_html

if TYPE_CHECKING:
    from index.engine import SearchEngine
    from index.store.catalog import StoredArticle

__all__ = ["MOST_PAGES", "PAGE", "articles_html", "found_notice"]

PAGE = 50  # view: articles shown at a time, of which the text is read
MOST_PAGES = 40  # limit: 2,000 articles in sight; who looks for one of more will name a word of it
_FORMATS = {"md": "Markdown", "markdown": "Markdown", "txt": "text", "htm": "HTML", "eml": "mail", "mbox": "mail"}
_COPIES = 5  # view: near-identical copies that are named; the others are counted
_AROUND = 90  # view: characters of an article before and after a word that was found


def articles_html(
    index: "SearchEngine", found: ArticleList, wanted: Wording, pages: int, limits: str, unread: str = ""
) -> str:
    """The first `pages` times PAGE articles, how many there are, and how to see more. `limits` are the filters in
    words, `unread` HTML of what could not be read."""
    shown = found.articles[: pages * PAGE]
    items = "".join(_item(index, article, wanted) for article in shown)
    number = (
        counted(len(found.articles), "article") if found.complete else f"More than {len(found.articles):,} articles"
    )
    words = f"{number}{' with these words' if wanted else ''}{f', only {limits}' if limits else ''}"
    more = ""
    if rest := len(found.articles) - len(shown):
        link = f'<a class="more-articles" href="#more">Show {min(PAGE, rest)} more</a>'
        end = f"{rest:,} more {'is' if rest == 1 else 'are'} not shown; find what you look for by its words."
        more = f'<p class="hint">{link if pages < MOST_PAGES else end}</p>'
    return (
        f'<section class="articles" aria-label="Articles"><p class="hint" role="status">{escape(words)}</p>'
        f'<ol class="listed">{items}</ol>{more}{unread}</section>'
    )


def found_notice(number: int) -> str:
    """What an article that was opened from the list says of the words in it."""
    return f"{counted(number, 'place')} with these words"


def _item(index: "SearchEngine", article: Listed, wanted: Wording) -> str:
    words = index.forward.passages(index.passages_of(article.row)).words
    stored = index.article_at(article.row)
    facts = [
        fact_html(article.source),
        time_html(article.published),
        fact_html(stored.author),
        counted(len(words), "word"),
        fact_html(_format(stored.path)),
    ]
    snippet = ""
    language = language_in(index, stored)
    if wanted:
        places = places_of(wanted, stored.text, stored.body, language)
        facts.append(f'<b class="hits">{counted(len(places), "hit")}</b>')
        snippet = f'<p class="snippet" dir="auto">{_snippet(stored, places)}</p>' if places else ""
    title = article.title if article.title.strip() else "Untitled"
    places = places_of(wanted, title, [Span(0, len(title))], language) if wanted else []
    return (
        f'<li><a href="#article-{encoded(article.article_id)}"><bdi class="headline">'
        f"{_marked(title, 0, len(title), places)}</bdi></a>"
        f'<p class="facts">{dots(facts)}</p>{_alike(index, article)}{snippet}</li>'
    )


def _format(path: str) -> str:
    """Such as "HTML", by the name of a file, also of a packed one."""
    suffixes = [suffix.lstrip(".").lower() for suffix in PurePath(path).suffixes if suffix != ".gz"]
    return _FORMATS.get(suffixes[-1], suffixes[-1].upper()) if suffixes else ""


def _alike(index: "SearchEngine", article: Listed) -> str:
    """Links to near-identical copies."""
    if not article.alike:
        return ""
    listed = all_listed(index)
    copies = [listed[row] for row in islice((row for row in article.alike if row != article.row), _COPIES)]
    links = [
        f'<a href="#article-{encoded(copy.article_id)}">{fact_html(copy.source) or title_html(copy.title)}</a> '
        f"({time_html(copy.published)})"
        for copy in copies
    ]
    rest = len(article.alike) - 1 - len(copies)
    more = f" and {rest:,} more" if rest else ""
    return f'<p class="alike">Nearly the same in {", ".join(links)}{more}</p>'


def _snippet(article: "StoredArticle", places: Sequence[Span]) -> str:
    """The words around the first place, as they stand in the article."""
    text, first = article.text, places[0]
    start, end = around(text, first.start, first.end, _AROUND)
    inside = [place for place in places if start <= place.start and place.end <= end]
    return f"{'…' if start else ''}{_marked(text, start, end, inside)}{'…' if end < len(text) else ''}"


def _marked(text: str, start: int, end: int, places: Sequence[Span]) -> str:
    pieces, here = [], start
    for place in places:
        pieces += [escape(text[here : place.start]), f"<mark>{escape(place.of(text))}</mark>"]
        here = place.end
    return "".join([*pieces, escape(text[here:end])])
