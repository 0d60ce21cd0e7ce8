"""What an article says is shown to the letter and never acts, whatever it holds."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.store.catalog import StoredArticle
from index.types import Span
from qa.types import Answer, Citation
from qa.window.answer_html import answer_html, notice_html, question_html
from qa.window.article_html import cited_article_html
from qa.window.chats_html import chats_html
from qa.window.conversation import OPTIONS, Form
from qa.window.html import escape, format_day
from qa.window.kept import Chat
from qa.window.markdown import markdown
from qa.window.page_html import status_html
from qa.window.sources_html import sources_html
from qa.window.walk import citation_at

HOSTILE = (
    "${alert(1)} {{x}} {% y %} \\${z} \\u0041 `code` $$\\frac{1}{2}$$ \\(a\\)",
    "<img src=x onerror=alert(1)><script>alert(1)</script></blockquote></mark><!-- -->",
    "![pixel](http://evil.test/p.png) [link](javascript:alert(1)) <http://evil.test> www.evil.test me@evil.test",
    "# Head\n- item\n\n    code\n> quote\n---\n| a | b |\n|---|---|\n```mermaid\ngraph\n```\n&lt;b&gt; &amp;amp; &#60;",
    "\r\n\t two  spaces \r lone return \u2028 \u0085 \u202e right to left \u00a0 \x0b \x0c \x1b[31m \ufeff 🙂 e\u0301",
)
TAGS = {"a", "article", "bdi", "blockquote", "details", "div", "h2", "li", "mark", "ol", "p", "q", "section", "span"}
TAGS |= {"summary", "time", "ul", "button", "h3", "template", "search", "input", "output"}
ATTRIBUTES = {
    "data-words",
    "data-key",
    "hidden",
    "class",
    "id",
    "popover",
    "placeholder",
    "autocomplete",
    "data-step",
    "aria-hidden",
    "href",
    "title",
    "dir",
    "datetime",
    "aria-label",
    "role",
    "tabindex",
    "target",
    "rel",
    "type",
}


class Page(HTMLParser):
    """The tags, attributes and texts of a piece of HTML; fails on a tag that does not close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.links: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.all = ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        assert {name for name, _ in attrs} <= ATTRIBUTES
        given = dict(attrs)
        self.links += [given["href"] or ""] if "href" in given else []
        label = f"{tag}.{(given.get('class') or '').split(' ')[0]}"
        self.open.append((tag, label))
        self.texts.setdefault(label, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.all += data
        for _, label in self.open:
            self.texts[label][-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def cite(text: str, first: int, last: int, number: int = 1, **facts: object) -> Citation:
    made = Citation(
        number, "a", "Title", "Source", "", date(2020, 11, 17), "", "a.txt", 0, len(text), text, first, last,
        text[first:last], 1.0, "strong", 0.9, "", "",
    )  # fmt: skip
    return replace(made, **facts)  # type: ignore[arg-type]


def found(*citations: Citation) -> Answer:
    return Answer("What?", True, citations, "", (), "g")


@st.composite
def quotes(draw: st.DrawFn) -> tuple[str, int, int]:
    """A text that is not empty, and a range of it that is not empty."""
    pieces = st.one_of(
        st.text(min_size=1), st.sampled_from(HOSTILE), st.text("<>&\"'`$*_[]()#\\{}!|~\r\n\t ", min_size=1)
    )
    text = "".join(draw(st.lists(pieces, min_size=1, max_size=4)))
    first = draw(st.integers(0, len(text) - 1))
    return text, first, draw(st.integers(first + 1, len(text)))


def shown(text: str) -> str:
    return re.sub("[\x00\ud800-\udfff]", "\ufffd", text)


@given(quotes())
@example((HOSTILE[0], 0, 3))
@example((HOSTILE[1], 5, 30))
@example(("\ud800 half \x00", 0, 3))
def test_a_card_shows_the_quote_to_the_letter_and_its_sentence_marked(quote: tuple[str, int, int]) -> None:
    text, first, last = quote
    citation = cite(
        text, first, last, title=text, source=text, author=text, also_in=(cite(text, first, last, source=text),)
    )
    page = Page(sources_html(found(citation), 0))
    assert page.texts["blockquote.quote"] == [shown(text)]
    assert page.texts["mark."] == [shown(text[first:last])]
    assert page.links == ["#m0-c1", "#m0-c1", "#m0-c1-a1"]


@given(quotes())
def test_an_answer_speaks_the_marked_sentence_to_the_letter(quote: tuple[str, int, int]) -> None:
    text, first, last = quote
    page = Page(answer_html(found(cite(text, first, last, title=text, source=text)), 3))
    assert page.texts["q."] == [shown(text[first:last])]
    assert page.links == ["#m3-c1"]


@given(quotes(), st.data())
def test_the_reader_shows_the_whole_article_to_the_letter(quote: tuple[str, int, int], data: st.DataObject) -> None:
    text, first, last = quote
    start, end = data.draw(st.integers(0, first)), data.draw(st.integers(last, len(text)))
    body = data.draw(st.sampled_from([(), (Span(0, len(text)),), (Span(start, end),), (Span(first, last),)]))
    citation = replace(
        cite(text[start:end], first - start, last - start),
        start=start, end=end, sentence_start=first, sentence_end=last,
    )  # fmt: skip
    article = StoredArticle("a", text, title=text, source=text, url=text, path=text, body=body)
    page = Page(cited_article_html(article, citation))
    assert page.texts["div.article-text"] == [shown(text)]
    assert "".join(page.texts["mark.passage"]) == shown(text[first:last])
    passage = "".join(page.texts.get("span.passage", [])) + "".join(page.texts["mark.passage"])
    assert sorted(passage) == sorted(shown(text[start:end]))


@given(st.text())
@example(HOSTILE[0])
@example(HOSTILE[2])
def test_escaped_text_holds_nothing_that_html_markdown_latex_or_a_template_acts_on(text: str) -> None:
    assert re.fullmatch(r"(?:&#\d{1,3};|[^\t\n\r!-/:-@\[-`{-~\ud800-\udfff\x00])*", escape(text))
    assert "\n" not in question_html(text)
    assert Page(question_html(text)).all == shown(text)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_every_other_piece_of_html_is_inert_too(hostile: str) -> None:
    refused = Answer(hostile, False, (), hostile, (cite(hostile, 0, 4, title=hostile),), "g", (hostile,))
    for html in (
        answer_html(refused, 0),
        answer_html(replace(refused, reason="", closest=()), 0, hostile),
        notice_html(hostile),
        status_html(hostile),
        chats_html([Chat("ab12", (Form(hostile),), hostile)], ""),
    ):
        assert hostile in Page(html).all


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://news.example/a?b=1&c=2", True),
        ("HTTP://news.example/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://news.example/ onclick=x", False),
        ('https://news.example/"onclick="x', True),
        ("//news.example", False),
        ("", False),
    ],
)
def test_only_a_web_address_becomes_a_link(url: str, linked: bool) -> None:
    article = StoredArticle("a", "Words.", url=url)
    html = cited_article_html(article, cite("Words.", 0, 6))
    page = Page(html)
    assert (f"{url}#:~:text=Words." in page.links) is linked
    assert linked or not any(link.startswith(url) for link in page.links if url)
    assert url in page.all
    assert ("noopener" in html) is linked


