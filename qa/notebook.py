"""Answers and citations as a notebook shows them, and as rows of a table."""

from typing import Any

from qa.agreement import difference, reported
from qa.escaping import escape, is_web_address
from qa.types import Answer, Citation, Statement

__all__ = ["answer_html", "citation_html", "rows", "short_answer", "short_citation"]

_SHORT = 80  # view: characters of a sentence in one line
# Colours are the notebook's own, light or dark; only what is marked has one.
_MARK = "background:#fbe08d;color:#1d1a16"
_QUOTE = "margin:.3em 0;padding-left:.8em;border-left:3px solid #8888;white-space:pre-wrap"


def short_citation(citation: Citation) -> str:
    """One line: number, sentence, and where it stands."""
    day = citation.published.isoformat() if citation.published else "undated"
    where = ", ".join(filter(None, (citation.title, citation.source, day)))
    return f"<Citation {citation.number} {citation.strength}: {_cut(citation.sentence)!r} ({where})>"


def short_answer(answer: Answer) -> str:
    """One line: the sentence that most likely answers, and how many citations there are; or that there is none."""
    if not answer.found:
        return f"<Answer: not in the articles ({_cut(answer.reason)})>"
    best, count = answer.citations[0], len(answer.citations)
    cited = f"{count} citation{'s' if count > 1 else ''}"
    return f"<Answer {answer.confidence:.2f}: {_cut(best.sentence)!r} ({cited}, first {best.article_id!r})>"


def answer_html(answer: Answer) -> str:
    """The question and its citations; or the reason, with the closest passages folded."""
    head = f"<p><b>{escape(answer.question)}</b></p>"
    if answer.found:
        return f"<div>{head}{''.join(map(citation_html, answer.citations))}{_agreement_html(answer)}</div>"
    closest = "".join(map(citation_html, answer.closest))
    fold = f"<details><summary>The closest passages, which are not an answer</summary>{closest}</details>"
    return f"<div>{head}<p>Not in the articles. {escape(answer.reason)}</p>{fold if closest else ''}</div>"


def _agreement_html(answer: Answer) -> str:
    """Which other sources say the same, and the different figures, oldest first."""
    also = f'<p dir="auto">{escape(reported(answer))}.</p>' if answer.corroboration else ""
    if not answer.figures:
        return also
    return f"{also}<p>{difference(answer)}:</p><ol>{''.join(map(_figure_html, answer.figures))}</ol>"


def _figure_html(one: Statement) -> str:
    day = one.published.isoformat() if one.published else "undated"
    facts = " · ".join(escape(fact) for fact in (day, one.source) if fact)
    number = f" [{one.number}]" if one.number is not None else ""
    return f'<li dir="auto">{facts}{number}: <b>{escape(one.text)}</b><br><q>{escape(one.sentence)}</q></li>'


def citation_html(citation: Citation) -> str:
    """The quote with the sentence marked, and where it stands."""
    first, last = citation.sentence_start - citation.start, citation.sentence_end - citation.start
    before, sentence, after = map(escape, (citation.text[:first], citation.text[first:last], citation.text[last:]))
    title = f"<cite>{escape(citation.title or citation.article_id)}</cite>"
    if is_web_address(citation.url):
        title = f'<a href="{escape(citation.url)}" rel="noopener noreferrer nofollow">{title}</a>'
    day = citation.published.isoformat() if citation.published else "undated"
    ocr = "read by OCR" if citation.read_by_ocr else ""
    facts = " · ".join([title, *(escape(fact) for fact in (citation.source, day, ocr, citation.strength) if fact)])
    copies = ", ".join(escape(copy.source or copy.article_id) for copy in citation.also_in)
    return (
        f'<div dir="auto">[{citation.number}] {facts}{f" · also in {copies}" if copies else ""}'
        f'<blockquote style="{_QUOTE}">{before}<mark style="{_MARK}">{sentence}</mark>{after}</blockquote></div>'
    )


def rows(answer: Answer) -> list[dict[str, Any]]:
    """A row for each citation, or for each closest passage where nothing is cited: plain values, no nested ones. The
    day is a date; `found` tells the two apart."""
    left_out = ("features", "also_in")
    return [
        {
            "question": answer.question,
            "found": answer.found,
            **{name: getattr(one, name) for name in one.__slots__ if name not in left_out},
            "also_in": ", ".join(copy.source or copy.article_id for copy in one.also_in),
        }
        for one in answer.citations or answer.closest
    ]


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHORT else f"{words[: _SHORT - 1]}…"
