"""The page of a scan beside the quote: drawn anew from an unchanged file, as pixels of ours, or a line why not."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from index.readers.messages import message_of, picture_of
from index.readers.sandbox import draw_apart
from index.readers.source import Document, Limits, PagePicture, UnreadableError
from index.store.catalog import StoredArticle
from qa.window.article_html import Marks, article_html
from qa.window.page_picture import page_at, png
from tests.readers.samples import MORE, PROSE, pdf
from tests.window.asking import ask

HOSTILE = "<img src=x onerror=window.hurt=1> ${window.hurt=2}"


def document(path: Path, page: int) -> Document:
    return Document(path.name, path.name, str(path), lambda: path.open("rb"), path.stat().st_size, page=page)


def lines(text: str) -> list[str]:
    words = text.split()
    return [" ".join(words[place : place + 10]) for place in range(0, len(words), 10)]


def colours(picture: PagePicture) -> set[tuple[int, ...]]:
    image = Image.open(BytesIO(png(picture)))
    assert (image.format, image.size, image.mode) == ("PNG", (picture.width, picture.height), "RGB")
    assert image.tobytes() == picture.pixels
    return {colour for _, colour in image.getcolors(1 << 24) or ()}  # type: ignore[misc]


def test_a_page_of_a_pdf_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(lines(PROSE), lines(MORE)))
    first, second = (draw_apart(document(path, page), Limits()) for page in (1, 2))
    assert (first.width, first.height) == (1082, 1400)
    assert {(0, 0, 0), (255, 255, 255)} <= colours(first)
    assert first != second
    assert picture_of(message_of(first)) == first


def test_a_page_of_a_picture_is_drawn_small_and_in_its_colours(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pages = [Image.new("RGB", (3000, 1000), colour) for colour in ("red", "#0102fe")]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    drawn = draw_apart(document(path, 2), Limits())
    assert (drawn.width, drawn.height) == (1400, 467)
    assert colours(drawn) == {(1, 2, 254)}


@pytest.mark.parametrize(
    ("name", "content", "page", "said"),
    [
        ("a.pdf", pdf(lines(PROSE)), 2, "no such page"),
        ("a.pdf", b"%PDF-1.4 nothing", 1, "damaged"),
        ("a.png", b"\x89PNG\r\n\x1a\n nothing", 1, "damaged"),
        ("a.txt", PROSE.encode(), 1, "no pictures"),
        ("a.pdf", None, 1, "cannot be read"),
    ],
)
def test_what_cannot_be_drawn_is_said(tmp_path: Path, name: str, content: bytes | None, page: int, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content or b"")
    asked = document(path, page)
    if content is None:
        path.unlink()
    with pytest.raises(UnreadableError, match=said):
        draw_apart(asked, Limits())


@pytest.mark.parametrize("picture", [[2, 2, "AAAA"], [0, 5, ""], [1, 1, "!"], [1, 1], "x", None])
def test_a_message_that_no_reader_sends_is_no_picture(picture: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        picture_of({"picture": picture})


def test_the_picture_is_that_of_the_marked_page() -> None:
    article = StoredArticle("<a>", PROSE, pages=(0, 100, 200), ocr_pages=(1, 3))
    assert [page_at(article, place) for place in (None, 0, 99, 100, 200, 250)] == [1, 1, 1, 0, 3, 3]
    assert page_at(StoredArticle("a", PROSE, pages=(0,)), 5) == page_at(StoredArticle("a", PROSE), None) == 0
    assert 'data-article="&#60;a&#62;" data-page="1"' in article_html(article, Marks())


def test_it_stands_beside_the_quote_while_the_file_is_as_it_was(
    open_page: Callable[..., Page], serve: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "articles").mkdir()
    scan = tmp_path / "articles" / "pier & <b>.pdf"
    content = pdf(lines(PROSE), lines(f"{HOSTILE} {MORE}"))
    scan.write_bytes(content)
    page = open_page(serve("--articles", "articles", script=Path(__file__).with_name("scanned.py"), folder=tmp_path))
    expect(page.locator("#masthead .status.ready")).to_contain_text("1 article")
    ask(page, "Who is the treasurer of the town?")

    def reopen() -> None:
        page.click("#sources .card-title >> nth=0")
        expect(page.locator("#reader mark").first).to_be_visible()

    reopen()
    expect(page.locator("#reader figcaption")).to_contain_text("Page 2 of the scan")
    image = page.locator("#reader .page-picture img")
    expect(image).to_be_visible()
    page.wait_for_function("document.querySelector('#reader .page-picture img').naturalWidth === 1082")
    assert (image.get_attribute("src") or "").startswith("data:image/png;base64,")
    beside = image.bounding_box() or {}
    page.get_by_role("button", name="Larger").click()
    assert (image.bounding_box() or {})["width"] > beside["width"]
    page.keyboard.press("Escape")
    for change, said in ((lambda: scan.write_bytes(content + b"\n"), "changed"), (scan.unlink, "no longer there")):
        change()
        reopen()
        expect(page.locator("#reader .page-picture .notice")).to_contain_text(said)
        expect(image).to_have_count(0)
        page.keyboard.press("Escape")
    assert page.evaluate("window.hurt") is None
