"""The one place that escapes what articles and people wrote as HTML (index/spreadsheet.py: as cells of a spreadsheet).

It reaches a page through `escape` alone, which leaves no character of theirs that HTML, Markdown, LaTeX or a template
engine could act on, and yet shows every one of them.
"""

import re

__all__ = ["escape", "is_web_address"]

_ACTIVE = re.compile(r"[\t\n\r!-/:-@\[-`{-~]")  # ASCII punctuation and the white space that Markdown acts on
_UNSHOWABLE = re.compile("[\x00\ud800-\udfff]")  # HTML drops NUL, and UTF-8 cannot carry half a surrogate pair
_WEB = re.compile(r"https?://[!-~]+", re.IGNORECASE)


def escape(text: str) -> str:
    """HTML that shows exactly the characters of `text` and is inert in HTML, Markdown, LaTeX and templates alike.

    All ASCII punctuation, tabs and line ends become numeric references, so no address is made into a link either.
    NUL and halves of surrogate pairs, which no page can hold, are shown as U+FFFD.
    """
    return _ACTIVE.sub(lambda match: f"&#{ord(match.group())};", _UNSHOWABLE.sub("\ufffd", text))


def is_web_address(url: str) -> bool:
    """Whether a link to it is harmless: a plain address of the web, without white space."""
    return _WEB.fullmatch(url) is not None
