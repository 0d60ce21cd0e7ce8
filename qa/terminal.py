"""Answer -> text for a terminal."""

import textwrap

from index.command import PICTURES
from qa.agreement import difference, reported
from qa.types import Answer, Citation, Statement

__all__ = ["one_line", "terminal"]

_WIDTH = 100  # view: columns; longer lines are hard to read
_DEEPER = " " * 8  # view: below a line that is set in by four
_PICTURES = PICTURES | {ord("\n"): ord("\n"), ord("\t"): ord("\t"), ord("\r"): ord("\n")}  # a quote has lines
_MARK = ("\x1b[1;4m", "\x1b[0m")


def terminal(answer: Answer, *, color: bool = False, explain: bool = False) -> str:
    """The answer as text, its quotes in lines of at most 100 columns; the sentence that answers is bold, or stands
    between » and «. With `explain`, each citation is followed by its confidence and its features with their weights.

    Control characters of an article, which could steer the terminal, are shown as pictures of themselves.
    """
    if answer.found:
        parts = [_citation(citation, color, explain) for citation in answer.citations]
        return "\n\n".join([*parts, *_agreement(answer), *_remarks(answer)])
    parts = [one_line(f"Not in your articles. {answer.reason}")]
    if answer.closest:
        parts.append("The closest passages, which are not an answer:")
        parts.extend(_citation(citation, color, explain) for citation in answer.closest[:3])
    return "\n\n".join([*parts, *_remarks(answer)])


def _remarks(answer: Answer) -> list[str]:
    earlier = " / ".join(answer.read_as)
    read_as = [f"read together with: {earlier}"] if earlier else []
    return [one_line(f"({said})") for said in (*read_as, *answer.notes)]


def _agreement(answer: Answer) -> list[str]:
    """Which other sources say the same, and the different figures, oldest first."""
    also = [one_line(f"{reported(answer)}.")] if answer.corroboration else []
    if not answer.figures:
        return also
    return [*also, "\n".join([f"{difference(answer)}:", *map(_figure, answer.figures)])]


def _figure(one: Statement) -> str:
    day = one.published.isoformat() if one.published else "undated"
    number = f"[{one.number}]" if one.number is not None else ""
    head = "  ".join(filter(None, (day, one_line(one.text), one_line(one.source), number)))
    lines = textwrap.wrap(one_line(one.sentence), _WIDTH, initial_indent=_DEEPER, subsequent_indent=_DEEPER)
    return "\n".join([f"    {head}", *lines])


def one_line(text: str) -> str:
    """Words of an article or a person on one line, with control characters as pictures of themselves."""
    return _safe(" ".join(text.split()))


def _citation(citation: Citation, color: bool, explain: bool) -> str:
    day = citation.published.isoformat() if citation.published else "undated"
    page = f"p. {citation.page}" if citation.page else ""
    ocr = "read by OCR" if citation.read_by_ocr else ""
    known = (citation.source, day, page, ocr, citation.strength, citation.article_id)
    facts = " · ".join(fact for fact in known if fact)
    begin, end = citation.sentence_start - citation.start, citation.sentence_end - citation.start
    opening, closing = _MARK if color else ("»", "«")
    before, sentence, after = map(_safe, (citation.text[:begin], citation.text[begin:end], citation.text[end:]))
    quote = f"{before}{opening}{sentence}{closing}{after}"
    lines = [f"[{citation.number}] {one_line(citation.title) or '(untitled)'}", f"    {one_line(facts)}"]
    for paragraph in quote.splitlines():
        lines += textwrap.wrap(paragraph, _WIDTH, initial_indent="    ", subsequent_indent="    ")
    if citation.also_in:
        others = "; ".join(copy.source or copy.article_id for copy in citation.also_in)
        lines.append(f"    also in: {one_line(others)}")
    if explain:
        lines.append(f"    confidence {citation.confidence:.2f}, score {citation.score:.3f} =")
        rows = citation.explain().items()
        lines += [f"    {row['product']:8.3f}  {name} {row['value']:.3f} x {row['weight']:.3f}" for name, row in rows]
    return "\n".join(lines)


def _safe(text: str) -> str:
    return text.replace("\r\n", "\n").translate(_PICTURES)
