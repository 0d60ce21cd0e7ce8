"""Scans and pictures: what OCR reads is an article with pages, marked as such; without the extra, one sentence."""

import struct
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from index.readers import Limits, SourceFile, find, ocr, read, read_all, sandbox
from index.readers.dispatch import read_here
from index.readers.messages import item_of, message_of
from index.readers.source import Document, PageRead
from index.types import Article, Skipped
from tests.readers.samples import MORE, PROSE, article, everything, pdf, skipped, zipped
from tests.readers.scans import jpeg, photographed, png, printed, scan, skewed, tiff

installed = pytest.mark.skipif(not ocr.is_installed(), reason=f"the extra is not installed: {ocr.INSTALL}")
SHORT = "The northern pier is closed until the spring of next year. The town will pay a third of the cost."
OTHER = "A ferry to Lumen leaves at noon. Tickets are sold by the treasurer, Marta Olden, at the quay."


def _put(tmp_path: Path, data: bytes, name: str) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def _here(name: str, data: bytes) -> list[object]:
    return [item for item in read_here(Document.of_bytes(name, data), Limits()) if not isinstance(item, PageRead)]


@installed
def test_a_skewed_scan_is_read_with_its_pages_and_broken_words(tmp_path: Path) -> None:
    first = printed([f"The harbour council met on Tuesday and agreed to re-\nbuild it. {SHORT}"], width=52)
    found = article(_put(tmp_path, scan(skewed(first), skewed(printed([OTHER]))), "a.pdf"))
    assert f"agreed to rebuild it. {SHORT}" in " ".join(found.text.split())
    assert found.text[found.pages[1] :] == OTHER
    assert found.ocr_pages == (1, 2)


@installed
def test_a_photograph_of_a_page(tmp_path: Path) -> None:
    found = article(_put(tmp_path, photographed(printed([SHORT, OTHER])), "IMG_1.JPG"))
    assert found.text == f"{SHORT}\n\n{OTHER}"
    assert (found.pages, found.ocr_pages) == ((0,), (1,))


@installed
def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    found = article(_put(tmp_path, png(printed([SHORT], [OTHER], head="The pier is closed", width=30)), "a.png"))
    assert found.text.split("\n\n") == ["The pier is closed", SHORT, OTHER]
    assert found.title == "The pier is closed"


@installed
@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_that_was_scanned_sideways_or_upside_down(tmp_path: Path, quarters: int) -> None:
    page = printed([SHORT]).rotate(90 * quarters, expand=True)
    assert article(_put(tmp_path, png(page), "a.png")).text == SHORT


@installed
def test_the_pages_of_a_tif_and_a_second_reading_are_the_same(tmp_path: Path) -> None:
    path = _put(tmp_path, tiff(printed([SHORT]), Image.new("L", (300, 200), 255), printed([OTHER])), "a.tiff")
    found = article(path)
    assert [found.text[start:].strip()[:8] for start in found.pages] == [SHORT[:8], OTHER[:8], OTHER[:8]]
    assert found.ocr_pages == (1, 3)
    assert article(path) == found


@installed
def test_a_camera_s_way_up_and_transparency_are_heeded(tmp_path: Path) -> None:
    page = printed([OTHER])
    turned = page.rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held so that its top is to the right
    path = tmp_path / "a.jpg"
    turned.convert("RGB").save(path, exif=exif)
    assert article(path).text == OTHER
    ink = Image.new("LA", page.size, (0, 0))
    ink.putalpha(page.point(lambda value: 255 - value))
    assert article(_put(tmp_path, png(ink), "b.png")).text == OTHER


@installed
def test_of_a_pdf_with_text_only_the_pages_without_are_read_by_ocr(tmp_path: Path) -> None:
    import pypdfium2

    whole = pypdfium2.PdfDocument(pdf([PROSE[:60], PROSE[60:105]], []))
    whole.import_pages(pypdfium2.PdfDocument(scan(printed([OTHER]))))
    path = tmp_path / "a.pdf"
    whole.save(path)
    found = article(path)
    assert found.text == f"{PROSE[:105]}\n\n{OTHER}"
    assert (len(found.pages), found.ocr_pages) == (3, (3,))


@installed
def test_pictures_in_an_archive(tmp_path: Path) -> None:
    items = everything(_put(tmp_path, zipped({"a.png": png(printed([OTHER])), "b.txt": MORE}), "a.zip"))
    assert [item.text for item in items if isinstance(item, Article)] == [OTHER, MORE]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _bomb(side: int) -> bytes:
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(bytes(1000)))


