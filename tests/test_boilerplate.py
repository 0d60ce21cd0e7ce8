"""Boilerplate: what is left out of passages, what never is, and the laws that hold for any text."""

import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.readers import SourceFile, find, read
from index.text.boilerplate import Repeats, body_spans, is_boilerplate_line, line_keys
from index.types import Article

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
PROSE = "The harbour council met on Tuesday and agreed to rebuild the northern pier before the winter storms come."
MORE = "Residents had asked for the repairs since a railing gave way in April and two cyclists fell into the basin."
LAST = "The town will pay a third of the cost and the region the rest, according to the treasurer, Marta Olden."


def _body(text: str, title: str = "", repeats: Repeats | None = None, source: str = "") -> list[str]:
    return [span.of(text) for span in body_spans(Article(id="a", text=text, title=title, source=source), repeats)]


def _kept(text: str, title: str = "") -> list[str]:
    """The lines that are left."""
    return [line for part in _body(text, title) for line in part.splitlines() if line.strip()]


@pytest.mark.parametrize(
    "line",
    [
        "search",
        "Read more:",
        "Leave a Reply",
        "Fill in your details below or click an icon to log in: Logo",
        "You are commenting using your Twitter account. Log\xa0Out\xa0/\xa0 Change\xa0)",
        "Connecting to %s",
        "ADVERTISEMENT",
        "Facebook Twitter Email Print",
        "Share | Tweet | WhatsApp",
        "For more odd stories, sign up to the weekly Tales newsletter.",
        "Share this article",
        "Sign up here to get our newsletter in your inbox",
        "Like what you read? Sign up to our weekly letter",
        "We use cookies to improve this site",
        "By signing up you agree to our privacy policy",
        "Follow Ann Lee on Twitter: @annlee",
        "Ann Lee is a reporter for the Harbour Post. Reach her at ann@post.example",
        "This story has been updated with additional details.",
        "Contributing: The Norland Press",
        "© 2020 Harbour Post",
        "Related: The quay is open",
        "Your email address will not be published. Required fields are marked *",
        "How relevant is this ad to you?",
        "Products are independently selected; we may earn an affiliate commission.",
    ],
)
def test_lines_that_are_boilerplate_wherever_they_stand(line: str) -> None:
    assert is_boilerplate_line(line) or _kept(f"{PROSE}\n{line}\n") == [PROSE]
    assert line not in _kept(f"{PROSE}\n\n{line}\n\n{MORE}\n\n{LAST}\n")


@pytest.mark.parametrize(
    "line",
    [
        "The council follows every vote on Twitter, the mayor said.",
        "Readers sign petitions when they are angry about a pier.",
        "Google will stop third-party cookies in its browser next year.",
        "The privacy of residents was at stake in the search of the archive.",
        "Contact with the boat was lost at noon.",
        "“Subscribe to reason,” the mayor told them.",
        "More than 3,000 people came to the harbour.",
        "Anyone with information is asked to contact Inspector Ek at the station.",
        "He was reported missing by his wife on Tuesday.",
        "X is for xylophone.",
        "Facebook and Twitter",
        f"{PROSE} {MORE} For more stories from the harbour, sign up to our Tide Tables newsletter.",
        f"{PROSE} {MORE} The recruiter had persuaded her to sign up for the coast guard.",
        "The radio station, supported by a grant from the region, stopped its broadcasts on Tuesday.",
        "No.",
    ],
)
def test_sentences_that_only_look_like_boilerplate_are_kept(line: str) -> None:
    assert _kept(f"{PROSE}\n\n{line}\n\n{MORE}\n") == [PROSE, line, MORE]


def test_a_caption_that_stands_twice_is_kept_once() -> None:
    caption = "The northern pier at low tide, January 8, 2020. (Ann Lee/Harbour Post)"
    assert _kept(f"{caption}\n{caption}\n\n{PROSE}\n\n{MORE}\n\n{caption}\n") == [caption, PROSE, MORE]


def test_lines_of_a_list_may_recur() -> None:
    text = f"{PROSE}\nSite: the old harbour hall, Lumen\n{MORE}\nSite: the old harbour hall, Lumen\n{LAST}"
    assert _body(text) == [text]


def test_comments_end_the_text() -> None:
    text = f"{PROSE}\n\n{MORE}\n\n{LAST}\n\nComments (2)\n\nI never liked that pier. It was ugly.\n\nNor did I."
    assert _kept(text) == [PROSE, MORE, LAST]


def test_headlines_of_other_stories_below_their_heading() -> None:
    assert _kept(f"{PROSE}\n{MORE}\nYou may also like\nThe quay is open\nFive facts about piers") == [PROSE, MORE]
    inside = f"{PROSE}\n\nRead more:\nThe quay is open\n\nWhat happens next\n\n{MORE}"
    assert _kept(inside) == [PROSE, "What happens next", MORE]


