"""What a window imports, imported once: `serve` forks windows from a process that has done so, on a shared machine most
of a window's start. The window of the fixture `sample` is started as people do, by `python app.py`.
"""

import os
import re
import runpy
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from qa.window.quick_start import quick_start

__all__ = ["address", "start"]

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
if "pytest" not in sys.modules:  # in the process that forks; pytest itself stays light
    with quick_start():
        for name in (
            "torch",
            "gradio",
            "index.building.build",
            "qa.window.page",
            "qa.window.programs",
            "qa.window.rest",
        ):
            import_module(name)

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")


def _run(script: Path, arguments: Sequence[str], folder: Path, variables: Mapping[str, str]) -> None:
    """Becomes `python SCRIPT ARGUMENTS` in a folder, its output in the files `said` and `errors` there."""
    os.chdir(folder)
    os.environ.update(variables)
    os.environ.pop("ARTICLE_INDEX", None)
    for name, stream in (("said", sys.stdout), ("errors", sys.stderr)):
        with open(name, "wb") as file:
            os.dup2(file.fileno(), stream.fileno())
    sys.argv = [str(script), *arguments]
    runpy.run_path(str(script), run_name="__main__")


def start(script: Path, arguments: Sequence[str], folder: Path, variables: Mapping[str, str]) -> BaseProcess:
    """A process that runs a script, forked from one with all imports done."""
    (folder / "said").unlink(missing_ok=True)  # what an earlier window in the same folder said
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_run, args=(script, arguments, folder, variables))
    process.start()
    return process


def address(is_alive: Callable[[], bool], folder: Path) -> str:
    """Waits for the address at which a started window serves. Raises AssertionError with its errors if it ends."""
    said = folder / "said"
    while True:
        alive = is_alive()
        if found := _ADDRESS.search(said.read_text("utf-8") if said.exists() else ""):
            return found.group()
        if not alive:
            raise AssertionError((folder / "errors").read_text("utf-8"))
        time.sleep(0.05)
