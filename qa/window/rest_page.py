"""The description of the calls for programs: as OpenAPI, and as a page that loads nothing."""

import json
from collections.abc import Sequence
from typing import Any

from qa.window.described import Described
from qa.window.html import escape

__all__ = ["openapi", "page_html"]

_EXAMPLES: dict[str, dict[str, Any]] = {
    "ask": {"question": "Who opened the bridge?", "since": "Nov 2020"},
    "retrieve": {"question": "bridge opening", "k": 10, "as_of": "any"},  # view: an example
    "list_sources": {},
    "get_article": {"article_id": "2020/bridge.html", "offset": 0},
}
_ERRORS = {
    "400": "The arguments are wrong, or the request is no JSON.",
    "401": "A name and a password are needed (--auth): HTTP Basic, or the cookie of the window.",
    "404": "There is no such article.",
    "413": "The request is too long.",
    "503": "The articles are not ready.",
}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "pre{padding:.75rem;border:1px solid #8886;overflow:auto}th,td{text-align:left;vertical-align:top;padding:.2rem "
    "1rem .2rem 0}code{font-size:.95em}h2{margin-top:2.5rem}"
)


def openapi(calls: Sequence[Described], prefix: str, read_only: Sequence[str]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the calls; those of `read_only` can be got by an address alone."""
    schemas: dict[str, Any] = {
        "Error": {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}
    }
    paths: dict[str, Any] = {}
    for call in calls:
        schemas |= {name: _moved(schema) for name, schema in call.result.get("$defs", {}).items()}
        gives = _moved({name: value for name, value in call.result.items() if name != "$defs"})
        replies = {"200": {"description": call.purpose, "content": {"application/json": {"schema": gives}}}}
        failed = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
        replies |= {status: {"description": said, "content": failed} for status, said in _ERRORS.items()}
        facts = {"operationId": call.name, "summary": call.purpose, "responses": replies}
        body = {"schema": call.arguments, "example": _EXAMPLES[call.name]}
        taken = {"required": bool(call.arguments["required"]), "content": {"application/json": body}}
        paths[f"{prefix}/{call.name}"] = {"post": {**facts, "requestBody": taken}}
        if call.name in read_only:
            paths[f"{prefix}/{call.name}"]["get"] = {
                **facts,
                "operationId": f"{call.name}_by_address",
                "parameters": [
                    {
                        "name": name,
                        "in": "query",
                        "required": name in call.arguments["required"],
                        "description": schema["description"],
                        "schema": {key: value for key, value in schema.items() if key != "description"},
                    }
                    for name, schema in call.arguments["properties"].items()
                ],
            }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ask your articles", "version": prefix.strip("/v")},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}}},
        "security": [{}, {"basic": []}],
    }


def page_html(calls: Sequence[Described], address: str) -> str:
    """The same for people, with an example of each call; `address` is where the calls are served."""
    parts = [_call_html(call, address) for call in calls]
    failed = "".join(f"<tr><td>{status}<td>{escape(said)}" for status, said in _ERRORS.items())
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Calls for programs</title><style>{_STYLE}</style><h1>Calls for programs</h1>"
        "<p>Each takes a JSON object by POST and answers with one. What is wrong is said in one sentence: "
        f"<code>{escape(json.dumps({'error': '...'}))}</code>. The same as "
        f"<a href=openapi.json>OpenAPI</a>.{''.join(parts)}<h2>When it fails</h2><table>{failed}</table></html>"
    )


def _call_html(call: Described, address: str) -> str:
    example = json.dumps(_EXAMPLES[call.name])
    command = f"curl {address}/{call.name} -H 'Content-Type: application/json' -d '{example}'"
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code><td>{escape(schema['description'])}"
        f"<td>{'needed' if name in call.arguments['required'] else escape(json.dumps(schema['default']))}"
        for name, schema in call.arguments["properties"].items()
    )
    table = f"<table><tr><th>argument<th>meaning<th>if left out{rows}</table>" if rows else "<p>It takes no arguments."
    return f"<h2 id={call.name}>{call.name}</h2><p>{escape(call.purpose)}{table}<pre>{escape(command)}</pre>"


def _moved(schema: Any) -> Any:
    """A schema with its references to `$defs` as references to the components of the document."""
    if isinstance(schema, dict):
        return {
            name: value.replace("#/$defs/", "#/components/schemas/") if name == "$ref" else _moved(value)
            for name, value in schema.items()
        }
    return [_moved(value) for value in schema] if isinstance(schema, list) else schema
