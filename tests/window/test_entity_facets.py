"""The list of articles is narrowed by people, organisations and places: by clicking, by keys, and away again."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from index.store.snapshot import Index
from index.types import Entity
from qa.search.article_search import wording
from qa.window.articles import list_articles
from qa.window.entity_facets import entity_facets_html, naming, toggled_entity
from tests.conftest import Build
from tests.window.test_facets import articles_view
from tests.window.test_payloads import PAYLOADS

Open = Callable[..., Page]
PERSON, PLACE = Entity("person", "Olga Brandt"), Entity("place", "Oslo")
ROWS = {
    "one": "The minister, Olga Brandt, flew from Oslo to Accra.",
    "two": "Olga Brandt, 51, resigned in Oslo.",
    "three": "Nobody came, and nothing happened, in Accra.",
}


@pytest.fixture
def index(articles: Path, make: Build, root: Path) -> Index:
    for path in articles.rglob("*.*"):
        path.unlink()
    rows = [{"id": name, "title": name, "text": text} for name, text in ROWS.items()]
    (articles / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    make()
    return Index.open(root)


def test_articles_that_name_all_that_is_chosen_are_listed(index: Index) -> None:
    every = list_articles(index, wording("")).articles
    assert [article.article_id for article in naming(index, every, [])] == ["one", "two", "three"]
    assert [article.article_id for article in naming(index, every, [PERSON])] == ["one", "two"]
    assert [article.article_id for article in naming(index, every, [PERSON, Entity("place", "Accra")])] == ["one"]
    assert naming(index, every, [Entity("organisation", "Olga Brandt")]) == []


def test_counts_are_of_the_articles_in_the_list_and_what_is_chosen_stands_first(index: Index) -> None:
    every = list_articles(index, wording("")).articles
    html = entity_facets_html(index, every, [])
    assert re.findall(r"<bdi>([^<]+)</bdi> <span>(\d+)", html) == [
        ("Olga Brandt", "2"),
        ("Accra", "2"),
        ("Oslo", "2"),
    ]
    assert "Organisations" not in html
    assert "aria-current" not in html
    chosen = entity_facets_html(index, naming(index, every, [PLACE]), [PLACE])
    assert re.findall(r"<bdi>([^<]+)</bdi> <span>(\d+)", chosen)[1:] == [("Oslo", "2"), ("Accra", "1")]
    assert chosen.count('aria-current="true"') == 1
    gone = entity_facets_html(index, [], [Entity("place", "Nowhere")])
    assert "<bdi>Nowhere</bdi> <span>0" in gone  # so that it can be taken away


def test_a_choice_is_taken_and_taken_back() -> None:
    assert toggled_entity("person/Olga Brandt", []) == [PERSON]
    assert toggled_entity("person/Olga Brandt", [PLACE, PERSON]) == [PLACE]
    assert toggled_entity("place/A/B", [PERSON]) == [PERSON, Entity("place", "A/B")]
    assert toggled_entity("robot/Olga Brandt", [PERSON]) == [PERSON]
    assert toggled_entity("person/", []) == toggled_entity("", []) == []


def test_an_index_without_entities_has_no_such_facets(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.store.catalog.Catalog.entities", lambda self: None)
    every = list_articles(index, wording("")).articles
    assert entity_facets_html(index, every, []) == ""


def test_people_and_places_narrow_the_list_in_a_browser(open_page: Open, sample: str) -> None:
    page, listed, hint = articles_view(open_page, sample)
    for label in ("People", "Organisations", "Places"):
        expect(page.get_by_role("list", name=label, exact=True)).to_be_visible()
        assert page.get_by_role("list", name=label, exact=True).get_by_role("listitem").count() <= 8
    place = page.get_by_role("list", name="Places", exact=True).get_by_role("link").first
    name, count = (place.locator(part).text_content() or "" for part in ("bdi", "span"))
    assert 0 < int(count) <= 15
    place.click()
    expect(hint).to_contain_text(f"only {name}")
    expect(listed).to_have_count(int(count))
    person = page.get_by_role("list", name="People", exact=True).get_by_role("link").first
    both = int(person.locator("span").text_content() or "")
    person.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#articles .entity[aria-current]")).to_have_count(2)
    expect(listed).to_have_count(both)
    for _ in range(2):
        left = page.locator("#articles .entity[aria-current]").count()
        page.locator("#articles .entity[aria-current]").first.click()
        expect(page.locator("#articles .entity[aria-current]")).to_have_count(left - 1)
    expect(listed).to_have_count(15)
    more = page.locator("#articles .named .place summary")
    more.click()
    expect(page.get_by_role("list", name="More places")).to_be_visible()


def test_hostile_names_stay_text(open_page: Open, serve: Callable[..., str], tmp_path: Path) -> None:
    from tests.window.test_payloads import _is_calm

    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text("The lighthouse keeper said nothing at all on Monday.\n")
    script = Path(__file__).with_name("hostile_names.py")
    page = open_page(serve("--articles", "articles", script=script, folder=tmp_path))
    expect(page.locator("#masthead .status.ready")).to_contain_text("1 article")
    page.get_by_role("tab", name="Articles").click()
    for kind in ("person", "organisation", "place"):
        shown = page.locator(f"#articles .named .{kind} bdi")
        expect(shown.first).to_be_visible()
        assert set(shown.all_text_contents()) <= set(PAYLOADS)
        assert shown.count() == 50
    _is_calm(page)
    for number in (0, 3, 7):
        page.locator("#articles .named .person .entity").nth(number).click()
        expect(page.locator("#articles .entity[aria-current]").first).to_be_visible()
        expect(page.locator("#articles .listed li")).to_have_count(1)
        _is_calm(page)
        page.locator("#articles .entity[aria-current]").first.click()
        expect(page.locator("#articles .entity[aria-current]")).to_have_count(0)
