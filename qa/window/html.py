"""Answers as HTML for the window and as Markdown for a terminal or a note; the only place that escapes.

What articles and people wrote reaches a page through `escape` alone, which leaves no character of theirs that HTML,
Markdown, LaTeX or a template engine could act on, and yet shows every one of them. Each piece of HTML is one
line, because a blank line ends a block of HTML inside Markdown.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING

from qa.types import Answer, Citation

if TYPE_CHECKING:
    from index.store.catalog import StoredArticle

__all__ = [
    "GONE",
    "WELCOME",
    "answer_html",
    "article_html",
    "citation_at",
    "conversations_html",
    "day",
    "escape",
    "escape_markdown",
    "markdown",
    "notice_html",
    "question_html",
    "sources_html",
    "spoken",
    "status_html",
    "web_link",
]

_SPOKEN = 3  # sentences in the answer itself; further citations are named by number and stand among the sources
_ACTIVE = re.compile(r"[\t\n\r!-/:-@\[-`{-~]")  # ASCII punctuation and the white space that Markdown acts on
_UNSHOWABLE = re.compile("[\x00\ud800-\udfff]")  # HTML drops NUL, and UTF-8 cannot carry half a surrogate pair
_TERMINAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # control sequences could rewrite the screen
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>()#+\-.!|~$&:@^=\"']")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_LINE_END = re.compile(r"(?:&#13;)?&#10;")
_WEB = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_REFERENCE = re.compile(r"m(\d{1,6})-([cn])(\d{1,6})(?:-a(\d{1,6}))?")
WELCOME = (
    '<div class="welcome"><h2>What do your articles say?</h2><p>Every answer is a quotation, word for word, '
    "with its source beside it. What the articles do not say, you will not be told.</p></div>"
)
GONE = (
    '<article class="reader" aria-label="Article"><p class="reader-bar"><a class="close" href="#close">'
    '← Back to sources</a></p><h2 tabindex="-1">No longer here</h2>'
    '<p class="notice">This article is no longer in the index; ask again to see what is.</p></article>'
)
_LEADS = {
    "strong": "In your articles’ own words:",
    "fair": "The closest words in your articles, a fair match:",
    "weak": "Only a weak match in your articles; read it with care:",
}


def escape(text: str) -> str:
    """HTML that shows exactly the characters of `text` and is inert in HTML, Markdown, LaTeX and templates alike.

    All ASCII punctuation, tabs and line ends become numeric references, so no address is made into a link either.
    NUL and halves of surrogate pairs, which no page can hold, are shown as U+FFFD.
    """
    return _ACTIVE.sub(lambda match: f"&#{ord(match.group())};", _UNSHOWABLE.sub("\ufffd", text))


def escape_markdown(text: str) -> str:
    """`text` for Markdown on one line or inside a paragraph: readable as it stands, nothing in it active."""
    return _MARKDOWN.sub(r"\\\g<0>", _TERMINAL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")))


def day(published: date | None) -> str:
    """A date as a newspaper writes it, such as "3 January 2020", or "undated"."""
    return f"{published.day} {published:%B} {published.year}" if published else "undated"


def citation_at(answers: Sequence[Answer], reference: str) -> Citation | None:
    """The citation that a link such as `m0-c1` means: answer 0, citation 1. `n` stands for a closest passage that is
    no answer, `-a2` for the second folded copy. None where there is no such thing."""
    match = _REFERENCE.fullmatch(reference)
    if match is None or int(match[1]) >= len(answers):
        return None
    answer = answers[int(match[1])]
    found: Sequence[Citation] = answer.citations if match[2] == "c" else answer.closest
    for number in (match[3], match[4]):
        if number is not None:
            if not 1 <= int(number) <= len(found):
                return None
            citation = found[int(number) - 1]
            found = citation.also_in
    return citation


def question_html(question: str) -> str:
    """A question as it stands in the conversation."""
    return f'<p class="question" dir="auto">{escape(question)}</p>'


def answer_html(answer: Answer, turn: int, limits: str = "") -> str:
    """The answer as it stands in the conversation: a lead, the marked sentences, their numbers; or the refusal.
    `limits` says which articles alone were searched."""
    if not answer.found:
        return _refusal(answer, turn, limits)
    chosen = spoken(answer.citations)
    quotes = "".join(
        f'<p class="said"><q dir="auto">{escape(citation.sentence)}</q> {_mark(citation, turn, "c")} '
        f'<span class="by">{_byline(citation)}</span></p>'
        for citation in chosen
    )
    rest = [citation for citation in answer.citations if citation not in chosen]
    more = f'<p class="more">See also {" ".join(_mark(c, turn, "c") for c in rest)}</p>' if rest else ""
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in answer.notes) + _limits(limits)
    lead = _LEADS[answer.citations[0].strength]
    return f'<div class="answer"><p class="lead">{lead}</p>{quotes}{more}{notes}</div>'


def notice_html(message: str) -> str:
    """A message of the program's own in the conversation, such as that it is still reading."""
    return f'<p class="notice">{escape(message)}</p>'


