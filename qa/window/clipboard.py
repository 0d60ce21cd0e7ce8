"""What "Copy with sources" puts on the clipboard: the question, then each quoted sentence with its by-line."""

import re

from qa.types import Answer, Citation
from qa.window.html import escape, format_day, web_link
from qa.window.shown import spoken

__all__ = ["copied_html", "copied_text", "copy_data"]

# Half a surrogate pair cannot be copied, and a control sequence could act where the text is pasted into a terminal.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def copied_text(answer: Answer) -> str:
    """As plain text: paragraphs with a blank line between them, addresses on lines of their own."""
    quotes = [_quote_text(citation) for citation in spoken(answer.citations)]
    return "\n\n".join([_clean(answer.question).strip(), *quotes]) + "\n"


def copied_html(answer: Answer) -> str:
    """As HTML, which a word processor or a mail takes over with its links."""
    quotes = (_quote_html(citation) for citation in spoken(answer.citations))
    return f'<p dir="auto"><b>{escape(_clean(answer.question).strip())}</b></p>{"".join(quotes)}'


def copy_data(answer: Answer) -> str:
    """Both, as hidden elements whose text content is what to copy."""
    return (
        f'<pre class="copied" hidden>{escape(copied_text(answer))}</pre>'
        f'<pre class="copied-html" hidden>{escape(copied_html(answer))}</pre>'
    )


def _quote_text(citation: Citation) -> str:
    lines = [f"“{_clean(citation.sentence)}”", f"— {', '.join(_byline(citation))}", _one_line(citation.url)]
    return "\n".join(line for line in lines if line)


def _quote_html(citation: Citation) -> str:
    title, *others = map(escape, _byline(citation))
    byline = ", ".join([f"<cite>{title}</cite>", *others, *filter(None, [web_link(_one_line(citation.url))])])
    return (
        f'<blockquote dir="auto"><p>“{escape(_clean(citation.sentence))}”</p></blockquote><p dir="auto">— {byline}</p>'
    )


def _byline(citation: Citation) -> list[str]:
    page = f"page {citation.page}" if citation.page is not None else ""
    facts = (citation.title.strip() or "Untitled", citation.source, citation.author, format_day(citation.published))
    return [fact for fact in (*map(_one_line, facts), page) if fact]


def _one_line(text: str) -> str:
    return _clean(" ".join(text.split()))


def _clean(text: str) -> str:
    return _UNSAFE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
