"""The article in a large web page, in time linear in its size: all text of the main part but menus and the like."""

from typing import Any

from index.readers.markup_text import as_shown, text_of

__all__ = ["is_large", "main_text"]

# Ten times the largest page of the evaluation set (1,563 elements, 82,737 characters). Beyond, extraction by
# trafilatura takes minutes: its time grows with the square of the elements in a paragraph's parent.
_MOST_ELEMENTS, _MOST_CHARACTERS = 16_000, 830_000
_ASIDE = ("nav", "footer", "aside", "form", "menu", "button", "select", "dialog", "svg", "iframe", "object")
_SHARE = 0.25  # of the page's text, as in pruning: an element that covers more is the layout's (a form around a page)
_MAIN = 0.6  # of the page's text: a <main> or <article> with less is one part of several


def is_large(tree: Any) -> bool:
    """Whether a pruned page is beyond what trafilatura reads in seconds."""
    return bool(tree.xpath("count(//*)") > _MOST_ELEMENTS or tree.xpath("string-length()") > _MOST_CHARACTERS)


def main_text(tree: Any) -> str:
    """The words of a pruned page, one line per block. The tree is changed."""
    total = tree.xpath("string-length()")
    for element in list(tree.iter(*_ASIDE, "head")):
        if element.getparent() is not None and element.xpath("string-length()") <= _SHARE * total:
            element.drop_tree()
    as_shown(tree)
    parts = tree.xpath("//*[self::main or self::article[not(ancestor::article)] or @role='main']")
    lengths = [(part.xpath("string-length()"), -place, part) for place, part in enumerate(parts)]
    length, _, main = max(lengths, default=(0, 0, None))
    return text_of(tree if main is None or length < _MAIN * total else main, "\n")