def sources_html(answer: Answer | None, turn: int, copied: str = "") -> str:
    """The panel of sources that belongs to an answer: a card for each citation, in order. `copied` is HTML that holds
    what its button copies."""
    if answer is None or not answer.found:
        words = "The articles behind an answer appear here." if answer is None else "No article is cited."
        return (
            f'<section class="sources empty" aria-label="Sources"><h2>Sources</h2><p class="hint">{words}</p></section>'
        )
    cards = "".join(_card(citation, turn, "c") for citation in answer.citations)
    return (
        '<section class="sources" aria-label="Sources"><h2>Sources</h2>'
        '<button type="button" class="copy">Copy with sources</button>'
        f'{copied}<ol class="cards">{cards}</ol></section>'
    )


def article_html(article: "StoredArticle", citation: Citation, *, changed: bool | None = False) -> str:
    """The stored article, whole, with the cited passage tinted, its sentence marked, and page furniture greyed.

    Where the stored text no longer holds the quote (the index was rebuilt in between), it says so and marks nothing.
    `changed`: whether the article's file differs from what was read; None where the file cannot be looked at.
    """
    same = article.text[citation.start : citation.end] == citation.text
    cuts = {0, len(article.text)}
    cuts.update(edge for span in article.body for edge in (span.start, span.end))
    if same:
        cuts.update((citation.start, citation.end, citation.sentence_start, citation.sentence_end))
    # Where single line ends part the paragraphs, they are shown with some space, which the style sheet gives them.
    loose = _BLANK_LINE.search(article.text) is None
    pieces = []
    for start, end in pairwise(sorted(cuts)):
        text = escape(article.text[start:end])
        if loose:
            text = _LINE_END.sub(r'<span class="end">\g<0></span>', text)
        if same and citation.sentence_start <= start < citation.sentence_end:
            pieces.append(f'<mark class="passage">{text}</mark>')
        elif same and citation.start <= start < citation.end:
            pieces.append(f'<span class="passage">{text}</span>')
        elif any(span.start <= start < span.end for span in article.body):
            pieces.append(f"<span>{text}</span>")
        else:
            pieces.append(f'<span class="furniture">{text}</span>')
    warnings = [] if same else ["The articles were read again after this answer, and this text has changed since."]
    if changed:
        warnings.append("The file has changed since it was read; this is the text as it was read.")
    facts = _dots([_fact(article.source), _fact(article.author), _time(article.published)])
    # Where on this computer an archive lies is no reader's business; an id that ends the path says which file it is.
    place = article.id if article.path.endswith(article.id) else PurePath(article.path).name
    origin = _dots([web_link(article.url), _fact(place)])
    return (
        f'<article class="reader" aria-label="Article"><p class="reader-bar"><a class="close" href="#close">'
        f"← Back to sources</a></p>"
        f'<h2 tabindex="-1" dir="auto">{_title(article.title)}</h2>'
        f'<p class="facts">{facts}<span class="line">{origin}</span></p>'
        + "".join(f'<p class="notice">{escape(warning)}</p>' for warning in warnings)
        + f'<div class="article-text" dir="auto">{"".join(pieces)}</div></article>'
    )


def status_html(words: str, *, done: int = 0, total: int = 0, state: str = "ready") -> str:
    """The line under the title of the window, with a bar while something of known length is going on."""
    bar = f'<progress max="{total}" value="{done}" aria-label="Progress"></progress>' if total else ""
    return f'<div class="status {state}" role="status"><span>{escape(words)}</span>{bar}</div>'


def conversations_html(titles: Iterable[tuple[str, str]], current: str) -> str:
    """Links to earlier conversations, given as (identifier, title); identifiers are letters and digits."""
    items = "".join(
        f'<li><a href="#chat-{escape(key)}"{" aria-current=" + chr(34) + "true" + chr(34) if key == current else ""} '
        f'dir="auto">{escape(title)}</a></li>'
        for key, title in titles
    )
    return (
        f'<ul class="chats">{items}</ul>' if items else '<p class="chats">Conversations are kept in this browser.</p>'
    )


