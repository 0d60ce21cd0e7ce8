"""A real server in its own process and a real Chromium; every request of every test must stay on this machine."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.chromium import chromium
from tests.once import SAMPLE, index_of
from tests.window import preloaded

ROOT = Path(__file__).parents[2]
WAIT = 240_000  # ms: on a busy machine loading torch alone has taken half a minute

Serve = Callable[..., str]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("no Chromium is installed")
    expect.set_options(timeout=WAIT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, serve: Serve) -> Iterator[Callable[..., Page]]:
    """Opens pages; afterwards none of them has asked another host for anything, or met an error."""
    contexts, foreign, errors = [], [], []

    def listen(page: Page) -> None:
        page.set_default_timeout(WAIT)
        page.on("request", lambda request: foreign.append(request.url) if not _is_local(request.url) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
        page.on("dialog", lambda dialog: (errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def open_page(
        url: str, width: int = 1280, height: int = 800, logged_in: tuple[str, str] | None = None, **options: object
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
        contexts.append(context)
        context.on("page", listen)
        page = context.new_page()
        page.goto(url)
        if logged_in:
            page.get_by_label("username").fill(logged_in[0])
            page.get_by_label("password").fill(logged_in[1])
            assert page.locator("#ask").count() == 0
            page.get_by_role("button", name="Login").click()
        page.wait_for_selector("#ask textarea")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not foreign
    assert not errors


def _is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"data", "blob", "about"} or parts.hostname == "127.0.0.1"


@contextmanager
def _serving(folders: pytest.TempPathFactory) -> Iterator[Serve]:
    """A function that starts app.py (or another script) with arguments and gives the address at which it serves; all of
    them end with the context, since each holds most of a gigabyte."""
    processes = []

    def serve(*arguments: object, script: Path = ROOT / "app.py", folder: Path | None = None, **variables: str) -> str:
        folder = folder or folders.mktemp("served")
        processes.append(preloaded.start(script, [*map(str, arguments)], folder, variables))
        return preloaded.address(processes[-1].is_alive, folder)

    try:
        yield serve
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
            process.close()


@pytest.fixture
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts windows that end with the test."""
    with _serving(tmp_path_factory) as serve:
        yield serve


@pytest.fixture(scope="module")
def serve_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts windows that end with the last test of the module."""
    with _serving(tmp_path_factory) as serve:
        yield serve


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_sample(tmp_path_factory.mktemp("sample"), tmp_path_factory)


@pytest.fixture(scope="session")
def sample(sample_folder: Path) -> Iterator[str]:
    """The address of a window on the sample articles, started by `python app.py`."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    environment.pop("ARTICLE_INDEX", None)
    with (sample_folder / "said").open("w") as said, (sample_folder / "errors").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py")], cwd=sample_folder, env=environment, stdout=said, stderr=errors
        )
    yield preloaded.address(lambda: process.poll() is None, sample_folder)
    process.terminate()
    process.wait()


@pytest.fixture
def own_sample(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A folder for a window of one's own on the sample articles, with an index that may be changed."""
    return with_sample(tmp_path, tmp_path_factory)


def with_sample(folder: Path, folders: pytest.TempPathFactory) -> Path:
    """A folder, with an index of the sample articles where a window looks for one."""
    index_of(SAMPLE, "sample", folders, folder / "sample.index")
    return folder