@installed
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_bomb(9_000), "a picture of more than 80 million pixels"),
        (_bomb(12_000), "a picture of more than 80 million pixels"),
        (_bomb(60_000), "a picture of more than 80 million pixels"),
        (png(printed([SHORT]))[:2000], "damaged: no picture that can be opened"),
        (b"\x89PNG", "damaged: no picture that can be opened"),
        (png(Image.new("L", (40, 30), 255)), "a picture in which OCR finds no text"),
        (jpeg(Image.new("RGB", (400, 300), (90, 120, 90))), "a picture in which OCR finds no text"),
    ],
    ids=["large", "warned of", "refused", "cut short", "a beginning", "tiny", "without text"],
)
def test_a_picture_that_cannot_be_read_says_why(tmp_path: Path, data: bytes, reason: str) -> None:
    assert skipped(_put(tmp_path, data, "a.png")) == reason


@installed
def test_an_answer_from_a_scan_names_its_page_and_that_ocr_read_it(tmp_path: Path) -> None:
    from index.building.build import build
    from index.store.snapshot import Index
    from qa import ask
    from qa.terminal import terminal
    from qa.window.sources_html import sources_html

    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(scan(skewed(printed([SHORT])), skewed(printed([OTHER]))))
    (folder / "b.txt").write_text(f"{PROSE}\n\n{MORE}")
    build([folder], tmp_path / "articles.index")
    answer = ask("When does the ferry to Lumen leave?", index=tmp_path / "articles.index")
    best = answer.citations[0]
    assert best.sentence == "A ferry to Lumen leaves at noon."
    assert (best.article_id, best.page, best.read_by_ocr) == ("a.pdf", 2, True)
    assert answer.to_dict()["citations"][0]["read_by_ocr"] is True
    assert "p. 2 · read by OCR" in terminal(answer)
    assert "page 2, read by OCR" in sources_html(answer, 0)
    stored = Index.open(tmp_path / "articles.index").catalog.article_by_id("a.pdf")
    assert stored is not None
    assert stored.text[best.start : best.end] == best.text


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra is not installed: an import that is None is not there."""
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    assert not ocr.is_installed()


@pytest.mark.usefixtures("without")
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "A.JPEG", "a.tif", "a.tiff"])
def test_without_the_extra_a_picture_says_how_to_have_it_read(name: str) -> None:
    (item,) = _here(name.casefold(), png(printed([SHORT])))
    assert isinstance(item, Skipped)
    assert item.reason == "a picture: OCR reads its text, and is installed with: pip install '.[ocr]'"


@pytest.mark.usefixtures("without")
def test_without_the_extra_a_scan_says_how_to_have_it_read() -> None:
    (item,) = _here("a.pdf", scan(printed([SHORT]), printed([OTHER])))
    assert isinstance(item, Skipped)
    assert item.reason == "no text in its 2 pages: OCR reads a scan, and is installed with: pip install '.[ocr]'"


@pytest.mark.usefixtures("without")
def test_without_the_extra_the_pages_with_text_are_read() -> None:
    (item,) = _here("a.pdf", pdf([PROSE[:60]], []))
    assert isinstance(item, Article)
    assert (item.text, item.pages, item.ocr_pages) == (PROSE[:60], (0, 60), ())


def test_each_page_has_its_own_limit_of_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from index.readers.worker import serve\n"
        "from index.readers.source import PageRead\n"
        "from index.types import Article\n"
        "def read(document, limits):\n"
        "    for number in range(1, 5):\n"
        "        end = time.process_time() + 0.4\n"
        "        while time.process_time() < end: pass\n"
        "        yield PageRead(number)\n"
        "    yield Article('a', 'Four pages.')\n"
        "serve(read)\n"
    )
    monkeypatch.setattr(sandbox, "_START", code)
    monkeypatch.setattr(sandbox, "PATIENCE", 60)
    sandbox._end_all()
    (tmp_path / "a.txt").write_text(PROSE)
    (file,) = (file for file in find([tmp_path]) if isinstance(file, SourceFile))
    items = list(read(file, Limits(seconds=1)))
    ((_, with_pages),) = [(one, list(found)) for one, found in read_all([file], Limits(seconds=1))]
    sandbox._end_all()
    assert items == [Article("a", "Four pages.")]
    assert with_pages == [*map(PageRead, range(1, 5)), *items]
    assert message_of(PageRead(3, 9)) == {"page": [3, 9]}
    assert item_of(message_of(PageRead(3, 9))) == PageRead(3, 9)
