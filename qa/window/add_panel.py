"""The panel "Add": files are dropped or a text is pasted, and what was added can be removed again."""

import asyncio
import base64
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from index.errors import ArticleQAError, UsageError
from qa.search.written_dates import written_date
from qa.window.add_html import added_html, drop_html, limits_html, said_html
from qa.window.added import AT_ONCE, check_amount
from qa.window.adding import Adding, pasted_file
from qa.window.layout import BUTTON, LOOK, PLAIN, QUIET
from qa.window.listeners import skips, with_value
from qa.window.service import Service
from qa.window.style import scripts

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["AddHandlers", "AddPanel"]

_LOOKED = 5  # fact: values that `look` gives
_DAY = 90  # view: px, a date such as 2020-12-01
_NOTHING_NEW = 3.0  # view: seconds between two looks, while nothing is going on
_LINES, _MOST_LINES = 4, 9  # view: lines of a text that is pasted, before it scrolls


class AddPanel:
    """The widgets of the panel, which stand where it is made, a tab; `seen` is what of the index the page shows."""

    def __init__(self) -> None:
        import gradio as gr

        with gr.Tab("Add", id="add"):
            gr.HTML(drop_html(), elem_id="add", **PLAIN)
            text = gr.Textbox(
                label="Or paste an article", placeholder="Its text, or the HTML of its page", elem_id="paste",
                lines=_LINES, max_lines=_MOST_LINES,
            )  # fmt: skip
            with gr.Row(elem_id="paste-facts"):
                title = gr.Textbox(label="Title", max_lines=1, min_width=_DAY)
                source = gr.Textbox(label="Source", max_lines=1, min_width=_DAY)
                day = gr.Textbox(label="Date", placeholder="2020-12-01", max_lines=1, min_width=_DAY)
                self.button = gr.Button("Add this text", size="sm", scale=0, min_width=BUTTON)
            self.said, self.listed = gr.HTML("", **PLAIN), gr.HTML("", **PLAIN)
            self.seen, self.timer = gr.State(None), gr.Timer(_NOTHING_NEW)
        self.pasted = [text, title, source, day]

    def listen(self, service: Service, status: "gr.HTML", tabs: "gr.Tabs", outlets: "gr.Dropdown") -> None:
        """`status` is the header's line, `outlets` the sources to choose from. Called where something that is not seen
        may stand: a closed tab is not in the page, and its script takes files that are dropped anywhere."""
        import gradio as gr

        dropped = gr.HTML(limits_html(), elem_id="add-script", **PLAIN, js_on_load=scripts("add.js"))
        handlers = AddHandlers(service)
        shown = [self.said, self.listed, status, self.timer, tabs]
        many: dict[str, Any] = {"trigger_mode": "multiple", "concurrency_limit": 1, **QUIET}
        dropped.add_files(_with_files(handlers.drop), None, shown, **many)
        dropped.remove_added(with_value("name", handlers.remove), None, shown, **many)
        self.button.click(handlers.paste, self.pasted, [*shown, *self.pasted], **QUIET)
        looked = [status, outlets, self.listed, self.timer, self.seen]
        self.timer.tick(handlers.look, self.seen, looked, **QUIET)


class AddHandlers:
    """Listeners of the panel."""

    def __init__(self, service: Service) -> None:
        assert service.adding is not None
        self._service = service
        self._adding: Adding = service.adding

    async def drop(self, given: Any) -> list[Any]:
        """Adds files as the page's script sent them."""
        return await asyncio.to_thread(self._tried, lambda: self._add(_files(given)))

    async def paste(self, text: str, title: str, source: str, day: str) -> list[Any]:
        """Adds a text; the fields are emptied once it is there."""

        def add() -> tuple[str, list[str]]:
            try:
                written = written_date(day, end=False, today=date.today()).isoformat() if day.strip() else ""
            except UsageError as error:
                raise UsageError(f"The date is not understood: {error}.") from None
            name, content = pasted_file(text, title, source, written)
            return self._add([(name, content, len(content))])

        shown = await asyncio.to_thread(self._tried, add)
        kept = '<p class="refused">' in shown[0]  # which no escaped name can hold
        fields = (text, title, source, day)
        return [*shown, *(skips(len(fields)) if kept else [""] * len(fields))]

    async def remove(self, name: str) -> list[Any]:
        def remove() -> tuple[str, list[str]]:
            self._adding.remove(name)
            return f"“{name}” is removed.", []

        return await asyncio.to_thread(self._tried, remove)

    def look(self, seen: Any) -> list[Any]:
        """The header's line, the sources, the list, how soon to look again, and what was seen; none of it where nothing
        has changed."""
        import gradio as gr

        index, working = self._service.index(), self._adding.working()
        now = (index.generation if index else "", self._adding.progress() if working else "", self._adding.failure)
        if now == seen:
            return skips(_LOOKED)
        outlets = gr.Dropdown(choices=index.sources() if index else [])
        return [self._service.status()[0], outlets, self._listed(), gr.Timer(LOOK if working else _NOTHING_NEW), now]

    def _add(self, files: list[tuple[str, bytes, int]]) -> tuple[str, list[str]]:
        names, refused = self._adding.add(files)
        if not names:
            return "", refused
        what = f"“{names[0]}”" if len(names) == 1 else f"{len(names):,} files"
        return f"Added {what}; ask about it in a moment.", refused

    def _tried(self, act: Callable[[], tuple[str, list[str]]]) -> list[Any]:
        import gradio as gr

        try:
            said = said_html(*act())
        except ArticleQAError as error:
            said = said_html("", [str(error)])
        return [said, self._listed(), self._service.status()[0], gr.Timer(LOOK), gr.Tabs(selected="add")]

    def _listed(self) -> str:
        index, adding = self._service.index(), self._adding
        titles = adding.titles(index) if index else {}
        return added_html(adding.files.files(), titles, working=adding.working(), failure=adding.failure)


def _files(given: Any) -> list[tuple[str, bytes, int]]:
    """(name, content, size) of what a script sent; a file that is too large comes without its content."""
    files = given.get("files") if isinstance(given, Mapping) else None
    if not isinstance(files, list) or not all(isinstance(file, Mapping) for file in files):
        raise UsageError("Nothing was added: this is no list of files.")
    sizes = [size if isinstance(size := file.get("size"), int) and size >= 0 else 0 for file in files]
    check_amount(len(files), 0 if len(files) <= AT_ONCE and any("data" in file for file in files) else sum(sizes))
    found = []
    for file, size in zip(files, sizes, strict=True):
        try:
            content = base64.b64decode(str(file.get("data", "")), validate=True)
        except ValueError:
            raise UsageError("Nothing was added: a file did not arrive whole.") from None
        found.append((str(file.get("name", "")), content, size))
    return found


def _with_files(handler: Callable[..., Any]) -> Callable[..., Any]:
    import gradio as gr

    async def listener(event: gr.EventData) -> Any:
        return await handler(event._data)

    return listener
