"""How the window looks and what its links do: the style sheet and the scripts that Gradio is handed, from files beside
this one.

In the style sheet, Gradio puts its own selector in front of every comma, also inside `:is(...)`, so there is none of
those.
"""

from importlib.resources import files

__all__ = ["CSS", "HEAD", "scripts"]


def _text(name: str) -> str:
    return files("qa.window").joinpath(name).read_text("utf-8")


def scripts(*names: str) -> str:
    """What runs once, when an element is there: these files, one after another."""
    return "".join(map(_text, names))


_STYLES = (
    *("style.css", "articles.css", "citation_card.css", "article.css", "add.css", "talk.css", "agreement.css"),
    "access.css",  # last: it changes what the others say, for phones and keyboards
)
CSS = "".join(map(_text, _STYLES))
HEAD = f"<style>{_text('unscoped.css')}</style>"  # of the page, where Gradio adds nothing to its selectors
