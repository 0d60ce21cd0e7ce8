"""The words of markup as a browser shows them: a line per block, table cells parted by tabs, nothing added.

The trees are lxml's: of HTML, or of what trafilatura extracts, whose element names are those of TEI.
"""

import re
import unicodedata
from typing import Any

__all__ = ["as_shown", "protect", "superscript", "text_of"]

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main nav ol optgroup option p pre section summary table "
    "tbody tfoot thead title tr ul head item list quote row".split()
)
_CELLS = frozenset({"td", "th", "cell"})
_BREAKS = frozenset({"br", "lb"})
_APART = _BLOCKS | _CELLS | _BREAKS
_PREFORMATTED = frozenset({"pre", "textarea", "listing"})
_SPACES = re.compile(r"[ \t\n\r\f]+")  # what HTML collapses; a no-break space is a character like others
_SOFT_HYPHEN = "\xad"  # shown only where a browser breaks a line
_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_EXPONENT = re.compile(r"[+\-−]?[0-9]{1,9}")
_LONGEST_MARK = 5  # characters of a footnote's number
# Linear A: letters in no living script, so that they stand for others while a library works on the text.
_STAND_INS = range(0x10600, 0x10737)


def as_shown(tree: Any) -> None:
    """Make the text of an HTML tree, in place, what is seen: soft hyphens are taken out, a raised number is written
    with raised digits (10⁶) and a footnote's mark in brackets, so that neither runs into the figure before it."""
    if _SOFT_HYPHEN in "".join(tree.itertext()):
        _rewrite(tree, {ord(_SOFT_HYPHEN): None})
    for element in list(tree.iter("sup", "a")):
        words = "".join(element.itertext()).strip()
        if not words or len(words) > 2 * _LONGEST_MARK:
            continue
        if _is_note_mark(element):
            shown = f"[{words}]" if words.isalnum() and len(words) <= _LONGEST_MARK else words
        elif element.tag == "sup" and superscript(words) != words:
            shown = superscript(words)
        else:
            continue
        del element[:]
        element.text = shown


def superscript(words: str) -> str:
    """A number in raised digits; other words as they are."""
    return words.translate(_RAISED) if _EXPONENT.fullmatch(words) else words


def _is_note_mark(element: Any) -> bool:
    if element.tag == "a":
        return "noteref" in element.get("role", "") + element.get("epub:type", "")
    links = [element.getparent(), *element.iter("a")]
    return any(link is not None and link.tag == "a" and "#" in link.get("href", "") for link in links)


def protect(tree: Any) -> dict[int, str]:
    """Put a stand-in for each character that trafilatura drops or makes a plain space: joiners of scripts and emoji,
    direction marks, no-break spaces, characters newer than Python's tables, white space of preformatted text. The
    result maps them back, by translate."""
    seen = set("".join(tree.itertext()))
    free = (chr(code) for code in _STAND_INS if chr(code) not in seen)
    kinds = ("Cf", "Cn", "Zs", "Zl", "Zp")
    altered = sorted(c for c in seen if c > "\x7f" and unicodedata.category(c) in kinds)
    table: dict[int, str | None] = {ord(there): stand_in for there, stand_in in zip(altered, free, strict=False)}
    if table:
        _rewrite(tree, table)
    back = {ord(stand_in): chr(there) for there, stand_in in table.items() if stand_in}
    blocks = list(tree.iter("pre"))
    if blocks and (three := [next(free, "") for _ in range(3)])[-1]:
        for block in blocks:
            words = (block.text or "").removeprefix("\n")  # a browser leaves it out too
            block.text = words if len(block) else words.rstrip()
            # Of a run of spaces the first remains, so that words are words to whoever counts them.
            _rewrite(block, {10: three[0], 9: three[1]}, {"  ": f" {three[2]}", f"{three[0]} ": three[0] + three[2]})
        back |= dict(zip(map(ord, three), "\n\t ", strict=True))
    return back


