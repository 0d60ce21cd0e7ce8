"""An article full of HTML, scripts, templates and Markdown is shown as text; nothing in it runs or calls out."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from qa.window.html import escape

TRAPS = (
    "The zeppelin inquiry wrote <script>window.hurt = 1</script> and <img src=http://evil.test/a.png "
    'onerror="window.hurt = 2"> into its report. '
    "The zeppelin inquiry paid ${alert(1)} and ${window.hurt = 3} and {{window.hurt = 4}} for \\u0041 \\${x} `y`. "
    "The zeppelin inquiry printed ![pixel](http://evil.test/b.png) and [a link](javascript:window.hurt=5) twice. "
    "The zeppelin inquiry cited http://evil.test/c, www.evil.test and $$\\frac{1}{2}$$ and \\(x\\) at length. "
    "The zeppelin inquiry ended with </mark></blockquote></div><iframe src=http://evil.test/d></iframe> & &lt;b&gt;."
)
WHOLE = f"A first paragraph on airships in general and their history.\n\n{TRAPS}"
TITLE = "Zeppelin <img src=x onerror=window.hurt=6> ${alert(2)} ![t](http://evil.test/t.png) inquiry"


def test_a_hostile_article_stays_text(
    open_page: Callable[..., Page], serve: Callable[..., str], tmp_path: Path
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    source = "<b onclick=window.hurt=7>Evil</b> ${alert(3)}"
    front = f"---\ntitle: {TITLE!r}\nsource: {source!r}\nurl: 'javascript:window.hurt=8'\n---\n"
    (articles / "trap.md").write_text(
        f"{front}\nA first paragraph on airships in general and their history.\n\n{TRAPS}\n"
    )
    (articles / "calm.txt").write_text(
        "Harvest festival\n\nThe village held its harvest festival on a sunny Sunday in May.\n"
    )
    page = open_page(serve("--articles", articles, folder=tmp_path))
    expect(page.locator(".status.ready")).to_contain_text("2 articles")
    for question in (
        "What did the zeppelin inquiry print?",
        "What did the zeppelin inquiry cite <b>at length</b> ${alert(4)}?",
    ):
        page.fill("#ask textarea", question)
        page.press("#ask textarea", "Enter")
        expect(page.locator("#chat .question").last).to_have_text(question)
        expect(page.locator("#chat .notice")).to_have_count(0)
        card = page.locator("#sources .card").first
        expect(card.locator(".headline")).to_have_text(TITLE)
        assert (card.locator(".quote").first.text_content() or "") in WHOLE
        assert (page.locator("#chat .answer").last.locator(".said q").first.text_content() or "") in TRAPS
        page.click("#sources .card-title >> nth=0")
        expect(page.locator("#reader mark").first).to_be_visible()
        assert TRAPS in (page.locator("#reader .article-text").text_content() or "")
        page.keyboard.press("Escape")
        expect(page.locator("#reader")).to_be_hidden()
    assert page.evaluate("window.hurt") is None
    inside = "#chat .message-content, #sources, #reader"
    for alien in ("img", "script", "iframe", "form", "input", "style", "b", "code", ".katex", "[onclick]", "[onerror]"):
        assert page.locator(inside).locator(alien).count() == 0, alien
    for link in page.locator(inside).locator("a").all():
        assert (link.get_attribute("href") or "").startswith(("#", "?q=", "?article="))


def test_escaped_text_comes_out_of_a_browser_as_it_went_in(open_page: Callable[..., Page], sample: str) -> None:
    every = "".join(map(chr, range(1, 0x3000))) + "".join(map(chr, range(0xE000, 0x11000)))
    page = open_page(sample)
    back = page.evaluate(
        "html => {const e = document.createElement('p'); e.innerHTML = html; return e.textContent}",
        escape(every),
    )
    assert back == every
