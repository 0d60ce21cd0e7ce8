"""Programs that ask over plain HTTP: JSON in and out, a sentence and a 4xx for what is wrong, a password."""

import base64
import hashlib
import http.client
import json
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.window.conftest import with_sample

PAGE = Path(__file__).parents[2] / "docs" / "programs.md"
QUESTION = "Where was Mohsen Fakhrizadeh ambushed?"
AUTH = {"Authorization": "Basic " + base64.b64encode("me:s3crét".encode()).decode()}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_sample(tmp_path_factory.mktemp("rest"), tmp_path_factory)


@pytest.fixture(scope="module")
def address(serve_module: Callable[..., str], log: Path) -> str:
    """A window with a password, and with MCP where it is installed."""
    address = serve_module("--auth", "me:s3crét", *["--mcp"] * bool(find_spec("mcp")), folder=log)
    while True:
        status, said = sent(address, "ask", {"question": QUESTION})
        if status == 200:
            return address
        assert (status, "Please ask again in a moment" in said["error"]) == (503, True)
        time.sleep(0.5)


def answered(
    address: str, method: str, path: str, body: bytes | None = None, headers: dict[str, str] = AUTH
) -> tuple[int, dict[str, str], bytes]:
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=240)
    connection.request(method, path, body, headers)
    reply = connection.getresponse()
    result = reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
    connection.close()
    return result


def sent(address: str, call: str, arguments: Any) -> tuple[int, Any]:
    body = arguments if isinstance(arguments, bytes) else json.dumps(arguments).encode()
    status, headers, text = answered(address, "POST", f"/v1/{call}", body)
    assert headers["content-type"] == "application/json"
    return status, json.loads(text)


def test_a_question_in_json_and_its_answer(address: str) -> None:
    status, answer = sent(address, "ask", {"question": QUESTION, "k": 2, "as_of": "any"})
    assert (status, answer["found"]) == (200, True)
    assert "Absard" in answer["citations"][0]["sentence"]
    assert len(answer["citations"]) <= 2
    assert "path" not in answer["citations"][0]


def test_every_filter_and_the_conversation_count(address: str) -> None:
    period = {"since": "Mar 2020", "until": "2020-03", "sources": "Sample Wire", "reader": False, "understand": False}
    status, found = sent(address, "retrieve", {"question": "rockets", "k": 20, **period})
    assert status == 200
    assert {one["published"][:7] for one in found["citations"]} == {"2020-03"}
    turn = [QUESTION, "He was ambushed in Absard."]
    _, alone = sent(address, "ask", {"question": "And who was blamed for it?"})
    _, follow_up = sent(address, "ask", {"question": "And who was blamed for it?", "history": [turn]})
    assert (alone["read_as"], follow_up["read_as"]) == ([], [QUESTION])


def test_an_article_is_read_to_its_end_in_parts(address: str) -> None:
    _, found = sent(address, "retrieve", {"question": QUESTION, "k": 1})
    (citation,) = found["citations"]
    parts, offset = [], 0
    while offset is not None:
        status, part = sent(
            address, "get_article", {"article_id": citation["article_id"], "offset": offset, "limit": 300}
        )
        assert status == 200
        parts.append(part["text"])
        offset = part["next_offset"]
    text = "".join(parts)
    assert len(parts) > 2
    assert len(text) == part["length"]
    assert text[citation["start"] : citation["end"]] == citation["text"]
    assert hashlib.sha256(text.encode()).hexdigest() == citation["article_sha256"] == part["article_sha256"]
    by_address = f"/v1/get_article?article_id={quote(citation['article_id'], safe='')}&offset=300&limit=300"
    assert json.loads(answered(address, "GET", by_address)[2])["text"] == parts[1]
    assert sent(address, "get_article", {"article_id": citation["article_id"], "offset": 10**9})[1]["text"] == ""


def test_sources_are_listed_with_their_days(address: str) -> None:
    status, listed = sent(address, "list_sources", {})
    assert status == 200
    assert listed == json.loads(answered(address, "GET", "/v1/list_sources")[2])
    assert listed["articles"] == sum(source["articles"] for source in listed["sources"]) + listed["without_source"]
    assert all(source["first"] <= source["last"] for source in listed["sources"])


