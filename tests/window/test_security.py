"""Only the window's own page and programs are answered: no forged Host or Origin, no page of another origin."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from gradio_client import Client
from playwright.sync_api import Browser, Page, expect

from qa.window.security import HEADERS, Address, Allowed

Headers = list[tuple[str, str]]
QUESTION = "How many people were treated for concussion after the missile attack on Ain al-Asad?"
SECRET = b"Ask your articles"  # stands in all that the window serves of itself


def request(
    address: str, headers: Headers, method: str = "GET", path: str = "/config", body: str = ""
) -> tuple[int, dict[str, str], bytes]:
    """Sends just these headers (none is added but for a length) and gives the answer."""
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=240)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    if body:
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body.encode() or None)
    reply = connection.getresponse()
    answer = reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
    connection.close()
    return answer


# OURS is the address served, as in "127.0.0.1:7860"; PORT its port.
FORGED: list[Headers] = [
    [("Host", "evil.example")],
    [("Host", "evil.example:PORT")],
    [("Host", "127.0.0.1.evil.example:PORT")],
    [("Host", "localhost.evil.example:PORT")],
    [("Host", "127.0.0.1:1")],
    [("Host", "127.0.0.1")],
    [("Host", "0.0.0.0:PORT")],
    [("Host", "192.168.0.1:PORT")],
    [("Host", "evil.example@127.0.0.1:PORT")],
    [("Host", "127.0.0.1:PORT/evil.example")],
    [("Host", "")],
    [],
    [("Host", "OURS"), ("Origin", "http://evil.example")],
    [("Host", "OURS"), ("Origin", "https://OURS")],
    [("Host", "OURS"), ("Origin", "null")],
    [("Host", "OURS"), ("Origin", "http://127.0.0.1:1")],
    [("Host", "OURS"), ("Origin", "http://127.0.0.1")],
    [("Host", "OURS"), ("Origin", "http://localhost:PORT")],
    [("Host", "OURS"), ("Origin", "http://OURS.evil.example")],
    [("Host", "OURS"), ("Origin", "http://OURS@evil.example")],
    [("Host", "OURS"), ("Origin", "http://OURS"), ("Origin", "http://evil.example")],
    [("Host", "OURS"), ("X-Forwarded-Host", "evil.example")],
    [("Host", "evil.example:PORT"), ("Origin", "http://evil.example:PORT")],
    [("Host", "OURS"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")],
    [("Host", "OURS"), ("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")],
]


def test_forged_hosts_and_origins_are_refused_and_shown_nothing(sample: str) -> None:
    ours = urlsplit(sample).netloc
    body = json.dumps({"data": [QUESTION]})
    for forged in FORGED:
        headers = [(name, value.replace("OURS", ours).replace("PORT", ours.split(":")[1])) for name, value in forged]
        for method, path, sent in (
            ("GET", "/", ""),
            ("GET", "/config", ""),
            ("POST", "/gradio_api/call/ask", body),
            ("OPTIONS", "/gradio_api/call/ask", ""),
        ):
            status, given, text = request(
                sample, [*headers, ("Access-Control-Request-Method", "POST")], method, path, sent
            )
            assert 400 <= status < 500, (headers, method, path)
            assert SECRET not in text
            assert not [name for name in given if name.startswith("access-control-")]


def test_the_window_itself_and_programs_are_answered_with_every_header(
    open_page: Callable[..., Page], sample: str
) -> None:
    expect(open_page(sample).locator(".status.ready")).to_be_visible()
    ours = urlsplit(sample).netloc
    port = ours.split(":")[1]
    own: list[Headers] = [
        [("Host", ours)],
        [("Host", f"localhost:{port}")],
        [("Host", f"LOCALHOST:{port}"), ("Origin", f"http://localhost:{port}")],
        [("Host", ours), ("Origin", f"http://{ours}"), ("Sec-Fetch-Site", "same-origin")],
        [("Host", ours), ("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")],
        [
            ("Host", ours),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document"),
        ],
    ]
    for headers in own:
        status, given, text = request(sample, headers)
        assert status == 200
        assert SECRET in text
        assert HEADERS.items() <= given.items()
        assert not [name for name in given if name.startswith("access-control-")]
    for path in ("/", "/theme.css", "/gradio_api/info", "/nothing-here"):
        assert HEADERS.items() <= request(sample, [("Host", ours)], path=path)[1].items()
    assert "frame-ancestors 'none'" in HEADERS["content-security-policy"]
    assert Client(sample, verbose=False).predict(QUESTION, api_name="/ask")["found"]


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of a page of another origin, on this machine."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Elsewhere</title><p>Elsewhere")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


READ = """async ([address, options]) => {
  try { const reply = await fetch(address, options); return [reply.type, reply.status, await reply.text()]; }
  catch (error) { return ['error', 0, '']; }
}"""


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_page_of_another_origin_reads_nothing(browser: Browser, sample: str, elsewhere: str, name: str) -> None:
    target = sample.replace("127.0.0.1", name)
    page = browser.new_page()
    page.goto(elsewhere)
    body = json.dumps({"data": [QUESTION]})
    plain = {"Content-Type": "text/plain"}
    answered: list[tuple[str, int]] = []  # also what is kept from the page
    asked: dict[str, str] = {}
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.requestWillBeSent", lambda sent: asked.update({sent["requestId"]: sent["request"]["url"]}))
    network.on(
        "Network.responseReceivedExtraInfo", lambda reply: answered.append((reply["requestId"], reply["statusCode"]))
    )
    for path, options in (
        ("", {}),
        ("config", {}),
        ("config", {"credentials": "include"}),
        ("config", {"mode": "no-cors"}),
        ("gradio_api/call/ask", {"method": "POST", "body": body, "headers": {"Content-Type": "application/json"}}),
        ("gradio_api/call/ask", {"method": "POST", "body": body, "mode": "no-cors", "headers": plain}),
        ("gradio_api/queue/join", {"method": "POST", "body": body, "headers": plain}),
        ("gradio_api/mcp/schema", {"mode": "no-cors"}),
    ):
        kind, status, text = page.evaluate(READ, [target + path, options])
        assert (kind in {"error", "opaque"}, status, text) == (True, 0, ""), (path, options)
    told = [status for request, status in answered if asked.get(request, "").startswith(target)]
    assert told
    assert set(told) == {403}
    page.evaluate(
        "target => document.body.append(Object.assign(document.createElement('iframe'), {src: target}))", target
    )
    page.wait_for_timeout(1000)
    framed = page.frames[1]
    assert framed.locator("#ask").count() == 0
    page.close()


def test_a_link_from_elsewhere_leads_to_the_window(browser: Browser, sample: str, elsewhere: str) -> None:
    page = browser.new_page()
    page.goto(elsewhere)
    page.evaluate(
        "target => document.body.append(Object.assign(document.createElement('a'), {href: target, id: 'x'}))", sample
    )
    page.evaluate("document.getElementById('x').click()")
    expect(page.locator("#ask textarea")).to_be_visible()
    page.close()


def test_no_article_could_call_out_even_if_it_got_into_the_page(browser: Browser, sample: str, elsewhere: str) -> None:
    page = browser.new_page()  # not of open_page, where any such attempt is an error
    page.goto(sample)
    page.wait_for_selector("#ask textarea")
    blocked = page.evaluate(
        """target => new Promise(done => {
          document.addEventListener('securitypolicyviolation', event => done(event.effectiveDirective));
          document.body.append(Object.assign(document.createElement('img'), {src: target}));
        })""",
        elsewhere,
    )
    assert blocked == "img-src"
    page.close()


@pytest.mark.parametrize(
    ("host", "more", "given", "may"),
    [
        ("127.0.0.1", (), "127.0.0.1:7860", True),
        ("127.0.0.1", (), "localhost:7860", True),
        ("127.0.0.1", (), "[::1]:7860", False),
        ("localhost", (), "[::1]:7860", True),
        ("::1", (), "[::1]:7860", True),
        ("192.168.0.7", (), "192.168.0.7:7860", True),
        ("192.168.0.7", (), "localhost:7860", False),
        ("0.0.0.0", (), "192.168.0.7:7860", True),
        ("0.0.0.0", (), "localhost:80", True),
        ("0.0.0.0", (), "evil.example:7860", False),
        ("127.0.0.1", ("news.example",), "news.example", True),
        ("127.0.0.1", ("news.example",), "NEWS.example:8080", True),
        ("127.0.0.1", ("news.example:8080",), "news.example:8081", False),
        ("127.0.0.1", ("news.example",), "evil.news.example", False),
        ("127.0.0.1", ("news.example",), "news.example.", False),
    ],
)
def test_host_and_allow_host_widen_which_addresses_are_served(
    host: str, more: tuple[str, ...], given: str, may: bool
) -> None:
    assert Allowed(host, more).host(given, 7860) is may


def test_behind_a_proxy_the_allowed_name_is_an_origin_too() -> None:
    allowed = Allowed("127.0.0.1", ["news.example"])
    assert allowed.origin("https://news.example", "127.0.0.1:7860")
    assert allowed.origin("http://127.0.0.1:7860", "127.0.0.1:7860")
    assert not allowed.origin("https://evil.example", "127.0.0.1:7860")
    assert not allowed.origin("ftp://news.example", "127.0.0.1:7860")


@pytest.mark.parametrize(
    "wrong", ["", " ", "a b", "a/b", "a@b", "a:b", "a:99999", "[::1", "a:", ":80", "a,b", "ü", "a\x00"]
)
def test_what_is_no_address_is_none(wrong: str) -> None:
    assert Address.of(wrong) is None


def test_another_name_is_served_once_it_is_allowed(serve: Callable[..., str], own_sample: Path) -> None:
    address = serve("--allow-host", "news.example", folder=own_sample)
    assert request(address, [("Host", "news.example"), ("Origin", "https://news.example")])[0] == 200
    assert request(address, [("Host", "evil.example")])[0] == 403
