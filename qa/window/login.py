"""The password of the window for programs, which can send it with each request (HTTP Basic)."""

import base64
import binascii
import json
import secrets
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["Login"]

_SAID = "this window asks for a name and a password; send them by HTTP Basic, as curl -u USER:PASSWORD does"


class Login:
    """ASGI app that lets through only who sends the window's name and password, or the cookie of a login to it."""

    def __init__(self, app: ASGIApp, window: Any, name: str, password: str) -> None:
        """`window` is Gradio's app, which knows the cookies."""
        self.app, self._window = app, window
        self._name, self._password = name, password

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._knows(Request(scope)):
            headers = {"www-authenticate": 'Basic realm="Ask your articles", charset="UTF-8"'}
            refusal = Response(json.dumps({"error": _SAID}), HTTPStatus.UNAUTHORIZED, headers, "application/json")
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _knows(self, request: Request) -> bool:
        kinds = (f"access-token-{self._window.cookie_id}", f"access-token-unsecure-{self._window.cookie_id}")
        if any(request.cookies.get(kind) in self._window.tokens for kind in kinds):
            return True
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            name, _, password = base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")
        except (binascii.Error, ValueError):
            return False
        # Both are compared in full, in a time that does not tell how much of them is right.
        right = secrets.compare_digest(name.encode(), self._name.encode())
        return secrets.compare_digest(password.encode(), self._password.encode()) and right