WRONG: list[tuple[str, Any, int, str]] = [
    ("ask", b"", 400, "the request is no JSON"),
    ("ask", b"{", 400, "the request is no JSON"),
    ("ask", b"\xff\xfe", 400, "the request is no JSON"),
    ("ask", b"[" * 100_000, 400, "the request is no JSON"),
    ("ask", b'{"question": ' + b"9" * 5000 + b"}", 400, ""),
    ("ask", [], 400, "the arguments are a JSON object"),
    ("ask", {}, 400, "question is missing; ask takes question, k"),
    ("ask", {"question": None}, 400, "the question is text"),
    ("ask", {"question": QUESTION, "kk": 3}, 400, "there is no argument 'kk'; ask takes question, k"),
    ("ask", {"question": QUESTION, "k": "3"}, 400, "k is the number of citations, from 1 to 100, not '3'"),
    ("ask", {"question": QUESTION, "k": True}, 400, "k is the number of citations"),
    ("ask", {"question": QUESTION, "since": "01/12/2020"}, 400, "write 2020-12-01 for the first"),
    ("ask", {"question": QUESTION, "since": 7}, 400, "since is a date"),
    ("ask", {"question": QUESTION, "sources": {"a": 1}}, 400, "sources is the name of a source"),
    ("ask", {"question": QUESTION, "history": "before"}, 400, "history is a list of (question, answer) pairs"),
    ("ask", {"question": QUESTION, "history": [["one"]]}, 400, "history is a list of (question, answer) pairs"),
    ("ask", {"question": QUESTION, "reader": 1}, 400, "reader is True or False"),
    ("ask", {"question": "a" * 10_001}, 400, "ask in at most 10,000"),
    ("ask", b" " * 1_000_001, 413, "more than 1,000,000 bytes"),
    ("retrieve", {"question": " "}, 400, "the question is empty"),
    ("list_sources", {"source": "x"}, 400, "list_sources takes no arguments"),
    ("get_article", {"article_id": 7}, 400, "article_id is the id of an article"),
    ("get_article", {"article_id": ""}, 400, "article_id is the id of an article"),
    ("get_article", {"article_id": "/etc/passwd"}, 404, "no article has this id"),
    ("get_article", {"article_id": "../index/CURRENT"}, 404, "no article has this id"),
    ("get_article", {"article_id": "a\0b\ud800' OR 1=1 --"}, 404, "no article has this id"),
    ("get_article", {"article_id": "x", "offset": -1}, 400, "offset is a place in the text"),
    ("get_article", {"article_id": "x", "offset": 1.5}, 400, "offset is a place in the text"),
    ("get_article", {"article_id": "x", "limit": 0}, 400, "limit is a number of characters"),
    ("get_article", {"article_id": "x", "limit": 10**12}, 400, "limit is a number of characters"),
    ("nothing", {}, 404, "there is nothing here"),
]


@pytest.mark.parametrize(("call", "arguments", "status", "said"), WRONG, ids=lambda value: repr(value)[:40])
def test_what_is_wrong_is_one_sentence(
    address: str, log: Path, call: str, arguments: Any, status: int, said: str
) -> None:
    before = (log / "errors").read_text("utf-8")
    got, error = sent(address, call, arguments)
    assert (got, list(error)) == (status, ["error"])
    assert said in error["error"]
    assert "\n" not in error["error"]
    assert (log / "errors").read_text("utf-8") == before
    assert sent(address, "list_sources", {})[0] == 200


def test_other_methods_are_refused_in_a_sentence(address: str) -> None:
    for method, path, allowed in (("GET", "ask", "POST"), ("DELETE", "get_article", "GET"), ("PUT", "", "GET")):
        status, headers, text = answered(address, method, f"/v1/{path}")
        assert (status, allowed in headers["allow"]) == (405, True)
        assert json.loads(text)["error"].endswith(f"not {method}")
    assert answered(address, "GET", "/v1/get_article?article_id=x&offset=abc")[0] == 400


