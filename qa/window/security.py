"""Who may use the window: only its own page and programs, at the address that it is served on.

Any web page can send requests to a server on the reader's machine. What it must not do is read the articles:

- by a name of its own that it makes the browser resolve to this machine (DNS rebinding): the Host header is checked;
- by a request across origins: Origin and Sec-Fetch-Site are checked, and no answer allows sharing (CORS);
- by framing the window, or by what an article smuggles into it: the headers of every answer.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTP_PORT
from ipaddress import ip_address
from socket import gethostname
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "Address", "Allowed", "Guard", "guarding", "is_guarded", "is_local"]

_POLICY_VIOLATION = 1008  # fact: why a WebSocket is closed (RFC 6455)

# Gradio's page has inline scripts and styles, and its HTML components build functions from text ('unsafe-eval').
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "frame-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "content-security-policy": "; ".join(f"{name} {sources}" for name, sources in _POLICY.items()),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",  # not no-referrer, under which a form of our own would send the Origin "null"
}
_ANY_ADDRESS = frozenset({"0.0.0.0", "::", ""})
_REFUSED = (
    b"This window is not served at the address that the request names, or the request comes from another page.\n"
    b"Start it with --allow-host NAME if people reach it under another name.\n"
)


@dataclass(frozen=True, slots=True)
class Address:
    """A host name in lower case or an IP address without brackets, and a port, None where none was written."""

    name: str
    port: int | None = None

    @classmethod
    def of(cls, text: str) -> "Address | None":
        """Reads "name", "name:port" or "[::1]:port", as a Host header has them; None for anything else."""
        if not text or not text.isascii() or any(not letter.isprintable() or letter in " /\\?#@%,;" for letter in text):
            return None
        try:
            parts = urlsplit(f"//{text}")
            name, port = parts.hostname, parts.port
        except ValueError:
            return None
        return cls(name, port) if name and (port is not None or not text.endswith(":")) else None

    @property
    def is_ip(self) -> bool:
        try:
            ip_address(self.name)
        except ValueError:
            return False
        return True


class Allowed:
    """The addresses of a window that listens on `host`; `more` are further names, with a port where only that one is
    meant."""

    def __init__(self, host: str, more: Sequence[str] = ()) -> None:
        name = host.strip("[]").lower()
        self._everywhere = name in _ANY_ADDRESS
        self._names = {name, "localhost"} if self._everywhere or is_local(name) else {name}
        if name == "localhost" or self._everywhere:
            self._names |= {"127.0.0.1", "::1", gethostname().lower()} if self._everywhere else {"127.0.0.1", "::1"}
        self._more = [address for text in more if (address := Address.of(text))]

    def host(self, text: str, port: int | None) -> bool:
        """Whether a Host header names this window, which listens on `port`."""
        address = Address.of(text)
        if address is None:
            return False
        if self._added(address):
            return True
        if self._everywhere:  # perhaps behind another port; a page cannot make a browser send a bare IP as its own name
            return address.is_ip or address.name in self._names
        return address.name in self._names and (address.port or HTTP_PORT) == port

    def origin(self, text: str, host: str) -> bool:
        """Whether an Origin header names the page that is served at `host`, the (allowed) Host header."""
        scheme, _, rest = text.partition("://")
        if scheme not in ("http", "https"):
            return False
        address = Address.of(rest)
        return address is not None and (text == f"http://{host.lower()}" or self._added(address))

    def _added(self, address: Address) -> bool:
        return any(address.name == one.name and one.port in (None, address.port) for one in self._more)


def is_local(name: str) -> bool:
    """Whether only this computer reaches what is served at this name or address."""
    address = Address(name.strip("[]").lower())
    return address.name == "localhost" or (address.is_ip and ip_address(address.name).is_loopback)


class Guard:
    """ASGI middleware that answers only requests to an allowed address from the window's own page or from a program,
    and sets the headers of every answer."""

    def __init__(self, app: "ASGIApp", allowed: Allowed) -> None:
        self.app = app
        self.allowed = allowed

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def guarded(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _headers(message.get("headers", ()))
            await send(message)

        if scope["type"] == "lifespan" or (self._may(scope) and not _is_upload(scope)):
            await self.app(scope, receive, guarded)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            kind = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(_REFUSED))]
            await guarded({"type": "http.response.start", "status": HTTPStatus.FORBIDDEN, "headers": kind})
            await guarded({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else _REFUSED})

    def _may(self, scope: "Scope") -> bool:
        given: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            given.setdefault(name.lower(), []).append(value.decode("latin-1"))
        hosts, origins = given.get(b"host", []), given.get(b"origin", [])
        port = (scope.get("server") or (None, None))[1]
        # Gradio writes the forwarded name, which a proxy sets, into its page.
        forwarded = [name.strip() for value in given.get(b"x-forwarded-host", []) for name in value.split(",")]
        if len(hosts) != 1 or not all(self.allowed.host(name, port) for name in (*hosts, *forwarded)):
            return False
        if len(origins) > 1 or not all(self.allowed.origin(origin, hosts[0]) for origin in origins):
            return False
        # A request without Origin, such as that of <script src>, is known by this; a link to the window is followed.
        elsewhere = any(value in ("cross-site", "same-site") for value in given.get(b"sec-fetch-site", ()))
        opened = (given.get(b"sec-fetch-mode"), given.get(b"sec-fetch-dest")) == (["navigate"], ["document"])
        return not elsewhere or (opened and scope.get("method") == "GET")


def _is_upload(scope: "Scope") -> bool:
    """Whether a request would have Gradio keep files, which nothing here makes use of."""
    return "/upload" in str(scope.get("path", "")) and scope.get("method") not in ("GET", "HEAD")


def _headers(headers: Any) -> list[tuple[bytes, bytes]]:
    ours = {name.encode(): value.encode() for name, value in HEADERS.items()}
    kept = [
        (name, value)
        for name, value in headers
        if name.lower() not in ours and not name.lower().startswith(b"access-control-")
    ]
    return [*kept, *ours.items()]


def guarding(allowed: Allowed, add: Callable[[Any], None]) -> Callable[[Any], Any]:
    """A lifespan for Gradio's app that lets `add` add to it, and then puts a `Guard` around all of it, before the first
    request. What `add_middleware` takes beforehand would stand behind Gradio's own CORS, which answers any origin."""

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        add(app)
        app.middleware_stack = Guard(app.middleware_stack, allowed)
        yield

    return lifespan


def is_guarded(app: Any) -> bool:
    """Whether the lifespan of `guarding` has taken effect."""
    return isinstance(getattr(app, "middleware_stack", None), Guard)