def markdown(answer: Answer) -> str:
    """The answer for a terminal or a note: a lead, then each quote, whole, its sentence in bold, with its source."""
    if not answer.found:
        lines = [f"**Not in your articles.** {escape_markdown(answer.reason)}"]
        if answer.closest:
            lines.append("Closest passages, which are not an answer:")
        return "\n\n".join([*lines, *(_quoted(citation) for citation in answer.closest)]) + "\n"
    lead = _LEADS[answer.citations[0].strength]
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
    facts = [citation.title or "Untitled", citation.source, citation.author, day(citation.published), citation.url]
    source = ", ".join(escape_markdown(" ".join(fact.split())) for fact in facts if fact)
    copies = ", ".join(escape_markdown(copy.source or copy.title or copy.article_id) for copy in citation.also_in)
    also = f"; also in {copies}" if copies else ""
    return f"\\[{citation.number}\\] {source} ({citation.strength}{also})\n\n> {quote}"


def _refusal(answer: Answer, turn: int, limits: str) -> str:
    closest = ""
    if answer.closest:
        cards = "".join(_card(citation, turn, "n") for citation in answer.closest)
        closest = (
            '<details class="closest"><summary>Closest passages — not an answer</summary>'
            f'<ol class="cards">{cards}</ol></details>'
        )
    return (
        f'<div class="refusal"><p class="refusal-title">Not in your articles</p>'
        f"<p>{escape(answer.reason)}</p>{_limits(limits)}{closest}</div>"
    )


def _limits(limits: str) -> str:
    return f'<p class="note limits">{escape(limits)}</p>' if limits else ""


def spoken(citations: Sequence[Citation]) -> list[Citation]:
    """The citations whose sentences make the answer: one each of the first few articles, weak ones only if all are."""
    chosen: list[Citation] = []
    for citation in citations:
        if citation.strength == "weak" and chosen and chosen[0].strength != "weak":
            continue
        spoken = {(other.article_id, other.sentence) for other in chosen}
        if len(chosen) < _SPOKEN and not any(citation.article_id == a or citation.sentence == s for a, s in spoken):
            chosen.append(citation)
    return chosen


def _card(citation: Citation, turn: int, kind: str) -> str:
    first, last = citation.sentence_start - citation.start, citation.sentence_end - citation.start
    text = citation.text
    reference = f"#m{turn}-{kind}{citation.number}"
    facts = [_fact(citation.source), _time(citation.published), _fact(citation.author)]
    facts.append(f'<span class="strength {citation.strength}">{citation.strength} match</span>')
    also = ", ".join(
        f'<a href="{reference}-a{place}"><bdi>{escape(copy.source or copy.title or "another article")}</bdi></a>'
        f" ({_time(copy.published)})"
        for place, copy in enumerate(citation.also_in, 1)
    )
    return (
        f'<li class="card"><a class="card-title" href="{reference}"><span class="number">{citation.number}</span> '
        f'<bdi class="headline">{_title(citation.title)}</bdi></a><p class="facts">{_dots(facts)}</p>'
        f'<blockquote class="quote" dir="auto">{escape(text[:first])}<mark>{escape(text[first:last])}</mark>'
        f"{escape(text[last:])}</blockquote>" + (f'<p class="also">Also in {also}</p>' if also else "") + "</li>"
    )


def _mark(citation: Citation, turn: int, kind: str) -> str:
    where = escape(f"{citation.title or 'Untitled'}, {citation.source or 'unknown source'}, {day(citation.published)}")
    reference = f"#m{turn}-{kind}{citation.number}"
    return f'<a class="cite" href="{reference}" title="{where}">&#91;{citation.number}&#93;</a>'


def _byline(citation: Citation) -> str:
    return _dots([_fact(citation.source), _time(citation.published)])


def _title(title: str) -> str:
    return escape(title) if title.strip() else "Untitled"


def _fact(words: str) -> str:
    return f"<bdi>{escape(words)}</bdi>" if words else ""


def _time(published: date | None) -> str:
    return f'<time datetime="{published.isoformat()}">{day(published)}</time>' if published else "<span>undated</span>"


def web_link(url: str) -> str:
    """A link only for a plain web address; anything else is shown as the text it is."""
    if not _WEB.fullmatch(url):
        return _fact(url)
    return (
        f'<a class="original" href="{escape(url)}" target="_blank" rel="noopener noreferrer nofollow">{escape(url)}</a>'
    )


def _dots(facts: Iterable[str]) -> str:
    return ' <span class="dot">·</span> '.join(fact for fact in facts if fact)
