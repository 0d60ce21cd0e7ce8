"""How the window looks and what its links do: the style sheet and the scripts that Gradio is handed, from files beside
this one.

In the style sheet, Gradio puts its own selector in front of every comma, also inside `:is(...)`, so there is none of
those.
"""

from importlib.resources import files

__all__ = [
    "ADD_SCRIPT",
    "CSS",
    "DOWNLOAD_SCRIPT",
    "DRAFT_SCRIPT",
    "HEAD",
    "PANEL_SCRIPT",
    "PICTURE_SCRIPT",
    "READER_SCRIPT",
    "TALK_SCRIPT",
]


def _text(name: str) -> str:
    return files("qa.window").joinpath(name).read_text("utf-8")


_STYLES = (
    *("style.css", "articles.css", "citation_card.css", "article.css", "add.css", "talk.css", "agreement.css"),
    "access.css",  # last: it changes what the others say, for phones and keyboards
)
CSS = "".join(map(_text, _STYLES))
HEAD = f"<style>{_text('unscoped.css')}</style>"  # of the page, where Gradio adds nothing to its selectors
_SCRIPTS = ("panel.js", "citation_card.js", "facets.js", "keys.js")
PANEL_SCRIPT = "".join(map(_text, _SCRIPTS))  # runs once, for the sources panel
READER_SCRIPT = _text("find_in_article.js") + _text("reader.js")  # runs once, for the reader
DOWNLOAD_SCRIPT = _text("download.js")  # runs once, for the element that holds what is taken along
DRAFT_SCRIPT = _text("draft.js")  # runs once, for the element that tells of the box
PICTURE_SCRIPT = _text("page_picture.js")  # runs once, for the element that holds the picture of a page
ADD_SCRIPT = _text("add.js")  # runs once, for the place where files are dropped
TALK_SCRIPT = _text("talk.js")  # runs once, for what is written and kept beside the conversation
