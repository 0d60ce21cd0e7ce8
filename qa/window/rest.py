"""Questions from programs as plain HTTP: a JSON object of arguments in, JSON out, what is wrong in one sentence."""

import json
import traceback
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from index.errors import ArticleQAError, UsageError
from qa.window.described import Described, described
from qa.window.login import Login
from qa.window.program_values import plain
from qa.window.programs import NoSuchArticleError, NotReadyError, Programs
from qa.window.rest_page import openapi, page_html

__all__ = ["AT_ONCE", "PREFIX", "attach", "rest"]

PREFIX = "/v1"
AT_ONCE = 4  # limit: questions of programs; the others wait, so that people in the window do not
_MCP = "/gradio_api/mcp"  # where Gradio serves it
_LONGEST_BODY = 1_000_000  # limit: bytes, a hundred times the longest question
_LONGEST_NUMBER = 18  # limit: digits; Python refuses to read very long ones
_FAILED = "something went wrong with this call; the terminal that serves the window shows what"
_READ_ONLY = ("list_sources", "get_article")  # may be got by an address alone, too


def attach(window: Any, programs: Programs, login: tuple[str, str] | None) -> None:
    """Adds the calls to Gradio's app, in front of what it serves itself. With a `login`, of a name and a password, they
    and the MCP server ask for it, which Gradio itself does not ask MCP clients for."""
    window.router.routes.insert(0, rest(programs))
    if login:
        for route in window.router.routes:
            if isinstance(route, Mount) and route.path in (PREFIX, _MCP):
                route.app = Login(route.app, window, *login)


def rest(programs: Programs) -> Mount:
    """What serves the calls under PREFIX, with a page that describes them, and the same as OpenAPI."""
    limiter = anyio.CapacityLimiter(AT_ONCE)
    calls = {name: described(call) for name, call in programs.every.items()}

    async def answer(request: Request) -> Response:
        call = calls[request.url.path.rpartition("/")[2]]
        try:
            given = await _given(request, call)
            run = partial(programs.every[call.name], **call.checked(given))
            return _json(plain(await anyio.to_thread.run_sync(run, limiter=limiter)))
        except ClientDisconnect:
            return _error(HTTPStatus.BAD_REQUEST, "the request ended before its body did")
        except HTTPException as error:
            return _error(error.status_code, error.detail)
        except NotReadyError as error:
            return _error(HTTPStatus.SERVICE_UNAVAILABLE, str(error), {"retry-after": "2"})
        except NoSuchArticleError as error:
            return _error(HTTPStatus.NOT_FOUND, str(error))
        except UsageError as error:
            return _error(HTTPStatus.BAD_REQUEST, str(error))
        except ArticleQAError as error:
            return _error(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        except Exception:
            traceback.print_exc()
            return _error(HTTPStatus.INTERNAL_SERVER_ERROR, _FAILED)

    async def page(request: Request) -> Response:
        return HTMLResponse(page_html(list(calls.values()), f"{request.base_url}".rstrip("/")))

    async def schema(_: Request) -> Response:
        return _json(openapi(list(calls.values()), PREFIX, _READ_ONLY))

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = (error.headers or {}).get("Allow", "POST")
            return _error(error.status_code, f"{request.url.path} takes {allowed}, not {request.method}", error.headers)
        return _error(error.status_code, f"there is nothing here; {PREFIX}/ says what there is")

    routes = [Route("/", page), Route("/openapi.json", schema)]
    for name in calls:
        methods = ["GET", "POST"] if name in _READ_ONLY else ["POST"]
        routes.append(Route(f"/{name}", answer, methods=methods))
    return Mount(PREFIX, Starlette(routes=routes, exception_handlers={HTTPException: refused}))


async def _given(request: Request, call: Described) -> Any:
    """The arguments as sent. Raises HTTPException or UsageError."""
    if request.method != "POST":
        return _from_address(request, call)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_BODY:
            said = f"the request has more than {_LONGEST_BODY:,} bytes; ask for less at once"
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said)
    if not body.strip() and not call.arguments["required"]:
        return {}
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise UsageError('the request is no JSON; send an object such as {"question": "Who won?"}') from None


def _from_address(request: Request, call: Described) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query_params)
    for name, value in given.items():
        schema = call.arguments["properties"].get(name, {})
        if schema.get("type") == "integer" and value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER:
            given[name] = int(value)
    return given


def _json(value: Mapping[str, Any], status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Response:
    # ASCII, since an article may hold half a surrogate pair, which UTF-8 cannot carry.
    return Response(json.dumps(value), status, headers, "application/json")


def _error(status: int, said: str, headers: Mapping[str, str] | None = None) -> Response:
    return _json({"error": said}, status, headers)
