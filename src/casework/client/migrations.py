"""Runs moved to other versions of their workflow, and edits tried on past runs."""

from collections.abc import AsyncIterator

from casework.client.space import Space
from casework.client.transport import Json, Page, decoded
from casework.client.workflows import TYPES, Media


class Migrations:
    """The migrations of a workflow's runs, by the workflow's id."""

    def __init__(self, space: Space) -> None:
        self._space = space

    async def list(self, workflow_id: int, *, page: int = 1, size: int = 50) -> Page:
        """A page of the migrations, newest first."""
        return await self._space.list(f"/workflows/{workflow_id}/migrations", page=page, pageSize=size)

    async def check(self, workflow_id: int, to: int, **fields: Json) -> AsyncIterator[dict[str, Json]]:
        """Which runs could move to that version, a report for each stretch; fields as the API names them."""
        body = {"to": to, **fields}
        while True:
            report = await self._space.post(f"/workflows/{workflow_id}/migrations/check", body)
            yield report
            if report["next"] is None:
                return
            body["after"] = report["next"]

    async def move(self, workflow_id: int, to: int, **fields: Json) -> AsyncIterator[dict[str, Json]]:
        """Move the runs that can, in one migration; a report for each stretch as it is done."""
        body = {"to": to, **fields}
        while True:
            report = await self._space.post(f"/workflows/{workflow_id}/migrations", body)
            yield report
            if report["next"] is None:
                return
            body |= {"after": report["next"], "migrationId": report["migrationId"]}

    async def undo(self, workflow_id: int, migration_id: int, *, limit: int) -> AsyncIterator[dict[str, Json]]:
        """Take back the runs of a migration that have not changed since; a report for each stretch."""
        body = {"after": 0, "limit": limit}
        while True:
            report = await self._space.post(f"/workflows/{workflow_id}/migrations/{migration_id}/undo", body)
            yield report
            if report["next"] is None:
                return
            body["after"] = report["next"]

    async def simulate(
        self, workflow_id: int, definition: bytes, *, media: Media, runs: int, version: int | None = None
    ) -> dict[str, Json]:
        """What the definition, or that published version, would have changed for the last runs."""
        answer = await self._space.transport.exchange(
            "POST",
            await self._space.path(f"/workflows/{workflow_id}/simulate"),
            content=definition,
            headers={"content-type": TYPES[media]},
            query={"runs": runs} | ({} if version is None else {"version": version}),
        )
        found: dict[str, Json] = decoded(answer)
        return found