def test_a_text_that_has_changed_since_the_answer_is_not_marked() -> None:
    html = cited_article_html(StoredArticle("a", "Other words, and more."), cite("Words.", 0, 6))
    assert "<mark" not in html
    assert "has changed since" in Page(html).all


def test_boilerplate_is_set_apart_from_the_article() -> None:
    text = "Menu\nThe words.\nLeave a reply"
    citation = replace(cite("The words.", 0, 10), start=5, end=15, sentence_start=5, sentence_end=15)
    page = Page(cited_article_html(StoredArticle("a", text, body=(Span(5, 15),)), citation))
    assert page.texts["span.boilerplate"] == ["Menu\n", "\nLeave a reply"]


def test_marks_lead_to_their_citations_and_nowhere_else() -> None:
    copy = cite("Copy.", 0, 5)
    answers = [found(cite("One.", 0, 4), cite("Two.", 0, 4, number=2, also_in=(copy,)))]
    answers.append(Answer("?", False, (), "No.", (cite("Near.", 0, 5),), "g"))
    assert citation_at(answers, "m0-c2") is answers[0].citations[1]
    assert citation_at(answers, "m0-c2-a1") is copy
    assert citation_at(answers, "m1-n1") is answers[1].closest[0]
    for wrong in (
        "m0-c0",
        "m0-c3",
        "m0-n1",
        "m2-c1",
        "m1-c1",
        "m0-c1-a1",
        "m0-c2-a2",
        "",
        "m0-c1x",
        "../etc",
        "m-1-c1",
    ):
        assert citation_at(answers, wrong) is None


def test_the_answer_is_one_sentence_each_of_three_articles_and_no_weak_one_beside_a_strong_one() -> None:
    facts = [
        ("a", "Same."),
        ("b", "Same."),
        ("a", "Again."),
        ("c", "Weak."),
        ("d", "Third."),
        ("e", "Fourth."),
        ("f", "Fifth."),
    ]
    given = [
        cite(
            words,
            0,
            len(words),
            number=n,
            article_id=article,
            strength="weak" if words == "Weak." else "fair",
            confidence=0.5,
        )
        for n, (article, words) in enumerate(facts, 1)
    ]
    page = Page(answer_html(found(*given), 0))
    assert page.texts["q."] == ["Same.", "Third.", "Fourth."]
    assert sorted(page.links) == [f"#m0-c{n}" for n in range(1, 8)]


