"""While articles are made ready the page says what is going on; afterwards, what could not be read."""

import asyncio
import re
import threading
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from index.building.report import Progress
from index.types import Skipped
from qa.window.conversation import Conversation, Form
from qa.window.handlers import Handlers
from qa.window.page import window
from qa.window.service import Service
from qa.window.unread import unread_html, without_places
from tests.window.asking import run

Open = Callable[..., Page]


def test_a_window_that_nobody_asks_looks_fifty_times_a_second_for_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        raise KeyboardInterrupt  # which ends each look

    async def look() -> None:
        queue = window(Service(tmp_path / "none.index", [], None))._queue
        queue.active_jobs = [None]
        monkeypatch.setattr("gradio.queueing.asyncio.sleep", sleep)
        for once in (queue.start_processing, queue.start_progress_updates):
            queue.stopped = False
            with pytest.raises(KeyboardInterrupt):
                await once()

    run(look())
    assert len(slept) == 2
    assert min(slept) >= 0.02  # by itself .001 and .01: a tenth of a core


@pytest.mark.parametrize("stage", ["reading", "embedding", "indexing"])
def test_no_bar_stands_empty_and_none_is_left_when_the_build_is_done(tmp_path: Path, stage: Any) -> None:
    reached, go_on, said = threading.Event(), threading.Event(), []
    pages: list[str] = []

    def build(progress: Callable[[Progress], None]) -> None:
        for done in (0, 3):
            progress(Progress(stage, done, 15))
            said.append(service.status()[0])
            progress(Progress(stage, done, 15, 7, 30))
            pages.append(service.status()[0])
        reached.set()
        go_on.wait()

    service = Service(tmp_path / "none.index", [tmp_path], build)
    loading: list[str] = []
    service._load_model = lambda **_: loading.append(service.status()[0])  # type: ignore[method-assign]
    service.start()
    assert reached.wait(60)
    go_on.set()
    assert service.warm.wait(60)
    assert "<progress" not in said[0]
    assert not re.search(r"\d", re.sub(r"&#\d+;", "", said[0]))
    assert '<progress max="15" value="3"' in said[1]
    assert all("page 7 of 30" in unescape(words) for words in pages)
    assert len(loading) == 1
    assert "Getting the search ready" in loading[0]
    assert "<progress" not in loading[0]


def test_a_question_that_finds_a_new_generation_stops_nobody_else(tmp_path: Path) -> None:
    service = Service(tmp_path / "none.index")
    service.warm.set()
    service.hindrance = lambda: time.sleep(0.5) or "Not yet."  # type: ignore[method-assign]

    async def ask() -> None:
        async for _ in Handlers(service, own_examples=True).answered(Conversation(), [], Form("Who?")):
            pass

    async def turns_of_others() -> int:
        asked, turns = asyncio.create_task(ask()), 0
        while not asked.done():
            await asyncio.sleep(0.01)
            turns += 1
        return turns

    assert run(turns_of_others()) > 5


@pytest.mark.parametrize(
    ("files", "rows", "words"),
    [(1, 0, "1 file was not read"), (6, 0, "6 files were not read"), (0, 1, "1 row was not read"),
     (2, 1, "2 files and 1 row were not read")],
)  # fmt: skip
def test_what_was_not_read_is_counted_and_all_of_it_listed(files: int, rows: int, words: str) -> None:
    skipped = [Skipped(f"/srv/news/deep/{n}.pdf", "no text") for n in range(files)]
    skipped += [Skipped("/srv/news/rows.jsonl", "not JSON", n) for n in range(rows)]
    html = unread_html(skipped, ["/srv/news"])
    assert words in html
    assert html.count("<li>") == files + rows
    assert "srv" not in html


def test_names_are_relative_and_tell_folders_apart() -> None:
    skipped = [Skipped("/srv/a/x.pdf", "the same file as /srv/a/y.pdf"), Skipped("/srv/b/x.zip/in/<b>.pdf", "damaged")]
    text = re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), unread_html(skipped, ["/srv/a", "/srv/b"]))
    assert "<bdi>a/x.pdf</bdi>: the same file as a/y.pdf" in text
    assert "<bdi>b/x.zip/in/<b>.pdf</bdi>: damaged" in text
    assert "/srv" not in text
    assert unread_html([], ["/srv/a"]) == ""
    assert without_places("no article in /srv/a; give others", ["/srv/a"]) == "no article in a; give others"


def test_the_header_says_what_was_not_read_without_a_path_or_a_warning_light(
    open_page: Open, serve: Callable[..., str], tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    (folder / "deep").mkdir(parents=True)
    (folder / "fair.txt").write_text("Village fair\n\nThe village fair moves to the second Sunday in May.\n")
    names = [f"deep/scan-{number}.pdf" for number in range(5)]
    for name in names:
        (folder / name).write_bytes(b"%PDF-1.4 not one")
    (folder / "rows.jsonl").write_text('{"title": "no text"}\n')
    page = open_page(serve("--articles", "own", folder=tmp_path))
    expect(page.locator(".status.ready")).to_contain_text("1 article")
    fold = page.locator("#masthead .unread")
    expect(fold.locator("summary")).to_have_text("5 files and 1 row were not read")
    expect(fold.locator("li").first).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.locator("li bdi")).to_have_text([*names, "rows.jsonl, line 1"])
    assert all(len(line.partition(": ")[2]) > 5 for line in fold.locator("li").all_text_contents())
    assert str(tmp_path) not in page.content()
    expect(page.locator(".status.failed")).to_have_count(0)


def test_a_new_answer_comes_into_view_on_a_phone(open_page: Open, sample: str) -> None:
    page = open_page(sample, 390, 844, has_touch=True, is_mobile=True)
    asked = ("What happened at the base at Taji?", "Who was killed in January 2020?", "How do I bake sourdough bread?")
    for number, question in enumerate(asked, 1):
        page.fill("#ask textarea", question)
        page.press("#ask textarea", "Enter")
        expect(page.locator("#chat .answer, #chat .refusal")).to_have_count(number)
        expect(page.locator("#chat .question").last).to_be_in_viewport(ratio=1)
        page.wait_for_function(  # all of the answer, or its question at the top of the screen
            """() => {
              const last = (selector) => [...document.querySelectorAll(selector)].pop().getBoundingClientRect();
              return last('#chat .answer, #chat .refusal').bottom <= innerHeight || last('#chat .question').top < 80;
            }"""
        )
