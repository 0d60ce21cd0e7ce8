"""The tools of Gradio's MCP server answer with JSON and structured content, straight from the calls for programs."""

import json
import traceback
from functools import partial
from typing import Any

import anyio

from index.errors import ArticleQAError
from qa.window.described import described
from qa.window.program_values import plain
from qa.window.programs import Programs
from qa.window.rest import AT_ONCE

__all__ = ["serve_tools"]


def serve_tools(server: Any, programs: Programs) -> None:
    """Makes a `gradio.mcp.GradioMCPServer` list the calls as tools and answer them with their JSON as text and with
    itself as structured content, as the MCP specification of 2025-06-18 has it. Gradio's own way gives the text of a
    Python dict, and asks its own server by HTTP, which a password would stop."""
    from mcp import types

    limiter = anyio.CapacityLimiter(AT_ONCE)
    calls = {name: described(call) for name, call in programs.every.items()}
    tools = [
        types.Tool(
            name=name,
            description=call.purpose,
            inputSchema=call.arguments,
            outputSchema=call.result,
            annotations=types.ToolAnnotations(readOnlyHint=True, openWorldHint=False),
        )
        for name, call in calls.items()
    ]

    async def listed(_: types.ListToolsRequest) -> types.ServerResult:
        return types.ServerResult(types.ListToolsResult(tools=tools))

    async def called(request: types.CallToolRequest) -> types.ServerResult:
        return types.ServerResult(await _result(request.params.name, request.params.arguments or {}))

    async def _result(name: str, given: dict[str, Any]) -> types.CallToolResult:
        if name not in calls:
            return _failed(f"there is no tool {ascii(name)[:60]}; there are {', '.join(calls)}")
        try:
            run = partial(programs.every[name], **calls[name].checked(given))
            content = plain(await anyio.to_thread.run_sync(run, limiter=limiter))
        except ArticleQAError as error:
            return _failed(str(error))
        except Exception:
            traceback.print_exc()
            return _failed("something went wrong with this call; the terminal that serves the window shows what")
        # Half a surrogate pair, which an article may hold, cannot be sent; its stand-in leaves offsets as they are.
        text = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
        shown = types.TextContent(type="text", text=text)
        return types.CallToolResult(content=[shown], structuredContent=json.loads(text))

    def _failed(said: str) -> types.CallToolResult:
        return types.CallToolResult(content=[types.TextContent(type="text", text=said)], isError=True)

    server.mcp_server.request_handlers[types.ListToolsRequest] = listed
    server.mcp_server.request_handlers[types.CallToolRequest] = called
