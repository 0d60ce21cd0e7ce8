"""An answer as Markdown."""

import re

from qa.agreement import difference, reported
from qa.types import Answer, Citation, Statement
from qa.window.answer_html import LEADS
from qa.window.html import format_day
from qa.window.plain_text import clean, one_line, quote_parts

__all__ = ["escape_markdown", "markdown"]

_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>()#+\-.!|~$&:@^=\"']")


def escape_markdown(text: str) -> str:
    """`text` for Markdown on one line or inside a paragraph: readable as it stands, nothing in it active."""
    return _MARKDOWN.sub(r"\\\g<0>", clean(text))


def markdown(answer: Answer) -> str:
    """The answer for a terminal or a note: a lead, then each quote, whole, its sentence in bold, with its source."""
    if not answer.found:
        lines = [f"**Not in your articles.** {escape_markdown(answer.reason)}"]
        if answer.closest:
            lines.append("Closest passages, which are not an answer:")
        return "\n\n".join([*lines, *(_quoted(citation) for citation in answer.closest)]) + "\n"
    lead = LEADS[answer.citations[0].strength]
    notes = [escape_markdown(note) for note in answer.notes]
    quotes = [_quoted(citation) for citation in answer.citations]
    return "\n\n".join([lead, *quotes, *_agreement(answer), *notes]) + "\n"


def _agreement(answer: Answer) -> list[str]:
    """Which other sources say the same, and a list of the different figures."""
    also = [f"{escape_markdown(one_line(reported(answer)))}\\."] if answer.corroboration else []
    if not answer.figures:
        return also
    return [*also, f"{difference(answer)}:", "\n".join(map(_figure, answer.figures))]


def _figure(one: Statement) -> str:
    known = (format_day(one.published), one.source)
    facts = ", ".join(escape_markdown(one_line(fact)) for fact in known if fact)
    number = f" \\[{one.number}\\]" if one.number is not None else ""
    return f"- {facts}{number}: **{escape_markdown(one_line(one.text))}**: {escape_markdown(one_line(one.sentence))}"


def _quoted(citation: Citation) -> str:
    before, sentence, after = map(escape_markdown, quote_parts(citation))
    # Markdown sees bold words only where these marks have a space, or nothing, outside and none inside.
    if sentence == sentence.strip() and before[-1:] in {"", " ", "\n"} and after[:1] in {"", " ", "\n"}:
        sentence = f"**{sentence}**"
    quote = re.sub(r"\n\s*", "\n> ", f"{before}{sentence}{after}".strip())
    day = format_day(citation.published)
    facts = [citation.title or "Untitled", citation.source, citation.author, day, citation.url]
    source = ", ".join(escape_markdown(one_line(fact)) for fact in facts if fact)
    copies = ", ".join(escape_markdown(copy.source or copy.title or copy.article_id) for copy in citation.also_in)
    also = f"; also in {copies}" if copies else ""
    return f"\\[{citation.number}\\] {source} ({citation.strength}{also})\n\n> {quote}"
