"""The fold "Only some articles": the first and last day and the sources that a question is limited to.

What is typed is understood or refused below its field; what is set stands in sight as chips, also while the fold is
closed, until a chip or "New chat" takes it away.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from index.errors import UsageError
from qa.search.written_dates import AmbiguousDateError
from qa.window.conversation import limit_words, read_day
from qa.window.html import escape, format_day
from qa.window.layout import BUTTON, PLAIN, QUIET
from qa.window.listeners import with_value
from qa.window.service import Service

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["FilterFold", "checked_limits", "chips_html"]

_TITLE = "Only some articles"


class FilterFold:
    """The widgets of the fold, which stand where it is made: the two days and the sources, the line below each of them,
    two buttons that fill in the days, and the chips."""

    def __init__(self) -> None:
        import gradio as gr

        with gr.Accordion(_TITLE, open=False, elem_classes="fold") as self.fold:
            with gr.Row(elem_classes="limits"):
                since, since_hint = _date_field("Published from")
                until, until_hint = _date_field("Published to")
                with gr.Column(min_width=0):
                    # What is typed stays, and is refused if no source has that name.
                    outlets = gr.Dropdown([], value=[], multiselect=True, allow_custom_value=True, label="Sources")
                    outlets_hint = gr.HTML("", **PLAIN)
            with gr.Row(elem_classes="presets"):
                self.month = gr.Button("Newest month", size="sm", scale=0, min_width=BUTTON)
                self.year = gr.Button("Newest year", size="sm", scale=0, min_width=BUTTON)
        self.chips = gr.HTML("", elem_id="chips", **PLAIN)
        self.fields = (since, until, outlets)
        self.hints = [since_hint, until_hint, outlets_hint]

    def listen(self, service: Service, script: "gr.HTML", sent: Any, anew: Any) -> list[Any]:
        """Checks what is set when a field is left and when a question is `sent`; `anew` empties the fields. `script`
        triggers what chips and suggested dates ask for. Returns the events after which the fields are others."""
        import gradio as gr

        fields, days = list(self.fields), list(self.fields[:2])
        since, until, outlets = self.fields
        check = self.check(service)
        left = [since.blur, since.submit, until.blur, until.submit, outlets.change, sent]
        gr.on(left, trigger_mode="always_last", **check)  # what was set last is what is shown
        filled = [
            self.month.click(partial(_newest, service, "%b %Y"), None, days, **QUIET),
            self.year.click(partial(_newest, service, "%Y"), None, days, **QUIET),
            script.drop_limit(with_value("which", _dropped), fields, fields, **QUIET),
            script.set_day(with_value("which day", _chosen), days, days, **QUIET),
            anew(lambda: ["", "", []], None, fields, **QUIET),
        ]
        return [event.then(**check) for event in filled]

    def check(self, service: Service) -> dict[str, Any]:
        """What checks the fields, as arguments of Gradio's events."""
        shown = [self.fold, self.chips, *self.hints]
        return {"fn": partial(_checked, service), "inputs": list(self.fields), "outputs": shown, **QUIET}


def _newest(service: Service, form: str) -> list[str]:
    """The month or year of the newest article, as both days; nothing where no article has a date."""
    index = service.index()
    newest = index.date_range()[1] if index else None
    return [newest.strftime(form)] * 2 if newest else ["", ""]


def _dropped(which: str, since: str, until: str, outlets: list[str] | None) -> list[Any]:
    left = [name for place, name in enumerate(outlets or []) if which != f"source{place}"]
    return ["" if which == "since" else since, "" if which == "until" else until, left]


def _chosen(which: str, day: str, since: str, until: str) -> list[str]:
    day = day[: len("2020-12-01")]
    return [day if which == "since" else since, day if which == "until" else until]


def chips_html(since: date | None, until: date | None, outlets: Sequence[str]) -> str:
    """A chip for each limit that is set, with a button that takes it away."""
    words = [("since", f"from {format_day(since)}")] if since else []
    words += [("until", f"up to {format_day(until)}")] if until else []
    words += [(f"source{place}", name) for place, name in enumerate(outlets)]
    chips = "".join(
        f'<span class="chip"><bdi>{escape(text)}</bdi><button type="button" data-which="{which}" '
        f'aria-label="Without {escape(text)}">×</button></span>'
        for which, text in words
    )
    return f'<p class="chips" role="status">Only articles {chips}</p>' if chips else ""


def _date_field(label: str) -> tuple["gr.Textbox", "gr.HTML"]:
    import gradio as gr

    with gr.Column(min_width=0, elem_classes="written-date"):
        field = gr.Textbox(label=label, placeholder="2020-12-01 or Dec 2020", max_lines=1)
        return field, gr.HTML("", **PLAIN)


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
    shown: dict[str, Any] = {"elem_classes": ["fold", "set"] if words else ["fold"]}
    if any(refused for _, refused in said):
        shown["open"] = True
    hints = [_which("since", since) or _hint(said[0]), _which("until", until) or _hint(said[1]), _hint(said[2])]
    first = None if said[0][1] else read_day(since, end=False)
    last = None if said[1][1] else read_day(until, end=True)
    return [gr.Accordion(**shown), chips_html(first, last, outlets or ()), *hints]


def _which(field: str, text: str | None) -> str:
    """Of a date that may be two days, both to choose from."""
    try:
        read_day(text, end=False)
    except AmbiguousDateError as error:
        links = " or ".join(
            f'<a class="set-day" href="#{field}-{day}" data-which="{field}" data-day="{day}">{format_day(day)}</a>'
            for day in error.days
        )
        return f'<p class="field-hint refused" role="status">{escape(error.words)} may be {links}: choose one.</p>'
    except UsageError:
        pass
    return ""


def _read(text: str | None, *, end: bool) -> tuple[date | None, tuple[str, bool]]:
    try:
        day = read_day(text, end=end)
    except UsageError as error:
        return None, (f"{error}.", True)
    return day, (format_day(day) if day else "", False)


def _hint(said: tuple[str, bool]) -> str:
    words, refused = said
    return f'<p class="field-hint{" refused" if refused else ""}" role="status">{escape(words)}</p>' if words else ""