def graded(number: int, article: str, confidence: float, strength: str) -> Citation:
    words = f"Sentence {number}."
    return cite(
        words, 0, len(words), number, article_id=article, title=article, confidence=confidence, strength=strength
    )


def test_what_most_likely_answers_comes_first_and_an_article_is_named_once() -> None:
    answer = found(
        graded(1, "a", 0.5, "fair"), graded(2, "b", 0.9, "strong"), graded(3, "c", 0.1, "weak"),
        graded(4, "a", 0.6, "fair"), graded(5, "b", 0.1, "weak"),
    )  # fmt: skip
    said = Page(answer_html(answer, 0))
    assert said.texts["q."] == ["Sentence 2.", "Sentence 1."]
    assert said.texts["p.more"] == ["See also [4]"]
    html = sources_html(answer, 0)
    sight, weak = html.split("<details")
    assert Page(f"{sight}</section>").texts["bdi.headline"] == ["b", "a"]
    assert Page(f"{sight}</section>").texts["a.number"] == ["2", "1", "4"]
    assert Page(f"<details{weak.removesuffix('</section>')}").texts["a.number"] == ["3", "5"]
    assert "2 weak matches" in Page(html).all


def test_weak_matches_stay_in_sight_where_none_is_strong() -> None:
    html = sources_html(found(graded(1, "a", 0.5, "fair"), graded(2, "b", 0.1, "weak")), 0)
    assert "<details" not in html
    assert Page(html).texts["a.number"] == ["1", "2"]


def test_how_a_question_was_read_is_one_line_of_which_each_part_can_be_dropped() -> None:
    notes = ("recent articles were preferred", "articles of Wire were preferred")
    answer = replace(found(graded(1, "a", 0.5, "fair")), notes=notes, read_as=("Who?",))
    page = Page(answer_html(answer, 0, "from 1 March 2020", last=True))
    assert page.texts["p.note"] == [
        "Read as: a follow-up to “Who?” ×; recent articles were preferred ×; articles of Wire were preferred ×;"
        " only articles from 1 March 2020 ×"
    ]
    options = [link.removeprefix("#without-") for link in page.links if link.startswith("#without-")]
    assert options == list(OPTIONS)
    assert "#without" not in answer_html(answer, 0, "from 1 March 2020")
    assert "Read as" not in answer_html(found(graded(1, "a", 0.5, "fair")), 0)


def test_a_question_is_asked_without_what_was_dropped() -> None:
    form = Form("Who?", "2020-01-01", None, ("Wire",))
    assert form.without("limits") == Form("Who?")
    assert form.without("earlier").alone
    assert not form.without("recent").recent
    assert not form.without("named").understand


@pytest.mark.parametrize("name", ["Qasem Soleimani", "it's", "' stands in ", HOSTILE[1]])
def test_mentions_of_a_name_have_a_heading(name: str) -> None:
    answer = replace(found(cite("He.", 0, 3)), notes=(f"'{name}' stands in 2 articles",))
    page = Page(answer_html(answer, 0))
    assert page.texts["h3.mentions"] == [f"Mentions of {name}"]
    assert page.texts["p.lead"] == ["In 2 articles. See all"]
    (link,) = [link for link in page.links if link.startswith("#find-")]
    assert unquote(link.removeprefix("#find-")) == '"' + name.replace('"', " ") + '"'


def test_dates_are_written_out_and_missing_ones_said_to_be_missing() -> None:
    assert format_day(date(2020, 1, 3)) == "3 January 2020"
    assert format_day(None) == "undated"
    assert "undated" in Page(sources_html(found(cite("A.", 0, 2, published=None)), 0)).all


def _spoken(markdown: str) -> str:
    """The text of Markdown as a reader sees it; fails on anything but paragraphs, quotes, breaks and bold words."""
    parser = pytest.importorskip("markdown_it").MarkdownIt("gfm-like", {"linkify": False})
    words = []
    for block in parser.parse(markdown):
        assert block.type in {"paragraph_open", "paragraph_close", "blockquote_open", "blockquote_close", "inline"}
        for token in block.children or ():
            assert token.type in {"text", "text_special", "strong_open", "strong_close", "softbreak", "hardbreak"}
            words.append(token.content or " ")
    return "".join("".join(words).split())


@given(quotes())
@example((HOSTILE[2], 0, 9))
@example((HOSTILE[3], 0, 9))
def test_markdown_holds_the_quote_and_nothing_active(quote: tuple[str, int, int]) -> None:
    text, first, last = quote
    written = markdown(found(cite(text, first, last, title=text, source=text, url=text)))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", written)
    spoken = _spoken(written)
    plain = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f]", "\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    assert "".join(plain.split()) in spoken


def test_markdown_of_a_refusal_says_so_first() -> None:
    written = markdown(Answer("?", False, (), "Nothing fits.", (cite("Near.", 0, 5),), "g"))
    assert written.startswith("**Not in your articles.** Nothing fits")
    assert "not an answer" in written
