"""Open incidents: steps that failed for good and wait for somebody to decide."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from casework.core.definition import Json
from casework.core.permission import Grant
from casework.store.database import Connection


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """An open incident; its id is the step's. incident: code, message, task, attempt, the output that did not fit."""

    id: int
    run_id: int
    run_title: str
    workflow_id: int
    workflow_name: str
    task_id: int
    task_key: str
    task_name: str
    step: int
    step_uuid: UUID
    visit: int
    kind: str
    incident: Json
    data: Json
    created_at: datetime

    @property
    def error(self) -> Json:
        """What went wrong."""
        return self.incident


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which incidents are wanted; None: whatever they have there."""

    workflow_id: int | None = None
    task_id: int | None = None
    run_id: int | None = None
    code: str | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a step is."""

    run_id: int
    step: int


_SELECT: Final = """
select s.id, s.run_id, r.title as run_title, s.workflow_id, w.name as workflow_name, s.task_id, s.task_key,
       s.name as task_name, s.number as step, s.uuid as step_uuid, s.visit, s.kind, s.incident, s.data,
       s.created_at
from steps s
join runs r on r.workspace_id = s.workspace_id and r.id = s.run_id
join workflows w on w.workspace_id = s.workspace_id and w.id = s.workflow_id
"""

_OPEN: Final = "where s.workspace_id = $1 and s.incident is not null and s.ended_at is null"

_SOUGHT: Final = """
  and ($2::bigint is null or s.workflow_id = $2) and ($3::bigint is null or s.task_id = $3)
  and ($4::bigint is null or s.run_id = $4) and ($5::text is null or s.incident ->> 'code' = $5)
"""

_COUNT: Final = f"select count(*) from steps s {_OPEN} {_SOUGHT}"  # noqa: S608 - constant text


async def page(
    connection: Connection, grant: Grant, sought: Sought, *, limit: int, offset: int
) -> tuple[list[Incident], int]:
    """A page of the open incidents, newest step first, and how many there are."""
    wanted = (grant.workspace_id, sought.workflow_id, sought.task_id, sought.run_id, sought.code)
    rows = await connection.fetch(
        f"{_SELECT} {_OPEN} {_SOUGHT} order by s.id desc limit $6 offset $7", *wanted, limit, offset
    )
    total: int = await connection.fetchval(_COUNT, *wanted)
    return [Incident(**row) for row in rows], total


async def find(connection: Connection, grant: Grant, incident_id: int) -> Incident | None:
    """The open incident of that id."""
    row = await connection.fetchrow(f"{_SELECT} {_OPEN} and s.id = $2", grant.workspace_id, incident_id)
    return None if row is None else Incident(**row)


async def place(connection: Connection, grant: Grant, incident_id: int) -> Place | None:
    """Where the step of an incident is, whether that is open still or was resolved."""
    row = await connection.fetchrow(
        """
        select s.run_id, s.number as step from steps s
        where s.workspace_id = $1 and s.id = $2
          and (s.incident is not null or exists (
                select from events e where e.workspace_id = s.workspace_id and e.run_id = s.run_id
                                       and e.type = 'incident.opened' and e.step_number = s.number))
        """,
        grant.workspace_id,
        incident_id,
    )
    return None if row is None else Place(**row)
