"""PDF, Word files and books as some programs write them."""

import re
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from index.readers import Limits
from tests.readers.samples import MORE, PROSE, article, docx, epub, page, pdf, skipped, zipped


def _put(tmp_path: Path, data: bytes, name: str) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("pages", [[["1"], ["2"]], [["Draft"]] * 3], ids=["numbers", "stamps"])
def test_a_scan_whose_only_text_is_a_stamp_or_a_number_on_each_page_is_skipped(
    tmp_path: Path, pages: list[list[str]]
) -> None:
    path = _put(tmp_path, pdf(*pages), "a.pdf")
    assert skipped(path).startswith(f"no text in its {len(pages)} pages")


def _changed(data: bytes, member: str, *pairs: tuple[str, str]) -> bytes:
    """A zip archive in one member of which a pattern becomes something else, once each."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    words = members[member].decode()
    for old, new in pairs:
        words, times = re.subn(old, new, words, count=1)
        assert times == 1
    return zipped(members | {member: words})


def test_a_word_file_without_properties_has_no_title_of_its_own(tmp_path: Path) -> None:
    data = _changed(docx(PROSE), "_rels/.rels", ("<Relationship [^>]*core-properties[^>]*>", ""))
    found = article(_put(tmp_path, data, "a.docx"))
    assert found.title.startswith("The harbour council met on Tuesday")
    assert found.author == ""


def test_the_first_title_author_and_day_of_a_book_count(tmp_path: Path) -> None:
    book = _changed(
        epub({"a.xhtml": page(f"<p>{PROSE}</p><p>{MORE}</p>")}),
        "OPS/book.opf",
        ("<dc:title>A Book", "<dc:title/><dc:title>A Book</dc:title><dc:title>A Subtitle"),
        ("</dc:creator>", "</dc:creator><dc:creator>Bo Ek</dc:creator>"),
        ("</dc:date>", "</dc:date><dc:date>2024-09-09</dc:date>"),
    )
    found = article(_put(tmp_path, book, "a.epub"))
    assert (found.source, found.author, found.published) == ("A Book", "Ann Lee", date(2020, 5, 4))


def test_a_document_that_unpacks_to_too_much_names_the_limit_that_it_is_over(tmp_path: Path) -> None:
    path = _put(tmp_path, docx(PROSE), "a.docx")
    assert skipped(path, Limits(article_bytes=1000)) == "unpacks to more than 15.6 KB (16 times --max-article-mb)"
    assert skipped(path, Limits(unpacked_bytes=16_000)) == "unpacks to more than 15.6 KB (--max-unpacked-mb)"
