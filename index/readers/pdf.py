"""PDF, through pypdfium2: lines joined into paragraphs, hyphens at line ends undone, the pages' beginnings kept.

The text is what was extracted, so the joining is done here, before anything is stored: offsets and quotes refer to
the joined text, and a word that was broken over two lines is found, and quoted, whole.
"""

import re
from collections import Counter
from collections.abc import Iterator

from index.readers.decode import without_surrogates
from index.readers.limits import Limits, UnreadableError
from index.readers.source import Document
from index.readers.text_metadata import lead_title, text_facts
from index.types import Article, Skipped

__all__ = ["join_lines", "read_pdf"]

_BREAK = "\ufffe"  # what pdfium gives for a hyphen at the end of a line that breaks a word
_JOINED = re.compile(r"(?<=\w)[\ufffe\x02\u00ad]\s*(?=(\w))")
_HYPHENS = re.compile(r"(\w)(?:[\ufffe\x02\u00ad]|[-\u2010])$")
_PAGE_NUMBER = re.compile(r"(?:page |p\. ?|- ?)?\d{1,4}(?: ?(?:/|of) ?\d{1,4})?(?: ?-)?", re.I)
_FILE_NAME = re.compile(r"\.(?:docx?|pdf|indd|qxd|pages|txt)$|^(?:untitled|microsoft word|document\d*)\b", re.I)
_SHORT = 0.6  # of a page's usual line: a line below that ends its paragraph
_REPEATED = 3  # pages that must share a first or last line before it is a running title


def read_pdf(document: Document, limits: Limits) -> Iterator[Article | Skipped]:
    """One article; `pages` holds the offset at which each page begins. A scan without text is skipped, and so is a
    file that asks for a password."""
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    data = document.read(limits, limits.file_bytes)
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise UnreadableError(
            "protected by a password" if "password" in str(error).lower() else "damaged: no PDF that can be opened"
        ) from None
    try:
        meta = pdf.get_metadata_dict(skip_empty=True)
        raw, size = [], 0
        for number in range(len(pdf)):
            raw.append(_page(pdf, number))
            size += len(raw[-1])
            if size > limits.article_bytes:
                raise UnreadableError(f"more than {limits.article_bytes} characters of text (--max-article-mb)")
    finally:
        pdf.close()
    if not any(page.strip() for page in raw):
        count = len(raw)
        pages_words = f"{count} page{'s' * (count != 1)}"
        raise UnreadableError(f"no text in its {pages_words}: a scan needs OCR first" if count else "no pages")
    text, pages = _joined(raw)
    found = text_facts(text)
    title = " ".join(meta.get("Title", "").split())
    yield Article(
        id=document.id,
        text=text,
        # Many programs write the name of the file, or of the template, where the title belongs.
        title=found.title or ("" if _is_file_name(title) else title) or lead_title(found.lead),
        author=found.author,
        published=found.published,
        path=document.path,
        agency=found.agency,
        place=found.place,
        pages=pages,
    )


def _page(pdf: object, number: int) -> str:
    page = pdf[number]  # type: ignore[index]
    textpage = page.get_textpage()
    try:
        text = without_surrogates(str(textpage.get_text_bounded(errors="replace")))
        return _JOINED.sub(lambda match: "" if match[1].islower() else "-", text)
    finally:
        textpage.close()
        page.close()


def _joined(raw: list[str]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages, and the offset at which each begins; running titles and page numbers left out."""
    pages = [[line.strip() for line in page.splitlines()] for page in raw]
    edges = Counter(line for page in pages for line in {_edge(page, 0), _edge(page, -1)} if line and not line.isspace())
    running = {line for line, times in edges.items() if times >= _REPEATED}
    text, starts = "", []
    for lines in pages:
        kept = [line for line in lines if line]
        for end in (0, -1):
            while kept and (kept[end] in running or _PAGE_NUMBER.fullmatch(kept[end])):
                kept.pop(end)
        if text and kept:
            # A sentence may run over the page's end: only a finished one ends its paragraph there.
            broken = _HYPHENS.search(text)
            if broken:
                text = text[: broken.end(1)]
            else:
                text += "\n\n" if text.endswith((".", "!", "?", "”", '"', ":")) else " "
        starts.append(len(text))
        text += join_lines(kept)
    return text, tuple(min(start, len(text)) for start in starts)


def join_lines(lines: list[str]) -> str:
    """Lines of a page as paragraphs, a blank line between them. A paragraph ends with a line that is much shorter
    than the others and ends a sentence, and around a heading."""
    if not lines:
        return ""
    lengths = sorted(len(line) for line in lines)
    usual = lengths[len(lengths) * 3 // 4]
    text = ""
    for number, line in enumerate(lines):
        text += line
        if number == len(lines) - 1:
            break
        broken = _HYPHENS.search(text)
        following = lines[number + 1]
        if broken and following[:1].islower():
            text = text[: broken.end(1)]
        elif len(line) < usual * _SHORT and (line.endswith((".", "!", "?", "”", '"', ":")) or following[:1].isupper()):
            text += "\n\n"
        else:
            text += " "
    return text.replace(_BREAK, "-")


def _edge(lines: list[str], end: int) -> str:
    kept = [line for line in lines if line]
    return kept[end] if kept else ""


def _is_file_name(title: str) -> bool:
    return not title or _FILE_NAME.search(title) is not None
