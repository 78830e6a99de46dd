"""Members: people in the workspace."""

from casework.client.space import Space
from casework.client.transport import Json, Page


class Members:
    """The members of the workspace, by their decimal id."""

    def __init__(self, space: Space) -> None:
        self._space = space

    async def list(self, *, page: int = 1, size: int = 50) -> Page:
        """A page of the members."""
        return await self._space.list("/members", page=page, pageSize=size)

    async def get(self, member_id: int) -> dict[str, Json]:
        """One member."""
        found: dict[str, Json] = await self._space.get(f"/members/{member_id}")
        return found

    async def create(self, email: str, **fields: Json) -> dict[str, Json]:
        """Add a person; fields as the API names them (`name`, `password`, `role`, `actorRoles`, `isSupervisor`)."""
        given = {name: value for name, value in fields.items() if value is not None}
        made: dict[str, Json] = await self._space.post("/members", {"email": email, **given})
        return made

    async def update(self, member_id: int, **fields: Json) -> dict[str, Json]:
        """Change some fields of a member."""
        given = {name: value for name, value in fields.items() if value is not None}
        changed: dict[str, Json] = await self._space.put(f"/members/{member_id}", given)
        return changed

    async def remove(self, member_id: int) -> None:
        """Take a person out of the workspace; what they did stays."""
        await self._space.delete(f"/members/{member_id}")
