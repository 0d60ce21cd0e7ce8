"""A question and its answer as they stand in the conversation, as HTML."""

from qa.search.languages import LANGUAGE_NOTE
from qa.search.terms import content_words
from qa.types import Answer, Citation
from qa.window.agreement_html import agreement_html, mark_html
from qa.window.html import dots, encoded, escape, fact_html, time_html
from qa.window.shown import shown, spoken
from qa.window.sources_html import cards_html

__all__ = ["LEADS", "answer_html", "find_link", "mentioned", "notice_html", "question_html"]

LEADS = {
    "strong": "In your articles’ own words:",
    "fair": "The closest words in your articles, a fair match:",
    "weak": "Only a weak match in your articles; read it with care:",
}
_SURE = {
    "strong": "A strong match: nine in ten such passages hold the answer.",
    "fair": "A fair match: it is about this, and may or may not answer.",
    "weak": "A weak match: read it with care.",
}
_STANDS_IN = "' stands in "  # of the note on a name: "'NAME' stands in 3 articles"


def question_html(question: str) -> str:
    """A question as it stands in the conversation."""
    return f'<p class="question" dir="auto">{escape(question)}</p>'


def notice_html(message: str) -> str:
    """A message of the program's own in the conversation, such as that it is still reading."""
    return f'<p class="notice">{escape(message)}</p>'


def find_link(words: str, label: str) -> str:
    """A link, with text `label`, that lists the articles with these words."""
    return f'<a class="find" href="#find-{encoded(words)}">{escape(label)}</a>'


def answer_html(answer: Answer, turn: int, limits: str = "", *, last: bool = False) -> str:
    """The answer as it stands in the conversation: the sentence that most likely answers, its source and how sure that
    is, what else answers, how the question was read; or the refusal. `limits` are the filters in words. What is said of
    the last answer can be asked without each part of how the question was read."""
    read_as = _other_language(answer) + _read_as(answer, limits, last)
    if not answer.found:
        return _refusal(answer, turn, read_as)
    chosen = spoken(answer.citations)
    first = chosen[0]
    match, _, meaning = _SURE[first.strength].partition(":")
    sure = f'<p class="sure"><span class="strength {first.strength}">{match}:</span>{meaning}</p>'
    told = {one.sentence for one in answer.figures}  # these stand side by side
    further = "".join(_said(other, turn) for other in chosen[1:] if other.sentence not in told)
    quotes = _said(first, turn, "said first") + sure + agreement_html(answer, turn) + further
    rest = [citation for citation in shown(answer.citations) if citation not in chosen]
    marks = " ".join(mark_html(turn, citation.number) for citation in rest)
    more = f'<p class="more">See also {marks}</p>' if rest else ""
    return f'<div class="answer">{_heading(answer)}{quotes}{more}{read_as}</div>'


def _said(citation: Citation, turn: int, kind: str = "said") -> str:
    facts = dots([fact_html(citation.source), time_html(citation.published)])
    return (
        f'<p class="{kind}"><q dir="auto">{escape(citation.sentence)}</q> {mark_html(turn, citation.number)} '
        f'<span class="by">{facts}</span></p>'
    )


def mentioned(answer: Answer) -> tuple[str, str] | None:
    """The name that an answer is about, and in how many articles it stands, in words; None for other answers."""
    for note in answer.notes:
        name, stands, count = note.removeprefix("'").rpartition(_STANDS_IN)
        if stands and note.startswith("'"):
            return name, count
    return None


def _heading(answer: Answer) -> str:
    if (about := mentioned(answer)) is None:
        return ""
    name, count = about
    phrase = '"' + name.replace('"', " ") + '"'
    return (
        f'<h3 class="mentions">Mentions of <bdi>{escape(name)}</bdi></h3>'
        f'<p class="lead">In {escape(count)}. {find_link(phrase, "See all")}</p>'
    )


def _read_as(answer: Answer, limits: str, last: bool) -> str:
    """One line: what else than the question counted. Each part names the option of `Form.without` that drops it."""
    parts: list[tuple[str, str]] = []
    if answer.read_as:
        parts.append(("earlier", "a follow-up to " + " and ".join(f"“{question}”" for question in answer.read_as)))
    for note in answer.notes:
        if note.endswith(" were preferred"):
            parts.append(("recent" if note.startswith("recent ") else "named", note))
    if limits:
        parts.append(("limits", f"only articles {limits}"))
    said = []
    for option, words in parts:
        drop = (
            f' <a class="drop" href="#without-{option}" title="Ask without this" aria-label="Ask without this">×</a>'
            if last
            else ""
        )
        said.append(f'<span class="part {option}"><bdi>{escape(words)}</bdi>{drop}</span>')
    return f'<p class="note read-as">Read as: {"; ".join(said)}</p>' if said else ""


def _other_language(answer: Answer) -> str:
    """That a question is in a language of no article, as a sentence."""
    said = [note for note in answer.notes if note.startswith(LANGUAGE_NOTE)]
    return "".join(f'<p class="note">{escape(note[:1].upper() + note[1:])}.</p>' for note in said)


def _refusal(answer: Answer, turn: int, read_as: str) -> str:
    closest = ""
    if answer.closest:
        closest = (
            '<details class="closest"><summary>Closest passages — not an answer</summary>'
            f"{cards_html(answer.closest, turn, 'n')}</details>"
        )
    words = " ".join(content_words(answer.question)) or answer.question
    find = f'<p class="instead">{find_link(words, "Search for the words instead")}</p>'
    return (
        f'<div class="refusal"><p class="refusal-title">Not in your articles</p>'
        f"<p>{escape(answer.reason)}</p>{read_as}{find}{closest}</div>"
    )
