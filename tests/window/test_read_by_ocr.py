"""What OCR read is marked as such wherever it is shown; an index from before OCR is read as it was."""

import sqlite3
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest

from index.building.write_catalog import CatalogWriter
from index.store.catalog import Catalog, StoredArticle
from index.store.files import Files
from index.types import Article, Span
from qa.frameworks import _metadata
from qa.notebook import citation_html
from qa.terminal import terminal
from qa.window.article_html import Marks, article_html
from qa.window.citation_card import cards_over_marks_html
from qa.window.plain_text import byline
from qa.window.sources_html import sources_html
from tests.window.test_html import cite, found

TEXT = "The pier is closed."


def test_a_citation_says_so_in_every_form() -> None:
    answer = found(cite(TEXT, 0, len(TEXT), page=3, read_by_ocr=True))
    (citation,) = answer.citations
    assert "p. 3 · read by OCR" in terminal(answer)
    assert "page 3, read by OCR" in sources_html(answer, 0)
    assert "page 3, read by OCR" in cards_over_marks_html([answer])
    assert byline(citation)[-1] == "page 3, read by OCR"
    assert "read by OCR" in citation_html(citation)
    assert citation.to_dict()["read_by_ocr"] is _metadata(citation)["read_by_ocr"] is True
    assert "OCR" not in terminal(found(cite(TEXT, 0, len(TEXT), page=3)))


@pytest.mark.parametrize(
    ("ocr_pages", "words"),
    [
        ((), ""),
        ((2,), "Read by OCR: page 2. Compare"),
        ((1, 2), "Read by OCR: pages 1, 2. Compare"),
        ((1, 2, 3), "Read by OCR: compare"),
    ],
)
def test_an_article_says_which_pages(ocr_pages: tuple[int, ...], words: str) -> None:
    article = StoredArticle("a", TEXT, body=(Span(0, len(TEXT)),), pages=(0, 4, 9), ocr_pages=ocr_pages)
    html = unescape(article_html(article, Marks()))
    assert words in html
    assert ("OCR" in html) == bool(words)


def _catalog(folder: Path) -> Catalog:
    content = (folder / "articles.db").read_bytes()
    return Catalog(Files(folder, {"articles.db": {"size": len(content), "sha256": sha256(content).hexdigest()}}))


def test_an_index_from_before_ocr_is_read(tmp_path: Path) -> None:
    writer = CatalogWriter(tmp_path / "articles.db")
    row = writer.add_article(Article("a", TEXT, pages=(0,), ocr_pages=(1,)), "a")
    writer.add_body(row, [Span(0, len(TEXT))], 0, 1)
    writer.close()
    assert _catalog(tmp_path).article(row).ocr_pages == (1,)
    db = sqlite3.connect(tmp_path / "articles.db")
    db.execute("ALTER TABLE articles DROP COLUMN ocr_pages")
    db.close()
    article = _catalog(tmp_path).article(row)
    assert (article.text, article.pages, article.ocr_pages) == (TEXT, (0,), ())
