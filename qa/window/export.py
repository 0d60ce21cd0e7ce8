"""A conversation, and the articles that it cites, as files to take along."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from secrets import token_hex

from qa.types import Citation
from qa.window.agreement_taken import agreement_html
from qa.window.conversation import Conversation, Exchange
from qa.window.html import escape
from qa.window.markdown import escape_markdown, markdown
from qa.window.plain_text import byline_html, clean, one_line, quote_parts
from qa.window.program_values import plain
from qa.window.references import bibtex, cited_articles, csl_json, ris
from qa.window.shown import shown

__all__ = ["FORMATS", "download_html", "export"]

_LONGEST = 60  # view: characters of a file name
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Format:
    """The end of a file's name, its media type, and how a conversation is written."""

    suffix: str
    media_type: str
    write: Callable[[Conversation], str]


def export(now: Conversation, name: str) -> tuple[str, str]:
    """The name of a file and its text. Raises KeyError for a format that is not in FORMATS."""
    wanted = FORMATS[name]
    question = now.exchanges[0].form.question if now.exchanges else "conversation"
    words = _NOT_IN_NAMES.sub("-", question.lower())[:_LONGEST].strip("-") or "conversation"
    return f"{words}{wanted.suffix}", wanted.write(now)


def download_html(now: Conversation, name: str) -> str:
    """The file as a hidden element, from which the page makes a download; no two are the same, so that each is seen."""
    file, text = export(now, name)
    return (
        f'<pre class="download" data-name="{escape(file)}" data-type="{FORMATS[name].media_type}" '
        f'data-made="{token_hex()}" hidden>{escape(clean(text))}</pre>'
    )


def _markdown(now: Conversation) -> str:
    return "\n".join(
        f"# {escape_markdown(one_line(turn.form.question))}\n\n{markdown(turn.answer)}" for turn in now.exchanges
    )


def _html(now: Conversation) -> str:
    title = escape(one_line(now.exchanges[0].form.question)) if now.exchanges else "Conversation"
    body = "".join(map(_exchange_html, now.exchanges))
    return (
        f'<!doctype html>\n<html>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        "<style>body{max-width:42em;margin:2em auto;padding:0 1em;font:17px/1.6 Georgia,serif}"
        "mark{background:#fbe08d}blockquote{margin:1em 0;white-space:pre-wrap}</style>\n"
        f"<body>\n{body}</body>\n</html>\n"
    )


def _exchange_html(exchange: Exchange) -> str:
    answer = exchange.answer
    said = "" if answer.found else f"<p><b>Not in your articles.</b> {escape(clean(answer.reason))}</p>\n"
    quotes = "".join(map(_quote_html, shown(answer.citations)))
    return f'<h2 dir="auto">{escape(clean(exchange.form.question))}</h2>\n{said}{quotes}{agreement_html(answer)}'


def _quote_html(citation: Citation) -> str:
    before, sentence, after = (escape(clean(part)) for part in quote_parts(citation))
    return (
        f'<blockquote dir="auto">{before}<mark>{sentence}</mark>{after}</blockquote>\n'
        f'<p dir="auto">[{citation.number}] {byline_html(citation)} ({citation.strength} match)</p>\n'
    )


def _json(now: Conversation) -> str:
    turns = [{"asked": asdict(turn.form), "answer": plain(turn.answer)} for turn in now.exchanges]
    return json.dumps({"conversation": turns}, ensure_ascii=False, indent=1) + "\n"


def _cited(now: Conversation) -> list[Citation]:
    return cited_articles(citation for answer in now.answers for citation in shown(answer.citations))


FORMATS = {  # by the names in tools_html.EXPORTS
    "markdown": Format(".md", "text/markdown", _markdown),
    "html": Format(".html", "text/html", _html),
    "json": Format(".json", "application/json", _json),
    "bibtex": Format(".bib", "application/x-bibtex", lambda now: bibtex(_cited(now))),
    "ris": Format(".ris", "application/x-research-info-systems", lambda now: ris(_cited(now))),
    "csl": Format(".csl.json", "application/vnd.citationstyles.csl+json", lambda now: csl_json(_cited(now))),
}
