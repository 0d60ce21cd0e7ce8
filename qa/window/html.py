"""Text, dates and links as HTML: the one place that escapes.

What articles and people wrote reaches a page through `escape` alone, which leaves no character of theirs that HTML,
Markdown, LaTeX or a template engine could act on, and yet shows every one of them. Each piece of HTML is one
line, because a blank line ends a block of HTML inside Markdown.
"""

import re
from collections.abc import Iterable
from datetime import date

from qa.window.text_fragment import with_text_fragment

__all__ = ["dots", "escape", "fact_html", "format_day", "time_html", "title_html", "web_link"]

_ACTIVE = re.compile(r"[\t\n\r!-/:-@\[-`{-~]")  # ASCII punctuation and the white space that Markdown acts on
_UNSHOWABLE = re.compile("[\x00\ud800-\udfff]")  # HTML drops NUL, and UTF-8 cannot carry half a surrogate pair
_WEB = re.compile(r"https?://[!-~]+", re.IGNORECASE)


def escape(text: str) -> str:
    """HTML that shows exactly the characters of `text` and is inert in HTML, Markdown, LaTeX and templates alike.

    All ASCII punctuation, tabs and line ends become numeric references, so no address is made into a link either.
    NUL and halves of surrogate pairs, which no page can hold, are shown as U+FFFD.
    """
    return _ACTIVE.sub(lambda match: f"&#{ord(match.group())};", _UNSHOWABLE.sub("\ufffd", text))


def format_day(published: date | None) -> str:
    """A date as a newspaper writes it, such as "3 January 2020", or "undated"."""
    return f"{published.day} {published:%B} {published.year}" if published else "undated"


def title_html(title: str) -> str:
    return escape(title) if title.strip() else "Untitled"


def fact_html(words: str) -> str:
    return f"<bdi>{escape(words)}</bdi>" if words else ""


def time_html(published: date | None) -> str:
    return (
        f'<time datetime="{published.isoformat()}">{format_day(published)}</time>'
        if published
        else "<span>undated</span>"
    )


def web_link(url: str, words: str = "") -> str:
    """A link only for a plain web address; anything else is shown as the text it is. `words` are those of the page that
    it leads to."""
    if not _WEB.fullmatch(url):
        return fact_html(url)
    return (
        f'<a class="original" href="{escape(with_text_fragment(url, words))}" target="_blank" '
        f'rel="noopener noreferrer nofollow">{escape(url)}</a>'
    )


def dots(facts: Iterable[str]) -> str:
    return ' <span class="dot">·</span> '.join(fact for fact in facts if fact)
