"""Incidents: steps that failed for good and wait for somebody to decide."""

from casework.client.space import Space
from casework.client.transport import Json, Page


class Incidents:
    """The open incidents of the workspace, by their decimal id."""

    def __init__(self, space: Space) -> None:
        self._space = space

    async def list(self, *, page: int = 1, size: int = 50, **filters: Json) -> Page:
        """A page of them, newest first; filters as the API names them (`workflowId`, `taskId`, `code`)."""
        given = {name: value for name, value in filters.items() if value is not None}
        return await self._space.list("/incidents", page=page, pageSize=size, **given)

    async def get(self, incident_id: int) -> dict[str, Json]:
        """One incident."""
        found: dict[str, Json] = await self._space.get(f"/incidents/{incident_id}")
        return found

    async def retry(self, incident_id: int) -> dict[str, Json]:
        """Try the step again: `assignmentId`."""
        return await self._post(incident_id, "retry")

    async def resolve(self, incident_id: int, output: Json) -> dict[str, Json]:
        """Go on with an output."""
        return await self._post(incident_id, "resolve", {"output": output})

    async def skip(self, incident_id: int) -> dict[str, Json]:
        """Go on without the step."""
        return await self._post(incident_id, "skip")

    async def fail(self, incident_id: int) -> dict[str, Json]:
        """Let the run fail."""
        return await self._post(incident_id, "fail")

    async def _post(self, incident_id: int, how: str, body: Json = None) -> dict[str, Json]:
        done: dict[str, Json] = await self._space.post(f"/incidents/{incident_id}/{how}", body)
        return done
