"""What "Copy with sources" puts on the clipboard: the question, each quoted sentence with its by-line, then which other
sources say the same, and which figures differ."""

from qa.types import Answer, Citation
from qa.window.agreement_taken import agreement_html, agreement_text
from qa.window.html import escape
from qa.window.plain_text import byline, byline_html, clean, one_line
from qa.window.shown import spoken

__all__ = ["copied_html", "copied_text", "copy_data"]


def copied_text(answer: Answer) -> str:
    """As plain text: paragraphs with a blank line between them, addresses on lines of their own."""
    quotes = [_quote_text(citation) for citation in spoken(answer.citations)]
    return "\n\n".join([clean(answer.question).strip(), *quotes, *agreement_text(answer)]) + "\n"


def copied_html(answer: Answer) -> str:
    """As HTML, which a word processor or a mail takes over with its links."""
    quotes = (_quote_html(citation) for citation in spoken(answer.citations))
    return f'<p dir="auto"><b>{escape(clean(answer.question).strip())}</b></p>{"".join(quotes)}{agreement_html(answer)}'


def copy_data(answer: Answer) -> str:
    """Both, as hidden elements whose text content is what to copy."""
    return (
        f'<pre class="copied" hidden>{escape(copied_text(answer))}</pre>'
        f'<pre class="copied-html" hidden>{escape(copied_html(answer))}</pre>'
    )


def _quote_text(citation: Citation) -> str:
    lines = [f"“{clean(citation.sentence)}”", f"— {', '.join(byline(citation))}", one_line(citation.url)]
    return "\n".join(line for line in lines if line)


def _quote_html(citation: Citation) -> str:
    said = f"“{escape(clean(citation.sentence))}”"
    return f'<blockquote dir="auto"><p>{said}</p></blockquote><p dir="auto">— {byline_html(citation)}</p>'
