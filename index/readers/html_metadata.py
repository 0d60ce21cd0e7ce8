"""Metadata of a web page: title, author, date and site out of JSON-LD, meta tags, its URL and its headline's lines."""

import re
from datetime import date
from html import unescape
from itertools import accumulate
from typing import Any

from index.readers.dates import parse_date
from index.readers.json_ld import PageMetadata, has_local_day, json_ld
from index.readers.text_metadata import byline_of, date_line

__all__ = ["page_metadata"]

_DATES = tuple(
    "article:published_time og:article:published_time datepublished article.published parsely-pub-date "
    "sailthru.date cxenseparse:recs:publishtime dc.date.issued dcterms.created dcterms.date dc.date "
    "dc.date.created pubdate publishdate publish-date publish_date publication_date published_date "
    "article_date_original originalpublicationdate og:pubdate article.created displaydate date".split()
)
_TITLES = ("og:title", "twitter:title", "dc.title", "headline", "title", "sailthru.title", "parsely-title")
_AUTHORS = ("author", "article:author_name", "byl", "parsely-author", "sailthru.author", "dc.creator", "article:author")
_URL_DAY = re.compile(r"[/-]((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:/|-|$)")
_HOST = re.compile(r"https?://(?:www\d?\.|m\.|amp\.)?([^/:?#]+)", re.I)
_UNSEEN = frozenset({"html", "head", "body", "title", "script", "style", "noscript", "meta", "option"})
_ABOVE = 15  # and above it
_NEAR = 60  # pieces of text below the headline among which a page shows its byline and its date
_SPACES = 2_000  # limit, characters: white space around and in a headline
_MARKS = " |–—·•»:-"
_SEPARATOR = re.compile(r" (?:[|–—·•»:]|--?) ")


def page_metadata(tree: Any, url: str = "") -> PageMetadata:
    """The metadata in an lxml tree of a page that was found at `url`.

    JSON-LD is believed before meta tags, and those before the page's own words."""
    meta = _meta(tree)
    stated = json_ld(tree)
    stated.url = _url(tree, meta) or stated.url or url
    host = _HOST.match(stated.url)
    # A syndicated article's JSON-LD may name its agency as publisher; the outlet is the site that it stands on.
    stated.source = _site(meta.get("og:site_name", "")) or stated.source or meta.get("application-name", "")
    stated.source = stated.source or (host[1] if host else "")
    stated.title = _title(tree, meta, stated)
    author = _first(meta, _AUTHORS)
    stated.author = stated.author or ("" if "://" in author else author)
    written = stated.published
    for name in () if written else _DATES:
        written = parse_date(meta.get(name))
        if written:
            stated.sure = has_local_day(meta[name])
            break
    in_url = _url_day(stated.url)
    if not (written and in_url and stated.author):
        byline, shown = _shown(tree, stated.title)
        written = written or _time_element(tree) or shown
        stated.author = stated.author or byline
        in_url = in_url or shown
    stated.published = written if stated.sure else _local(written, in_url)
    stated.author = re.sub(r"^by\s+", "", stated.author, flags=re.I)
    stated.language = (tree.get("lang") or stated.language or meta.get("og:locale", "")).replace("_", "-")[:12]
    return stated


def _local(written: date | None, shown: date | None) -> date | None:
    """Times in markup are often in UTC, where the evening of an American day is the next one; the day in the URL or
    below the headline is the outlet's own. So of two neighbouring days the one that is shown counts."""
    if written is None or (shown and abs((written - shown).days) == 1):
        return shown
    return written


def _shown(tree: Any, title: str) -> tuple[str, date | None]:
    """The author and the day that stand by themselves in a line near the headline: below it, else just above."""
    lines: list[str] = []
    heading = -1
    fallback = next(tree.iter("h1"), None) if not any(_same(element, title) for element in tree.iter("h1")) else None
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in _UNSEEN:
            continue
        if heading < 0 and (element is fallback or _same(element, title)):
            heading = len(lines)
        lines += [line for words in (element.text, element.tail) if (line := " ".join((words or "").split()))]
        if 0 <= heading < len(lines) - _NEAR:
            break
    if heading < 0:
        return "", None
    author = ""
    for line in lines[heading:] + lines[max(0, heading - _ABOVE) : heading][::-1]:
        byline, rest = byline_of(line)
        author = author or byline
        day = date_line(rest) if rest else None
        if day:
            return author, day
    return author, None


