"""What can be done with an answer, as HTML: copy it, take the conversation along, link to the question."""

from urllib.parse import quote

from qa.types import Answer
from qa.window.clipboard import copy_data
from qa.window.html import escape

__all__ = ["EXPORTS", "link_to", "tools_html"]

EXPORTS = {
    "markdown": "Conversation as Markdown",
    "html": "Conversation as HTML",
    "json": "Conversation as JSON",
    "bibtex": "Cited articles as BibTeX",
    "ris": "Cited articles as RIS",
    "csl": "Cited articles as CSL-JSON",
}


def tools_html(answer: Answer) -> str:
    """The tools above the sources of an answer; a refusal has nothing to copy."""
    items = "".join(f'<li><a href="#export-{name}">{label}</a></li>' for name, label in EXPORTS.items())
    link = f"<li>{link_to('Copy a link to this question', q=answer.question)}</li>"
    copy = f'<button type="button" class="copy">Copy with sources</button>{copy_data(answer)}' if answer.found else ""
    export = f'<details class="export"><summary>Export</summary><ul>{items}{link}</ul></details>'
    return f'<div class="tools">{copy}{export}</div>'


def link_to(label: str, **parameters: str | int) -> str:
    """A link to the window itself, whose address is copied by a click; `parameters` are of the address."""
    address = "&".join(
        f"{name}={quote(str(value).encode('utf-8', 'replace'), safe='')}" for name, value in parameters.items()
    )
    return f'<a class="permalink" href="?{escape(address)}">{label}</a>'
