"""What is typed as a limit is understood or refused where it was typed; what is set can be seen, and is named."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from qa.window.conversation import Form, limit_words
from qa.window.filter_fold import checked_limits, chips_html

Open = Callable[..., Page]
QUESTION = "How many rockets hit Camp Taji?"


def yesterday() -> str:
    day = date.today() - timedelta(days=1)
    return f"{day.day} {day:%B %Y}"


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("", "", ""),
        (None, None, ""),
        ("2020-12-01", "", "from 1 December 2020"),
        ("2020", "2020", "from 1 January 2020 to 31 December 2020"),
        ("Dec 2020", "", "from 1 December 2020"),
        ("", "Dec 2020", "up to 31 December 2020"),
        ("yesterday", "", f"from {yesterday()}"),
    ],
)
def test_dates_as_people_write_them_are_understood(since: str, until: str, words: str) -> None:
    assert checked_limits(since, until, [], []) == (words, [(words[5:25].split(" to")[0] if since else "", False),
                                                             (words.split("to ")[-1] if until else "", False),
                                                             ("", False)])  # fmt: skip


@pytest.mark.parametrize("typed", ["01/12/2020", "soon", "2020-13-01", "\ud800", "1", "December", "x" * 5000])
@pytest.mark.parametrize("place", [0, 1])
def test_what_is_not_understood_is_refused_at_its_field_and_is_no_question(typed: str, place: int) -> None:
    days = ["", ""]
    days[place] = typed
    words, said = checked_limits(days[0], days[1], [], [])
    assert "is not understood" in words
    assert [refused for _, refused in said] == [place == 0, place == 1, False]
    assert len(said[place][0]) > 20
    with pytest.raises(Exception, match=r"date|may be|year"):
        Form.written(QUESTION, (days[0], days[1], []), (True, True))


def test_swapped_days_and_unknown_sources_are_refused() -> None:
    words, said = checked_limits("2021", "2020", ["wire", "Nowhere"], ["Wire"])
    assert words == "from 1 January 2021, wire, “Published to” is not understood, “Sources” is not understood"
    assert [refused for _, refused in said] == [False, True, True]
    assert "Nowhere" in said[2][0]
    with pytest.raises(Exception, match="swap"):
        Form.written(QUESTION, ("2021", "2020", []), (True, True))


def test_chips_are_text_and_each_can_be_taken_away() -> None:
    html = chips_html(date(2020, 3, 1), None, ("A", "<b>B</b>"))
    assert html.count("<button") == 3
    assert "<b>" not in html
    assert [which for which in ("since", "until", "source0", "source1") if f'data-which="{which}"' in html] == [
        "since", "source0", "source1"]  # fmt: skip
    assert chips_html(None, None, ()) == ""


def test_limits_are_words() -> None:
    assert limit_words(None, None, ()) == ""
    assert limit_words(date(2020, 3, 1), None, ("A", "B")) == "from 1 March 2020, A, B"


def _set(page: Page, name: str, text: str) -> None:
    field = page.get_by_role("textbox", name=name, exact=True)
    field.fill(text)
    field.press("Tab")


def test_a_date_is_refused_in_red_below_its_field_and_nothing_is_asked_without_it(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    expect(page.locator(".status.ready")).to_be_visible()
    page.click("text=Only some articles")
    _set(page, "Published from", "Mar 2020")
    expect(page.locator(".field-hint")).to_have_text("1 March 2020")
    _set(page, "Published to", "01/12/2020")
    refused = page.locator(".field-hint.refused")
    expect(refused).to_have_text(re.compile("may be 1 December 2020 or 12 January 2020"))
    red = page.locator("#sources").evaluate(
        "() => getComputedStyle(document.documentElement).getPropertyValue('--accent')"
    )
    assert refused.evaluate("e => getComputedStyle(e).color") == "rgb({}, {}, {})".format(
        *bytes.fromhex(red.strip("# "))
    )
    expect(page.get_by_role("textbox", name="Published to", exact=True)).to_have_attribute("aria-invalid", "true")
    page.fill("#ask textarea", QUESTION)
    page.press("#ask textarea", "Enter")
    expect(page.locator("#chat .notice")).to_contain_text("may be 1 December 2020")
    expect(page.locator("#ask textarea")).to_have_value(QUESTION)
    assert page.locator("#chat .answer, #chat .refusal").count() == 0
    refused.get_by_role("link", name="1 December 2020").click()
    expect(refused).to_have_count(0)
    expect(page.locator(".chip bdi").last).to_have_text("up to 1 December 2020")
    _set(page, "Published to", "2020")
    expect(page.locator(".chip bdi").last).to_have_text("up to 31 December 2020")
    expect(page.get_by_role("textbox", name="Published to", exact=True)).to_have_attribute("aria-invalid", "false")
    page.press("#ask textarea", "Enter")
    expect(page.locator("#chat .limits bdi")).to_have_text("only articles from 1 March 2020 to 31 December 2020")


def test_a_date_that_is_typed_and_not_left_counts_and_opens_the_fold_where_it_is_wrong(
    open_page: Open, sample: str
) -> None:
    page = open_page(sample)
    page.click("text=Only some articles")
    page.get_by_role("textbox", name="Published from", exact=True).fill("soon")
    page.click("text=Only some articles")
    page.fill("#ask textarea", QUESTION)
    page.press("#ask textarea", "Enter")
    expect(page.locator("#chat .notice")).to_contain_text("is not a date")
    expect(page.locator(".field-hint.refused")).to_be_visible()


def test_a_set_filter_is_seen_while_its_fold_is_closed_and_named_in_answers_and_refusals(
    open_page: Open, sample: str
) -> None:
    page = open_page(sample)
    expect(page.locator(".status.ready")).to_be_visible()
    fold = page.locator(".fold > button").first
    fold.click()
    _set(page, "Published from", "2020-03-01")
    page.get_by_role("combobox", name="Sources").click()
    page.get_by_role("option", name="Example Courier").click()
    page.locator("h1").click()
    chips = page.locator(".chip bdi")
    expect(chips).to_have_text(["from 1 March 2020", "Example Courier"])
    fold.click()
    expect(page.get_by_role("combobox", name="Sources")).to_be_hidden()
    expect(chips.first).to_be_visible()
    limits = "only articles from 1 March 2020, Example Courier"
    for question, place in ((QUESTION, ".answer"), ("How do I bake sourdough bread?", ".refusal")):
        page.fill("#ask textarea", question)
        page.press("#ask textarea", "Enter")
        expect(page.locator(f"#chat {place} .limits bdi")).to_have_text(limits)
    page.click(".chip button >> nth=1")
    expect(chips).to_have_text(["from 1 March 2020"])
    page.click("text=New chat")
    expect(chips).to_have_count(0)
    fold.click()
    expect(page.get_by_role("textbox", name="Published from", exact=True)).to_have_value("")
    page.click("text=Newest month")
    expect(chips).to_have_text(["from 1 December 2020", "up to 31 December 2020"])
    page.click("text=Newest year")
    expect(chips).to_have_text(["from 1 January 2020", "up to 31 December 2020"])


def test_a_source_that_is_typed_is_refused_if_there_is_none_of_that_name(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    expect(page.locator(".status.ready")).to_be_visible()
    page.click("text=Only some articles")
    page.get_by_role("combobox", name="Sources").fill("Nowhere Post")
    page.locator("h1").click()
    expect(page.locator(".field-hint.refused")).to_contain_text("No source is called Nowhere Post")


def test_the_calendar_writes_a_date_into_its_field(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    page.click("text=Only some articles")
    page.get_by_role("button", name="Published to: calendar").click()
    day = page.locator(".written-date input[type=date]").nth(1)
    day.evaluate("e => {e.value = '2020-09-30'; e.dispatchEvent(new Event('change'))}")
    expect(page.get_by_role("textbox", name="Published to", exact=True)).to_have_value("2020-09-30")
    expect(page.locator(".field-hint")).to_have_text("30 September 2020")
    expect(page.locator(".chip bdi")).to_have_text("up to 30 September 2020")
