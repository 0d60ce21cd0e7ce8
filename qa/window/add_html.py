"""The panel "Add" as HTML: where files are dropped, what was said of them, and the list of what was added."""

from collections.abc import Mapping, Sequence

from index.readers.source import size_words
from qa.window.added import AT_ONCE, AT_ONCE_BYTES, LARGEST, SUFFIXES, AddedFile
from qa.window.html import counted, dots, encoded, escape, fact_html, format_day, title_html

__all__ = ["added_html", "drop_html", "limits_html", "said_html"]

_TITLES = 3  # view: articles of one file that are named; a file of rows has many


def limits_html() -> str:
    """What the script must know of the limits."""
    return f'<span data-files="{AT_ONCE}" data-bytes="{AT_ONCE_BYTES}" data-largest="{LARGEST}"></span>'


def drop_html() -> str:
    """The place to drop files, or to choose them."""
    return (
        '<div class="drop-zone"><p class="drop-lead">Drop files here, or anywhere on this page</p>'
        '<p class="hint">Text, Markdown, HTML, PDF, Word, EPUB, e-mail, feeds, JSON, CSV: '
        f"{AT_ONCE} files at once, {size_words(LARGEST)} each. They stay on the computer that serves this window.</p>"
        '<button type="button" class="choose">Choose files</button>'
        f'<input type="file" multiple hidden aria-label="Files to add" accept="{",".join(SUFFIXES)}"></div>'
    )


def said_html(done: str, refused: Sequence[str] = ()) -> str:
    """What came of it: a line, and a line for each refusal."""
    lines = [f"<p>{escape(done)}</p>"] if done else []
    lines += [f'<p class="refused">{escape(line)}</p>' for line in refused]
    return f'<div class="said-of-files" role="status">{"".join(lines)}</div>' if lines else ""


def added_html(
    files: Sequence[AddedFile], titles: Mapping[str, Sequence[tuple[str, str]]], *, working: bool, failure: str = ""
) -> str:
    """The files that were added, each with its articles, as (id, title), and a way to remove it."""
    failed = f'<p class="said-of-files refused" role="alert">{escape(failure)}.</p>' if failure else ""
    if not files:
        return f'<section class="added" aria-label="Added here">{failed}</section>'
    items = "".join(_item(file, titles.get(file.name, ()), working) for file in files)
    heading = f"{counted(len(files), 'file')} added here"
    return f'<section class="added" aria-label="Added here"><h2>{heading}</h2>{failed}<ol>{items}</ol></section>'


def _item(file: AddedFile, articles: Sequence[tuple[str, str]], working: bool) -> str:
    links = "".join(
        f'<a class="card-title" href="#article-{encoded(id)}">'
        f'<span class="headline" dir="auto">{title_html(title)}</span></a>'
        for id, title in articles[:_TITLES]
    )
    if not articles:
        links = f'<span class="headline" dir="auto">{escape(file.name)}</span>'
    count = f"{len(articles):,} articles" if len(articles) > 1 else ""
    state = "" if articles else "being read…" if working else "not searched"
    name = file.name if articles else ""
    facts = dots([fact_html(name), size_words(file.size), f"added {format_day(file.day)}", count, state])
    return (
        f'<li>{links}<p class="facts">{facts}</p><button type="button" class="remove" data-name="{escape(file.name)}" '
        f'aria-label="Remove {escape(file.name)}">Remove</button></li>'
    )
