"""Saved web pages and feeds: the article without the page around it, and what the page states about it."""

import json
from datetime import date
from pathlib import Path

import pytest

from index.types import Article, Skipped
from tests.readers.samples import MORE, PROSE, article, articles, everything, gzipped, page, skipped

BODY = f"<h1>The pier is closed</h1><p>{PROSE}</p><p>{MORE}</p>"


def _put(tmp_path: Path, text: str | bytes, name: str = "a.html") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _ld(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


def test_the_article_without_scripts_menus_and_forms(tmp_path: Path) -> None:
    body = (
        f"{BODY}<script>alert('x')</script><style>p {{}}</style><form class='newsletter'>Sign up <input></form>"
        "<div class='related'><p>Other stories</p></div><noscript>Please enable scripts</noscript>"
    )
    found = article(_put(tmp_path, page(body)))
    assert PROSE in found.text
    assert MORE in found.text
    for word in ("alert", "Sign up", "Other stories", "enable scripts", "Home", "About us"):
        assert word not in found.text
    assert (found.id, found.title, found.language) == ("a.html", "The pier is closed", "en")


def test_json_ld_is_believed_before_meta_tags(tmp_path: Path) -> None:
    head = (
        '<title>Pier | Harbour Post</title><meta property="og:title" content="Other">'
        '<meta name="author" content="Nobody">'
        '<meta property="og:site_name" content="Harbour Post"><link rel="canonical" href="https://post.example/pier">'
        '<meta property="article:published_time" content="2019-01-01">'
    ) + _ld(
        headline="The pier &amp; the storm",
        datePublished="2020-01-03T23:30:00-05:00",
        author=[{"@type": "Person", "name": "Ann Lee"}],
        publisher={"name": "Norland Press Agency"},
    )
    found = article(_put(tmp_path, page(BODY, head)))
    assert (found.title, found.author, found.source) == ("The pier & the storm", "Ann Lee", "Harbour Post")
    assert (found.published, found.url) == (date(2020, 1, 3), "https://post.example/pier")


@pytest.mark.parametrize(
    ("head", "body", "day"),
    [
        ('<meta property="article:published_time" content="2020-01-03T10:00:00Z">', "", date(2020, 1, 3)),
        ('<meta itemprop="datePublished" content="2020-01-03">', "", date(2020, 1, 3)),
        ("", '<time datetime="2020-01-03T10:00:00+01:00">3 January</time>', date(2020, 1, 3)),
        ("", "<p>Published on January 3, 2020</p>", date(2020, 1, 3)),
        ("", "<p>publiziert am 3. Januar 2020</p>", date(2020, 1, 3)),
        ("", "<p>기사입력 :[ 2020-01-03 17:32 ]</p>", date(2020, 1, 3)),
        ("", '<p class="by">By <b>Ann Lee</b></p><span>3 January 2020, 10:15</span>', date(2020, 1, 3)),
        ('<link rel="canonical" href="https://post.example/2020/01/03/pier">', "", date(2020, 1, 3)),
        ("", "", None),
        ("", "<p>The vote was held on January 3, 2020 and was close.</p>", None),
        ('<meta name="lastmod" content="2024-01-01">', "<footer>© 2024</footer>", None),
        ("", "<time datetime='2020-01-03'>a</time><time datetime='2020-02-03'>b</time>", None),
    ],
)
def test_the_day_is_where_the_page_states_it_and_nowhere_else(
    tmp_path: Path, head: str, body: str, day: date | None
) -> None:
    found = article(_put(tmp_path, page(f"<h1>The pier is closed</h1>{body}<p>{PROSE}</p><p>{MORE}</p>", head)))
    assert found.published == day


def test_an_evening_that_is_the_next_day_in_utc(tmp_path: Path) -> None:
    head = _ld(headline="The pier", datePublished="2020-01-04T03:30:00Z")
    link = '<link rel="canonical" href="https://post.example/2020/01/03/pier">'
    assert article(_put(tmp_path, page(BODY, head + link))).published == date(2020, 1, 3)
    assert article(_put(tmp_path, page(BODY, head))).published == date(2020, 1, 4)


def test_the_sites_name_is_no_part_of_the_title(tmp_path: Path) -> None:
    head = '<title>The pier is closed - Harbour Post</title><meta property="og:site_name" content="The Harbour Post">'
    assert article(_put(tmp_path, page(f"<p>{PROSE}</p><p>{MORE}</p>", head))).title == "The pier is closed"


@pytest.mark.parametrize("behind", [" – Coastal Entertainment", " | Editorial", ": a column"])
def test_what_stands_behind_the_shown_headline_is_no_part_of_the_title(tmp_path: Path, behind: str) -> None:
    found = article(_put(tmp_path, page(BODY, f'<meta property="og:title" content="The pier is closed{behind}">')))
    assert found.title == ("The pier is closed: a column" if behind == ": a column" else "The pier is closed")


def test_posts_that_an_article_quotes_are_kept(tmp_path: Path) -> None:
    post = '<blockquote class="twitter-tweet"><p>We did not see that coming at all.</p></blockquote>'
    quote = f'<div class="tweet-widget">{post}</div>'
    assert "see that coming" in article(_put(tmp_path, page(f"{BODY}{quote}<p>{MORE}</p>"))).text


def test_a_page_that_a_script_fills_still_states_its_text(tmp_path: Path) -> None:
    text = f"{PROSE}\n\n{MORE}"
    found = article(
        _put(
            tmp_path,
            f"<html><head>{_ld(headline='Pier', articleBody=text)}</head><body><div id='app'></div></body></html>",
        )
    )
    assert found.text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251", "shift_jis"])
def test_the_declared_encoding(tmp_path: Path, encoding: str) -> None:
    words = {"windows-1251": "Причал закрыт до весны. ", "shift_jis": "港の桟橋は春まで閉鎖される。"}.get(
        encoding, "Café “ü” 🦀. "
    )
    head = f'<meta charset="{encoding}">'
    found = article(_put(tmp_path, page(f"<h1>X</h1><p>{words * 30}</p>", head).encode(encoding)))
    assert words.strip() in found.text


@pytest.mark.parametrize("text", ["<html></html>", "<!doctype html>", "<html><body><script>x()</script></body></html>"])
def test_a_page_without_an_article(tmp_path: Path, text: str) -> None:
    assert skipped(_put(tmp_path, text)) == "no article found in the page"


def test_a_page_under_another_name_and_in_gzip(tmp_path: Path) -> None:
    _put(tmp_path, page(BODY), "story.php")
    _put(tmp_path, gzipped(page(BODY).encode()), "b.html.gz")
    assert [found.title for found in articles(tmp_path)] == ["The pier is closed"] * 2


def test_tags_nested_ten_thousand_deep(tmp_path: Path) -> None:
    items = everything(_put(tmp_path, "<div>" * 10_000 + PROSE))
    assert len(items) == 1


RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Post</title><language>en</language>
<item><guid>tag:1</guid><title>Pier &amp;amp; storm</title><link>https://post.example/1</link>
<pubDate>Fri, 03 Jan 2020 23:30:00 -0500</pubDate><description><![CDATA[<p>{PROSE}</p>]]></description></item>
<item><title>Empty</title></item>
<item><title>Quay</title><description>{MORE}</description></item></channel></rss>"""


@pytest.mark.parametrize("name", ["a.rss", "a.xml", "feed"])
def test_rss(tmp_path: Path, name: str) -> None:
    first, bad, second = everything(_put(tmp_path, RSS, name))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert isinstance(bad, Skipped)
    assert bad.reason == "entry 2: no text"
    assert (first.id, first.title, first.source, first.text) == ("tag:1", "Pier & storm", "Harbour Post", PROSE)
    assert (first.published, first.url, first.language) == (date(2020, 1, 3), "https://post.example/1", "en")
    assert (second.id, second.published) == (f"{name}#3", None)


def test_atom(tmp_path: Path) -> None:
    entry = (
        "<id>urn:1</id><title>Pier</title><author><name>Ann Lee</name></author><updated>2020-01-03T10:00:00Z</updated>"
        f'<content type="html">&lt;p&gt;{PROSE}&lt;/p&gt;&lt;p&gt;{MORE}&lt;/p&gt;</content><summary>Short</summary>'
    )
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Post</title><entry>{entry}</entry></feed>'
    found = article(_put(tmp_path, feed, "a.atom"))
    assert (found.id, found.author, found.published) == ("urn:1", "Ann Lee", date(2020, 1, 3))
    assert found.text == f"{PROSE}\n\n{MORE}"


def test_a_feed_that_names_a_file_of_the_machine_does_not_get_it(tmp_path: Path) -> None:
    secret = _put(tmp_path, "the secret words", "secret.txt")
    item = f"<item><title>a</title><description>&x; {PROSE}</description></item>"
    entity = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>'
    feed = f'{entity}<rss version="2.0"><channel>{item}</channel></rss>'
    found = everything(_put(tmp_path, feed, "a.rss"))
    assert all("secret words" not in str(item) for item in found)
