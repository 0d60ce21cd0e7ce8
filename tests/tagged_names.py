"""Articles whose people, organisations and places are tagged by hand, and how much of it the rules find.

In tests/golden/entities/, "== STYLE" begins an article and each line is a sentence: [Name|p] is a person, |o an
organisation, |l a place, and [Kim|p:Kim Do-hyun] a person whose whole name the article has. Titles are no part of a
name; nationalities, events, laws, ships and storms are not tagged; a team is an organisation.
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from index.types import KINDS, Kind, Span

__all__ = ["HELD_OUT", "TAGGED", "Tag", "Tagged", "measure", "read"]

FOLDER = Path(__file__).parent / "golden" / "entities"
TAGGED, HELD_OUT = FOLDER / "tagged.txt", FOLDER / "held_out.txt"
_TAG = re.compile(r"\[([^\]|]+)\|([pol])(?::([^\]]+))?\]")
_CODES: dict[str, Kind] = {"p": "person", "o": "organisation", "l": "place"}


@dataclass(frozen=True)
class Tag:
    span: Span
    kind: Kind
    name: str


@dataclass(frozen=True)
class Tagged:
    style: str
    text: str
    tags: list[Tag]


def read(path: Path) -> list[Tagged]:
    """The articles of a file; on the web each sentence is a paragraph."""
    articles = []
    for part in re.split(r"^== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        style, *lines = part.strip().split("\n")
        text, tags = "", []
        for line in lines:
            text += ("\n\n" if style == "web" else " ") if text else ""
            place = 0
            for match in _TAG.finditer(line):
                text += line[place : match.start()]
                span = Span(len(text), len(text) + len(match[1]))
                tags.append(Tag(span, _CODES[match[2]], match[3] or match[1]))
                text += match[1]
                place = match.end()
            text += line[place:]
        articles.append(Tagged(style, text, tags))
    return articles


def measure(path: Path) -> tuple[dict[str, tuple[float, float, int]], list[str]]:
    """Precision, recall and number of tagged mentions by kind; and in words what is wrong. A mention is right if its
    span and its kind are."""
    from index.entities.recognise import mentions_of

    right, found, wanted = Counter[str](), Counter[str](), Counter[str]()
    wrong = []
    for article in read(path):
        got = {
            (mention.span, mention.kind): mention for mention in mentions_of(article.text, [Span(0, len(article.text))])
        }
        tags = {(tag.span, tag.kind): tag for tag in article.tags}
        for (span, kind), mention in got.items():
            found[kind] += 1
            right[kind] += (span, kind) in tags
            if (span, kind) not in tags:
                wrong.append(f"{article.style}: {span.of(article.text)!r} is no {kind} ({mention.name})")
            elif tags[span, kind].name.casefold() != mention.name.casefold():
                wrong.append(f"{article.style}: {span.of(article.text)!r} joined to {mention.name!r}")
        for (span, kind), tag in tags.items():
            wanted[kind] += 1
            if (span, kind) not in got:
                wrong.append(f"{article.style}: {kind} {tag.span.of(article.text)!r} is not found")
    return {
        kind: (right[kind] / max(1, found[kind]), right[kind] / wanted[kind], wanted[kind]) for kind in KINDS
    }, wrong
