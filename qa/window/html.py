"""Text, dates and links as HTML: each piece is one line, because a blank line ends a block of HTML inside Markdown."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import quote

from qa.escaping import escape, is_web_address
from qa.window.text_fragment import with_text_fragment

__all__ = ["counted", "dots", "encoded", "escape", "fact_html", "format_day", "time_html", "title_html", "web_link"]


def format_day(published: date | None) -> str:
    """A date as a newspaper writes it, such as "3 January 2020", or "undated"."""
    return f"{published.day} {published:%B} {published.year}" if published else "undated"


def encoded(text: str) -> str:
    """Any text as the part of a link that the page's scripts decode: `find-` and this finds it."""
    return escape(quote(text.encode("utf-8", "replace"), safe=""))


def title_html(title: str) -> str:
    return escape(title) if title.strip() else "Untitled"


def fact_html(words: str) -> str:
    return f"<bdi>{escape(words)}</bdi>" if words else ""


def time_html(published: date | None) -> str:
    if published is None:
        return "<span>undated</span>"
    return f'<time datetime="{published.isoformat()}">{format_day(published)}</time>'


def web_link(url: str, words: str = "") -> str:
    """A link only for a plain web address; anything else is shown as the text it is. `words` are those of the page that
    it leads to."""
    if not is_web_address(url):
        return fact_html(url)
    return (
        f'<a class="original" href="{escape(with_text_fragment(url, words))}" target="_blank" '
        f'rel="noopener noreferrer nofollow">{escape(url)}</a>'
    )


def counted(number: int, noun: str) -> str:
    """Such as "1 article" or "1,020 articles"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def dots(facts: Iterable[str]) -> str:
    return ' <span class="dot">·</span> '.join(fact for fact in facts if fact)
