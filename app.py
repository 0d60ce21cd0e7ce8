"""The window: ask a folder of articles in a browser. Arguments and serving; `python app.py --help` tells more."""

import argparse
import os
import secrets
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.command import add_place, run_command
from index.stores import located
from qa.window.quick_start import quick_start
from qa.window.security import Address, Allowed, guarding, is_guarded, is_local
from qa.window.service import SAMPLE, Service
from qa.window.style import CSS, HEAD

if TYPE_CHECKING:
    import gradio as gr

    from qa.window.programs import Programs

_SAMPLE_INDEX = Path("sample.index")
_OWN_INDEX = Path("articles.index")
_LAST_PORT = 65_535  # fact
_EXAMPLES = (
    "How far was the American force in Iraq cut in September 2020?",
    "Who took command of the Quds Force after Soleimani was killed?",
    "On what condition did the militias offer to suspend their rocket attacks in October?",
    "How do I bake sourdough bread?",
)


def _secret(index_dir: Path) -> str:
    """The key under which the browser keeps conversations, kept beside the index so that they outlive a restart."""
    path = index_dir / "window.key"
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if key := path.read_text(encoding="ascii"):
            return key
        descriptor = os.open(path, os.O_WRONLY)  # a full disk has left it empty
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(16))
    return path.read_text(encoding="ascii")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="app.py", description="Ask a folder of articles in a browser window and get their own words back."
    )
    parser.add_argument("--articles", type=Path, metavar="DIR", help="read these articles first (files or a folder)")
    add_place(parser, "./articles.index, else a set of sample articles in ./sample.index")
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
    parser.add_argument("--read-only", action="store_true", help="nothing can be added or noted in the window")
    parser.add_argument(
        "--allow-adding",
        action="store_true",
        help="articles can be added in the window by everyone who reaches it, without --auth too",
    )
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
    if args.port is not None and not 0 < args.port <= _LAST_PORT:
        parser.error(f"--port is a number from 1 to {_LAST_PORT}")
    if args.read_only and args.allow_adding:
        parser.error("--read-only and --allow-adding exclude each other; leave one of them out")
    if args.mcp and find_spec("mcp") is None:
        parser.error("--mcp needs one more package; install it with: pip install 'gradio[mcp]'")
    return args


def may_add(args: argparse.Namespace) -> bool:
    """Whether articles may be added in the window: not where anybody who reaches it could, unless that is wanted."""
    return not args.read_only and (args.allow_adding or args.auth is not None or is_local(args.host))


def main(argv: Sequence[str] | None = None) -> int:
    """Serves the window until it is interrupted; the exit code."""
    args = _arguments(argv)
    return run_command("app", lambda: _serve(args))


def _serve(args: argparse.Namespace) -> int:
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    named = args.index or (Path(os.environ["ARTICLE_INDEX"]) if os.environ.get("ARTICLE_INDEX") else None)
    path = named or (_OWN_INDEX if args.articles or args.store or (_OWN_INDEX / "CURRENT").exists() else _SAMPLE_INDEX)
    place, path = located(args.store, path)
    asked_only = not args.articles and place == path
    sample = asked_only and path == _SAMPLE_INDEX
    if asked_only and not sample and not (path / "CURRENT").exists():
        print(
            f"app.py: there is no index at {path}; make one there with: python app.py --articles DIR --index {path}",
            file=sys.stderr,
        )
        return 2
    sources = [args.articles] if args.articles else [SAMPLE] if sample else []

    def build(progress: Callable[[Any], None]) -> Any:
        from index.building.staging import BuildOptions
        from index.stores import builder

        return builder(place, path)(sources, BuildOptions(progress=progress))

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
    with quick_start():
        from qa.window.page import window  # brings numpy, which --help does without
        from qa.window.programs import Programs

        service = Service(
            place,
            sources,
            build if sources else None,
            reranker=args.reranker,
            adding=place == path and may_add(args),
            feedback=None if args.read_only else path / "feedback.jsonl",
        )
        page = window(service, _EXAMPLES if sample else (), secret)
        if not _launch(page, Programs(service), args):
            return 2
    service.start()  # after the page is served: Python runs one import at a time
    page.block_thread()
    return 0


def _try_host(host: str) -> None:
    """Raises OSError where nothing can be served: Gradio itself would try a hundred ports, for minutes."""
    failed = OSError("no address")
    for family, kind, _, _, address in socket.getaddrinfo(host.strip("[]") or None, 0, type=socket.SOCK_STREAM):
        try:
            with socket.socket(family, kind) as tried:
                tried.bind(address)
            return
        except OSError as error:  # such as the first of two for "localhost", where there is no IPv6
            failed = error
    raise failed


def _launch(page: "gr.Blocks", programs: "Programs", args: argparse.Namespace) -> bool:
    """Serves the page; whether it could. Says why not."""
    import gradio as gr

    from qa.window.rest import attach

    login = tuple(args.auth.split(":", 1)) if args.auth else None
    # Gradio carries other fonts and weights too, but only without most of their letters.
    fonts: list[Any] = [gr.themes.LocalFont("Source Sans Pro", weights=(400, 700)), "system-ui", "sans-serif"]
    try:
        _try_host(args.host)
        _, address, _ = page.launch(
            server_name=args.host,
            server_port=args.port,
            auth=login,
            mcp_server=args.mcp,
            theme=gr.themes.Base(neutral_hue="stone", font=fonts),
            css=CSS,
            head=HEAD,
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            share=False,
            ssr_mode=False,
            quiet=True,
            prevent_thread_lock=True,
            app_kwargs={
                "lifespan": guarding(
                    Allowed(args.host, args.allow_host), partial(attach, programs=programs, login=login)
                )
            },
        )
        if page.mcp_server_obj is not None:
            from qa.window.mcp_tools import serve_tools

            serve_tools(page.mcp_server_obj, programs)
    except (OSError, UnicodeError) as error:
        print(f"app.py: cannot serve on {args.host}, port {args.port or 'any'} ({error}).", file=sys.stderr)
        return False
    if not is_guarded(page.server_app):
        print("app.py: this version of Gradio does not let requests be checked; install gradio 6.31.", file=sys.stderr)
        return False
    if args.auth is None and not is_local(args.host):
        print("Everyone who can reach this address can read the articles; --auth asks for a password.", file=sys.stderr)
    print(f"Ask your articles at {address} (Ctrl+C ends it)", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
