"""Parts of a web page that are plainly not the article: taken out before extraction, by what they are called."""

import re
from functools import cache
from typing import Any

__all__ = ["prune", "strip_unseen"]

# Whole words of a class or an id, believed only where the part is small and no prose (see _is_box).
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:newsletters?|signup|sign-up|subscribe|subscription|paywall|related|recommend(?:ed|ations?)|recirc\w{0,40}|"
    r"latest-(?:news|box|stories|posts)[\w-]{0,40}|most-(?:read|popular|viewed)|popular-posts|trending|promo(?:tion|ted)?|"
    r"sponsor(?:ed)?|advert\w{0,40}|ad-\w{1,40}|outbrain|taboola|share(?:bar|-tools|-buttons)?|sharing|social|cookies?|consent|gdpr|"
    r"scrim|modal|popup|lightbox|overlay|print-header|print-footer|notification|breadcrumbs?|"
    r"author-bio|byline-bio|about-author|comments?-(?:form|area|list|section)|respond|disqus_thread|"
    r"read-(?:more|next|also)|also-like|up-next|more-stories|next-article|tags?-list|rollover-[\w-]{0,40}block)(?:$|[\s_-])",
    re.I,
)
_CONTENT = re.compile(r"(?:entry|article|story|post|main|page)[_-]*(?:content|body|text)", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_EMBEDS = re.compile(r"\b(?:twitter-tweet|twitter-video|instagram-media|bluesky-embed|mastodon-embed|tiktok-embed)\b")
_WIDGET = re.compile(r"tweet|twitter|instagram|embed|social|widget", re.I)
_SHARE = 0.25  # of the page's text: a name that covers more is the layout's, not a box's
_PROSE = 3, 150  # so many paragraphs of so many characters are an article, whatever their box is called
_UNSEEN = ("script", "style", "noscript", "template")
# The elements that a name, a style or their kind may give away.
_NAMED = "descendant-or-self::*[@class or @id or @style or @hidden or self::article]"
_KEPT = frozenset({"html", "head", "body", "main", "title"})


def prune(tree: Any) -> None:
    """Take out of an lxml tree, in place: scripts, hidden parts, boxes for newsletters, sharing, other stories and the
    like, and articles nested in an article (by the HTML standard, comments and teasers). Quoted posts are kept."""
    strip_unseen(tree)
    total = _length(tree)
    doomed = []
    outers: dict[Any, float] = {}  # lengths of what is around many a part: each is measured once
    for element in _xpath(_NAMED)(tree):
        if element.tag in _KEPT:
            continue
        names = f"{element.get('class', '')} {element.get('id', '')}"
        if element.tag == "blockquote" and _EMBEDS.search(names):
            _keep_quote(element, outers)
        elif (
            (len(names) > 1 and _NAMES.search(names) and _is_box(element, names, total))
            or (("hidden" in element.attrib or _HIDDEN.search(element.get("style", ""))) and _is_small(element, total))
            or (element.tag == "article" and _is_nested(element, outers))
        ):
            doomed.append(element)
    for element in doomed:
        if element.getparent() is not None:
            element.drop_tree()


def strip_unseen(tree: Any) -> None:
    """Take scripts and styles out of an lxml tree, in place."""
    from lxml import etree  # type: ignore[import-untyped]

    etree.strip_elements(tree, *_UNSEEN, with_tail=False)


@cache
def _xpath(expression: str) -> Any:
    from lxml import etree

    return etree.XPath(expression)


def _keep_quote(element: Any, lengths: dict[Any, float]) -> None:
    """Extraction drops posts by the names of their boxes; in an article they are quotations."""
    element.attrib.pop("class", None)
    for outer, _ in zip(element.iterancestors("div", "figure", "span", "aside"), range(3), strict=False):
        names = f"{outer.get('class', '')} {outer.get('id', '')}"
        if _WIDGET.search(names) and _once(outer, lengths) < 2 * _length(element):
            outer.attrib.pop("class", None)
            outer.attrib.pop("id", None)


def _is_box(element: Any, names: str, total: float) -> bool:
    if _CONTENT.search(names) or not _is_small(element, total):
        return False
    least, characters = _PROSE
    return sum(1 for paragraph in element.iter("p") if _length(paragraph) > characters) < least


def _is_small(element: Any, total: float) -> bool:
    return _length(element) <= total * _SHARE and element.find(".//h1") is None


def _is_nested(element: Any, lengths: dict[Any, float]) -> bool:
    outer = next(element.iterancestors("article"), None)
    return outer is not None and element.find(".//h1") is None and 2 * _length(element) < _once(outer, lengths)


def _once(element: Any, lengths: dict[Any, float]) -> float:
    if element not in lengths:
        lengths[element] = _length(element)
    return lengths[element]


def _length(element: Any) -> float:
    """Characters of an element's text."""
    return float(_xpath("string-length()")(element))
