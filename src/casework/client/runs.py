"""Runs: cases on their way through a workflow. The workspace surface calls them assignments."""

from casework.client.space import Space
from casework.client.transport import Json, Page, decoded


class Runs:
    """The runs of the workspace, by their decimal id."""

    def __init__(self, space: Space) -> None:
        self._space = space

    async def list(self, *, page: int = 1, size: int = 50, **filters: Json) -> Page:
        """A page, newest first; filters and order as the API names them (`status`, `memberId`, `mine`, `sortBy`)."""
        return await self._space.list("/assignments", page=page, pageSize=size, **filters)

    async def get(self, run_id: int) -> dict[str, Json]:
        """One run with its tasks."""
        found: dict[str, Json] = await self._space.get(f"/assignments/{run_id}")
        return found

    async def create(self, workflow_id: int, **fields: Json) -> dict[str, Json]:
        """Start a run; fields as the API names them (`title`, `input`, `memberId`, `priority`, `chat`)."""
        given = {name: value for name, value in fields.items() if value is not None}
        made: dict[str, Json] = await self._space.post("/assignments", {"workflowId": workflow_id, **given})
        return made

    async def import_(self, workflow_id: int, lines: bytes, *, mode: str = "all") -> dict[str, Json]:
        """Start a run for each of up to 10,000 items, given as JSON lines; counts, and `results` by line."""
        answer = await self._space.transport.exchange(
            "POST",
            await self._space.path(f"/workflows/{workflow_id}/runs:import"),
            content=lines,
            headers={"content-type": "application/x-ndjson"},
            query={"mode": mode},
        )
        found: dict[str, Json] = decoded(answer)
        return found

    async def cancel(self, run_id: int, *, reason: str | None = None) -> dict[str, Json]:
        """Cancel a run that is open."""
        body = {} if reason is None else {"reason": reason}
        changed: dict[str, Json] = await self._space.post(f"/assignments/{run_id}/cancel", body)
        return changed

    async def retry(self, run_id: int) -> dict[str, Json]:
        """Begin a run that failed again where it failed; gives the new one."""
        made: dict[str, Json] = await self._space.post(f"/assignments/{run_id}/retry")
        return made

    async def select(self, run_id: int, assignment_task_id: int) -> dict[str, Json]:
        """Make a task of the run its current one."""
        changed: dict[str, Json] = await self._space.put(f"/assignments/{run_id}/tasks/{assignment_task_id}/select")
        return changed
