"""What could not be read, for people in front of a window: how much it is, and each file by its name below its source.

Where on the server the articles lie is no reader's business.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from index.types import Skipped
from qa.window.html import counted, escape

__all__ = ["unread_html", "without_places"]

_SHOWN = 2000  # limit: a page stays quick with that many lines; a last line counts the rest


def unread_html(skipped: Sequence[Skipped], sources: Sequence[str]) -> str:
    """A fold such as "6 files were not read" with a line for each, with its reason; empty where all was read.

    `sources` are the absolute paths of the files and folders that were to be read.
    """
    if not skipped:
        return ""
    rows = sum(skip.line is not None for skip in skipped)
    counts = [counted(number, noun) for number, noun in ((len(skipped) - rows, "file"), (rows, "row")) if number]
    verb = "was" if len(skipped) == 1 else "were"
    lines = [_line(skip, sources) for skip in skipped[:_SHOWN]]
    if len(skipped) > _SHOWN:
        lines.append(f"and {len(skipped) - _SHOWN:,} more")
    items = "".join(f"<li>{line}</li>" for line in lines)
    return (
        f'<details class="unread"><summary>{" and ".join(counts)} {verb} not read</summary><ul>{items}</ul></details>'
    )


def without_places(text: str, places: Iterable[str]) -> str:
    """`text` without the folders that the files and folders at `places` are in: only their own names."""
    for place in sorted(places, key=len, reverse=True):
        folder = os.path.dirname(place)
        if len(folder) > 1:
            text = text.replace(folder + os.sep, "")
    return text


def _line(skip: Skipped, sources: Sequence[str]) -> str:
    name = _relative(skip.path, sources)
    where = name if skip.line is None else f"{name}, line {skip.line:,}"
    return f"<bdi>{escape(where)}</bdi>: {escape(without_places(skip.reason, sources))}"


def _relative(path: str, sources: Sequence[str]) -> str:
    inside = [path[len(source) + 1 :] for source in sources if path.startswith(source + os.sep)]
    if not inside:
        return PurePath(path).name or path
    # Of several folders, the name of the one that holds the file comes first.
    return min(inside, key=len) if len(sources) == 1 else without_places(path, sources)
