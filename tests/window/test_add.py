"""Articles are added in the window, asked about, and removed again; the limits hold, and hostile names stay text."""

import base64
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

import app
from index.building.report import Progress
from index.errors import UsageError
from index.readers import Limits, SourceFile, read
from index.types import Article
from qa.window.add_html import added_html, said_html
from qa.window.add_panel import AddHandlers, _files
from qa.window.added import AT_ONCE, AT_ONCE_BYTES, AddedFile
from qa.window.adding import Adding, pasted_file
from qa.window.security import is_local
from qa.window.service import Service
from tests.window.asking import ask, run
from tests.window.test_added import PAGE, TEXT

Open = Callable[..., Page]
QUESTION = "Who opened the bridge over the river Lorne?"
DROP = """files => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name));
  for (const kind of ['dragover', 'drop']) {
    const event = new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true});
    document.querySelector('#chat').dispatchEvent(event);
  }
}"""


def test_files_are_dropped_asked_about_and_removed_while_the_window_goes_on(
    open_page: Open, serve: Callable[..., str], own_sample: Path
) -> None:
    address = serve(folder=own_sample)
    page = open_page(address)
    expect(page.locator(".status.ready")).to_contain_text("15 sample articles")
    page.evaluate(
        DROP, [["<img src=x onerror=alert(1)>.html", PAGE.decode()], ["../..\u202e/x.exe", "MZ"], ["e.txt", ""]]
    )
    said = page.locator(".said-of-files")
    expect(said).to_contain_text("Added “-img src=x onerror=alert(1)-.html”")
    expect(said.locator(".refused")).to_have_count(2)
    expect(said).to_contain_text("“x.exe” was not added: only text")
    expect(said).to_contain_text("“e.txt” was not added: it is empty.")
    expect(page.locator("#masthead .status")).to_contain_text("16 articles")
    link = page.locator(".added a.card-title")
    expect(link).to_have_text("<img src=x onerror=alert(1)> ${7*7} {{1}}")
    ask(page, QUESTION)
    expect(page.locator("#chat .said q").first).to_contain_text("was opened by Ada Holm")
    assert os.listdir(own_sample / "sample.index" / "added") == ["-img src=x onerror=alert(1)-.html"]

    page.get_by_role("tab", name="Add").click()
    page.fill("#paste textarea", "https://example.org/article")
    page.click("text=Add this text")
    expect(said).to_contain_text("Links are not followed")
    page.evaluate(DROP, [[f"{number}.txt", "x"] for number in range(1000)])
    expect(said).to_contain_text("1,000 files are too many at once: 100 are the most. None of them was added.")
    page.click(".added .remove")
    expect(page.locator(".added .remove")).to_have_text("Remove it for good")
    page.click(".added .remove")
    expect(page.locator("#masthead .status")).to_contain_text("15 sample articles")
    expect(page.locator(".added li")).to_have_count(0)
    ask(page, QUESTION)
    assert "Ada Holm" not in page.locator("#chat .said, #chat .refusal").last.inner_text()

    upload = urllib.request.Request(
        f"{address}gradio_api/upload", b"--x--", {"Content-Type": "multipart/form-data; boundary=x"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(upload)
    assert refused.value.code == 403
    refused.value.close()


def test_a_window_that_is_read_only_has_nothing_to_add_with(tmp_path: Path) -> None:
    code = (
        "import json, pathlib; from qa.window.page import window; from qa.window.service import Service\n"
        "for adding in (False, True):\n"
        "    page = window(Service(pathlib.Path('none.index'), adding=adding))\n"
        "    print('add_files' in json.dumps(page.config, default=str))"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(app.__file__).parent)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "True"], done.stderr


@pytest.mark.parametrize(
    ("arguments", "adding"),
    [
        ([], True), (["--host", "localhost"], True), (["--host", "::1"], True), (["--read-only"], False),
        (["--host", "0.0.0.0"], False), (["--host", "192.168.0.7"], False),
        (["--host", "0.0.0.0", "--auth", "me:secret"], True), (["--host", "0.0.0.0", "--allow-adding"], True),
        (["--host", "0.0.0.0", "--auth", "me:secret", "--read-only"], False),
    ],
)  # fmt: skip
def test_adding_is_off_where_anybody_could(arguments: list[str], adding: bool) -> None:
    assert app.may_add(app._arguments(arguments)) is adding


def test_only_loopback_is_local() -> None:
    assert [name for name in ("127.0.0.1", "127.8.8.8", "[::1]", "LOCALHOST", "0.0.0.0", "", "::", "10.0.0.1", "a.b")
            if is_local(name)] == ["127.0.0.1", "127.8.8.8", "[::1]", "LOCALHOST"]  # fmt: skip


def test_a_text_is_pasted_with_what_is_said_of_it_and_a_page_as_it_is() -> None:
    assert pasted_file("One.\n\nTwo.") == ("One..md", b"One.\n\nTwo.")
    name, content = pasted_file("One.", "A: title # x", "The \ud800 Paper", "2020-12-01")
    assert name == "A: title # x.md"
    assert content.decode().startswith("---\ntitle: 'A: title # x'\nsource: ")
    assert content.decode().endswith("---\n\nOne.")
    assert pasted_file(" <!DOCTYPE html><p>x", "", "", "") == ("Pasted page.html", b" <!DOCTYPE html><p>x")
    for text, words in (("", "nothing to add"), (" \n", "nothing to add"), (" https://a.example/b \n", "not followed")):
        with pytest.raises(UsageError, match=words):
            pasted_file(text)


def test_what_is_said_of_a_pasted_page_is_kept_unless_the_page_states_it_as_data(tmp_path: Path) -> None:
    page = f"<!DOCTYPE html><html><head><title>Its own</title></head><body><p>{'The bridge is open. ' * 20}</p></html>"
    name, content = pasted_file(page, 'A "title" & x', "The Paper", "2020-12-01")
    assert name == 'A "title" & x.html'
    path = tmp_path / "page.html"
    path.write_bytes(content)
    (article,) = read(SourceFile(path, path.name, len(content), 0), Limits())
    assert isinstance(article, Article)
    assert (article.title, article.source) == ('A "title" & x', "The Paper")
    assert article.published == date(2020, 12, 1)


def test_the_fields_are_emptied_once_a_text_is_there_whatever_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = AddHandlers(Service(tmp_path / "none.index", adding=True))
    monkeypatch.setattr(Adding, "add", lambda self, files: ([files[0][0]], []))
    shown = run(kept.paste("He was refused bail.", 'A "refused" bail', "", ""))
    assert shown[-4:] == ["", "", "", ""]
    shown = run(kept.paste("", "", "", ""))
    assert "" not in shown[-4:]


def test_how_far_a_long_scan_is_read_is_told_from_its_first_page_on(tmp_path: Path) -> None:
    adding = Adding(None, tmp_path, lambda: True)
    adding._progress = Progress("reading", 0, 1, 7, 30)
    words, done, total = adding.progress()
    assert words.startswith("Looking at the articles")
    assert "page 7 of 30" in words
    assert (done, total) == (0, 0)  # no bar


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "no list"), ({"files": "x"}, "no list"), ({"files": ["x"]}, "no list"),
        ({"files": [{"name": "x.txt", "data": "%%%"}]}, "did not arrive whole"),
        ({"files": [{"name": "x.txt", "data": "é"}]}, "did not arrive whole"),
        ({"files": [{}] * (AT_ONCE + 1)}, "too many at once"),
        ({"files": [{"name": "x", "size": AT_ONCE_BYTES}] * 2}, "too much at once"),
    ],
)  # fmt: skip
def test_what_no_script_of_ours_would_send_is_refused(given: object, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        _files(given)


def test_files_come_as_base64_and_a_large_one_without_its_content() -> None:
    sent = {"files": [{"name": "a.txt", "size": 3, "data": base64.b64encode(TEXT).decode()},
                      {"name": "b.txt", "size": 30 << 20}, {"name": 7, "size": "x", "data": ""}]}  # fmt: skip
    assert _files(sent) == [("a.txt", TEXT, 3), ("b.txt", b"", 30 << 20), ("7", b"", 0)]


def test_names_and_titles_are_text() -> None:
    bad = '"><script>alert(1)</script>'
    html = added_html([AddedFile(bad, 9, date(2026, 1, 2))], {bad: [(bad, bad)]}, working=False, failure=bad)
    html += said_html(bad, [bad]) + added_html([AddedFile(bad, 9, date(2026, 1, 2))], {}, working=True)
    assert "<script" not in html
    assert html.count("&#60;script") >= 7
    assert "being read" in html


def test_the_link_to_an_added_article_is_decoded_to_its_id() -> None:
    name, id = "100% of it, 50%20.txt", "added/100% of it, 50%20.txt"
    html = added_html([AddedFile(name, 9, date(2026, 1, 2))], {name: [(id, "Title")]}, working=False)
    (place,) = re.findall('href="#article-([^"]+)"', html)
    assert unquote(unescape(place)) == id
