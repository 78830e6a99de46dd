"""Schedules: runs that start by themselves at the times of a timetable."""

from casework.client.space import Space
from casework.client.transport import Json, Page


class Schedules:
    """The schedules of the workspace, by their decimal id."""

    def __init__(self, space: Space) -> None:
        self._space = space

    async def list(self, *, page: int = 1, size: int = 50) -> Page:
        """A page of the schedules, newest first."""
        return await self._space.list("/schedules", page=page, pageSize=size)

    async def get(self, schedule_id: int) -> dict[str, Json]:
        """One schedule."""
        found: dict[str, Json] = await self._space.get(f"/schedules/{schedule_id}")
        return found

    async def create(self, workflow_id: int, name: str, cron: str, **fields: Json) -> dict[str, Json]:
        """Make a schedule; fields as the API names them (`timeZone`, `input`, `memberId`, `title`, `onMissed`)."""
        given = {name: value for name, value in fields.items() if value is not None}
        body = {"workflowId": workflow_id, "name": name, "cron": cron, **given}
        made: dict[str, Json] = await self._space.post("/schedules", body)
        return made

    async def update(self, schedule_id: int, **fields: Json) -> dict[str, Json]:
        """Change some fields of a schedule."""
        changed: dict[str, Json] = await self._space.put(f"/schedules/{schedule_id}", fields)
        return changed

    async def run(self, schedule_id: int) -> dict[str, Json]:
        """Start a run of it at once: `runId`."""
        started: dict[str, Json] = await self._space.post(f"/schedules/{schedule_id}/run-now")
        return started

    async def remove(self, schedule_id: int) -> None:
        """Delete it; its runs go on."""
        await self._space.delete(f"/schedules/{schedule_id}")