def test_without_the_password_nothing_is_told(address: str) -> None:
    body = json.dumps({"question": QUESTION}).encode()

    def basic(pair: bytes) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(pair).decode()}

    wrong = [{}, basic(b"me:secret"), basic(b"me"), basic(b"\xff:\xff"), basic(":s3crét".encode()), basic(b"")]
    wrong += [{"Authorization": "Basic ***"}, {"Authorization": "Bearer x"}, {"Cookie": "access-token-=x"}]
    places = [("POST", "/v1/ask", body), ("GET", "/v1/", None), ("GET", "/v1/openapi.json", None)]
    places += [("GET", "/v1/get_article?article_id=x", None), ("GET", "/v1/nothing", None)]
    if find_spec("mcp"):
        places += [("POST", "/gradio_api/mcp/", b"{}"), ("GET", "/gradio_api/mcp/schema", None)]
    for headers in wrong:
        for method, path, content in places:
            status, given, text = answered(address, method, path, content, headers)
            assert (status, "www-authenticate" in given) == (401, True), (headers, path)
            assert b"Fakhrizadeh" not in text
    for name in ("evil.example", "127.0.0.1:1"):
        assert answered(address, "POST", "/v1/ask", body, {**AUTH, "Host": name})[0] == 403
    assert answered(address, "POST", "/v1/ask", body, {**AUTH, "Origin": "http://evil.example"})[0] == 403


def test_a_login_to_the_window_counts_too(address: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    status, headers, _ = answered(address, "POST", "/login", f"username=me&password={quote('s3crét')}".encode(), form)
    assert status == 200
    cookie = {"Cookie": headers["set-cookie"].partition(";")[0]}
    assert answered(address, "GET", "/v1/list_sources", None, cookie)[0] == 200


def test_what_the_guide_shows_runs_as_written(serve: Callable[..., str], own_sample: Path) -> None:
    mcp = bool(find_spec("mcp"))
    address = serve(*["--mcp"] * mcp, folder=own_sample).rstrip("/")
    while answered(address, "POST", "/v1/ask", b'{"question": "rockets"}', {})[0] == 503:
        time.sleep(0.5)
    page = PAGE.read_text("utf-8").replace("http://127.0.0.1:7860", address)
    commands = [shlex.split(line) for line in re.findall(r"^    (curl .+)$", page, re.MULTILINE)]
    assert [words[1].rpartition("/")[2] for words in commands] == ["ask", "retrieve", "list_sources", "get_article"]
    for _, url, *given in commands:
        body = given[1].encode() if given else None
        status, _, text = answered(url, "POST" if given else "GET", urlsplit(url).path, body, {})
        assert (status, "error" in json.loads(text)) == (200, False)
    blocks = [one for one in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if address in one]
    assert len(blocks) == 2
    for block in blocks:
        if mcp or "mcp" not in block:
            done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True)
            assert (done.returncode, "Absard" in done.stdout) == (0, True), done.stderr


def test_the_page_and_openapi_describe_every_call_and_load_nothing(address: str) -> None:
    status, headers, page = answered(address, "GET", "/v1/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert not re.findall(rb"<(?:script|img|iframe|link|form)", page)
    assert re.findall(rb"(?:href|src)=([^ >]+)", page) == [b"openapi.json"]
    document = json.loads(answered(address, "GET", "/v1/openapi.json")[2])
    assert list(document["paths"]) == [f"/v1/{name}" for name in ("ask", "retrieve", "list_sources", "get_article")]
    references = re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(document))
    assert set(references) == {"Citation", "Error", "Source", "Statement"}
    assert set(references) <= set(document["components"]["schemas"])
    for path, methods in document["paths"].items():
        assert path.removeprefix("/v1/").encode() in page
        example = methods["post"]["requestBody"]["content"]["application/json"]["example"]
        # The example of an article is of one that is not here.
        assert sent(address, path.removeprefix("/v1/"), example)[0] == (404 if "article_id" in example else 200)
