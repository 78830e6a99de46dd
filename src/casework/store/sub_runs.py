"""Runs that were made for a step of another run."""

from uuid import UUID

import msgspec

from casework.core.definition import Json
from casework.core.taint import Taint
from casework.store.database import Connection


class SubRun(msgspec.Struct, frozen=True, kw_only=True):
    """A sub-run, as far as the run above it hears of it.

    sealed: its output as it is, where something of it is hidden; None where nothing is.
    """

    id: int
    state: str
    output: Json
    sealed: Json
    error: Json
    cancel_reason: str | None
    taints: tuple[Taint, ...]


async def find(connection: Connection, workspace_id: int, uuid: UUID) -> SubRun | None:
    """The workspace's run of that UUID."""
    row = await connection.fetchrow(
        """
        select r.id, r.state, r.output, v.value as sealed, r.error, r.cancel_reason, r.taints from runs r
        left join sensitive_values v
          on v.workspace_id = r.workspace_id and v.run_id = r.id and v.step_number = 0 and v.field = 'output'
        where r.workspace_id = $1 and r.uuid = $2
        """,
        workspace_id,
        uuid,
    )
    return None if row is None else msgspec.convert(dict(row), SubRun)


async def workflow_id(connection: Connection, workspace_id: int, key: str) -> int | None:
    """The id of the workflow of that key which takes new runs."""
    found: int | None = await connection.fetchval(
        "select id from workflows where workspace_id = $1 and key = $2 and archived_at is null", workspace_id, key
    )
    return found


async def depth(connection: Connection, workspace_id: int, run_id: int, *, limit: int) -> int:
    """How many runs stand above this one; counted up to `limit`."""
    found: int = await connection.fetchval(
        """
        with recursive above as (
            select parent_run_id, 0 as depth from runs where workspace_id = $1 and id = $2
            union all
            select r.parent_run_id, above.depth + 1 from above
            join runs r on r.workspace_id = $1 and r.id = above.parent_run_id
            where above.depth < $3
        )
        select max(depth) from above
        """,
        workspace_id,
        run_id,
        limit,
    )
    return found
