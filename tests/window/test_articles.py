"""The panel "Articles": every article can be found by words, sorted, filtered and opened without asking."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import qa.window.articles
import qa.window.articles_html
from index.store.snapshot import Index
from index.types import Span
from qa.search.article_search import Found, Wording, find_articles, places_of, wording
from qa.window.article_panel import ArticleHandlers
from qa.window.articles import ORDERS, list_articles
from qa.window.articles_html import articles_html
from tests.conftest import Build

Open = Callable[..., Page]
BRIDGE = "The mayor opened the new bridge. The bridge is long, and many bridges are not."
FAIR = "The village fair moves to May. Nobody opened a bridge there, the mayor said."
ROWS = (
    ("bridge", "Bridge opens", "Wire", "2020-03-01", BRIDGE),
    ("fair", "Fair moves", "Post", "2020-05-01", FAIR),
    ("tunnel", "", "", None, "Nothing but a tunnel was dug. " * 20),
)


@pytest.fixture
def index(articles: Path, make: Build, root: Path) -> Index:
    for path in articles.rglob("*.*"):
        path.unlink()
    rows = [
        {"id": name, "title": title, "source": source, "date": day, "text": text}
        for name, title, source, day, text in ROWS
    ]
    (articles / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    make()
    return Index.open(root)


def ids(index: Index, words: str = "", order: str = ORDERS[0], **limits: object) -> list[str]:
    selection = index.select(**limits)  # type: ignore[arg-type]
    return [article.article_id for article in list_articles(index, wording(words), order, selection).articles]


def test_articles_are_sorted_and_filtered(index: Index) -> None:
    assert ids(index) == ["fair", "bridge", "tunnel"]
    assert ids(index, order="Oldest first") == ["bridge", "fair", "tunnel"]
    assert ids(index, order="Title") == ["bridge", "fair", "tunnel"]
    assert ids(index, order="Source") == ["fair", "bridge", "tunnel"]
    assert ids(index, order="Longest first")[0] == "tunnel"
    assert ids(index, since=date(2020, 4, 1)) == ["fair"]
    assert ids(index, sources=["wire"]) == ["bridge"]


def test_words_and_phrases_are_found(index: Index) -> None:
    assert ids(index, "bridge") == ["bridge", "fair"]
    assert ids(index, "bridge", order="Newest first") == ["fair", "bridge"]
    assert ids(index, '"opened a bridge"') == ["fair"]
    assert ids(index, '“the new bridge” "mayor"') == ["bridge"]
    assert ids(index, "zeppelin") == []
    assert ids(index, '"mayor opened the" tunnel') == ["bridge"]
    assert ids(index, "bridge", since=date(2020, 4, 1)) == ["fair"]


def test_what_is_searched_for() -> None:
    assert wording('new "Bridges Open') == Wording(frozenset({"new", "bridg", "open"}))
    assert wording('"" «the bridge» x') == Wording(frozenset({"x"}), (("the", "bridg"),), ("the bridge",))
    assert not wording(' "" . ')


def test_hits_are_counted_and_are_slices_of_the_article() -> None:
    text = "The bridge. Bridges, bridge-builders; THE new bridge, an abridgement."
    whole = [Span(0, len(text))]
    assert [place.of(text) for place in places_of(wording("bridge"), text, whole)] == [
        "bridge", "Bridges", "bridge", "bridge",
    ]  # fmt: skip
    assert [place.of(text) for place in places_of(wording('new "the new bridge"'), text, whole)] == ["THE new bridge"]
    assert places_of(wording("bridge"), text, [Span(12, 20)]) == [Span(12, 19)]


def test_the_list_marks_and_counts_and_names_what_is_left(index: Index) -> None:
    wanted = wording("bridge")
    html = articles_html(index, list_articles(index, wanted), wanted, 1, "from 1 March 2020")
    assert "2 articles with these words&#44; only from 1 March 2020" in html
    assert '<bdi class="headline"><mark>Bridge</mark> opens</bdi>' in html
    assert '<b class="hits">3 hits</b>' in html
    assert "many <mark>bridges</mark> are not" in html
    assert "#more" not in html
    assert find_articles(index, wanted).complete


def test_the_end_of_a_long_list_says_how_to_find_the_rest(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.window.articles_html, "PAGE", 1)
    monkeypatch.setattr(qa.window.articles_html, "MOST_PAGES", 2)
    every = list_articles(index, wording(""))
    assert "Show 1 more" in articles_html(index, every, wording(""), 1, "")
    last = articles_html(index, every, wording(""), 2, "")
    assert "more-articles" not in last  # it would show nothing
    assert "1 more is not shown" in last


def test_many_copies_of_an_article_cost_no_more_each(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Index, "clusters_of", lambda self, rows: np.zeros(len(rows), np.int64))
    first, second, third = list_articles(index, wording("")).articles
    assert first.alike is second.alike is third.alike
    html = articles_html(index, list_articles(index, wording("")), wording(""), 1, "")
    named = [re.findall(r"#article-(\w+)", line) for line in html.split("<li>")[1:]]
    assert named == [["fair", "bridge", "tunnel"], ["bridge", "fair", "tunnel"], ["tunnel", "bridge", "fair"]]


def test_a_search_under_no_limits_is_one_search(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[object] = []

    def found(index: Index, wanted: Wording, selection: object) -> Found:
        searched.append(selection)
        return find_articles(index, wanted, None)

    monkeypatch.setattr(qa.window.articles, "find_articles", found)
    service = SimpleNamespace(index=lambda: index, unread=lambda: "")
    _, html = ArticleHandlers(service).begin("bridge", ORDERS[0], "", "", [], [])  # type: ignore[arg-type]
    assert "2 articles with these words" in html
    assert len(searched) == 1
    ArticleHandlers(service).begin("bridge", ORDERS[0], "2020", "", ["Wire"], [])  # type: ignore[arg-type]
    assert len(searched) == 1 + 3  # the list, and what each facet would leave without itself


def test_articles_in_a_browser(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    expect(page.locator(".status.ready")).to_be_visible()
    page.get_by_role("tab", name="Articles").click()
    listed = page.locator("#articles .listed li")
    expect(listed).to_have_count(15)
    page.get_by_role("textbox", name="Find").fill("concussion")
    page.get_by_role("textbox", name="Find").press("Enter")
    expect(page.locator("#articles .hint")).to_contain_text("with these words")
    number = listed.count()
    assert 0 < number < 15
    hits = int((listed.first.locator(".hits").text_content() or "").split()[0])
    listed.first.locator("a").click()
    expect(page.locator("#reader mark.hit")).to_have_count(hits)
    expect(page.locator("#reader .notice")).to_contain_text("with these words")
    expect(page.locator("#tabs")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(listed).to_have_count(number)
    page.fill("#ask textarea", "How do I bake sourdough bread?")
    page.press("#ask textarea", "Enter")
    page.get_by_role("link", name="Search for the words instead").click()
    expect(page.get_by_role("textbox", name="Find")).to_have_value("bake sourdough bread")
    expect(page.locator("#articles")).to_be_visible()