def test_bylines_dates_and_agencies_are_boilerplate_at_the_edges_only() -> None:
    text = f"By Ann Lee\nJanuary 3, 2020\n\n{PROSE}\n\n— Ann Lee\n\n{MORE}\n\nThe Associated Press"
    assert _kept(text) == [PROSE, "— Ann Lee", MORE]


def test_a_menu_above_the_text() -> None:
    assert _kept(f"Home | World | Sport | Culture | Shop\n\n{PROSE}") == [PROSE]


def test_section_labels_above_the_headline() -> None:
    assert _kept(f"World\nThe pier is closed\n\n{PROSE}", "The pier is closed") == [PROSE]
    assert _kept(f"World\n\n{PROSE}\n\n{MORE}", "The pier is closed") == ["World", PROSE, MORE]
    assert _kept(f"{PROSE}\nThe pier is closed\n{MORE}", "The pier is closed") == [PROSE, MORE]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Harbour Post", False),
        ("Harbour Post — news from the coast", False),
        ("Harbour Post | All the tides", False),
        ("Harbour Post reporters were on the pier", True),
        ("Harbour Post — the council met on Tuesday and agreed.", True),
    ],
)
def test_the_outlets_name_and_motto_above_the_text(line: str, kept: bool) -> None:
    parts = _body(f"{line}\n\n{PROSE}\n\n{MORE}", source="Harbour Post")
    assert (line in "".join(parts)) == kept
    assert line in "".join(_body(f"{PROSE}\n\n{line}\n\n{MORE}", source="Harbour Post"))


@pytest.mark.parametrize("title_line", ["The pier is closed", "# The pier is closed", "The  pier is\xa0closed"])
def test_the_title_line_is_no_body(title_line: str) -> None:
    assert _kept(f"{title_line}\n\n{PROSE}", "The pier is closed") == [PROSE]


@pytest.mark.parametrize("text", ["The pier is closed", "  The pier is closed\r\n", PROSE, "No."])
def test_an_article_of_one_line_keeps_it(text: str) -> None:
    assert _body(text, text.strip()) == [text.strip()]


def test_front_matter_is_no_body() -> None:
    assert _kept(f"---\r\ntitle: x\r\n---\r\n\r\n{PROSE}") == [PROSE]
    assert _kept(f"---\n\n{PROSE}\n\n---\n\n{MORE}") == [PROSE, MORE]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "***",
        "We will use the details you have shared to register you.\n\nWould you like to receive our newsletter ?",
        "How relevant is this ad to you?\nVideo player was slow to load content Ad froze",
    ],
)
def test_only_boilerplate(text: str) -> None:
    assert _body(text, "A title that is not in it") == []


def test_consecutive_lines_are_one_span_and_offsets_hold_after_crlf_and_emoji() -> None:
    text = f"search\r\n\r\n🦀 {PROSE}\r\n\r\n{MORE}\r\nShare\r\n{LAST} 🦀\r\n"
    assert _body(text) == [f"🦀 {PROSE}\r\n\r\n{MORE}", f"{LAST} 🦀"]


def _corpus(count: int, shared: str, source: str = "post") -> list[Article]:
    return [
        Article(id=str(n), source=source, text=f"{PROSE} Number {n}.\n\n{MORE} {n}\n\n{shared}\n\n{LAST} {n}")
        for n in range(count)
    ]


def _repeats(articles: list[Article]) -> Repeats:
    repeats = Repeats()
    for article in articles:
        repeats.add(article.source, line_keys(article))
    return repeats


def test_a_line_that_many_articles_of_a_source_share_is_boilerplate_there_and_not_elsewhere() -> None:
    shared = "All you want to know about piers is on page nine of the Harbour Post."
    articles = _corpus(12, shared)
    repeats = _repeats(articles)
    assert all(shared not in span.of(article.text) for article in articles for span in body_spans(article, repeats))
    other = Article(id="o", source="other", text=articles[0].text)
    assert len(body_spans(other, repeats)) == 1


def test_a_line_that_few_articles_share_is_kept() -> None:
    articles = _corpus(2, "The council has seven members from four parties.") + _corpus(40, PROSE[:40], "post")
    assert len(body_spans(articles[0], _repeats(articles))) == 1


def test_copies_of_one_article_do_not_make_it_boilerplate() -> None:
    copies = [Article(id=str(n), source="post", text=f"{PROSE}\n\n{MORE}\n\n{LAST}") for n in range(50)]
    assert len(body_spans(copies[0], _repeats(copies))) == 1


def test_short_lines_that_recur_are_headings_within_the_text() -> None:
    articles = _corpus(30, "What we know")
    assert len(body_spans(articles[0], _repeats(articles))) == 1