def _same(element: Any, title: str) -> bool:
    # Only small elements are worth comparing: the text of a page's outermost ones is the whole page.
    longest = len(title) + _SPACES
    if not title or len(element) >= 6 or any(size > longest for size in accumulate(map(len, element.itertext()))):
        return False
    return " ".join("".join(element.itertext()).split()) == title


def _site(name: str) -> str:
    """A site's name, without the slogan behind a bar."""
    return " ".join(name.split()).split(" | ")[0]


def _meta(tree: Any) -> dict[str, str]:
    """The content of each meta tag, by its name, property or itemprop in lower case; the first one counts."""
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        content = (tag.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop"):
            name = (tag.get(attribute) or "").strip().lower()
            if name and content:
                found.setdefault(name, unescape(content))
    return found


def _title(tree: Any, meta: dict[str, str], stated: PageMetadata) -> str:
    """The headline: of JSON-LD, else of meta tags, else the only h1, else of the window; without the site's name."""
    title = stated.title or _first(meta, _TITLES)
    if not title:
        window = next((" ".join(element.text_content().split()) for element in tree.iter("title")), "")
        headings = [words for h1 in tree.iter("h1") if (words := " ".join(h1.text_content().split()))]
        # The h1 is the headline when it is part of the window's title; when it is not, it may be the site's name.
        title = next((words for words in headings if words in window and 2 * len(words) > len(window)), window)
        title = title or next(iter(headings), "")
    title = " ".join(title.split())
    parts = _SEPARATOR.split(title)
    if len(parts) > 1 and _plain(parts[-1]) in {_plain(stated.source), _plain(stated.source.split(".")[0])}:
        title = title[: title.rindex(parts[-1])].rstrip(_MARKS)
    return _shown_part(tree, title)


def _shown_part(tree: Any, title: str) -> str:
    """The title, or the first part of it where the page shows just that as its headline: what is behind the mark is
    then the name of a section or a site, whatever they call themselves elsewhere."""
    if not _SEPARATOR.search(title):
        return title
    for h1 in tree.iter("h1"):
        words = " ".join(h1.text_content().split())
        if words and title.startswith(words) and _SEPARATOR.match(title, len(words)):
            return words
    return title


def _plain(name: str) -> str:
    return re.sub(r"^the\s*|\.(?:com|co\.uk|org|net)$|\W", "", name.casefold())


def _url(tree: Any, meta: dict[str, str]) -> str:
    for link in tree.iter("link"):
        href = (link.get("href") or "").strip()
        if (link.get("rel") or "").lower() == "canonical" and href.startswith("http"):
            return href
    url = meta.get("og:url", "")
    return url if url.startswith("http") else ""


def _time_element(tree: Any) -> date | None:
    """The day of a <time> marked as publication, or of the only different day among those with a date."""
    days: list[date] = []
    for element in tree.iter("time"):
        day = parse_date(element.get("datetime")) or parse_date(" ".join(element.text_content().split()))
        marks = f"{element.get('itemprop', '')} {element.get('class', '')} {element.get('pubdate', '')}".lower()
        if day and ("publish" in marks or "pubdate" in marks or "pubdate" in element.attrib):
            return day
        if day:
            days.append(day)
    for element in tree.iter("span", "div", "p", "abbr"):
        if element.get("itemprop") == "datePublished":
            return parse_date(element.get("content") or element.get("datetime") or element.text_content())
    return days[0] if len(set(days)) == 1 else None


def _url_day(url: str) -> date | None:
    match = _URL_DAY.search(url)
    return parse_date("-".join(match.groups())) if match else None


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str:
    return next((" ".join(meta[name].split()) for name in names if meta.get(name)), "")
