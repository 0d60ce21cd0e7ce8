"""Which ranges of a text are the article itself, and which are page furniture."""

import re
from collections.abc import Iterator

from index.types import Article, Span

__all__ = ["Repeats", "body_spans", "front_matter_end", "is_furniture_line", "line_keys"]

_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(?:.*\n){0,200}?(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_WORDS = frozenset(
    {"search", "menu", "home", "comments", "comment", "share", "tweet", "print", "email", "advertisement", "subscribe"}
    | {"sign in", "log in", "login", "read more", "read more:", "leave a reply", "leave a comment", "twitter picture"}
    | {"facebook photo", "google photo", "cancel", "cancel reply", "skip to content", "related articles"}
)
_PATTERNS = re.compile(
    r"^(?:fill in your details below|you are commenting using your|connecting to %s|"
    r"we will use the (?:details|information) you have|would you like to receive|"
    r"1\. how relevant is this ad|video player was slow to load|leave a reply)",
    re.I,
)


def front_matter_end(text: str) -> int:
    """The offset at which a front matter block between lines of `---` ends; 0 when there is none."""
    match = _FRONT_MATTER.match(text)
    return match.end() if match and ":" in match[0] else 0


def is_furniture_line(line: str) -> bool:
    """Whether a line is page furniture wherever it stands."""
    words = " ".join(line.split()).casefold()
    return words in _WORDS or bool(_PATTERNS.match(words))


def line_keys(article: Article) -> frozenset[int]:
    """64-bit hashes of the article's lines."""
    return frozenset()


class Repeats:
    """Lines that many articles of one source share."""

    def add(self, source: str, keys: frozenset[int]) -> None:
        """Count an article's lines."""

    def is_repeated(self, source: str, key: int) -> bool:
        """Whether a line is furniture of its source."""
        return False


def _lines(text: str, start: int) -> Iterator[tuple[int, int]]:
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def body_spans(article: Article, repeats: Repeats | None = None) -> tuple[Span, ...]:
    """The ranges of `article.text` that are the article itself: sorted, disjoint; () when it is furniture only."""
    text = article.text
    spans: list[Span] = []
    begin = last = -1
    seen: set[str] = set()
    title = " ".join(article.title.split())
    for start, end in _lines(text, front_matter_end(text)):
        line = text[start:end].strip()
        if not line:
            continue
        bad = is_furniture_line(line) or line in seen or " ".join(line.lstrip("# ").split()) == title
        seen.add(line)
        if bad:
            if begin >= 0:
                spans.append(Span(begin, last))
            begin = -1
            continue
        if begin < 0:
            begin = start + (len(text[start:end]) - len(text[start:end].lstrip()))
        last = start + len(text[start:end].rstrip())
    if begin >= 0:
        spans.append(Span(begin, last))
    if not spans and title and text.strip() and not is_furniture_line(text.strip()):
        body = text.strip()
        at = text.index(body)
        return (Span(at, at + len(body)),)
    return tuple(spans)
