"""An answer as Markdown."""

import re

from qa.types import Answer, Citation
from qa.window.answer_html import LEADS
from qa.window.html import format_day

__all__ = ["escape_markdown", "markdown"]

_TERMINAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # control sequences could rewrite the screen
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>()#+\-.!|~$&:@^=\"']")


def escape_markdown(text: str) -> str:
    """`text` for Markdown on one line or inside a paragraph: readable as it stands, nothing in it active."""
    return _MARKDOWN.sub(r"\\\g<0>", _TERMINAL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")))


def markdown(answer: Answer) -> str:
    """The answer for a terminal or a note: a lead, then each quote, whole, its sentence in bold, with its source."""
    if not answer.found:
        lines = [f"**Not in your articles.** {escape_markdown(answer.reason)}"]
        if answer.closest:
            lines.append("Closest passages, which are not an answer:")
        return "\n\n".join([*lines, *(_quoted(citation) for citation in answer.closest)]) + "\n"
    lead = LEADS[answer.citations[0].strength]
    notes = [escape_markdown(note) for note in answer.notes]
    return "\n\n".join([lead, *(_quoted(citation) for citation in answer.citations), *notes]) + "\n"


def _quoted(citation: Citation) -> str:
    first, last = citation.sentence_start - citation.start, citation.sentence_end - citation.start
    parts = (citation.text[:first], citation.text[first:last], citation.text[last:])
    before, sentence, after = (escape_markdown(part) for part in parts)
    # Markdown sees bold words only where these marks have a space, or nothing, outside and none inside.
    if sentence == sentence.strip() and before[-1:] in {"", " ", "\n"} and after[:1] in {"", " ", "\n"}:
        sentence = f"**{sentence}**"
    quote = re.sub(r"\n\s*", "\n> ", f"{before}{sentence}{after}".strip())
    facts = [
        citation.title or "Untitled",
        citation.source,
        citation.author,
        format_day(citation.published),
        citation.url,
    ]
    source = ", ".join(escape_markdown(" ".join(fact.split())) for fact in facts if fact)
    copies = ", ".join(escape_markdown(copy.source or copy.title or copy.article_id) for copy in citation.also_in)
    also = f"; also in {copies}" if copies else ""
    return f"\\[{citation.number}\\] {source} ({citation.strength}{also})\n\n> {quote}"
