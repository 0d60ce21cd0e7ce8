"""Word files and PDF, character by character: what is stored is what a reader of the document sees."""

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from tests.readers.samples import MORE, PROSE, article, docx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
WPS = 'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
RAISED, LOWERED = '<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>'
NOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"


def _run(words: str, style: str = "") -> str:
    return f'<w:r><w:rPr>{style}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def _paragraph(*parts: str) -> str:
    return f"<w:p>{''.join(parts)}</w:p>"


def _table(*rows: list[str]) -> str:
    cells = ["".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows]
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def _word_file(*blocks: str, notes: str = "") -> bytes:
    """A Word file whose body is the given elements; `notes` are the elements of its footnotes."""
    parts = {}
    with ZipFile(BytesIO(docx("placeholder"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    body = "".join(blocks)
    parts["word/document.xml"] = f"<w:document {W} {MC} {WPS} {M}><w:body>{body}</w:body></w:document>".encode()
    if notes:
        relations = parts["word/_rels/document.xml.rels"].decode()
        relation = f'<Relationship Id="rId99" Type="{NOTES}" Target="footnotes.xml"/></Relationships>'
        parts["word/_rels/document.xml.rels"] = relations.replace("</Relationships>", relation).encode()
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        override = f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
        kinds = parts["[Content_Types].xml"].decode()
        parts["[Content_Types].xml"] = kinds.replace("</Types>", override).encode()
        parts["word/footnotes.xml"] = f"<w:footnotes {W}>{notes}</w:footnotes>".encode()
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def _stored(tmp_path: Path, data: bytes, name: str) -> str:
    path = tmp_path / name
    path.write_bytes(data)
    return article(path).text


def test_a_word_file_as_python_docx_writes_it(tmp_path: Path) -> None:
    import docx as library

    document = library.Document()
    document.add_heading("The pier", 1)
    document.add_paragraph("First item", style="List Bullet")
    document.add_paragraph("Second item", style="List Number")
    table = document.add_table(rows=3, cols=3)
    for row, words in enumerate((("City", "People", "Note"), ("Lumen", "610,000", "a\nb"), ("Both", "", "1.5 %"))):
        for column, cell in enumerate(words):
            table.cell(row, column).text = cell
    table.cell(2, 0).merge(table.cell(2, 1))
    paragraph = document.add_paragraph("a")
    paragraph.add_run(" ")
    paragraph.add_run("b, ﬁne\u00a0oﬃce e\u0301 👩\u200d👧 هذا\u200f نص — עברית")
    document.add_paragraph(PROSE)
    out = BytesIO()
    document.save(out)
    assert _stored(tmp_path, out.getvalue(), "a.docx") == (
        "The pier\n\nFirst item\n\nSecond item\n\nCity\tPeople\tNote\n\nLumen\t610,000\ta b\n\nBoth\t1.5 %\n\n"
        f"a b, ﬁne\u00a0oﬃce e\u0301 👩\u200d👧 هذا\u200f نص — עברית\n\n{PROSE}"
    )


def test_a_cell_merged_over_rows_is_stored_once(tmp_path: Path) -> None:
    top, rest = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>', "<w:tcPr><w:vMerge/></w:tcPr>"
    table = _table(
        [top + _paragraph(_run("Norland")), _paragraph(_run("610,000"))],
        [rest + _paragraph(), _paragraph(_run("94,300"))],
    )
    assert _stored(tmp_path, _word_file(table, _paragraph(_run(MORE))), "a.docx") == (
        f"Norland\t610,000\n\n\t94,300\n\n{MORE}"
    )


def test_a_table_in_a_cell(tmp_path: Path) -> None:
    inner = _table([_paragraph(_run("610,000")), _paragraph(_run("94"))])
    table = _table([_paragraph(_run("Lumen")) + inner + _paragraph(_run("end")), _paragraph(_run("x"))])
    assert _stored(tmp_path, _word_file(table, _paragraph(_run(PROSE))), "a.docx") == (
        f"Lumen 610,000 94 end\tx\n\n{PROSE}"
    )


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ('<w:ins w:id="1">' + _run("put in") + "</w:ins>", "put in"),
        (f'<w:del w:id="1"><w:r><w:delText>gone</w:delText></w:r></w:del>{_run("left")}', "left"),
        (f'<w:moveFrom w:id="1">{_run("there")}</w:moveFrom><w:moveTo w:id="2">{_run("here")}</w:moveTo>', "here"),
        (f'<w:hyperlink w:anchor="x">{_run("a link")}</w:hyperlink>', "a link"),
        (f"<w:sdt><w:sdtContent>{_run('a control')}</w:sdtContent></w:sdt>", "a control"),
        (f'<w:fldSimple w:instr="PAGE">{_run("7")}</w:fldSimple>', "7"),
        (f"<w:r><w:instrText>HYPERLINK x</w:instrText></w:r>{_run('shown')}", "shown"),
        (f"{_run('seen')}{_run(' unseen', '<w:vanish/>')}", "seen"),
        (f"{_run('10')}{_run('6', RAISED)}", "10⁶"),
        (f"{_run('1')}{_run('st', RAISED)}", "1st"),
        (f"{_run('H')}{_run('2', LOWERED)}{_run('O')}", "H2O"),
        ("<w:r><w:t>three</w:t><w:noBreakHyphen/><w:t>year</w:t></w:r>", "three-year"),
        ("<w:r><w:t>har</w:t><w:softHyphen/><w:t>bour</w:t></w:r>", "harbour"),
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>", "a\tb\nc"),
        ('<w:r><w:t>x</w:t><w:sym w:font="Symbol" w:char="2265"/><w:sym w:font="W" w:char="F0E0"/></w:r>', "x≥\ufffd"),
        ("<m:oMath><m:r><m:t>x=2</m:t></m:r></m:oMath>", "x=2"),
    ],
)
def test_what_word_shows_of_a_paragraph(tmp_path: Path, parts: str, words: str) -> None:
    assert (
        _stored(tmp_path, _word_file(_paragraph(_run("It says "), parts, _run("."))), "a.docx") == f"It says {words}."
    )


def test_a_text_box_is_stored_once_below_its_paragraph(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{_paragraph(_run('In the box'))}</w:txbxContent>"
    shape = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx>{box}</wps:txbx></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    data = _word_file(_paragraph(_run("Before "), shape, _run("and after.")), _paragraph(_run(PROSE)))
    assert _stored(tmp_path, data, "a.docx") == f"Before and after.\n\nIn the box\n\n{PROSE}"


def test_a_block_in_a_content_control(tmp_path: Path) -> None:
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{_paragraph(_run('Inside'))}</w:sdtContent></w:sdt>"
    assert _stored(tmp_path, _word_file(control, _paragraph(_run(PROSE))), "a.docx") == f"Inside\n\n{PROSE}"


def test_footnotes_stand_below_by_their_numbers(tmp_path: Path) -> None:
    def mark(number: int) -> str:
        return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'

    notes = "".join(
        f'<w:footnote w:id="{number}">{_paragraph("<w:r><w:footnoteRef/></w:r>", _run(f" {words}"))}</w:footnote>'
        for number, words in ((-1, "separator"), (4, "The second."), (9, "The first."))
    )
    body = _paragraph(_run("It has 610,000"), mark(9), _run(" people and 12"), mark(4), _run(" quays."))
    assert _stored(tmp_path, _word_file(body, _paragraph(_run(PROSE)), notes=notes), "a.docx") == (
        f"It has 610,000[1] people and 12[2] quays.\n\n{PROSE}\n\n[1] The first.\n\n[2] The second."
    )
