"""PDF, character by character: what is stored is what the pages show, with words and sentences that run over lines."""

from pathlib import Path

import pytest

from index.readers.paragraphs import count_words, run_on
from index.readers.right_to_left import Placed, in_reading_order
from tests.readers.samples import article, pdf

WIDE = "a line that is as wide as the column of this page, "


def unicode_pdf(*lines: str, drawn: str = "") -> bytes:
    """A PDF whose only page shows a glyph for each character, from left to right, and says by a ToUnicode table which
    character each glyph is. Those of `drawn` have a glyph that is drawn; other soft hyphens have none, and no width."""
    glyphs = {c: number for number, c in enumerate(sorted(set("".join(lines))), start=33)}
    table = "".join(f"<{n:02X}> <{c.encode('utf-16-be').hex()}>\n" for c, n in glyphs.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def 1 "
        f"begincodespacerange <00> <FF> endcodespacerange {len(glyphs)} beginbfchar\n{table}endbfchar endcmap end end"
    )
    widths = " ".join("0" if c == "\xad" and c not in drawn else "600" for c in glyphs)
    names = " ".join("/space" if c in " \xa0" or (c == "\xad" and c not in drawn) else "/n" for c in glyphs)
    shown = "".join(
        f"1 0 0 1 72 {760 - 14 * number} Tm <{''.join(f'{glyphs[c]:02X}' for c in line)}> Tj "
        for number, line in enumerate(lines)
    )
    content = f"BT /F1 10 Tf {shown}ET"
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Count 1 /Kids [6 0 R] >>",
        f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream",
        f"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /ToUnicode 3 0 R /FirstChar 33 /LastChar {32 + len(glyphs)}"
        f" /Widths [{widths}] /Encoding << /Type /Encoding /Differences [33 {names}] >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 900 792] /Contents 5 0 R "
        "/Resources << /Font << /F1 4 0 R >> >> >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body.encode())
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer << /Size 7 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 7\n0000000000 65535 f \n" + rows + trailer


