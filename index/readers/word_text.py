"""The words of a Word file's parts as Word shows them: paragraphs, table rows, text boxes, notes, nothing twice.

python-docx opens the file; its own text of a paragraph leaves out insertions under review, content controls, text
boxes and notes, so the elements are walked here.
"""

from collections.abc import Iterator
from typing import Any

from index.readers.markup_text import superscript

__all__ = ["word_blocks"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_UNSEEN = frozenset({"del", "moveFrom", "instrText", "delText", "rPr", "pPr", "rt", "sdtPr"})
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}


def word_blocks(word: Any) -> list[str]:
    """The paragraphs and table rows of a python-docx document, in order, the cells of a row parted by tabs; below
    them the footnotes and endnotes, each headed by the number, in brackets, that stands where it is referred to."""
    notes: list[Any] = []
    blocks = list(_blocks(word.element.body, notes, _notes(word.part)))
    for number, note in enumerate(notes, start=1):
        words = "\n".join(_blocks(note, [], {}))
        blocks.append(f"[{number}] {words.strip()}")
    return blocks


def _notes(part: Any) -> dict[tuple[str, str], Any]:
    """(kind of reference, id) -> the element that holds the note."""
    from docx.oxml import parse_xml

    found: dict[tuple[str, str], Any] = {}
    for relation in part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind in _NOTES.values() and not relation.is_external:
            root = parse_xml(relation.target_part.blob)
            reference = next(name for name, notes in _NOTES.items() if notes == kind)
            found |= {(reference, note.get(f"{_W}id")): note for note in root}
    return found


def _blocks(parent: Any, notes: list[Any], known: dict[tuple[str, str], Any]) -> Iterator[str]:
    for element in parent.iterchildren():
        kind = _kind(element)
        if kind == "p":
            boxes: list[Any] = []
            yield "".join(_runs(element, boxes, notes, known))
            for box in boxes:
                yield from _blocks(box, notes, known)
        elif kind == "tbl":
            for row in element.iter(f"{_W}tr"):
                if next(row.iterancestors(f"{_W}tbl")) is element and not _is_deleted(row):
                    yield "\t".join(_cell(cell, notes, known) for cell in _cells(row))
        elif kind not in _UNSEEN and element.tag != _FALLBACK:
            yield from _blocks(element, notes, known)


def _cells(row: Any) -> Iterator[Any]:
    for element in row.iterchildren():
        if _kind(element) == "tc":
            yield element
        elif _kind(element) in ("sdt", "sdtContent", "customXml"):
            yield from _cells(element)


def _cell(cell: Any, notes: list[Any], known: dict[tuple[str, str], Any]) -> str:
    """A cell on one line; a table within it, too."""
    blocks = (block.replace("\t", " ").replace("\n", " ").strip() for block in _blocks(cell, notes, known))
    return " ".join(block for block in blocks if block)


def _runs(
    parent: Any, boxes: list[Any], notes: list[Any], known: dict[tuple[str, str], Any], raised: bool = False
) -> Iterator[str]:
    for element in parent.iterchildren():
        kind = _kind(element)
        if kind == "t" or element.tag == _MATH:
            words = "".join(_strings(element))
            yield superscript(words) if raised else words
        elif kind in _SIGNS:
            yield "" if kind == "br" and element.get(f"{_W}type") in ("page", "column") else _SIGNS[kind]
        elif kind == "sym":
            yield _symbol(element)
        elif kind in _NOTES:
            note = known.get((kind, element.get(f"{_W}id")))
            if note is not None:
                notes.append(note)
                yield f"[{len(notes)}]"
        elif kind == "txbxContent":
            boxes.append(element)
        elif kind == "r":
            style = element.find(f"{_W}rPr")
            if style is None or not _is_on(style.find(f"{_W}vanish")):
                up = None if style is None else style.find(f"{_W}vertAlign")
                yield from _runs(element, boxes, notes, known, up is not None and up.get(f"{_W}val") == "superscript")
        elif kind not in _UNSEEN and element.tag != _FALLBACK:
            yield from _runs(element, boxes, notes, known, raised)


def _strings(element: Any) -> Iterator[str]:
    # Not itertext(): python-docx's elements redefine .text, so that it gives the words of every level again.
    yield from element.xpath("./text()")


def _kind(element: Any) -> str:
    """The element's name in Word's own namespace; of one in another, such as a drawing's, nothing."""
    tag = element.tag
    return tag[len(_W) :] if isinstance(tag, str) and tag.startswith(_W) else ""


def _is_on(switch: Any) -> bool:
    return switch is not None and switch.get(f"{_W}val", "true") not in ("0", "false", "off")


def _is_deleted(row: Any) -> bool:
    style = row.find(f"{_W}trPr")
    return style is not None and style.find(f"{_W}del") is not None


def _symbol(element: Any) -> str:
    """A sign out of a font: one whose number means something in that font only cannot be told, and is U+FFFD."""
    try:
        code = int(element.get(f"{_W}char", ""), 16)
    except ValueError:
        return ""
    return "\ufffd" if 0xE000 <= code <= 0xF8FF or not 32 <= code < 0x110000 else chr(code)
