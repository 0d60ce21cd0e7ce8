"""The window: ask a folder of articles in a browser. Widgets and events; `python app.py --help` tells more."""

import argparse
import asyncio
import os
import secrets
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ArticleQAError, IndexMissing, UsageError
from qa.window import html as render
from qa.window import style
from qa.window.conversation import Conversation, Request, Turn, showable
from qa.window.endpoint import publish
from qa.window.filter_fold import filter_fold
from qa.window.kept import keep, kept_titles, replay
from qa.window.mcp_results import answer_in_json
from qa.window.security import Address, Allowed, guarding, is_guarded
from qa.window.service import Desk

if TYPE_CHECKING:
    import gradio as gr

_SAMPLE_INDEX = Path("sample.index")
_OWN_INDEX = Path("articles.index")
_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_EXAMPLES = (
    "How far was the American force in Iraq cut in September 2020?",
    "Who took command of the Quds Force after Soleimani was killed?",
    "On what condition did the militias offer to suspend their rocket attacks in October?",
    "How do I bake sourdough bread?",
)


def window(desk: Desk, examples: Sequence[str] = (), secret: str | None = None) -> "gr.Blocks":
    """The page. A listener that changes the conversation returns the whole of what it shows."""
    import gradio as gr

    plain: dict[str, Any] = {"apply_default_css": False}
    with gr.Blocks(title="Ask your articles", analytics_enabled=False, fill_width=True) as page:
        talk = gr.State(Conversation())
        timer = gr.Timer(0.5)
        saved = gr.BrowserState([], storage_key="article-qa", secret=secret)
        with gr.Column(elem_id="masthead"):
            gr.HTML("<h1>Ask your articles</h1>", **plain)
            status = gr.HTML(desk.status()[0], **plain)
        with gr.Row(elem_id="desk"):
            with gr.Column(scale=6, min_width=320, elem_id="talk"):
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
                    placeholder=render.WELCOME,
                    examples=_examples(examples),
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
                    recent = gr.Checkbox(True, label="Prefer recent articles", container=False, min_width=190)
                    named = gr.Checkbox(True, label="Heed dates and sources", container=False, min_width=190)
                    fresh = gr.Button("New chat", size="sm", scale=0, min_width=100)
                filters = filter_fold()
                with gr.Accordion("Earlier conversations", open=False, elem_classes="fold"):
                    chats = gr.HTML(render.conversations_html([], ""), **plain)
            with gr.Column(scale=5, min_width=320, elem_id="side"):
                panel = gr.HTML(Conversation().sources(), elem_id="sources", **plain, js_on_load=style.PANEL_SCRIPT)
                reader = gr.HTML("", elem_id="reader", **plain, js_on_load=style.READER_SCRIPT)

        shown = [talk, chat, panel, reader, chats, box, saved]

        def show(
            now: Conversation, kept: list[Any], box_text: str = "", asked: str = "", notice: str = ""
        ) -> list[Any]:
            """One value for each of `shown`."""
            chats = render.conversations_html(kept_titles(kept), now.key)
            return [now, now.messages(asked, notice), now.sources(), "", chats, box_text, kept]

        async def answer(now: Conversation, kept: list[Any], question: str, *limits: Any) -> AsyncIterator[list[Any]]:
            since, until, outlets, recent, named = limits
            question = showable(question.strip())
            if not question:
                yield show(now, kept)
                return
            try:
                request = Request.written(question, (since, until, outlets), (recent, named))
            except UsageError as error:
                yield show(now, kept, question, question, f"{error}.")
                return
            said = ""
            while words := desk.waiting():
                if words != said:  # a person who waits sees how far it is, and is answered as soon as it can be
                    yield show(now, kept, "", request.question, f"{words}. Your question is next.")
                said = words
                await asyncio.sleep(0.2)
            yield show(now, kept, "", request.question, "Looking in your articles…")
            try:
                if hindrance := desk.hindrance():
                    raise IndexMissing(hindrance)
                now = now.plus(
                    Turn(request, await asyncio.to_thread(request.answer, desk.live, now.turns, desk.reranker))
                )
            except (ArticleQAError, ValueError) as error:
                yield show(now, kept, question, request.question, str(error))
            except Exception:
                traceback.print_exc()
                failed = "Something went wrong with this question; the terminal that serves the window shows what."
                yield show(now, kept, question, request.question, failed)
            else:
                yield show(now, keep(kept, now))

        def back(now: Conversation, kept: list[Any]) -> list[Any]:
            question = now.turns[-1].request.question if now.turns else ""
            now = now.without_last()
            return show(now, keep(kept, now), question)

        def open_chat(event: gr.EventData, now: Conversation, kept: list[Any]) -> list[Any]:
            desk.warm.wait()
            try:
                return show(replay(kept, str(event._data.get("key")), desk.live, desk.reranker) or now, kept)
            except (ArticleQAError, ValueError, TypeError, LookupError) as error:
                return show(now, kept, "", "An earlier conversation", f"It could not be opened: {error}")

        def open_source(event: gr.EventData, now: Conversation) -> str:
            reference = str(event._data.get("reference"))
            citation, index = render.citation_at(now.answers, reference), desk.index()
            article = index.article(citation.article_id) if citation and index else None
            if index is None or article is None or citation is None:
                return render.GONE
            return render.article_html(article, citation, changed=index.changed_on_disk(article))

        def tick() -> list[Any]:
            words, settled = desk.status()
            index = desk.index()
            asks = gr.skip() if examples or not settled else gr.Chatbot(examples=_examples(desk.newest()))
            return [words, gr.Timer(active=not settled), gr.Dropdown(choices=index.sources() if index else []), asks]

        def chosen(event: gr.SelectData) -> str:
            return str(event.value["text"])

        asking: dict[str, Any] = {
            "fn": answer,
            "inputs": [talk, saved, box, *filters.fields, recent, named],
            "outputs": shown,
            "concurrency_limit": None,  # most of them only wait
            **_QUIET,
        }
        runs = [
            box.submit(**asking),
            chat.example_select(chosen, None, box, **_QUIET).then(**asking),
            chat.retry(back, [talk, saved], shown, **_QUIET).then(**asking),
        ]
        chat.undo(back, [talk, saved], shown, cancels=runs, **_QUIET)
        gr.on([chat.clear, fresh.click], lambda kept: show(Conversation(), kept), saved, shown, cancels=runs, **_QUIET)
        panel.open_chat(open_chat, [talk, saved], shown, cancels=runs, **_QUIET)
        panel.open_source(open_source, talk, reader, **_QUIET)
        panel.close_source(lambda: "", None, reader, **_QUIET)
        filters.listen(desk, box.submit)
        gr.on([page.load, timer.tick], tick, None, [status, timer, filters.fields[2], chat], **_QUIET)
        page.load(lambda kept: render.conversations_html(kept_titles(kept), ""), saved, chats, **_QUIET)
        publish(page, desk)
    return page


