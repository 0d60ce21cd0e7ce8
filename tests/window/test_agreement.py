"""The line of other sources and the figures of different days, as the window shows them: to the letter, in reach of the
keyboard, and no wider than a phone."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from playwright.sync_api import Page as Browser
from playwright.sync_api import expect

from qa.types import Statement
from qa.window.agreement_html import agreement_html
from qa.window.answer_html import answer_html
from tests.window.test_html import Page, cite, found, quotes, shown
from tests.window.test_payloads import ALIENS, PAYLOADS
from tests.window.test_window import ask

KILLED = "How many people were killed in the Brennholm ferry accident?"


def statement(text: str, first: int, last: int, **facts: object) -> Statement:
    made = Statement(
        1, "a", "Title", "Source", date(2020, 11, 17), "number", first, last, text[first:last], 0, len(text), text
    )
    return replace(made, **facts)  # type: ignore[arg-type]


@given(quotes())
def test_figures_and_sources_are_shown_to_the_letter(quote: tuple[str, int, int]) -> None:
    text, first, last = quote
    one = statement(text, first, last, source=text)
    answer = replace(found(cite(text, first, last)), corroboration=(one, one), figures=(one, replace(one, number=None)))
    page = Page(agreement_html(answer, 2))
    assert page.texts["q."] == [shown(text)] * 2
    assert page.texts["bdi.figure"] == page.texts["mark."] == [shown(text[first:last])] * 2
    assert page.texts["p.also-reported"] == [f"Also reported by {shown(text)} [1]"]
    assert page.links == ["#m2-c1", "#m2-c1"]
    assert agreement_html(answer, 2) in answer_html(answer, 2)


def test_where_nothing_agrees_or_differs_nothing_is_said() -> None:
    assert agreement_html(found(cite("He.", 0, 3)), 0) == ""


@pytest.fixture(scope="module")
def ferries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles about a ferry, whose sources and sentences hold hostile text."""
    folder = tmp_path_factory.mktemp("ferries")
    (folder / "articles").mkdir()
    for number, (day, killed) in enumerate((("2021-05-03", "At least 12"), ("2021-05-05", "19"), ("2021-05-09", "21"))):
        front = {"title": f"Ferry {PAYLOADS[number]}", "source": f"Wire {number} {PAYLOADS[number + 1]}", "date": day}
        head = "".join(f"{name}: {json.dumps(value)}\n" for name, value in front.items())
        body = f"{killed} people were killed in the Brennholm ferry accident {PAYLOADS[number + 2]} it is said."
        rest = f"In town {number} flags flew and schools stayed shut while {number + 5} ministers met."
        (folder / "articles" / f"{number}.md").write_text(f"---\n{head}---\n\n{body} {rest}\n", "utf-8")
    return folder


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_figures_stand_side_by_side_and_hostile_ones_do_nothing(
    open_page: Callable[..., Browser], serve: Callable[..., str], ferries: Path, width: int, scheme: str
) -> None:
    page = open_page(serve("--articles", "articles", folder=ferries), width, 844, color_scheme=scheme)
    expect(page.locator("#masthead .status.ready")).to_contain_text("3 articles")
    ask(page, KILLED)
    figures = page.locator("#chat .figures li")
    expect(page.get_by_role("heading", name="These passages give different figures")).to_be_visible()
    assert figures.locator(".figure").all_text_contents() == ["At least 12", "19", "21"]
    for number, text in enumerate(figures.locator("q").all_text_contents()):
        assert PAYLOADS[number + 2] in text
    boxes = [figures.nth(place).bounding_box() for place in range(3)]
    assert all(boxes)
    tops = {round(box["y"]) for box in boxes if box}
    assert len(tops) == (1 if width > 900 else 3)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.hurt") is None
    assert page.locator("#chat .message-content").locator(ALIENS).count() == 0
    mark = figures.first.locator("a.cite")
    mark.focus()
    mark.press("Enter")
    expect(page.locator("#reader mark").first).to_be_visible()
