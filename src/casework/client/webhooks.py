"""Webhooks: where the workspace has its facts told."""

from casework.client.space import Space
from casework.client.transport import Json, Page


class Webhooks:
    """The webhooks of the workspace, by their decimal id."""

    def __init__(self, space: Space) -> None:
        self._space = space

    async def list(self, *, page: int = 1, size: int = 50) -> Page:
        """A page of the webhooks."""
        return await self._space.list("/webhooks", page=page, pageSize=size)

    async def create(self, url: str, **fields: Json) -> dict[str, Json]:
        """Make one; `secret` in the answer is shown this once. Fields as the API names them (`events`, `name`)."""
        given = {name: value for name, value in fields.items() if value is not None}
        made: dict[str, Json] = await self._space.post("/webhooks", {"url": url, **given})
        return made

    async def update(self, webhook_id: int, **fields: Json) -> dict[str, Json]:
        """Change some fields of a webhook."""
        changed: dict[str, Json] = await self._space.put(f"/webhooks/{webhook_id}", fields)
        return changed

    async def remove(self, webhook_id: int) -> None:
        """Tell it nothing more."""
        await self._space.delete(f"/webhooks/{webhook_id}")

    async def test(self, webhook_id: int) -> dict[str, Json]:
        """Send it a message that tells of nothing."""
        made: dict[str, Json] = await self._space.post(f"/webhooks/{webhook_id}/test", {})
        return made

    async def deliveries(self, webhook_id: int, *, status: str | None = None, size: int = 50) -> Page:
        """The newest deliveries of a webhook."""
        return await self._space.list(f"/webhooks/{webhook_id}/deliveries", status=status, pageSize=size)

    async def replay(self, webhook_id: int, delivery_id: int) -> dict[str, Json]:
        """Send a delivery again."""
        again: dict[str, Json] = await self._space.post(f"/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", {})
        return again
