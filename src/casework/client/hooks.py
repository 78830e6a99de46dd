"""Hooks: addresses that other systems call to start runs."""

from casework.client.space import Space
from casework.client.transport import Json, Page


class Hooks:
    """The hooks of the workspace, by their decimal id."""

    def __init__(self, space: Space) -> None:
        self._space = space

    async def list(self, *, page: int = 1, size: int = 50) -> Page:
        """A page of the hooks, newest first."""
        return await self._space.list("/hooks", page=page, pageSize=size)

    async def create(self, workflow_id: int, name: str, **fields: Json) -> dict[str, Json]:
        """Make a hook; `secret` is in this answer alone. Fields as the API names them (`kind`, `input`, ...)."""
        given = {name: value for name, value in fields.items() if value is not None}
        made: dict[str, Json] = await self._space.post("/hooks", {"workflowId": workflow_id, "name": name, **given})
        return made

    async def calls(self, hook_id: int, *, page: int = 1, size: int = 50) -> Page:
        """A page of its last calls, newest first."""
        return await self._space.list(f"/hooks/{hook_id}/calls", page=page, pageSize=size)

    async def rotate_secret(self, hook_id: int) -> dict[str, Json]:
        """Give it another `secret`, which is in this answer alone; the one that it had ends."""
        changed: dict[str, Json] = await self._space.post(f"/hooks/{hook_id}/rotate-secret")
        return changed

    async def remove(self, hook_id: int) -> None:
        """Delete it; its runs go on."""
        await self._space.delete(f"/hooks/{hook_id}")