def _examples(questions: Sequence[str]) -> Any:
    return [{"text": question} for question in questions]


def _secret(index_dir: Path) -> str:
    """The key under which the browser keeps conversations, kept beside the index so that they outlive a restart."""
    path = index_dir / "window.key"
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(16))
    return path.read_text(encoding="ascii")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="app.py", description="Ask a folder of articles in a browser window and get their own words back."
    )
    parser.add_argument("--articles", type=Path, metavar="DIR", help="read these articles first (files or a folder)")
    parser.add_argument(
        "--index",
        type=Path,
        metavar="DIR",
        help="the index to ask or to make; default: $ARTICLE_INDEX, else ./articles.index,"
        " else a set of sample articles in ./sample.index",
    )
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="address to serve on (default: %(default)s)")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="another name, or name and port, under which people reach the window, such as that of a proxy",
    )
    parser.add_argument("--port", type=int, metavar="P", help="port to serve on (default: 7860, or the next free one)")
    parser.add_argument("--auth", metavar="USER:PASSWORD", help="ask for this name and password")
    parser.add_argument("--mcp", action="store_true", help="serve the questions as a tool for MCP clients too")
    parser.add_argument(
        "--reranker", metavar="M", help="a sentence-transformers CrossEncoder, by name or path, to order the best anew"
    )
    args = parser.parse_args(argv)
    if args.articles and not args.articles.exists():
        parser.error(f"there is no {args.articles}; give --articles a folder that exists")
    if args.auth is not None and not all(args.auth.partition(":")):
        parser.error("write --auth as USER:PASSWORD")
    for name in args.allow_host:
        if Address.of(name) is None:
            parser.error(f"{name!r} is no host name; write --allow-host as news.example or news.example:8080")
    if args.mcp and find_spec("mcp") is None:
        parser.error("--mcp needs one more package; install it with: pip install 'gradio[mcp]'")
    return args


