"""Small files of every format, made here: nothing in them was taken from anywhere."""

import gzip
import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from index.readers import Limits, SourceFile, find, read
from index.types import Article, Skipped

PROSE = (
    "The harbour council met on Tuesday and agreed to rebuild the northern pier before the winter storms come. "
    "Engineers said that the old timber had rotted below the waterline and could no longer carry lorries. "
    "Fishing boats will use the southern quay until the work is finished in the spring of next year."
)
MORE = (
    "Residents had asked for the repairs since a railing gave way in April and two cyclists fell into the basin. "
    "The town will pay a third of the cost and the region the rest, according to the treasurer, Marta Olden."
)


def articles(path: Path, limits: Limits | None = None) -> list[Article]:
    """The articles of a file or folder; fails on anything that was skipped."""
    items = everything(path, limits)
    assert not [str(item) for item in items if isinstance(item, Skipped)]
    return [item for item in items if isinstance(item, Article)]


def article(path: Path, limits: Limits | None = None) -> Article:
    """The only article of a file."""
    (only,) = articles(path, limits)
    return only


def skipped(path: Path, limits: Limits | None = None) -> str:
    """The reason why a file was skipped."""
    (only,) = everything(path, limits)
    assert isinstance(only, Skipped), only
    return only.reason


def everything(path: Path, limits: Limits | None = None) -> list[Article | Skipped]:
    """All that reading a file or folder gives."""
    items: list[Article | Skipped] = []
    for file in find([path]):
        items += read(file, limits) if isinstance(file, SourceFile) else [file]
    return items


def pdf(*pages: list[str], title: str = "", encrypted: bool = False) -> bytes:
    """A PDF with a page for each list of lines; a page without lines is blank, as a scan's would be."""
    objects: list[bytes] = []

    def add(body: str) -> int:
        objects.append(body.encode("latin-1"))
        return len(objects)

    catalog, tree = add("<< /Type /Catalog /Pages 2 0 R >>"), add("")
    font = add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    kids = []
    for lines in pages:
        shown = "".join(f"1 0 0 1 72 {760 - 14 * n} Tm ({_escaped(line)}) Tj " for n, line in enumerate(lines))
        stream = f"BT /F1 10 Tf {shown}ET"
        content = add(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        kids.append(
            add(
                f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 612 792] /Contents {content} 0 R "
                f"/Resources << /Font << /F1 {font} 0 R >> >> >>"
            )
        )
    objects[tree - 1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{k} 0 R' for k in kids)}] >>".encode()
    info = add(f"<< /Title ({_escaped(title)}) >>")
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    locked = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'41' * 32}> /U <{'42' * 32}> >> /ID [<00> <00>]"
    trailer = f"<< /Size {len(objects) + 1} /Root {catalog} 0 R /Info {info} 0 R {locked if encrypted else ''} >>"
    return out + f"trailer\n{trailer}\nstartxref\n{xref}\n%%EOF\n".encode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", r"\(").replace(")", r"\)")


def docx(*paragraphs: str, title: str = "") -> bytes:
    """A Word file with a paragraph each, the title in the style for titles."""
    import docx as library

    document = library.Document()
    if title:
        document.add_heading(title, 0)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    """A zip archive."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def epub(chapters: Mapping[str, str | bytes], title: str = "A Book", author: str = "Ann Lee") -> bytes:
    """An EPUB with a chapter for each page of HTML."""
    items = "".join(f'<item id="c{n}" href="{name}"/>' for n, name in enumerate(chapters))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:date>2020-05-04</dc:date>"
        f"<dc:language>en</dc:language></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    return zipped(
        {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OPS/book.opf": package}
        | {f"OPS/{name}": page for name, page in chapters.items()}
    )


def page(body: str, head: str = "") -> str:
    """A page with a menu and a footer around its body."""
    return (
        f'<!DOCTYPE html><html lang="en"><head>{head}</head><body><nav><a href="/">Home</a> <a href="/n">News</a></nav>'
        f"<main><article>{body}</article></main><footer>About us</footer></body></html>"
    )


def rows(count: int) -> list[dict[str, str]]:
    """Rows with ids, titles and texts."""
    return [
        {"id": f"r{n}", "title": f"Story {n}", "text": f"{PROSE} Row {n}.", "date": "2020-01-03"} for n in range(count)
    ]


def jsonl(*lines: object) -> str:
    """JSON Lines; a string stands for a line as it is."""
    return "".join((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n" for line in lines)


def gzipped(data: bytes) -> bytes:
    """The same, compressed."""
    return gzip.compress(data, mtime=0)
