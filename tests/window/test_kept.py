"""What a browser remembers is checked: what was tampered with or is of another version is dropped; asking goes on."""

import json
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from index.building.build import build
from index.errors import UsageError
from qa.types import Answer
from qa.window.chat_handlers import ChatHandlers
from qa.window.chats_html import chats_html
from qa.window.conversation import Conversation, Exchange, Form
from qa.window.handlers import show
from qa.window.kept import Chat, delete, keep, kept_chats, open_chat, rename, shut
from qa.window.service import Service
from tests.qa.test_watching import FAIR, FIRST
from tests.window.asking import ask, run

QUESTION = "What happened at the base at Taji?"
SOUND = {"key": "ab12", "asked": [{"question": "Who?", "since": "2020-01-01", "until": None, "sources": ["Wire"]}]}


def chat(**changes: Any) -> dict[str, Any]:
    return {**SOUND, **changes}


def asked(**changes: Any) -> dict[str, Any]:
    return chat(asked=[{"question": "Who?", **changes}])


UNSOUND: list[Any] = [
    None, 7, "x", [], {}, {"key": "ab12"}, {"asked": SOUND["asked"]}, {"question": "Who?", "answer": "He."},
    chat(key=7), chat(key=""), chat(key="a\" onclick=x"), chat(key="a" * 65), chat(key="é"),
    chat(asked=None), chat(asked=[]), chat(asked={}), chat(asked="Who?"), chat(asked=[None]), chat(asked=[["Who?"]]),
    chat(asked=SOUND["asked"] * 51), chat(asked=[*SOUND["asked"], {}]),
    asked(question=None), asked(question=["Who?"]), asked(question="  "), asked(question="x" * 10_001),
    asked(since=7), asked(since="yesterday"), asked(since="2020-13-01"), asked(until="2020-01-01T00:00:00"),
    asked(until={"a": 1}), asked(sources="Wire"), asked(sources=[7]), asked(sources={"Wire": 1}),
    asked(recent="no"), asked(understand=None), asked(k=5),
    chat(name=7), chat(name=None), chat(day=7), chat(day="today"), chat(open=1), chat(open="yes"),
]  # fmt: skip


@pytest.fixture
def answer() -> Answer:
    return Answer("What?", False, (), "Nothing.", (), "g")


def titles(given: Any) -> list[tuple[str, str]]:
    return [(chat.key, chat.title) for chat in kept_chats(given)]


def test_a_sound_conversation_is_taken_over() -> None:
    assert kept_chats([SOUND]) == [Chat("ab12", (Form("Who?", "2020-01-01", None, ("Wire",)),))]
    assert titles([asked(question="Half \ud800 a pair")]) == [("ab12", "Half ? a pair")]
    named = chat(name=" A\n\ud800 name ", day="2026-01-02", open=True)
    assert kept_chats([named])[0].title == "A ? name"
    assert kept_chats([named])[0].day == date(2026, 1, 2)
    assert open_chat([SOUND, named | {"key": "cd"}]) == kept_chats([named | {"key": "cd"}])[0]


@pytest.mark.parametrize("unsound", UNSOUND, ids=lambda unsound: json.dumps(unsound)[:60])
def test_what_is_unsound_is_dropped_and_nothing_else(unsound: Any) -> None:
    assert titles([unsound, SOUND]) == [("ab12", "Who?")]
    assert titles(unsound) == []


def test_no_more_than_a_hundred_conversations_and_each_key_once_are_looked_at() -> None:
    assert len(kept_chats([chat(key=f"k{n}") for n in range(10_000)])) == 100
    assert len(kept_chats([SOUND, SOUND])) == 1


