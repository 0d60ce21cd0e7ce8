"""Fifty and more pieces of hostile text in every place where text comes from: it shows as it was written, nothing runs,
and no request leaves the page's own address.
"""

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.window.test_add import DROP
from tests.window.test_window import ask

PAYLOADS = (
    "<script>window.hurt=1</script>",
    "<img src=x onerror=window.hurt=1>",
    "<img src=http://evil.test/a.png>",
    "<svg onload=window.hurt=1>",
    "<svg><script>window.hurt=1</script></svg>",
    "<svg><a xlink:href=javascript:window.hurt=1><text>x</text></a></svg>",
    "<math><mtext></mtext><mglyph><style></math><img src=x onerror=window.hurt=1>",
    "<iframe src=http://evil.test/></iframe>",
    "<iframe srcdoc='<script>parent.hurt=1</script>'></iframe>",
    "<object data=http://evil.test/x></object>",
    "<embed src=http://evil.test/x>",
    "<link rel=stylesheet href=http://evil.test/x.css>",
    "<link rel=prefetch href=//evil.test/x>",
    "<style>@import 'http://evil.test/x.css';</style>",
    "<style>body{display:none}</style>",
    "<div style=background:url(http://evil.test/x)>x</div>",
    "<meta http-equiv=refresh content=0;url=http://evil.test/>",
    "<base href=http://evil.test/>",
    "<form action=http://evil.test/><input name=q autofocus onfocus=window.hurt=1></form>",
    "<button formaction=javascript:window.hurt=1>x</button>",
    "<details open ontoggle=window.hurt=1>x</details>",
    "<video src=http://evil.test/v onerror=window.hurt=1></video>",
    "<audio src=http://evil.test/v></audio>",
    "<a href=javascript:window.hurt=1>x</a>",
    '<a href="data:text/html,<script>window.hurt=1</script>">x</a>',
    "<a href=//evil.test/ target=_blank>x</a>",
    "<template><script>window.hurt=1</script></template>",
    "<body onload=window.hurt=1>",
    "<marquee onstart=window.hurt=1>x</marquee>",
    "<xss contenteditable onfocus=window.hurt=1 autofocus tabindex=1>x</xss>",
    "<slot name=x onslotchange=window.hurt=1></slot>",
    '" onmouseover=window.hurt=1 x="',
    "' onfocus=window.hurt=1 autofocus='",
    "`-window.hurt=1-`",
    "</textarea><script>window.hurt=1</script>",
    "</title><script>window.hurt=1</script>",
    "</mark></blockquote></div></section><script>window.hurt=1</script>",
    "--><script>window.hurt=1</script><!--",
    "]]><script>window.hurt=1</script><![CDATA[",
    "${window.hurt=1}",
    "{{window.hurt=1}}",
    "{% raw %}{{window.hurt=1}}{% endraw %}",
    "#{window.hurt=1} <%= window.hurt=1 %>",
    "\\u003cscript\\u003ewindow.hurt=1\\u003c/script\\u003e",
    "&lt;script&gt;window.hurt=1&lt;/script&gt;",
    "&#60;img src=x onerror=window.hurt=1&#62;",
    "![x](http://evil.test/a.png)",
    "[x](javascript:window.hurt=1)",
    '[x]: http://evil.test/ "x"',
    "<http://evil.test/auto>",
    "http://evil.test/plain www.evil.test",
    "$$\\href{javascript:window.hurt=1}{x}$$ \\(x\\) \\[x\\]",
    "```js window.hurt=1```",
    "~~x~~ **x** __x__ # x | x | x",
    "<<script>script>window.hurt=1<</script>/script>",
    "<scr\u0131pt>window.hurt=1</scr\u0131pt>",
    "\u202egnp.exe <b>x</b>",
    "javascript:window.hurt=1//http://x",
)
ALIENS = (
    "img, script, iframe, form, object, embed, style, link, base, meta, video, audio, svg a, [onerror], "
    "template:not(.cards-over-marks)"
)
INSIDE = "#chat .message-content, #sources, #reader, #articles"


def _body(number: int) -> str:
    return f"Lighthouse report {number} says {PAYLOADS[number]} in its margin."


def _is_calm(page: Page) -> None:
    assert page.evaluate("window.hurt") is None
    found = page.locator(INSIDE).locator(ALIENS).evaluate_all("all => all.map(e => e.outerHTML.slice(0, 200))")
    assert found == []
    assert page.evaluate("getComputedStyle(document.body).display") != "none"


def test_hostile_text_stays_text_wherever_it_comes_from(
    open_page: Callable[..., Page], serve: Callable[..., str], tmp_path: Path
) -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 50
    (tmp_path / "articles").mkdir()
    for number, payload in enumerate(PAYLOADS):
        said = {"title": f"{payload} {number}", "source": f"{payload} wire", "author": f"A. {payload}"}
        front = "".join(f"{name}: {json.dumps(value)}\n" for name, value in said.items())
        name = payload.translate(dict.fromkeys(map(ord, "/\\\0"), "_"))[:60]
        (tmp_path / "articles" / f"{number} {name}.md").write_text(
            f"---\n{front}url: {json.dumps('javascript:window.hurt=1//' + payload)}\n---\n\n{_body(number)}\n"
        )
    page = open_page(serve("--articles", "articles", folder=tmp_path))
    expect(page.locator("#masthead .status.ready")).to_contain_text(f"{len(PAYLOADS)} articles")

    for number in range(0, len(PAYLOADS), 4):  # as part of the question, too
        question = f"What does lighthouse report {number} say of {PAYLOADS[number]}?"
        ask(page, question)
        expect(page.locator("#chat .question").last).to_have_text(" ".join(question.split()))
        _is_calm(page)
    shown = {text for text in page.locator("#chat .said q").all_text_contents() if text.startswith("Lighthouse")}
    assert all(any(text in _body(number) for number in range(len(PAYLOADS))) for text in shown)
    assert len(shown) > 5

    page.get_by_role("tab", name="Articles").click()
    titles = page.locator("#articles .listed li .headline")
    expect(titles.first).to_be_visible()
    while page.locator("#articles a[href='#more']:visible").count():
        page.locator("#articles a[href='#more']").click()
        page.wait_for_timeout(300)
    expect(titles).to_have_count(len(PAYLOADS))
    wanted = {" ".join(f"{payload} {number}".split()) for number, payload in enumerate(PAYLOADS)}
    assert {" ".join(text.split()) for text in titles.all_text_contents()} == wanted
    _is_calm(page)
    for number in range(0, len(PAYLOADS), 7):
        titles.filter(has_text=f" {number}").last.click()
        expect(page.locator("#reader .article-text")).to_contain_text("Lighthouse report")
        _is_calm(page)
        page.keyboard.press("Escape")
        expect(page.locator("#reader")).to_be_hidden()

    page.click("text=Only some articles")
    field = page.get_by_role("textbox", name="Published from", exact=True)
    for payload in PAYLOADS[::8]:
        field.fill(payload)
        field.press("Tab")
        expect(page.locator(".written-date .refused").first).to_be_visible()
        page.get_by_role("textbox", name="Find").fill(payload)
        page.get_by_role("textbox", name="Find").press("Enter")
        _is_calm(page)
    field.fill("")
    field.press("Tab")
    page.evaluate(DROP, [[f"{payload}.txt", _body(number)] for number, payload in enumerate(PAYLOADS[:8])])
    expect(page.locator(".said-of-files")).to_contain_text("Added")
    _is_calm(page)
    page.wait_for_timeout(1000)
    page.reload()
    expect(page.locator("#chat .question").last).to_be_visible()
    _is_calm(page)
