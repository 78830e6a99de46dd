"""API keys."""

from casework.client.space import Space
from casework.client.transport import Json


class Keys:
    """The API keys of the workspace."""

    def __init__(self, space: Space) -> None:
        self._space = space

    async def create(self, name: str, **fields: Json) -> dict[str, Json]:
        """Make a key; `key` in the answer is shown this once. Fields as the API names them (`memberId`, `scopes`)."""
        given = {field: value for field, value in fields.items() if value is not None}
        made: dict[str, Json] = await self._space.post("/keys", {"name": name, **given})
        return made
