"""The page: its widgets, and which handler listens to which of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qa.window.add_panel import AddPanel
from qa.window.article_panel import ArticlePanel
from qa.window.chat_handlers import listen_to_chats
from qa.window.chats_html import chats_html
from qa.window.conversation import Conversation
from qa.window.endpoint import publish
from qa.window.filter_fold import FilterFold
from qa.window.handlers import Handlers, example_questions
from qa.window.help_html import HELP
from qa.window.layout import LOOK, OPENING, PLAIN, QUIET
from qa.window.listeners import answering, with_address, with_example, with_value
from qa.window.page_html import WELCOME
from qa.window.programs import Programs
from qa.window.saved_panel import FOLD, SavedHandlers, listen_to_saved
from qa.window.service import Service
from qa.window.style import scripts

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["window"]

_PANEL = scripts("panel.js", "citation_card.js", "facets.js", "keys.js")
_TALK, _SIDE = 6, 5  # view: shares of the page's width
_COLUMN = 320  # view: px below which the two columns stand one below the other, as on a phone
_WIDE, _SHORT = 180, 100  # view: px, the label of a switch, and of "New chat", in one line
_LEAST = 300  # view: px, an answer's first lines on a low screen
_LINES = 4  # view: lines of a question, before it scrolls
_LOOK_INTO_QUEUE = 0.02  # view: seconds, at most, until what is pressed is begun


class _Talk:
    """The widgets of the left column, which stand where it is made; `told` is what the page is told of the box."""

    def __init__(self, examples: Sequence[str], *, read_only: bool) -> None:
        import gradio as gr

        self.chat = gr.Chatbot(
            elem_id="chat",
            label="Conversation",
            show_label=False,
            height="calc(100dvh - 298px)",
            min_height=_LEAST,
            layout="panel",
            buttons=[],
            autoscroll=False,
            latex_delimiters=[],
            allow_tags=False,
            feedback_options=None,
            placeholder=WELCOME,
            examples=example_questions(examples),
        )
        self.box = gr.Textbox(
            elem_id="ask",
            label="Question",
            show_label=False,
            placeholder="Ask a question",
            submit_btn="Ask",
            autofocus=True,
            max_lines=_LINES,
        )
        self.told = gr.HTML("", elem_id="told", **PLAIN, js_on_load=scripts("draft.js"))
        with gr.Row(elem_id="tools"):
            self.recent = gr.Checkbox(True, label="Prefer recent articles", container=False, min_width=_WIDE)
            self.understand = gr.Checkbox(
                True, label="Use dates and sources in the question", container=False, min_width=_WIDE
            )
            self.fresh = gr.Button("New chat", size="sm", scale=0, min_width=_SHORT)
        self.filters = FilterFold()
        with gr.Accordion(FOLD, open=False, elem_classes="fold") as fold:
            saved = gr.HTML("", **PLAIN)
            self.chats = gr.HTML(chats_html([], ""), **PLAIN)
        marked = '<span class="read-only"></span>' if read_only else ""
        self.script = gr.HTML(marked, elem_id="talk-script", **PLAIN, js_on_load=scripts("talk.js"))
        self.saved = [saved, fold]  # the list of saved questions, and its fold


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
            gr.HTML(f"<h1>Ask your articles</h1>{HELP}", **PLAIN)
            status = gr.HTML(service.status()[0], **PLAIN)
        with gr.Row(elem_id="columns"):
            with gr.Column(scale=_TALK, min_width=_COLUMN, elem_id="talk"):
                talk = _Talk(examples, read_only=service.feedback is None)
            with gr.Column(scale=_SIDE, min_width=_COLUMN, elem_id="side"):
                with gr.Tabs(selected="sources", elem_id="tabs") as tabs:
                    with gr.Tab("Sources", id="sources"):
                        panel = gr.HTML(Conversation().sources(), elem_id="sources", **PLAIN, js_on_load=_PANEL)
                    articles = ArticlePanel()
                    added = AddPanel() if service.adding else None
                reader = gr.HTML("", elem_id="reader", **PLAIN, js_on_load=scripts("find_in_article.js", "reader.js"))
                download = gr.HTML("", elem_id="download", **PLAIN, js_on_load=scripts("download.js"))
                drawn = gr.HTML("", elem_id="drawn", **PLAIN, js_on_load=scripts("page_picture.js"))
        shown = [now, talk.chat, panel, reader, talk.chats, talk.told, tabs, saved]
        saving = SavedHandlers(service, handlers.answered)
        questions = [*talk.saved, gr.BrowserState([], storage_key="article-qa-questions", secret=secret)]
        opened = [page.load, *([added.seen.change] if added else [])]
        runs = listen_to_saved(talk.script, saving, shown, questions, opened)
        _listen_to_talk(page, talk, panel, handlers, shown, runs)
        open_source = with_value("opening reference", answering(handlers.open_source))
        panel.open_source(open_source, now, reader, **OPENING)
        reader.draw_page(with_value("article page", handlers.draw_page), None, drawn, **OPENING)
        filtered = talk.filters.listen(service, talk.script, talk.box.submit, talk.fresh.click)
        articles.listen(service, panel, tabs, reader, talk.filters, filtered)
        if added:
            added.listen(service, status, tabs, talk.filters.fields[2])
        timer = gr.Timer(LOOK)
        told = [status, timer, talk.filters.fields[2], talk.chat]
        gr.on([page.load, timer.tick], handlers.tick, None, told, **QUIET)
        page.load(handlers.earlier, saved, talk.chats, **QUIET)
        panel.export(with_value("format", handlers.download), now, download, **QUIET)
        publish(page, Programs(service))
    # Gradio looks into its queue a thousand times a second, and a hundred times for progress: a tenth of a core, for
    # as long as nobody asks.
    page._queue.sleep_when_free, page._queue.progress_update_sleep_when_free = _LOOK_INTO_QUEUE, LOOK
    return page


def _listen_to_talk(
    page: "gr.Blocks", talk: _Talk, panel: "gr.HTML", handlers: Handlers, shown: list[Any], runs: list[Any]
) -> None:
    """Everything that changes the conversation: each listener returns one value for each of `shown`."""
    import gradio as gr

    now, saved = shown[0], shown[-1]
    # Who asks meanwhile does not want to see it any more.
    opening = page.load(with_address(handlers.follow_link), [now, saved], shown, concurrency_limit=None, **QUIET)
    options = [*talk.filters.fields, talk.recent, talk.understand]
    asking: dict[str, Any] = {
        "outputs": shown,
        "concurrency_limit": None,  # most of them only wait
        "cancels": [opening],
        **QUIET,
    }
    chat = talk.chat
    runs = [
        *runs,
        opening,
        # Not named `ask`, which would take that name from the endpoint.
        talk.box.submit(handlers.answer, [now, saved, talk.box, *options], **asking),
        chat.example_select(with_example(handlers.offered), [now, saved, *options], **asking),
        panel.ask_offered(with_value("question", handlers.offered), [now, saved, *options], **asking),
        panel.ask_without(
            with_value("option", handlers.ask_without), [now, saved], shown, concurrency_limit=None, **QUIET
        ),
    ]
    chat.undo(handlers.take_back, [now, saved], shown, cancels=runs, **QUIET)
    gr.on([chat.clear, talk.fresh.click], handlers.begin_anew, saved, shown, cancels=runs, **QUIET)
    panel.open_chat(with_value("key", handlers.chats.open), [now, saved], shown, cancels=runs, **QUIET)
    listen_to_chats(talk.script, handlers.chats, shown, runs)
