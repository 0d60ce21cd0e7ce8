"""The fold "Only some articles": the first and last day and the sources that a question is limited to.

What is typed is understood or refused below its field, and the fold says what is set while it is closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from index.errors import UsageError
from qa.window.conversation import limit_words, read_day
from qa.window.html import escape, format_day
from qa.window.service import Service

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["FilterFold", "checked_limits", "filter_fold"]

_TITLE = "Only some articles"


@dataclass(frozen=True, slots=True)
class FilterFold:
    """The widgets of the fold: the two days and the sources, and the line below each of them."""

    fold: "gr.Accordion"
    fields: tuple["gr.Textbox", "gr.Textbox", "gr.Dropdown"]
    hints: tuple["gr.HTML", "gr.HTML", "gr.HTML"]

    def listen(self, service: Service, *events: Any) -> None:
        """Checks what is set when a field is left, and on each of `events`, such as a question that is sent."""
        import gradio as gr

        since, until, outlets = self.fields
        gr.on(
            [since.blur, since.submit, until.blur, until.submit, outlets.change, *events],
            partial(_checked, service),
            list(self.fields),
            [self.fold, *self.hints],
            api_visibility="private",
            show_progress="hidden",
            trigger_mode="always_last",  # what was set last is what is shown
        )

    def check_after(self, service: Service, done: Any) -> None:
        """Checks what is set after another listener has set it."""
        done.then(
            partial(_checked, service),
            list(self.fields),
            [self.fold, *self.hints],
            api_visibility="private",
            show_progress="hidden",
        )


def filter_fold() -> FilterFold:
    """Makes the fold where it is called."""
    import gradio as gr

    with gr.Accordion(_TITLE, open=False, elem_classes="fold") as fold, gr.Row(elem_classes="limits"):
        since, since_hint = _date_field("Published from")
        until, until_hint = _date_field("Published to")
        with gr.Column(min_width=0):
            # What is typed stays, and is refused if no source has that name.
            outlets = gr.Dropdown([], value=[], multiselect=True, allow_custom_value=True, label="Sources")
            outlets_hint = gr.HTML("", apply_default_css=False)
    return FilterFold(fold, (since, until, outlets), (since_hint, until_hint, outlets_hint))


def _date_field(label: str) -> tuple["gr.Textbox", "gr.HTML"]:
    import gradio as gr

    with gr.Column(min_width=0, elem_classes="written-date"):
        field = gr.Textbox(label=label, placeholder="2020-12-01 or Dec 2020", max_lines=1)
        return field, gr.HTML("", apply_default_css=False)


def checked_limits(
    since: str | None, until: str | None, outlets: Sequence[str], known: Sequence[str]
) -> tuple[str, list[tuple[str, bool]]]:
    """What is set, in words, and for each of the three fields what is said below it and whether that is a refusal.
    `known` are the sources that there are."""
    first, since_said = _read(since, end=False)
    last, until_said = _read(until, end=True)
    if first and last and first > last:
        until_said = (f"{format_day(last)} is earlier than the first day, {format_day(first)}; swap them.", True)
    names = {name.casefold() for name in known}
    strange = [name for name in outlets if names and name.casefold() not in names]
    outlets_said = (
        (f"No source is called {' or '.join(strange)}; choose one from the list.", True) if strange else ("", False)
    )
    said = [since_said, until_said, outlets_said]
    labels = ("Published from", "Published to", "Sources")
    refused = [f"“{label}” is not understood" for label, (_, wrong) in zip(labels, said, strict=True) if wrong]
    set_to = limit_words(first, None if until_said[1] else last, [name for name in outlets if name not in strange])
    return ", ".join([*([set_to] if set_to else []), *refused]), said


def _checked(service: Service, since: str | None, until: str | None, outlets: Sequence[str] | None) -> list[Any]:
    import gradio as gr

    index = service.index()
    words, said = checked_limits(since, until, outlets or (), index.sources() if index else ())
    shown: dict[str, Any] = {"label": f"{_TITLE}: {words}", "elem_classes": ["fold", "set"]}
    if not words:
        shown = {"label": _TITLE, "elem_classes": ["fold"]}
    if any(refused for _, refused in said):
        shown["open"] = True
    return [gr.Accordion(**shown), *map(_hint, said)]


def _read(text: str | None, *, end: bool) -> tuple[date | None, tuple[str, bool]]:
    try:
        day = read_day(text, end=end)
    except UsageError as error:
        return None, (f"{error}.", True)
    return day, (format_day(day) if day else "", False)


def _hint(said: tuple[str, bool]) -> str:
    words, refused = said
    return f'<p class="field-hint{" refused" if refused else ""}" role="status">{escape(words)}</p>' if words else ""