def main(argv: Sequence[str] | None = None) -> int:
    """Serves the window until it is interrupted; the exit code."""
    args = _arguments(argv)
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    named = args.index or (Path(os.environ["ARTICLE_INDEX"]) if os.environ.get("ARTICLE_INDEX") else None)
    path = named or (_OWN_INDEX if args.articles or (_OWN_INDEX / "CURRENT").exists() else _SAMPLE_INDEX)
    sample = not args.articles and (path == _SAMPLE_INDEX or not (path / "CURRENT").exists())
    folder = Path(render.__file__).parents[2] / "index" / "sample"
    sources = [args.articles] if args.articles else [folder] if sample else []

    def build(progress: Callable[[Any], None]) -> Any:
        from index.building.build import build

        return build(sources, path, progress=progress)

    secret = None
    try:
        secret = _secret(path)
    except OSError as error:
        if sources:
            print(
                f"app.py: cannot write to {path} ({error.strerror}); name another folder with --index.", file=sys.stderr
            )
            return 2
        # An index that may only be read is served all the same; browsers then forget conversations at a restart.
    desk = Desk(path, sources, build if sources else None, "sample " if sample else "", args.reranker)
    page = window(desk, _EXAMPLES if sample else (), secret)
    desk.start()
    return _serve(page, args)


def _serve(page: "gr.Blocks", args: argparse.Namespace) -> int:
    import gradio as gr

    # Gradio carries other fonts and weights too, but only without most of their letters.
    fonts: list[Any] = [gr.themes.LocalFont("Source Sans Pro", weights=(400, 700)), "system-ui", "sans-serif"]
    try:
        _, address, _ = page.launch(
            server_name=args.host,
            server_port=args.port,
            auth=tuple(args.auth.split(":", 1)) if args.auth else None,
            mcp_server=args.mcp,
            theme=gr.themes.Base(neutral_hue="stone", font=fonts),
            css=style.CSS,
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            share=False,
            ssr_mode=False,
            quiet=True,
            prevent_thread_lock=True,
            app_kwargs={"lifespan": guarding(Allowed(args.host, args.allow_host))},
        )
        if page.mcp_server_obj is not None:
            answer_in_json(page.mcp_server_obj)
    except OSError as error:
        print(f"app.py: cannot serve on {args.host}, port {args.port or 'any'} ({error}).", file=sys.stderr)
        return 2
    if not is_guarded(page.server_app):
        print("app.py: this version of Gradio does not let requests be checked; install gradio 6.31.", file=sys.stderr)
        return 2
    if args.auth is None and args.host not in {"127.0.0.1", "localhost", "::1"}:
        print("Everyone who can reach this address can read the articles; --auth asks for a password.", file=sys.stderr)
    print(f"Ask your articles at {address} (Ctrl+C ends it)", flush=True)
    page.block_thread()
    return 0


if __name__ == "__main__":
    sys.exit(main())
