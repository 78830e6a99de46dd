"""Events from outside, which runs wait for."""

from casework.client.space import Space
from casework.client.transport import Json


class Events:
    """Sends events to the workspace."""

    def __init__(self, space: Space) -> None:
        self._space = space

    async def send(
        self, name: str, correlation: str = "", payload: Json = None, *, keep_seconds: int | None = None
    ) -> dict[str, Json]:
        """Send an event: its `id`, whether it was `taken`, and by which `runId`."""
        body = {"name": name, "correlation": correlation, "payload": payload}
        if keep_seconds is not None:
            body["keepSeconds"] = keep_seconds
        sent: dict[str, Json] = await self._space.post("/events", body)
        return sent
