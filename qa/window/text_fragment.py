"""A web address that leads to some words of a page: URL Fragment Text Directives (WICG, 2023)."""

from urllib.parse import quote

__all__ = ["with_text_fragment"]

_DIRECTIVE = ":~:"
_WHOLE = 300  # fact: characters up to which Chromium's own "Copy link to highlight" names all words
_ENDS = 5  # view: words named of each end of a longer passage


def with_text_fragment(url: str, words: str) -> str:
    """The address with a directive that makes a browser scroll to `words`, and mark them, if the page has them. White
    space counts as in a page, where any of it is one space."""
    parts = words.split()
    if not parts or _DIRECTIVE in url:
        return url
    short = len(" ".join(parts)) <= _WHOLE or len(parts) < 2 * _ENDS
    ends = [parts] if short else [parts[:_ENDS], parts[-_ENDS:]]
    text = ",".join(_encoded(" ".join(end)) for end in ends)
    return f"{url}{'' if '#' in url else '#'}{_DIRECTIVE}text={text}"


def _encoded(text: str) -> str:
    """Percent-encoded: "-", "," and "&", which part a directive, too."""
    return quote(text.encode("utf-8", "replace"), safe="").replace("-", "%2D")
