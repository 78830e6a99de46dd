"""Secrets: set here, read by nobody."""

from typing import Final

from casework.client.space import Space
from casework.client.transport import Json, Page

SIZE_MAX: Final = 500
"""A page that holds all secrets that a workspace can have."""


class Secrets:
    """The secrets of the workspace; their values go in and do not come out."""

    def __init__(self, space: Space) -> None:
        self._space = space

    async def list(self, *, page: int = 1, size: int = 50) -> Page:
        """A page of the secrets, by name."""
        return await self._space.list("/secrets", page=page, pageSize=size)

    async def find(self, name: str) -> dict[str, Json] | None:
        """The secret of that name."""
        found = await self.list(size=SIZE_MAX)
        return next((one for one in found.items if one["name"] == name), None)

    async def create(self, name: str, value: str) -> dict[str, Json]:
        """Keep a value under a new name."""
        made: dict[str, Json] = await self._space.post("/secrets", {"name": name, "value": value})
        return made

    async def change(self, secret_id: int, value: str) -> dict[str, Json]:
        """Give a secret another value."""
        changed: dict[str, Json] = await self._space.put(f"/secrets/{secret_id}", {"value": value})
        return changed

    async def remove(self, secret_id: int) -> None:
        """Forget a secret."""
        await self._space.delete(f"/secrets/{secret_id}")
