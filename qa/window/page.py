"""The page: its widgets, and which handler listens to which of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qa.window.add_panel import add_panel
from qa.window.article_panel import article_panel
from qa.window.chat_handlers import listen_to_chats
from qa.window.chats_html import chats_html
from qa.window.conversation import Conversation
from qa.window.endpoint import publish
from qa.window.filter_fold import FilterFold, filter_fold
from qa.window.handlers import Handlers, example_questions
from qa.window.help_html import HELP
from qa.window.listeners import chosen_text, updates_with_value, with_address, with_value
from qa.window.page_html import WELCOME
from qa.window.programs import Programs
from qa.window.saved_panel import FOLD, SavedHandlers, listen_to_saved
from qa.window.service import Service
from qa.window.style import DOWNLOAD_SCRIPT, PANEL_SCRIPT, READER_SCRIPT, TALK_SCRIPT

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["window"]

_PLAIN: dict[str, Any] = {"apply_default_css": False}
_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


@dataclass(frozen=True, slots=True)
class _Talk:
    """The widgets of the left column."""

    chat: "gr.Chatbot"
    box: "gr.Textbox"
    recent: "gr.Checkbox"
    understand: "gr.Checkbox"
    fresh: "gr.Button"
    filters: FilterFold
    chats: "gr.HTML"
    script: "gr.HTML"
    saved: list[Any]  # the list of saved questions, and its fold


def window(service: Service, examples: Sequence[str] = (), secret: str | None = None) -> "gr.Blocks":
    """The page, which asks `service`. `examples` are questions that it offers, instead of some made from the
    newest articles; `secret` is the key under which the browser keeps conversations."""
    import gradio as gr

    handlers = Handlers(service, own_examples=bool(examples))
    page: gr.Blocks = gr.Blocks(title="Ask your articles", analytics_enabled=False, fill_width=True)
    with page:
        now = gr.State(Conversation())
        saved = gr.BrowserState([], storage_key="article-qa", secret=secret)
        with gr.Column(elem_id="masthead"):
            gr.HTML(f"<h1>Ask your articles</h1>{HELP}", **_PLAIN)
            status = gr.HTML(service.status()[0], **_PLAIN)
        with gr.Row(elem_id="columns"):
            with gr.Column(scale=6, min_width=320, elem_id="talk"):
                talk = _talk(examples, read_only=service.feedback is None)
            with gr.Column(scale=5, min_width=320, elem_id="side"):
                with gr.Tabs(selected="sources", elem_id="tabs") as tabs:
                    with gr.Tab("Sources", id="sources"):
                        panel = gr.HTML(Conversation().sources(), elem_id="sources", **_PLAIN, js_on_load=PANEL_SCRIPT)
                    articles = article_panel()
                    added = add_panel() if service.adding else None
                reader = gr.HTML("", elem_id="reader", **_PLAIN, js_on_load=READER_SCRIPT)
                download = gr.HTML("", elem_id="download", **_PLAIN, js_on_load=DOWNLOAD_SCRIPT)
        shown = [now, talk.chat, panel, reader, talk.chats, talk.box, tabs, saved]
        saving = SavedHandlers(service, handlers.answered)
        questions = [*talk.saved, gr.BrowserState([], storage_key="article-qa-questions", secret=secret)]
        runs = listen_to_saved(talk.script, saving, shown, questions)
        _listen_to_talk(page, talk, panel, handlers, shown, runs)
        panel.open_source(with_value("reference", handlers.open_source), now, reader, **_QUIET)
        panel.close_source(lambda: "", None, reader, **_QUIET)
        filtered = talk.filters.listen(service, talk.script, talk.box.submit, talk.fresh.click)
        articles.listen(service, panel, tabs, reader, talk.filters)
        for event in filtered:
            articles.follow(service, event, talk.filters.fields)
        if added:
            added.listen(service, status, tabs, talk.filters.fields[2])
        rebuilt = [added.seen.change] if added else []
        gr.on([page.load, *rebuilt], saving.look, questions[-1], questions, **_QUIET)
        timer = gr.Timer(0.5)
        told = [status, timer, talk.filters.fields[2], talk.chat]
        gr.on([page.load, timer.tick], handlers.tick, None, told, **_QUIET)
        page.load(handlers.earlier, saved, talk.chats, **_QUIET)
        panel.export(with_value("format", handlers.download), now, download, **_QUIET)
        publish(page, Programs(service))
    return page


def _talk(examples: Sequence[str], *, read_only: bool) -> _Talk:
    """Makes the left column where it is called."""
    import gradio as gr

    chat = gr.Chatbot(
        elem_id="chat",
        label="Conversation",
        show_label=False,
        height="calc(100dvh - 298px)",
        min_height=300,
        layout="panel",
        buttons=[],
        autoscroll=False,
        latex_delimiters=[],
        allow_tags=False,
        feedback_options=None,
        placeholder=WELCOME,
        examples=example_questions(examples),
    )
    box = gr.Textbox(
        elem_id="ask",
        label="Question",
        show_label=False,
        placeholder="Ask a question",
        submit_btn="Ask",
        autofocus=True,
        max_lines=4,
    )
    with gr.Row(elem_id="tools"):
        recent = gr.Checkbox(True, label="Prefer recent articles", container=False, min_width=180)
        understand = gr.Checkbox(True, label="Use dates and sources in the question", container=False, min_width=180)
        fresh = gr.Button("New chat", size="sm", scale=0, min_width=100)
    filters = filter_fold()
    with gr.Accordion(FOLD, open=False, elem_classes="fold") as fold:
        saved = gr.HTML("", **_PLAIN)
        chats = gr.HTML(chats_html([], ""), **_PLAIN)
    marked = '<span class="read-only"></span>' if read_only else ""
    script = gr.HTML(marked, elem_id="talk-script", **_PLAIN, js_on_load=TALK_SCRIPT)
    return _Talk(chat, box, recent, understand, fresh, filters, chats, script, [saved, fold])


def _listen_to_talk(
    page: "gr.Blocks", talk: _Talk, panel: "gr.HTML", handlers: Handlers, shown: list[Any], runs: list[Any]
) -> None:
    """Everything that changes the conversation: each listener returns one value for each of `shown`."""
    import gradio as gr

    now, saved = shown[0], shown[-1]
    # Who asks meanwhile does not want to see it any more.
    opening = page.load(with_address(handlers.follow_link), [now, saved], shown, concurrency_limit=None, **_QUIET)
    asking: dict[str, Any] = {
        "fn": handlers.answer,  # not named `ask`, which would take that name from the endpoint
        "inputs": [now, saved, talk.box, *talk.filters.fields, talk.recent, talk.understand],
        "outputs": shown,
        "concurrency_limit": None,  # most of them only wait
        "cancels": [opening],
        **_QUIET,
    }
    chat = talk.chat
    runs = [
        *runs,
        opening,
        talk.box.submit(**asking),
        chat.example_select(chosen_text(), None, talk.box, **_QUIET).then(**asking),
        panel.ask_without(
            updates_with_value("option", handlers.ask_without), [now, saved], shown, concurrency_limit=None, **_QUIET
        ),
    ]
    chat.undo(handlers.take_back, [now, saved], shown, cancels=runs, **_QUIET)
    gr.on([chat.clear, talk.fresh.click], handlers.begin_anew, saved, shown, cancels=runs, **_QUIET)
    panel.open_chat(with_value("key", handlers.chats.open), [now, saved], shown, cancels=runs, **_QUIET)
    listen_to_chats(talk.script, handlers.chats, shown, runs)
