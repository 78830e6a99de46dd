"""An agent as the endpoint sees it: one message a request, with its own credential."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from tests.people import Caller

VERSION = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": VERSION,
    "io.modelcontextprotocol/clientCapabilities": {},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Speaks 2026-07-28 for a caller; `host` is the name under which it knows the server."""

    client: httpx.AsyncClient
    who: Caller
    host: str = "localhost:8080"
    _numbers: Any = field(default_factory=lambda: count(1))

    async def send(self, body: Any, **headers: str) -> httpx.Response:
        """What is answered to a body, whatever it is."""
        given = {
            "host": self.host,
            **self.who.headers,
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        return await self.client.post("/mcp", json=body, headers=given)

    async def ask(self, method: str, **params: Any) -> httpx.Response:
        """What is answered to a request, well formed."""
        body = {"jsonrpc": "2.0", "id": next(self._numbers), "method": method, "params": {**params, "_meta": META}}
        named = {"mcp_name": params["name"]} if "name" in params else {}
        return await self.send(body, mcp_protocol_version=VERSION, mcp_method=method, **named)

    async def result(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """The result of a tool, refused or not."""
        answer = await self.ask("tools/call", name=tool, arguments=arguments)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["result"]
        return found

    async def call(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """What a tool answers that does as it is asked."""
        found = await self.result(tool, **arguments)
        assert not found["isError"], found
        content: dict[str, Any] = found["structuredContent"]
        return content

    async def refusal(self, tool: str, /, **arguments: Any) -> tuple[int, str]:
        """The status and the words of a refusal."""
        found = await self.result(tool, **arguments)
        assert found["isError"], found
        return found["_meta"]["casework/status"], found["content"][0]["text"]
