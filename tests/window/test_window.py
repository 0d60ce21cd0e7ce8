"""The window in a browser: answers, sources, the article, refusals; by mouse, by keyboard, on a phone, in the dark."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest
from gradio_client import Client
from playwright.sync_api import Page, expect

from tests.window.asking import ask

Open = Callable[..., Page]
QUESTION = "How many people were treated for concussion after the missile attack on Ain al-Asad?"
FOLLOW_UP = "When were the missiles fired?"
NONSENSE = "How do I bake sourdough bread?"


def in_view(page: Page, selector: str) -> bool:
    """Whether the middle of an element can be seen: inside the window, and covered by nothing else."""
    return bool(
        page.locator(selector).first.evaluate(
            "e => {const b = e.getClientRects()[0], x = b.left + b.width / 2, y = b.top + b.height / 2;"
            " const seen = document.elementFromPoint(x, y); return !!seen && (e.contains(seen) || seen.contains(e))}"
        )
    )


def test_an_example_is_answered_with_a_marked_quote_and_its_source(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    example = page.locator("#chat .example").first
    question = example.inner_text()
    example.click()
    expect(page.locator("#chat .question")).to_have_text(question)
    expect(page.locator("#chat .answer .said q").first).not_to_be_empty()
    cards = page.locator("#sources .card")
    expect(cards.first.locator(".headline")).not_to_be_empty()
    expect(cards.first.locator(".strength").first).to_have_text(re.compile("^(strong|fair|weak) match$"))
    quotes = page.locator("#sources .quote")
    for place in range(quotes.count()):
        quote = quotes.nth(place)
        assert quote.locator("mark").count() == 1
        assert (quote.locator("mark").text_content() or "") in (quote.text_content() or "")
    spoken = page.locator("#chat .said q").first.text_content()
    assert spoken == cards.first.locator("mark").first.text_content()


@pytest.mark.parametrize("by", ["mark", "card", "keyboard"])
def test_the_article_opens_beside_the_chat_at_the_marked_sentence(open_page: Open, sample: str, by: str) -> None:
    page = open_page(sample)
    ask(page, QUESTION)
    sentence = page.locator("#sources mark").first.text_content()
    if by == "mark":
        page.click("#chat .said a.cite >> nth=0")
    elif by == "card":
        page.click("#sources .card >> nth=0 >> .facts")
    else:
        page.focus("#chat .said a.cite >> nth=0")
        page.keyboard.press("Enter")
    marked = page.locator("#reader mark")
    expect(marked.first).to_be_visible()
    assert "".join(marked.all_text_contents()) == sentence
    assert in_view(page, "#reader mark")
    expect(page.locator("#reader h2")).to_be_focused()
    expect(page.locator("#sources")).to_be_hidden()
    expect(page.locator("#chat .answer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator("#sources .card").first).to_be_visible()
    if by != "card":
        expect(page.locator("#chat .said a.cite").first).to_be_focused()


def test_a_refusal_looks_like_none_of_the_answers(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    ask(page, NONSENSE)
    refusal = page.locator("#chat .refusal")
    expect(refusal.locator(".refusal-title")).to_have_text("Not in your articles")
    assert len(refusal.locator("p").nth(1).inner_text()) > 20
    expect(page.locator("#chat .answer")).to_have_count(0)
    expect(page.locator("#sources .card")).to_have_count(0)
    closest = refusal.locator("details")
    expect(closest.locator("summary")).to_contain_text("not an answer")
    expect(closest.locator(".card").first).to_be_hidden()
    closest.locator("summary").click()
    closest.locator(".card-title").first.click()
    expect(page.locator("#reader mark").first).to_be_visible()


def test_chat_and_sources_stay_together(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    titles = page.locator("#sources .headline")
    ask(page, QUESTION)
    first = titles.all_text_contents()
    ask(page, NONSENSE)
    expect(titles).to_have_count(0)
    page.click("#chat button[aria-label='Undo']")
    expect(page.locator("#chat .question")).to_have_count(1)
    expect(titles).to_have_text(first)
    expect(page.locator("#ask textarea")).to_have_value(NONSENSE)
    page.click("#sources .card-title >> nth=0")
    expect(page.locator("#reader mark").first).to_be_visible()
    page.click("text=New chat")
    expect(page.locator("#chat .question")).to_have_count(0)
    expect(titles).to_have_count(0)
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator("#chat .example").first).to_be_visible()
    ask(page, FOLLOW_UP)
    second = titles.all_text_contents()
    page.click("text=Earlier conversations")
    page.click(f".chats a:has-text('{QUESTION}')")
    expect(page.locator("#chat .question")).to_have_text([QUESTION])
    expect(titles).to_have_text(first)
    page.click(f".chats a:has-text('{FOLLOW_UP}')")
    expect(page.locator("#chat .question")).to_have_text([FOLLOW_UP])
    expect(titles).to_have_text(second)
    expect(page.locator("#chat button[aria-label='Retry']")).to_have_count(0)
    page.click("#chat button[aria-label='Clear']")
    expect(page.locator("#chat .question")).to_have_count(0)
    expect(titles).to_have_count(0)


def test_conversations_and_the_draft_outlive_the_page_and_are_renamed_and_deleted(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    ask(page, FOLLOW_UP)
    page.click("text=New chat")
    expect(page.locator("#chat .question")).to_have_count(0)
    ask(page, QUESTION)
    titles = page.locator("#sources .headline").all_text_contents()
    page.fill("#ask textarea", "A question that is not yet")
    page.wait_for_timeout(1000)  # what the browser keeps is written behind the answer
    page.reload()
    expect(page.locator("#chat .question")).to_have_text([QUESTION])  # the open one, in its place
    expect(page.locator("#sources .headline")).to_have_text(titles)
    expect(page.locator("#ask textarea")).to_have_value("A question that is not yet")
    page.click("text=Earlier conversations")
    names = page.locator(".chats li a")
    expect(names).to_have_text([QUESTION, FOLLOW_UP])
    expect(page.locator(".chats .when")).to_have_text(["today", "today"])
    page.click(".chats .rename >> nth=1")
    page.fill(".chats .new-name", "<b>A name</b>")
    page.press(".chats .new-name", "Enter")
    expect(names).to_have_text([QUESTION, "<b>A name</b>"])
    names.nth(1).click()
    expect(page.locator("#chat .question")).to_have_text([FOLLOW_UP])
    expect(page.locator(".chats a[aria-current]")).to_have_text("<b>A name</b>")
    page.click(".chats .delete >> nth=1")
    page.click(".chats .delete.sure")
    expect(names).to_have_text([QUESTION])
    expect(page.locator("#chat .question")).to_have_count(0)  # it was the open one


def test_filters_leave_articles_out(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    expect(page.locator(".status.ready")).to_be_visible()
    page.click("text=Only some articles")
    for name, day in (("Published from", "2020-03-01"), ("Published to", "2020-09-30")):
        field = page.get_by_role("textbox", name=name)
        field.fill(day)
        field.press("Enter")
    ask(page, "How many rockets hit Camp Taji?")
    days = [day.get_attribute("datetime") for day in page.locator("#sources .card > .facts time").all()]
    assert days
    assert all("2020-03-01" <= (day or "") <= "2020-09-30" for day in days)
    page.get_by_role("combobox", name="Sources").click()
    page.get_by_role("option", name="Example Courier").click()
    page.keyboard.press("Tab")
    ask(page, "How many rockets hit Camp Taji?")
    outlets = page.locator("#sources .card > .facts > bdi:first-child").all_text_contents()
    assert outlets
    assert set(outlets) == {"Example Courier"}


def test_a_period_in_the_question_is_preferred_until_it_is_switched_off(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    notes, days = page.locator("#chat .answer .read-as .named bdi"), page.locator("#sources .card > .facts time")
    ask(page, "How many rockets hit Camp Taji in March 2020?")
    expect(notes).to_have_text("articles of March 2020 were preferred")
    # The likeliest comes first, and an article of April tells of March too; those of March are beside it.
    assert any((day.get_attribute("datetime") or "").startswith("2020-03") for day in days.all()[:2])
    page.locator("#chat .answer .read-as .named a").click()
    expect(notes).to_have_count(0)
    expect(page.locator("#chat .answer")).to_have_count(1)
    ask(page, "How many rockets hit Camp Taji in March 2020?")
    expect(notes).to_have_count(1)
    page.get_by_role("checkbox", name="Use dates and sources in the question").uncheck()
    ask(page, "How many rockets hit Camp Taji in March 2020?")
    expect(page.locator("#chat .answer")).to_have_count(3)
    expect(notes).to_have_count(1)


def test_it_fits_a_phone(open_page: Open, sample: str) -> None:
    page = open_page(sample, 390, 844, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    ask(page, QUESTION)
    page.click("text=Only some articles")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    edge = "document.querySelector('#{}').getBoundingClientRect().{}"
    assert page.evaluate(f"{edge.format('sources', 'top')} >= {edge.format('chat', 'bottom')}")  # at one instant
    page.click("#sources .card-title >> nth=0")
    expect(page.locator("#reader mark").first).to_be_in_viewport()
    assert in_view(page, "#reader mark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("#reader .close")
    expect(page.locator("#sources .card").first).to_be_visible()


CONTRAST = """e => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = c => c.slice(0, 3).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  let ground = null;
  for (let up = e; up && !ground; up = up.parentElement) {
    const c = parse(getComputedStyle(up).backgroundColor);
    if (c.length === 3 || c[3] === 1) ground = c;
  }
  const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground)].sort((x, y) => y - x);
  return (a + .05) / (b + .05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_light_and_in_dark(open_page: Open, sample: str, scheme: str) -> None:
    page = open_page(sample, color_scheme=scheme)
    ask(page, QUESTION)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every(v => v < 60)")
    assert dark is (scheme == "dark")
    parts = [
        "h1",
        ".status span",
        ".question",
        ".sure",
        ".said q",
        ".by",
        "a.cite",
        ".headline",
        ".card .facts",
        ".quote",
    ]
    parts += ["#sources mark", ".strength", "#tools button", "#tools label span", "#ask button", ".fold button"]
    page_two = ["#reader h2", "#reader .facts", "#reader mark", "#reader .article-text", "#reader .close"]
    low = {part: page.locator(part).first.evaluate(CONTRAST) for part in parts}
    page.click("#chat .said a.cite >> nth=0")
    expect(page.locator("#reader mark").first).to_be_visible()
    low |= {part: page.locator(part).first.evaluate(CONTRAST) for part in page_two}
    assert {part: round(ratio, 1) for part, ratio in low.items() if ratio < 4.5} == {}


def test_controls_have_names_and_answers_are_announced(open_page: Open, sample: str) -> None:
    page = open_page(sample)
    ask(page, QUESTION)
    expect(page.get_by_role("log")).to_contain_text(QUESTION)
    expect(page.get_by_role("region", name="Sources")).to_be_visible()
    for name in ("Prefer recent articles", "Use dates and sources in the question"):
        expect(page.get_by_role("checkbox", name=name)).to_be_checked()
    assert page.get_by_role("textbox", name="Question").count() == 1
    labels = page.locator("[aria-label]").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
    assert not [label for label in labels if "<" in label]


def test_questions_are_met_with_patience_while_articles_are_read(
    open_page: Open, serve: Callable[..., str], tmp_path: Path
) -> None:
    address = serve(script=Path(__file__).with_name("slow.py"), folder=tmp_path)
    page = open_page(address)
    expect(page.locator(".status.busy")).to_contain_text("3 of 15")
    expect(page.locator(".status progress")).to_have_attribute("value", "3")
    notice = page.locator("#chat .notice")
    page.fill("#ask textarea", QUESTION)
    page.press("#ask textarea", "Enter")
    expect(notice).to_have_text("Still reading your articles: 3 of 15. Your question is next.")
    with pytest.raises(Exception, match="Still reading your articles: 3 of 15"):
        Client(address, verbose=False).predict(QUESTION, api_name="/ask")
    page.click("text=New chat")  # takes the question back
    expect(notice).to_have_count(0)
    page.fill("#ask textarea", FOLLOW_UP)
    page.press("#ask textarea", "Enter")
    expect(notice).to_contain_text("Still reading")
    (tmp_path / "read").touch()
    # The index is there, the model is not yet.
    expect(page.locator(".status.busy")).to_have_text("Getting the search ready")
    expect(page.locator(".status progress")).to_have_count(0)
    expect(notice).to_have_text("Getting the search ready. Your question is next.")
    (tmp_path / "load").touch()
    expect(page.locator("#chat .answer q").first).not_to_be_empty()
    expect(notice).to_have_count(0)
    expect(page.locator(".status.ready")).to_contain_text("sample articles")
    expect(page.locator("#chat .question")).to_have_text([FOLLOW_UP])


def test_programs_ask_through_typed_endpoints(sample: str, open_page: Open) -> None:
    page = open_page(sample)
    expect(page.locator(".status.ready")).to_be_visible()
    client = Client(sample, verbose=False)
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == {
        "/ask",
        "/retrieve",
        "/list_sources",
        "/get_article",
    }
    answer = client.predict(QUESTION, api_name="/ask")
    assert answer["found"]
    assert len(answer["citations"]) <= 5
    for citation in answer["citations"]:
        first, last = (citation[key] - citation["start"] for key in ("sentence_start", "sentence_end"))
        assert citation["text"][first:last] == citation["sentence"]
    one = client.predict(QUESTION, 1, "2020-01-01", "2020-12-31", None, "any", api_name="/ask")
    assert len(one["citations"]) <= 1
    with pytest.raises(Exception, match="write it as 2020-12-01"):
        client.predict(QUESTION, since="some day", api_name="/ask")
    client.close()


def test_articles_of_ones_own_bring_examples_of_their_own(
    open_page: Open, serve: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "fair.md").write_text(
        "---\ntitle: Village fair moves to May\ndate: 2021-05-03\nsource: Own Paper\n---\n"
        "The village fair moves to the second Sunday in May because the meadow is dry by then, the mayor said.\n"
    )
    page = open_page(serve("--articles", "own", "--auth", "me:secret", folder=tmp_path), logged_in=("me", "secret"))
    expect(page.locator(".status.ready")).to_contain_text("1 article from 1 source")
    page.locator("#chat .example", has_text="Village fair moves to May").click()
    expect(page.locator("#chat .said q").first).to_contain_text("second Sunday in May")
    (tmp_path / "own" / "fair.md").write_text("The fair is off.\n")
    page.click("#chat .said a.cite >> nth=0")
    expect(page.locator("#reader .notice")).to_contain_text("The file has changed since it was read")
    expect(page.locator("#reader mark")).to_contain_text("second Sunday in May")


def test_a_folder_without_articles_is_said_in_a_sentence(
    open_page: Open, serve: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    page = open_page(serve("--articles", "empty", folder=tmp_path))
    expect(page.locator(".status.failed")).to_be_visible()
    said = page.locator(".status.failed").inner_text()
    assert len(said) > 20
    assert "Traceback" not in said
    page.fill("#ask textarea", QUESTION)
    page.press("#ask textarea", "Enter")
    expect(page.locator("#chat .notice")).to_have_text(said)
    expect(page.locator("#ask textarea")).to_have_value(QUESTION)


def test_mcp_clients_have_four_tools(serve: Callable[..., str], own_sample: Path) -> None:
    pytest.importorskip("mcp", reason="gradio[mcp] is not installed")
    with urlopen(f"{serve('--mcp', folder=own_sample)}gradio_api/mcp/schema") as reply:
        tools = json.load(reply)
    assert [tool["name"] for tool in tools] == ["ask", "retrieve", "list_sources", "get_article"]
    given = {"question", "k", "since", "until", "sources", "as_of", "understand", "history", "reader"}
    assert set(tools[0]["inputSchema"]["properties"]) == given
