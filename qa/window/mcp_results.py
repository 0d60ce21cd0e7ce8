"""Results of Gradio's MCP server as JSON: Gradio itself gives the text of a Python dict, and no structured content."""

import json
from typing import Any

__all__ = ["answer_in_json"]


def answer_in_json(server: Any) -> None:
    """Makes a `gradio.mcp.GradioMCPServer`, whose tools each return one dict, answer with its JSON as text and with
    itself as structured content, as the MCP specification of 2025-06-18 has it. Errors stay what they are."""
    from mcp import types

    def as_json(data: list[Any], root_url: str) -> list[types.TextContent]:
        return [types.TextContent(type="text", text=json.dumps(output, ensure_ascii=False)) for output in data]

    handlers = server.mcp_server.request_handlers
    call = handlers[types.CallToolRequest]

    async def structured(request: types.CallToolRequest) -> types.ServerResult:
        reply: types.ServerResult = await call(request)
        result = reply.root
        if isinstance(result, types.CallToolResult) and not result.isError:
            (content,) = result.content
            if isinstance(content, types.TextContent):
                result.structuredContent = json.loads(content.text)
        return reply

    server.postprocess_output_data = as_json
    handlers[types.CallToolRequest] = structured