def test_repeats_depend_on_the_set_of_articles_and_not_on_their_order() -> None:
    articles = _corpus(9, "A line that all of them share, in so many words.") + _corpus(
        5, "Another shared line of words"
    )
    shuffled = articles[:]
    random.Random(7).shuffle(shuffled)
    first, second = _repeats(articles), _repeats(shuffled)
    keys = {key for article in articles for key in line_keys(article)}
    assert [first.is_repeated("post", key) for key in sorted(keys)] == [
        second.is_repeated("post", key) for key in sorted(keys)
    ]


def test_repeats_may_be_asked_and_then_added_to() -> None:
    shared = "All you want to know about piers is on page nine of the Harbour Post."
    repeats = _repeats(_corpus(2, shared))
    (key,) = line_keys(Article(id="x", text=shared))
    assert not repeats.is_repeated("post", key)
    for article in _corpus(9, shared)[2:]:
        repeats.add("post", line_keys(article))
    assert repeats.is_repeated("post", key)


_LINES = st.one_of(
    st.sampled_from(
        [PROSE, MORE, LAST, "search", "Read more:", "Comments (3)", "By Ann Lee", "", "  ", "Title", "---", "# Title"]
    ),
    st.text(max_size=60),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(_LINES, max_size=20),
    st.sampled_from(["\n", "\r\n", "\r", "\u2028"]),
    st.sampled_from(["", "Title", PROSE]),
)
def test_laws_of_spans(lines: list[str], newline: str, title: str) -> None:
    text = newline.join(lines)
    spans = body_spans(Article(id="a", text=text, title=title))
    for span in spans:
        assert span.end <= len(text)
        assert span.of(text) == span.of(text).strip()
    assert all(first.end < second.start for first, second in pairwise(spans))
    # Whatever is prose and stands once is inside a span, unless comments or other stories are said to follow.
    if "Comments (3)" not in lines and "Read more:" not in lines and "---" not in lines:
        for line in (PROSE, MORE, LAST):
            if line in lines and line != title:
                assert any(line in span.of(text) for span in spans)


@pytest.mark.skipif(not (SHARED / "articles").is_dir(), reason="the shared articles are not here")
def test_the_shared_articles() -> None:
    found = {}
    for file in find([SHARED / "articles"]):
        assert isinstance(file, SourceFile)
        for article in read(file):
            assert isinstance(article, Article)
            found[article.id[:3]] = article
    body = {name: "\n".join(span.of(article.text) for span in body_spans(article)) for name, article in found.items()}
    assert (found["000"].agency, found["000"].place) == ("ESTA", "Sulaimani")
    assert found["000"].title.startswith("The U.S. military is bracing for a possible attack")
    assert found["001"].title == "Fears Iran-backed militias in Iraq readying attack to avenge nuke chief – report"
    assert found["004"].title.startswith("US military moves air defense systems into Iraq")
    assert body["000"] == found["000"].text.strip()
    assert body["001"].count("Fighters with Iran-backed militias") == 1
    assert body["001"].startswith("Armed groups said")
    assert body["001"].endswith("in Iraq from about 3,000 to 2,500.")
    assert body["004"].startswith("The U.S. military said Thursday")
    assert body["004"].endswith("Abu Mahdi al-Muhandis.")
    assert not any(
        words in "\n".join(body.values()) for words in ("Leave a Reply", "Fill in your", "Connecting to", "read more:")
    )


def test_the_sample_articles() -> None:
    sample = Path(__file__).resolve().parents[1] / "index" / "sample"
    articles = [item for file in find([sample]) if isinstance(file, SourceFile) for item in read(file)]
    found = {article.id: article for article in articles if isinstance(article, Article)}
    assert len(found) == len(articles) == 15
    assert all(article.title and article.source and article.published for article in found.values())
    assert all(article.author for article in found.values() if "\nBy " in article.text)
    repeats = _repeats(list(found.values()))
    body = {name: "\n".join(span.of(a.text) for span in body_spans(a, repeats)) for name, a in found.items()}
    lines = [line for text in body.values() for line in text.splitlines()]
    for line in ("World", "Middle East", "United States", "search", "Share", "Facebook Twitter Email Print"):
        assert line not in lines
    assert not [line for line in lines if line.startswith(("Home |", "Menu ", "Demo Gulf Monitor —", "Related:"))]
    captions = [line for line in lines if line.endswith(("(Handout)", "(Sample Wire/File)", "archive)"))]
    assert len(captions) == len(set(captions)) >= 2
    for name in ("2020-03-12-taji-rockets.txt", "2020-03-12-taji-rocket-attack.html"):
        assert body[name].startswith("BAGHDAD (Sample Wire) — A salvo of rockets")
        assert body[name].endswith("Trump is expected to veto it.")
        assert sum(len(line) > 100 for line in body[name].splitlines()) == 9
