"""The first ten minutes of a person with the window, one thing after another; then all of it again after a restart."""

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.window.test_add import DROP
from tests.window.test_window import FOLLOW_UP, QUESTION, ask

ADDED = "Bridge opened\n\nThe bridge over the river Lorne was opened by Ada Holm on Monday, the council said.\n"


def test_the_first_ten_minutes(
    open_page: Callable[..., Page], serve: Callable[..., str], own_sample: Path, tmp_path: Path
) -> None:
    page = open_page(serve(folder=own_sample), accept_downloads=True)
    expect(page.locator(".status.ready")).to_contain_text("15 sample articles")

    ask(page, QUESTION)
    sentence = page.locator("#sources mark").first.text_content()
    page.locator("#chat .said a.cite").first.focus()
    page.keyboard.press("Enter")
    if page.locator(".over-open:visible").count():  # the card over the mark leads on to the article
        page.locator(".over-open:visible").click()
    expect(page.locator("#reader mark").first).to_be_visible()
    assert "".join(page.locator("#reader mark").all_text_contents()) == sentence
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()

    ask(page, FOLLOW_UP)
    expect(page.locator("#chat .answer").last).to_contain_text("a follow-up to")

    page.click("text=Only some articles")
    page.click("text=Newest month")
    expect(page.locator(".chip bdi")).to_have_text(["from 1 December 2020", "up to 31 December 2020"])
    page.click("text=Only some articles")
    ask(page, "Where was Mohsen Fakhrizadeh ambushed?")
    days = [day.get_attribute("datetime") or "" for day in page.locator("#sources .card > .facts time").all()]
    assert days
    assert all(day.startswith("2020-12") for day in days)
    for left in (1, 0):
        page.locator(".chip button").first.click()
        expect(page.locator(".chip")).to_have_count(left)

    page.evaluate(DROP, [["bridge.txt", ADDED]])
    expect(page.locator("#masthead .status.ready")).to_contain_text("16 articles")
    ask(page, "Who opened the bridge over the river Lorne?")
    expect(page.locator("#chat .answer .said q").last).to_contain_text("was opened by Ada Holm")

    page.get_by_role("tab", name="Articles").click()
    page.get_by_role("textbox", name="Find").fill("Lorne")
    page.get_by_role("textbox", name="Find").press("Enter")
    expect(page.locator("#articles")).to_contain_text("Bridge opened")
    page.get_by_role("tab", name="Sources").click()
    page.locator(".tools .export summary").click()
    with page.expect_download() as download:
        page.click("text=Conversation as Markdown")
    download.value.save_as(tmp_path / "taken.md")
    assert "was opened by Ada Holm" in (tmp_path / "taken.md").read_text("utf-8")

    page.fill("#ask textarea", "A question that is not yet")
    page.wait_for_timeout(1000)  # what the browser keeps is written behind the answer
    questions = page.locator("#chat .question").all_text_contents()
    titles = page.locator("#sources .headline").all_text_contents()
    page.reload()
    expect(page.locator("#chat .question")).to_have_text(questions)
    expect(page.locator("#sources .headline")).to_have_text(titles)
    state = page.context.storage_state()

    again = serve(folder=own_sample)
    for kept in state["origins"]:
        kept["origin"] = again.rstrip("/")
    other = open_page(again, storage_state=json.loads(json.dumps(state)))
    expect(other.locator("#chat .question")).to_have_text(questions)
    expect(other.locator("#sources .headline")).to_have_text(titles)
    expect(other.locator("#ask textarea")).to_have_value("A question that is not yet")
    expect(other.locator("#masthead .status")).to_contain_text("16 articles")
    assert oct((own_sample / "sample.index" / "window.key").stat().st_mode)[-3:] == "600"