def test_conversations_are_renamed_and_deleted_and_one_is_open(answer: Answer) -> None:
    now = Conversation((Exchange(Form("What?"), answer),), "now1")
    kept = keep([SOUND, chat(key="cd34", open=True)], now)
    assert titles(kept) == [("now1", "What?"), ("ab12", "Who?"), ("cd34", "Who?")]
    assert [one.is_open for one in kept_chats(kept)] == [True, False, False]
    assert kept_chats(kept)[0].day == date.today()
    kept = rename(kept, "now1", "  My   name \ud800" + "x" * 500)
    assert kept_chats(keep(kept, now))[0].name.startswith("My name ?x")
    assert len(kept_chats(kept)[0].name) <= 200
    assert titles(rename(kept, "now1", " "))[0] == ("now1", "What?")
    assert rename(kept, "none", "x") == kept
    assert open_chat(shut(kept)) is None
    assert [key for key, _ in titles(delete(kept, "ab12"))] == ["now1", "cd34"]


def test_names_in_the_list_are_text() -> None:
    bad = '"><script>alert(1)</script>'
    html = chats_html([Chat(f"k{n}", (Form(bad), Form(bad)), bad, date(2020, 1, 2)) for n in range(5)], "k1")
    assert "<script" not in html
    assert "2 January 2020, 2 questions" in html
    assert html.count('aria-current="true"') == 1
    assert 'class="find-chat"' in html


def test_a_conversation_is_found_by_the_words_that_it_was_asked_in() -> None:
    html = unescape(chats_html([Chat("k1", (Form("Wer wohnt in der Straße?"),))], ""))
    assert 'data-words=" wer wohnt in der straße?"' in html  # as toLowerCase has it


def test_a_conversation_is_not_asked_of_an_index_of_other_articles(tmp_path: Path) -> None:
    for name in ("others", "mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "fair.txt").write_text(FAIR)
    build([tmp_path / "others"], tmp_path / "an.index")

    def fails(_: object) -> None:
        raise UsageError("no article could be read.")

    service = Service(tmp_path / "an.index", [tmp_path / "mine"], fails)
    service.start()
    assert service.warm.wait(60)
    chats = ChatHandlers(service, show)
    kept = [SOUND | {"asked": [{"question": FIRST}], "open": True}]
    now, messages, *_ = chats.open("ab12", Conversation(), kept)
    assert now == Conversation()
    assert "It could not be opened&#58; no article could be read" in messages[-1]["content"]

    async def reopened() -> list[Conversation]:
        return [update[0] async for update in chats.reopened(Conversation(), kept)]

    assert run(reopened())[-1] == Conversation()


def test_tampered_and_older_conversations_do_not_keep_a_page_from_asking(
    open_page: Callable[..., Page], serve: Callable[..., str], own_sample: Path
) -> None:
    page = open_page(serve(script=Path(__file__).with_name("older.py"), folder=own_sample))
    ask(page, QUESTION)
    state = page.context.storage_state()
    address = serve(folder=own_sample)
    for origin in state["origins"]:
        origin["origin"] = address.rstrip("/")
    for value in (None, "not what was encrypted", ""):
        for origin in state["origins"]:
            for item in origin["localStorage"]:
                item["value"] = item["value"] if value is None else value
        other = open_page(address, storage_state=json.loads(json.dumps(state)))
        ask(other, QUESTION)
        other.click("text=Earlier conversations")
        expect(other.locator(".chats a")).to_have_text([QUESTION])


def test_half_a_surrogate_pair_is_answered_and_so_is_the_next_question(
    open_page: Callable[..., Page], sample: str
) -> None:
    page = open_page(sample)
    page.locator("#ask textarea").evaluate(
        "e => {e.value = 'What \\ud800 happened at the base at Taji?'; e.dispatchEvent(new Event('input'))}"
    )
    page.press("#ask textarea", "Enter")
    expect(page.locator("#chat .answer, #chat .refusal")).to_have_count(1)
    expect(page.locator("#chat .question")).to_have_text("What ? happened at the base at Taji?")
    ask(page, QUESTION)
    page.click("text=New chat")
    expect(page.locator("#chat .question")).to_have_count(0)
    page.click("text=Earlier conversations")
    page.click(".chats a >> nth=0")
    expect(page.locator("#chat .question")).to_have_count(2)
