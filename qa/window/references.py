"""Cited articles as entries for a reference manager: BibTeX, RIS and CSL-JSON.

No library that is kept writes all three from plain values, and none of them is more than escaping.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from qa.types import Citation
from qa.window.plain_text import one_line

__all__ = ["bibtex", "cited_articles", "csl_json", "ris"]

_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
}  # fmt: skip
_NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")


def cited_articles(citations: Iterable[Citation]) -> list[Citation]:
    """The first citation of each article, in order."""
    first: dict[str, Citation] = {}
    for citation in citations:
        first.setdefault(citation.article_id, citation)
    return list(first.values())


def bibtex(citations: Sequence[Citation]) -> str:
    """An @article for each citation. What an author field holds is taken as one name."""
    entries = []
    for key, citation in zip(_keys(citations), citations, strict=True):
        day = citation.published
        # Two braces keep the capitals of a title, and the words of an author field together.
        fields = {
            "title": f"{{{_latex(citation.title) or 'Untitled'}}}",
            "author": f"{{{_latex(citation.author)}}}" if citation.author.strip() else "",
            "journal": _latex(citation.source),
            "year": f"{day.year}" if day else "",
            "month": f"{day.month}" if day else "",
            "day": f"{day.day}" if day else "",
            "pages": f"{citation.page}" if citation.page is not None else "",
            "url": _address(citation.url),
        }
        lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
        entries.append(f"@article{{{key},\n{''.join(lines)}}}\n")
    return "\n".join(entries)


def ris(citations: Sequence[Citation]) -> str:
    """A record of type NEWS for each citation."""
    records = []
    for citation in citations:
        day = citation.published
        fields = [
            ("TY", "NEWS"),
            ("TI", one_line(citation.title) or "Untitled"),
            ("AU", one_line(citation.author)),
            ("T2", one_line(citation.source)),
            ("PY", f"{day.year:04}" if day else ""),
            ("DA", f"{day:%Y/%m/%d}" if day else ""),
            ("SP", f"{citation.page}" if citation.page is not None else ""),
            ("UR", _address(citation.url)),
        ]
        records.append("".join(f"{tag}  - {value}\r\n" for tag, value in fields if value) + "ER  - \r\n")
    return "\r\n".join(records)


def csl_json(citations: Sequence[Citation]) -> str:
    """An item of type article-newspaper for each citation."""
    items = []
    for key, citation in zip(_keys(citations), citations, strict=True):
        day = citation.published
        fields: dict[str, Any] = {
            "id": key,
            "type": "article-newspaper",
            "title": one_line(citation.title) or "Untitled",
            "author": [{"literal": one_line(citation.author)}] if citation.author.strip() else None,
            "container-title": one_line(citation.source),
            "issued": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
            "page": f"{citation.page}" if citation.page is not None else "",
            "URL": _address(citation.url),
        }
        items.append({name: value for name, value in fields.items() if value})
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def _keys(citations: Sequence[Citation]) -> list[str]:
    """A key such as "samplewire2020-1" for each, all different."""
    return [
        f"{_NOT_IN_KEYS.sub('', citation.source.lower()) or 'article'}"
        f"{citation.published.year if citation.published else ''}-{number}"
        for number, citation in enumerate(citations, 1)
    ]


def _latex(text: str) -> str:
    return "".join(_LATEX.get(char, char) for char in one_line(text))


def _address(url: str) -> str:
    """A web address without what would end a field."""
    return "".join({"{": "%7B", "}": "%7D", "\\": "%5C"}.get(char, char) for char in one_line(url))
