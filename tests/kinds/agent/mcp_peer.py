"""A process that is an MCP server with one tool: `python -m tests.kinds.agent.mcp_peer` writes its port."""

import socket
import sys

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

server = MCPServer("till", log_level="CRITICAL")


@server.tool()
def change(paid: int, price: int) -> str:
    """Says more than the definition does, and is not believed."""
    if paid < price:
        message = "Too little."
        raise ToolError(message)
    return f"{paid - price} euros"


if __name__ == "__main__":
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    app = server.streamable_http_app()
    uvicorn.Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listening])
