"""Separates the article itself from boilerplate (menus, share lines, comment forms), as ranges of the text.

Boilerplate stays in the stored text, so that nothing is lost and every offset holds; only passages leave it out.
Three kinds of evidence: what a line says (`boilerplate_rules`), where it stands, and how many articles of one source
share it (`Repeats`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

from index.text.boilerplate_rules import (
    folded,
    is_boilerplate,
    is_boilerplate_line,
    is_caption,
    is_comment_heading,
    is_credit,
    is_menu,
    is_teaser_heading,
)
from index.text.repeated_lines import Repeats
from index.types import Article, Span

__all__ = ["Repeats", "body_spans", "front_matter_end", "is_boilerplate_line", "line_keys"]

_FRONT_MATTER_LINES, _FRONT_MATTER_SIZE = 200, 65_536  # limit: a longer block is text like any other
_REPEATED_WORDS = 4  # a line of fewer words is a heading or a name, which many articles share without being boilerplate
_PROSE = 200  # characters from which a line is a paragraph, which a roundup may repeat: it needs more evidence
_TEASER = 160  # characters: the longest headline of another story
_LABEL = 60  # characters: the longest section label above a headline
_SLOGAN = 90  # characters: the longest motto behind an outlet's name
_ABOVE = 15  # lines above a headline that may be labels
_TAIL = 0.5  # share of the text above which what follows a comment heading cannot be mere comments

_SEPARATOR = re.compile(r" ?(?:[—–|:•·]|--? )")
_NAME = re.compile(r"[A-ZÀ-Þ][\w.'’-]{0,40}(?: [A-ZÀ-Þ][\w.'’-]{0,40}){1,3}")

_BLANK, _BODY, _WEAK, _BOILERPLATE = range(4)


@dataclass(slots=True)
class _Line:
    """A line without its surrounding space: `text[start:end]`, its folded words, and what it was found to be."""

    start: int
    end: int
    words: str
    kind: int = _BODY


def front_matter_end(text: str) -> int:
    """The offset at which a front matter block between lines of `---` ends; 0 when there is none."""
    if not text.startswith(("---", "\ufeff---")):
        return 0
    end = text.find("\n") + 1
    if not end or text[:end].strip("\ufeff \t\r\n") != "---":
        return 0
    for _ in range(_FRONT_MATTER_LINES + 1):
        start, end = end, text.find("\n", end) + 1 or len(text)
        if start == end or end > _FRONT_MATTER_SIZE:
            return 0
        if text[start:end].rstrip(" \t\r\n") in ("---", "..."):
            return end if ":" in text[:end] else 0
    return 0


def line_keys(article: Article) -> frozenset[int]:
    """A 64-bit hash of each line of the article, case and spacing aside: what `Repeats` counts."""
    return frozenset(_key(line.words) for line in _lines(article.text, 0) if line.words)


def body_spans(article: Article, repeats: Repeats | None = None) -> tuple[Span, ...]:
    """The ranges of `article.text` that are the article itself: sorted, disjoint, each of whole lines without the
    space around them. Lines that follow one another are one range. () means that all of it is boilerplate.

    The title, where it stands in the text as a line of its own, is left out too, unless nothing else is there.
    """
    text = article.text
    lines = list(_lines(text, front_matter_end(text)))
    _judge(text, lines, article, repeats)
    _cut_tail(lines)
    _trim_edges(text, lines)
    spans = tuple(_ranges(lines))
    if not spans:
        # A text of one headline, and nothing else, is still an article; a text of notices is not.
        title = folded(article.title)
        spans = tuple(Span(line.start, line.end) for line in lines if line.words and _bare(line.words) == title)[:1]
        if any(line.words and _bare(line.words) != title for line in lines):
            return ()
    return spans


def _key(words: str) -> int:
    return int.from_bytes(blake2b(words.encode("utf-8", "replace"), digest_size=8).digest(), "little")


def _lines(text: str, start: int) -> Iterator[_Line]:
    for raw in (text[start:] if start else text).splitlines(keepends=True):
        bare = raw.strip()
        if bare:
            first = start + raw.index(bare[0])
            yield _Line(first, first + len(bare), folded(bare))
        else:
            yield _Line(start, start, "", _BLANK)
        start += len(raw)


def _bare(words: str) -> str:
    """A line without the marks of a Markdown heading."""
    return words.strip("#=*_ ")


def _judge(text: str, lines: list[_Line], article: Article, repeats: Repeats | None) -> None:
    """What each line is by itself."""
    title = folded(article.title)
    outlets = tuple({folded(name) for name in (article.source, article.agency) if name})
    labels = _labels(lines, title)
    seen: set[str] = set()
    begun, last = False, ""
    for number, line in enumerate(lines):
        words = line.words
        if not words:
            continue
        ruled = words == last or (words in seen and is_caption(words)) or (title and _bare(words) == title)
        ruled = ruled or number < labels or (not begun and _is_slogan(words, outlets))
        if ruled or is_boilerplate(words) or not any(character.isalnum() for character in words):
            line.kind = _BOILERPLATE
        elif is_teaser_heading(words) or is_comment_heading(words):
            line.kind = _WEAK
        elif not begun and is_menu(text[line.start : line.end]):
            line.kind = _BOILERPLATE
        elif is_credit(words):
            line.kind = _WEAK
        elif repeats is not None and repeats.is_repeated(article.source, _key(words), sure=len(words) >= _PROSE):
            line.kind = _BOILERPLATE if words.count(" ") + 1 >= _REPEATED_WORDS else _WEAK
        else:
            begun = True
        seen.add(words)
        last = words


def _labels(lines: list[_Line], title: str) -> int:
    """The number of lines above the headline, where they are short: the section, the menu, the date. 0 without one."""
    for number, line in enumerate([line for line in lines if line.words][: _ABOVE + 1]):
        if title and _bare(line.words) == title:
            return lines.index(line) if number else 0
        if len(line.words) > _LABEL or line.words.endswith((".", "!", "?", "”", '"')):
            return 0
    return 0


def _is_slogan(words: str, outlets: tuple[str, ...]) -> bool:
    """Whether a folded line is the name of the outlet, or the name and a motto: "the post — news from the harbour"."""
    name = next((name for name in outlets if words.startswith(name)), None)
    if name is None or len(words) > len(name) + _SLOGAN or words.endswith((".", "!", "?", "”", '"')):
        return False
    rest = words[len(name) :]
    return not rest or (_SEPARATOR.match(rest) is not None and not any(character.isdigit() for character in rest))


def _cut_tail(lines: list[_Line]) -> None:
    """Comments to the end of the text, and the headlines of other stories below their heading."""
    total = sum(len(line.words) for line in lines)
    below = total
    last_prose = max((number for number, line in enumerate(lines) if _ends_teasers(line)), default=-1)
    for number, line in enumerate(lines):
        below -= len(line.words)
        if line.kind != _WEAK:
            continue
        comments, teasers = is_comment_heading(line.words), is_teaser_heading(line.words)
        if comments or teasers:
            line.kind = _BOILERPLATE
        if (comments and below <= total * _TAIL) or (teasers and not comments and number >= last_prose):
            for other in lines[number + 1 :]:
                other.kind = _BOILERPLATE if other.words else _BLANK
            return
        if teasers and not comments:
            place = number + 1
            while lines[place].words and not _ends_teasers(lines[place]):  # it ends at the last prose, or before
                lines[place].kind = _BOILERPLATE
                place += 1


def _ends_teasers(line: _Line) -> bool:
    """Whether a line is no headline of another story."""
    return len(line.words) > _TEASER or _is_prose(line.words)


def _is_prose(words: str) -> bool:
    """Whether a line reads as a sentence of an article rather than as a headline."""
    return words.endswith((".", "”", '."', ".)")) and words.count(" ") >= 8


def _trim_edges(text: str, lines: list[_Line]) -> None:
    """Credits, dates and short repeated lines are boilerplate at the beginning and at the end of a text only; a name
    above a credit belongs to it."""
    written = [line for line in lines if line.words]
    for line, below in pairwise(written):
        if line.kind == _BODY and not (below.kind == _WEAK and _NAME.fullmatch(text, line.start, line.end)):
            break
        line.kind = _BOILERPLATE
    for line in reversed(written):
        if line.kind == _BODY:
            break
        line.kind = _BOILERPLATE


def _ranges(lines: list[_Line]) -> Iterator[Span]:
    kept = [number for number, line in enumerate(lines) if line.kind in (_BODY, _WEAK)]
    if not kept:
        return
    first = kept[0]
    for number, following in [*pairwise(kept), (kept[-1], -1)]:
        if following < 0 or any(line.kind == _BOILERPLATE for line in lines[number + 1 : following]):
            yield Span(lines[first].start, lines[number].end)
            first = following