def _stored(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    return article(path).text


def test_paragraphs_headings_and_pages(tmp_path: Path) -> None:
    first = [
        "The pier",
        "The council took a three-",
        "year lease on the north-",
        "ern pier, in the years 2019-",
        "2020, for COVID-",
        "19 and the Anglo-",
        "Norman wall; a state-of-the-",
        "art pier, two- and three-",
        "year leases, the e-",
        "mail that he -",
        "so they said - wrote, and the co-",
        "operation.",
        "Fishing boats will use the south-",
    ]
    second = ["ern quay until the spring, said the mayor of the town."]
    assert _stored(tmp_path, pdf(first, second)) == (
        "The pier\n\nThe council took a three-year lease on the northern pier, in the years 2019-2020, for COVID-19 "
        "and the Anglo-Norman wall; a state-of-the-art pier, two- and three-year leases, the e-mail that he - so they "
        "said - wrote, and the cooperation.\n\nFishing boats will use the southern quay until the spring, said the "
        "mayor of the town."
    )


@pytest.mark.parametrize(
    ("line", "following", "elsewhere", "stored"),
    [
        ("the quay-", "side was shut", "a quay-side bar", "the quay-side was shut"),
        ("the quay-", "side was shut", "at the quayside", "the quayside was shut"),
        ("a good-", "will visit", "good-will and goodwill, goodwill", "a goodwill visit"),
        ("the Fakhri-", "zadeh case", "", "the Fakhrizadeh case"),
        ("the water-", "tower", "", "the water-tower"),
        ("GOVERN-", "MENT", "", "GOVERNMENT"),
        ("pre-", "and post-war", "", "pre- and post-war"),
        ("thous-", "and people", "", "thousand people"),
        ("X-", "rays", "", "X-rays"),
        ("a self\u2010", "made man", "", "a self\u2010made man"),
        ("he said -", "and left", "", "he said - and left"),
        ("from 1990–", "1995", "", "from 1990–1995"),
        ("the word—", "then this", "", "the word—then this"),
        ("the word —", "then this", "", "the word — then this"),
        ("https://x.example/a/", "b", "", "https://x.example/a/b"),
        ("港の桟橋は", "春まで閉鎖される。", "", "港の桟橋は春まで閉鎖される。"),
        ("부두는", "봄까지", "", "부두는 봄까지"),
    ],
)
def test_a_line_that_runs_on(line: str, following: str, elsewhere: str, stored: str) -> None:
    assert run_on(line, following, count_words([elsewhere, line, following])) + following == stored


def test_a_word_that_is_broken_everywhere_is_no_evidence_for_itself() -> None:
    assert not count_words(["north-", "ern"])
    assert count_words(["the north-", "ern pier of three-year"]) == {"the": 1, "pier": 1, "of": 1, "three-year": 1}


def test_letters_of_every_kind(tmp_path: Path) -> None:
    lines = [f"{WIDE}oﬃce ﬁne — “né”, e\u0301", "610\xa0000 σ € non\u2011breaking end."]
    assert _stored(tmp_path, unicode_pdf(*lines)) == (
        f"{WIDE}office fine — “né”, e\u0301 610\xa0000 σ € non\u2011breaking end."
    )


def test_right_to_left_text_in_the_order_of_reading(tmp_path: Path) -> None:
    # Glyphs stand on the page as they are seen: the first letter at the right, numbers from left to right.
    lines = [f"{'שלום לכולם'[::-1]} 123 {'הנמל'[::-1]}", "לומתא (רגסנ) למנה", "وقال الرئيس"[::-1]]
    assert _stored(tmp_path, unicode_pdf(*lines)) == "הנמל 123 שלום לכולם הנמל (נסגר) אתמול وقال الرئيس"


def _placed(text: str, *starts: int) -> list[Placed]:
    """Characters of 5 points' width; a space has none, as pdfium tells it."""
    return [(c, (x, x + 5.0 * (c != " "))) for c, x in zip(text, map(float, starts), strict=True)]


def test_a_word_that_was_left_as_it_is_drawn_is_turned_around() -> None:
    # As pdfium gives a line printed by Chromium: the first word in the order of reading, the second as it stands.
    line = [*_placed("وقال ", 60, 55, 50, 45, 45), *_placed("سيئرلا", 10, 15, 20, 25, 30, 35)]
    assert in_reading_order([*line, ("\n", None), *_placed("abc", 0, 5, 10)]) == "وقال الرئيس\nabc"


def test_brackets_of_a_turned_line_match_and_stand_at_their_words() -> None:
    line = [*_placed("סער", 60, 55, 50), *_placed(") ", 40, 40), *_placed("כך", 34, 29), *_placed("(.", 24, 19)]
    assert in_reading_order(line) == "סער (כך)."
    assert in_reading_order(_placed("סער: ", 60, 55, 50, 45, 45)) == "סער: "


@pytest.mark.parametrize(("drawn", "mark"), [("\xad", "-"), ("", "")])
def test_a_soft_hyphen_is_kept_where_it_is_drawn(tmp_path: Path, drawn: str, mark: str) -> None:
    data = unicode_pdf(f"{WIDE}a well\xadknown lease", "of the pier at last.", drawn=drawn)
    assert _stored(tmp_path, data) == f"{WIDE}a well{mark}known lease of the pier at last."


def test_items_of_a_list_stand_apart(tmp_path: Path) -> None:
    lines = [f"{WIDE}and so on:", "• First item", "• Second item, of a", "longer kind"]
    assert _stored(tmp_path, unicode_pdf(*lines)) == (
        f"{WIDE}and so on:\n\n• First item\n\n• Second item, of a longer kind"
    )


def test_what_is_printed_beside_the_page_is_left_out(tmp_path: Path) -> None:
    data = unicode_pdf(f"{WIDE}and no more.").replace(b"/MediaBox [0 0 900 792]", b"/MediaBox [0 0 360 792]")
    assert _stored(tmp_path, data) == "a line that is as wide as the column of this pag"
