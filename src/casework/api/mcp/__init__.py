"""The MCP surface: `/mcp`, tools for agents."""

from litestar import Router

from casework.api.mcp import server

router = Router("/mcp", route_handlers=[server.speak])
