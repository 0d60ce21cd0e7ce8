"""Saved questions: what a browser kept is checked, and what is new after a rebuild is marked until it is seen."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from index import Index
from index.building.build import build
from qa.window.conversation import Form
from qa.window.saved import add, look_again, news, outdated, read_saved, remove, saved_html, seen_now
from qa.window.saved_panel import _CONVERSATION
from tests.qa.test_watching import FAIR, FIRST, LATER
from tests.window.asking import ask
from tests.window.test_add import DROP
from tests.window.test_window import FOLLOW_UP, QUESTION

SOUND = {"form": {"question": "Who?"}, "found": True, "seen": ["ab12"], "generation": "000001-x", "new": 0}
UNSOUND: list[Any] = [
    None, 7, {}, [], SOUND | {"form": {"question": ""}}, SOUND | {"form": None}, SOUND | {"found": 1},
    SOUND | {"seen": "ab"}, SOUND | {"seen": [7]}, SOUND | {"seen": ["<b>"]}, SOUND | {"seen": ["a"] * 41},
    SOUND | {"generation": 7}, SOUND | {"generation": "x" * 65}, SOUND | {"new": True}, SOUND | {"new": -1},
    SOUND | {"new": 9999}, SOUND | {"changed": "no"},
]  # fmt: skip


@pytest.mark.parametrize("unsound", UNSOUND, ids=str)
def test_what_is_unsound_is_dropped_and_nothing_else(unsound: Any) -> None:
    assert [one.form for one in read_saved([unsound, SOUND])] == [Form("Who?")]
    assert read_saved(unsound) == []


def test_no_more_than_fifty_are_kept_and_each_once() -> None:
    many = [SOUND | {"form": {"question": f"Who {n}?"}} for n in range(500)]
    assert len(read_saved(many)) == 50
    assert len(read_saved([SOUND, SOUND])) == 1


def test_what_is_new_after_a_rebuild_is_marked_until_it_is_seen(tmp_path: Path) -> None:
    articles, root = tmp_path / "articles", tmp_path / "saved.index"
    articles.mkdir()
    (articles / "fair.txt").write_text(FAIR)
    build([articles], root)
    with Index.open(root) as index:
        (saved,) = add([], Form(FIRST, sources=()), index)
        assert saved.found
        assert not outdated([saved], index)
    (saved,) = read_saved([saved.to_dict()])
    (articles / "later.txt").write_text(LATER)
    build([articles], root)
    with Index.open(root) as index:
        assert outdated([saved], index)
        looked = look_again(saved, index)
        assert (looked.new, looked.changed, news([looked])) == (1, True, 1)
        assert "1 new sentence<" in saved_html([looked])
        assert look_again(looked, index) == looked  # it is asked once for each generation
        assert not seen_now(looked.form, index).changed
        assert remove([looked.to_dict()], looked.key) == []


def test_the_list_is_text() -> None:
    html = saved_html(read_saved([SOUND | {"form": {"question": "<script>alert(1)</script>"}, "changed": True}]))
    assert "<script" not in html
    assert "no longer answered" in html


def test_as_many_values_are_left_alone_as_there_are() -> None:
    from qa.window.conversation import Conversation
    from qa.window.handlers import show

    assert len(show(Conversation(), [])) == _CONVERSATION


def test_a_question_that_is_removed_while_the_window_gets_ready_stays_removed(
    open_page: Callable[..., Page], serve: Callable[..., str], own_sample: Path
) -> None:
    address = serve(folder=own_sample)
    page = open_page(address)
    for number, question in enumerate((QUESTION, FOLLOW_UP), 1):
        ask(page, question)
        page.locator("#chat a.save").last.click()
        expect(page.locator("text=Earlier conversations")).to_contain_text(f"{number} saved")
    page.wait_for_timeout(1000)  # what the browser keeps is written behind the answer
    state = page.context.storage_state()
    page.evaluate(DROP, [["bridge.txt", "Bridge opened\n\nThe bridge was opened by Ada Holm on Monday."]])
    expect(page.locator("#masthead .status.ready")).to_contain_text("16 articles")

    (own_sample / "read").touch()
    again = serve(script=Path(__file__).with_name("slow.py"), folder=own_sample)
    for kept in state["origins"]:
        kept["origin"] = again.rstrip("/")
    other = open_page(again, storage_state=json.loads(json.dumps(state)))
    other.click("text=Earlier conversations")
    expect(other.locator(".saved li")).to_have_count(2)
    other.locator(".saved .unsave").first.click()
    expect(other.locator(".saved li > a")).to_have_text([QUESTION])
    (own_sample / "load").touch()
    expect(other.locator("#chat .answer")).to_have_count(2)  # the conversation that was open
    other.wait_for_timeout(2000)  # in which the saved questions are asked again
    expect(other.locator(".saved li > a")).to_have_text([QUESTION])
    other.locator(".saved li > a").click()
    expect(other.locator("#chat .answer")).to_have_count(3)
    expect(other.locator(".saved li > a")).to_have_text([QUESTION])
