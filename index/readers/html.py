"""Saved web pages, through trafilatura: the article's text, and the metadata that the page states about it."""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import Any

from index.readers.decode import decode, without_surrogates
from index.readers.html_metadata import page_metadata
from index.readers.html_pruning import prune, strip_unseen
from index.readers.markup_text import as_shown, protect, text_of
from index.readers.source import Document, Limits, UnreadableError
from index.readers.text_metadata import dateline
from index.types import Article, Skipped

__all__ = ["article_of_page", "decoded", "fragment_text", "read_html"]

_CHARSET = re.compile(
    rb"<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,100}?encoding)\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{2,40})", re.I
)
_TAG = re.compile(r"<[a-z/!?][^<>]*>", re.I)
_FEW = 250  # characters below which an extraction is tried again in another way
# Where so much of a page's text stands in paragraphs, and was found, no other method finds twice as much, which is when
# trafilatura would believe it: on such pages of the evaluation set the comparison never changed a character.
_SURE = 0.6
# Ten times the largest page of the evaluation set (1,563 elements, 82,737 characters). Beyond, extraction by
# trafilatura takes minutes: its time grows with the square of the elements in a paragraph's parent.
_MOST_ELEMENTS, _MOST_CHARACTERS = 16_000, 830_000
_ASIDE = ("nav", "footer", "aside", "form", "menu", "button", "select", "dialog", "svg", "iframe", "object")
_SHARE = 0.25  # of the page's text, as in pruning: an element that covers more is the layout's (a form around a page)
_MAIN = 0.6  # of the page's text: a <main> or <article> with less is one part of several


def read_html(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    """One article. Its text is what was extracted; the page's menus, scripts and forms are not stored."""
    page = decoded(document.read(limits))
    if not page.strip():
        raise UnreadableError("empty")
    yield article_of_page(page, document)


def decoded(data: bytes, declared: str = "") -> str:
    """A page's source. `declared` is the encoding that was sent with it; else the page may state one. Raises
    UnreadableError for what is not text."""
    stated = None if declared else _CHARSET.search(data[:4096])
    return decode(data, stated[1].decode("ascii") if stated else declared)


def article_of_page(page: str, document: Document, url: str = "") -> Article:
    """The article in a page's source; `url` is its address, where the page does not state one.

    Raises UnreadableError when there is none."""
    from trafilatura.utils import load_html

    tree = load_html(page)
    if tree is None:
        raise UnreadableError("no article found in the page")
    metadata = page_metadata(tree, url)
    prune(tree)
    text = _text(tree, page, metadata.body)
    if not text.strip():
        raise UnreadableError("no article found in the page")
    place, agency = dateline(text[:200])
    return Article(
        id=document.id,
        text=text,
        title=metadata.title,
        source=metadata.source,
        author=metadata.author,
        published=metadata.published,
        url=metadata.url,
        path=document.path,
        language=metadata.language,
        agency=agency,
        place=place,
    )


def _text(tree: Any, page: str, stated: str) -> str:
    """The article's text in a pruned tree of the page, or the text that the page states in JSON-LD where the tree has
    next to none."""
    from trafilatura.utils import load_html

    text = _main_text(tree) if _is_large(tree) else _extract_twice(tree, page)
    if len(text) < _FEW:
        # What was taken out may have been the article; and a page that a script fills may still state its text.
        tree = load_html(page)
        strip_unseen(tree)
        text = max(text, _main_text(tree) if _is_large(tree) else _extract(tree), stated, key=len)
    return text


def _extract_twice(tree: Any, page: str) -> str:
    from trafilatura.utils import load_html

    least = _SURE * _length(tree)
    text = _extract(tree, fast=True) if _paragraphs(tree) >= least else ""
    if len(text) < max(least, _FEW):
        if text:
            # What was quickly found is not all of it, and the search has taken the tree apart.
            tree = load_html(page)
            prune(tree)
        text = _extract(tree)
    return text


def _length(tree: Any) -> float:
    body = tree.find(".//body")
    return float((tree if body is None else body).xpath("string-length()"))


def _paragraphs(tree: Any) -> float:
    """Characters of a page's text that stand in paragraphs."""
    return float(sum(paragraph.xpath("string-length()") for paragraph in tree.iter("p")))


def _extract(tree: Any, *, fast: bool = False) -> str:
    """The article's text, one line per block; comments left out. An empty string when there is none. A `fast` one does
    not compare what was found with what other methods find."""
    from trafilatura import bare_extraction
    from trafilatura.metadata import Document as Extracted

    as_shown(tree)
    stand_ins = protect(tree)
    found = bare_extraction(tree, options=_options(fast))
    if not isinstance(found, Extracted) or found.body is None:
        return ""
    # Not found.text, which marks lists and tables as Markdown does and resolves entities twice.
    return text_of(found.body, "\n", stand_ins)


@cache
def _options(fast: bool) -> Any:
    """Extraction's settings, which take as long to make as a small page takes to parse."""
    from trafilatura.settings import Extractor

    return Extractor(output_format="python", comments=False, fast=fast)


def _is_large(tree: Any) -> bool:
    """Whether a pruned page is beyond what trafilatura reads in seconds."""
    return bool(tree.xpath("count(//*)") > _MOST_ELEMENTS or tree.xpath("string-length()") > _MOST_CHARACTERS)


def _main_text(tree: Any) -> str:
    """All words of a pruned page's main part but menus and the like, one line per block, in time linear in the page's
    size. The tree is changed."""
    total = tree.xpath("string-length()")
    for element in list(tree.iter(*_ASIDE, "head")):
        if element.getparent() is not None and element.xpath("string-length()") <= _SHARE * total:
            element.drop_tree()
    as_shown(tree)
    parts = tree.xpath("//*[self::main or self::article[not(ancestor::article)] or @role='main']")
    lengths = [(part.xpath("string-length()"), -place, part) for place, part in enumerate(parts)]
    length, _, main = max(lengths, default=(0, 0, None))
    return text_of(tree if main is None or length < _MAIN * total else main, "\n")


def fragment_text(markup: str) -> str:
    """The words of a piece of HTML, or of a whole page, a blank line between its blocks; all of them, but for what a
    browser does not show and menus. What has no tags is text, and keeps its lines."""
    from lxml import html  # type: ignore[import-untyped]

    if not _TAG.search(markup):
        return unescape(markup).strip()
    parser = html.HTMLParser(encoding="utf-8")
    try:
        # As bytes, since lxml refuses a string that declares an encoding.
        tree = html.document_fromstring(f"<div>{without_surrogates(markup)}</div>".encode(), parser=parser)
    except Exception:  # lxml raises several kinds for markup that it cannot mend
        return markup
    for element in tree.xpath("//head|//script|//style|//nav|//noscript|//template|//title"):
        element.drop_tree()
    as_shown(tree)
    return text_of(tree)