def _rewrite(tree: Any, table: dict[int, str | None], pairs: dict[str, str] | None = None) -> None:
    """Translate all text inside an element, in place, then replace each of the pairs."""
    for element in tree.iter():
        for name in ("text", "tail"):
            words = getattr(element, name)
            if words and not (name == "tail" and element is tree):
                words = words.translate(table)
                for old, new in (pairs or {}).items():
                    words = words.replace(old, new)
                setattr(element, name, words)


def text_of(tree: Any, gap: str = "\n\n", back: dict[int, str] | None = None) -> str:
    """The text of an lxml tree, `gap` between blocks; where there are no blocks, line breaks are kept as they stand.
    `back` maps stand-ins to what they stand for."""
    from lxml import etree  # type: ignore[import-untyped]

    blocks = sum(1 for element in tree.iter() if element.tag in _APART)
    lines = _Lines(keep_breaks=blocks <= 2)  # the body, and what a piece of markup was put in
    flat: Any = None  # the table cell that is being written on one line
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag
        starts = event == "start"
        if event in ("start", "end"):
            if tag in _CELLS:
                if flat is None and (not starts or _is_layout(element)):
                    lines.end()
                elif flat is None:
                    flat = element
                elif flat is element:
                    lines.add("\t", exact=True)
                    flat = None
            elif tag in _BREAKS and starts:
                lines.add(" " if flat is not None else "\n", exact=True)
            elif tag in _BLOCKS:
                if flat is not None:
                    lines.add(" ")
                else:
                    lines.end()
            if _is_preformatted(element) and flat is None:
                lines.end()
                lines.exact += 1 if starts else -1
            if starts and element.text:
                lines.add(element.text)
        if not starts and element.tail and element is not tree:
            lines.add(element.tail)
    lines.end()
    shown = (_trimmed(block.translate(back or {}), len(gap) > 1) for block in lines.blocks)
    return gap.join(block for block in shown if block)


def _trimmed(block: str, spaced: bool) -> str:
    """The block without white space at the ends of its lines, and without empty lines unless they are wanted; what
    begins with a plain space is preformatted."""
    lines = [line.rstrip() if line[:1] in " \t" else line.strip() for line in block.split("\n")]
    return "\n".join(line for line in lines if line or spaced).strip("\n")


def _is_layout(cell: Any) -> bool:
    """Whether a table cell holds paragraphs, as in pages and mails that are laid out by tables."""
    if not len(cell):
        return False  # most of a table's cells
    inner = [e for e in cell.iter(*_BLOCKS) if e is not cell]
    return sum(1 for e in inner if e.text and e.text.strip()) > 1 or any(e.tag in ("table", "pre") for e in inner)


def _is_preformatted(element: Any) -> bool:
    # trafilatura calls a block of program text `code`, as it calls words in a line.
    return element.tag in _PREFORMATTED or (element.tag == "code" and "\n" in "".join(element.itertext()))


class _Lines:
    """Blocks of text as they are gathered."""

    def __init__(self, *, keep_breaks: bool) -> None:
        self.blocks: list[str] = []
        self.exact = 0  # depth of preformatted elements
        self._keep_breaks = keep_breaks
        self._parts: list[str] = []

    def add(self, words: str, *, exact: bool = False) -> None:
        if exact or self.exact:
            self._parts.append(words)
        elif self._keep_breaks:
            self._parts.append("\n".join(_SPACES.sub(" ", line) for line in words.split("\n")))
        else:
            self._parts.append(_SPACES.sub(" ", words))

    def end(self) -> None:
        text = "".join(self._parts)
        self._parts.clear()
        if self.exact:
            text = text.strip("\r\n")
        else:
            lines = [_spaced(line) for line in text.split("\n")]
            text = "\n".join(line for n, line in enumerate(lines) if line or (n and lines[n - 1])).strip("\n")
        if text.strip():
            self.blocks.append(text)


def _spaced(line: str) -> str:
    return "\t".join(_SPACES.sub(" ", cell).strip() for cell in line.split("\t")).rstrip()
