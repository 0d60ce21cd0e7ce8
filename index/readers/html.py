"""Saved web pages, through trafilatura: the article's text, and the metadata that the page states about it."""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import Any

from index.readers.decode import decode, without_surrogates
from index.readers.html_large import is_large, main_text
from index.readers.html_metadata import page_metadata
from index.readers.html_pruning import prune, strip_unseen
from index.readers.limits import Limits, UnreadableError
from index.readers.markup_text import as_shown, protect, text_of
from index.readers.source import Document
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
    text = without_surrogates(_text(tree, page, metadata.body))
    if not text.strip():
        raise UnreadableError("no article found in the page")
    place, agency = dateline(text[:200])
    return Article(
        id=document.id,
        text=text,
        title=without_surrogates(metadata.title),
        source=without_surrogates(metadata.source),
        author=without_surrogates(metadata.author),
        published=metadata.published,
        url=without_surrogates(metadata.url),
        path=document.path,
        language=metadata.language,
        agency=agency,
        place=place,
    )


def _text(tree: Any, page: str, stated: str) -> str:
    """The article's text in a pruned tree of the page, or the text that the page states in JSON-LD where the tree has
    next to none."""
    from trafilatura.utils import load_html

    text = main_text(tree) if is_large(tree) else _extract_twice(tree, page)
    if len(text) < _FEW:
        # What was taken out may have been the article; and a page that a script fills may still state its text.
        tree = load_html(page)
        strip_unseen(tree)
        text = max(text, main_text(tree) if is_large(tree) else _extract(tree), stated, key=len)
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
