"""Turns the errors of a command into one sentence on standard error and an exit code."""

import argparse
import atexit
import gc
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

from index.errors import ArticleQAError
from index.milvus.address import is_address

__all__ = ["PICTURES", "add_place", "printable", "run_command"]

# What steers a terminal, overrides the direction of what follows or is half a letter, and the picture of each, where it
# has one. Joiners and marks of direction belong to words.
_UNSEEN = (*range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000))
PICTURES = {code: 0x2400 + code for code in range(0x20)} | dict.fromkeys(_UNSEEN, 0xFFFD)


def printable(text: str) -> str:
    """A name or a title on one line, its control characters as pictures of themselves."""
    return text.translate(PICTURES)


def add_place(parser: argparse.ArgumentParser, otherwise: str = "./articles.index") -> None:
    """The options that say where the index is; `otherwise` is where, if nothing does."""
    parser.add_argument("--index", type=Path, metavar="DIR", help=f"the index (else $ARTICLE_INDEX, else {otherwise})")
    told = "one on Milvus instead: milvus://HOST:PORT/NAME, or FILE.db"
    parser.add_argument("--store", type=_address, metavar="ADDRESS", help=told)


def _address(words: str) -> str:
    # Else a forgotten "milvus://" would make an index in a folder of that name.
    if not is_address(words):
        raise argparse.ArgumentTypeError(
            f"{words!r} is no address; write milvus://HOST:PORT/NAME or FILE.db, or name a folder with --index"
        )
    return words


def run_command(program: str, command: Callable[[], int], stopped: Callable[[], str] = lambda: "stopped") -> int:
    """The exit code of `command`: 2 for an error, 130 when it is interrupted, which `stopped` puts in words."""
    atexit.register(gc.freeze)  # the last search for garbage takes .3 s once PyTorch is imported, and frees nothing
    for stream in (sys.stdout, sys.stderr):  # a name that the terminal cannot show ends nothing
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return command()
    except ArticleQAError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\n{stopped()}", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        print(f"error: unexpected {what}; to see where, run: python -X dev -m {program} ...", file=sys.stderr)
        return 2
