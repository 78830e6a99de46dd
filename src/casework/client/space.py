"""The workspace that a client works in: the one of its key, asked for once."""

from typing import Final

from casework.client.errors import ClientError
from casework.client.transport import Json, Page, Transport

SESSION: Final = "/api/auth/get-session"


class Space:
    """Paths under `/api/v2/w/{workspace}`; the workspace is the key's unless one is named."""

    def __init__(self, transport: Transport, workspace: str | None = None) -> None:
        self.transport = transport
        self._workspace = workspace

    async def workspace(self) -> str:
        """The uuid of the workspace."""
        if self._workspace is None:
            found = (await self.transport.get(SESSION))["workspace"]
            if found is None:
                raise ClientError("This key belongs to no workspace.")
            self._workspace = str(found["uuid"])
        return self._workspace

    async def path(self, tail: str) -> str:
        """The path of something in the workspace."""
        return f"/api/v2/w/{await self.workspace()}{tail}"

    async def get(self, tail: str, **query: Json) -> Json:
        """What is at a path of the workspace."""
        return await self.transport.get(await self.path(tail), **query)

    async def list(self, tail: str, **query: Json) -> Page:
        """A page of a list of the workspace."""
        found = await self.get(tail, **query)
        if isinstance(found, list):
            return Page(items=found, total=len(found))
        return Page(items=found["items"], total=found.get("total"))

    async def post(self, tail: str, body: Json = None, **query: Json) -> Json:
        """The answer to a POST in the workspace."""
        return await self.transport.post(await self.path(tail), body, **query)

    async def put(self, tail: str, body: Json = None) -> Json:
        """The answer to a PUT in the workspace."""
        return await self.transport.put(await self.path(tail), body)

    async def delete(self, tail: str) -> Json:
        """The answer to a DELETE in the workspace."""
        return await self.transport.delete(await self.path(tail))
