"""A large web page is read word for word, and in time that grows as its size does."""

import time
from pathlib import Path

import pytest

from index.readers import Limits
from index.readers.dispatch import articles_of
from index.readers.source import Document
from index.types import Article
from tests.readers.samples import MORE, PROSE, article
from tests.readers.test_exact_text import BLOCKS, BODY

_LINE = 'The <b>council</b> met at the <a href="/r">river</a> on the <i>third</i> day and <em>spoke</em> of a bridge.'
_WORDS = "The council met at the river on the third day and spoke of a bridge."
KINDS = {
    "inline markup": ("<p>", "</p>"),
    "comments": ("<article><p>", "</p></article>"),
    "quoted posts": ('<blockquote class="twitter-tweet"><p>', "</p></blockquote>"),
    "boxes": ('<div class="social">', "</div>"),
    "table": ("<table><tr><td>7</td><td>", "</td></tr></table>"),
    "lines": ("", "<br>"),
}
_NO_ARTICLE = {"comments", "boxes"}


def _read(markup: str) -> Article:
    item = next(articles_of(Document.of_bytes("a.html", markup.encode()), Limits()))
    assert isinstance(item, Article)
    return item


def test_a_large_page_is_read_word_for_word(tmp_path: Path) -> None:
    filler = [f"{number}. {PROSE} {MORE}" for number in range(900_000 // len(PROSE + MORE))]
    body = f"<main>{BODY}{''.join(f'<p>{words}</p>' for words in filler)}</main>"
    menus = "<nav><ul><li>Home</li></ul></nav><aside><p>Our other sites</p></aside><footer><p>All rights</p></footer>"
    around = "<div class='newsletter'><p>Get our letter</p></div>"
    path = tmp_path / "a.html"
    path.write_text(f'<meta charset="utf-8">{menus}{around}{body}<p>Below it</p>', encoding="utf-8")
    assert article(path).text == "\n".join(BLOCKS + filler)


def test_a_form_around_a_large_page_is_not_taken_out() -> None:
    lines = 20_000 * f"<p>{_WORDS}</p>"
    text = _read(f"<html><body><form><h1>News</h1>{lines}</form></body></html>").text
    assert text == "\n".join(["News", *[_WORDS] * 20_000])


@pytest.mark.parametrize("kind", KINDS)
def test_the_time_grows_as_the_page_does(kind: str) -> None:
    before, after = KINDS[kind]
    spent = []
    for count in (4_000, 16_000):
        lines = count * f"{before}{_LINE}{after}"
        markup = (
            f"<html><body><article><h1>News</h1><div class='embed'><p>{PROSE}</p>{lines}</div></article></body></html>"
        )
        tries = []
        while len(tries) < 3 and not (spent and tries and tries[-1] < 8 * spent[0]):
            # The shortest: garbage of other tests may be collected during one of them.
            start = time.thread_time()  # what else the machine and this process do is not in it
            text = _read(markup).text
            tries.append(time.thread_time() - start)
            assert text.count(_WORDS) == (0 if kind in _NO_ARTICLE else count)
        spent.append(min(tries))
    # Four times the page: 16 times the time where each part is compared with all others.
    assert spent[1] < 8 * spent[0]


def test_a_large_page_within_many_elements_is_read_in_the_time_of_one_without_them() -> None:
    words = f"<p>{PROSE} {MORE} </p>" * 2_000
    spent = []
    for depth in (1, 200):
        markup = f"<title>The pier</title>{'<div>' * depth}{words}{'</div>' * depth}"
        start = time.thread_time()
        _read(markup)
        spent.append(time.thread_time() - start)
    assert spent[1] < 2 * spent[0] + 0.5  # nine times as long where each element's text was compared with the title
