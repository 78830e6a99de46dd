"""Work units: runs as their project sees them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from casework.core.definition import Json
from casework.core.permission import Grant
from casework.core.run import CANCELLED, COMPLETED, FAILED, PAUSED, PENDING, RESUMED, RUNNING
from casework.core.selection import Selection
from casework.store.clocks import live, pipeline, since
from casework.store.database import Connection
from casework.store.selection import Column, Listing, Parameters, fetch_count, fetch_page, fetch_these


class WorkUnitRow(msgspec.Struct, frozen=True, kw_only=True):
    """A run at an instant: the clocks are those of that instant."""

    id: int
    uuid: UUID
    workflow_id: int
    version_number: int
    current_task_id: int | None
    member_id: int | None
    chat_id: int | None
    revision: int
    title: str
    state: str
    priority: int
    due_at: datetime | None
    external_id: str | None
    input: Json
    output: Json
    error: Json
    indicators: Json
    cancel_reason: str | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    working_ms: int
    live_ms: int
    pipeline_ms: int


class VisitRow(msgspec.Struct, frozen=True, kw_only=True):
    """The last visit of a task in a run."""

    task_key: str
    uuid: UUID
    kind: str
    state: str
    visit: int


# The sum of its steps' clocks (SEMANTICS, Clocks): what is closed stands in the run, what is open is added.
_OPEN_STEPS: Final = """
    from steps s
    where s.workspace_id = r.workspace_id and s.run_id = r.id and s.ended_at is null and s.open_since is not null
"""
_WORKING_MS: Final = f"(r.working_ms + coalesce((select sum({since('s.open_since')}) {_OPEN_STEPS}), 0))::bigint"

# To sort by: canceled, complete, draft, errored, in progress, as work units call these states.
_STATUS: Final = "coalesce(array_position(array['cancelled', 'completed', 'pending', 'failed'], r.state), 5)"

_LISTING: Final = Listing(
    columns={
        "id": Column(expression="r.id", type="bigint"),
        "uuid": Column(expression="r.uuid", type="uuid"),
        "workflow_id": Column(expression="r.workflow_id", type="bigint"),
        "title": Column(expression="r.title", type="text"),
        "state": Column(
            expression="r.state",
            type="text",
            words=frozenset({PENDING, RUNNING, PAUSED, RESUMED, COMPLETED, FAILED, CANCELLED}),
        ),
        "status": Column(expression=_STATUS, type="integer"),
        "priority": Column(expression="r.priority", type="bigint"),
        "external_id": Column(expression="r.external_id", type="text", is_nullable=True),
        "input": Column(expression="r.input", type="jsonb"),
        "output": Column(expression="r.output", type="jsonb", is_nullable=True),
        "due_at": Column(expression="r.due_at", type="timestamptz", is_nullable=True),
        "created_at": Column(expression="r.created_at", type="timestamptz"),
        "updated_at": Column(expression="r.updated_at", type="timestamptz"),
        "started_at": Column(expression="r.started_at", type="timestamptz", is_nullable=True),
        "ended_at": Column(expression="r.ended_at", type="timestamptz", is_nullable=True),
    },
    select=f"""r.id, r.uuid, r.workflow_id, r.version_number, r.current_task_id, r.member_id, r.chat_id, r.revision,
        r.title, r.state, r.priority, r.due_at, r.external_id, r.input, r.output, r.error, r.indicators,
        r.cancel_reason, r.created_at, r.updated_at, r.started_at, r.ended_at,
        {_WORKING_MS} as working_ms, {live("r")} as live_ms, {pipeline("r")} as pipeline_ms""",
    source="runs r",
    always="r.workspace_id = $1",
    tie="r.id",
    key="r.id",
)

# A fan-out is shown by the step that fanned out, not by its children.
_VISITS: Final = """
    select distinct on (s.task_id) s.task_key, s.uuid, s.kind, s.state, s.visit
    from steps s
    where s.workspace_id = $1 and s.run_id = $2 and s.is_last and s.parent is null
    order by s.task_id, s.number desc
"""


async def list_work_units(
    connection: Connection, grant: Grant, selection: Selection, *, workflow_ids: Sequence[int] | None, now: datetime
) -> list[WorkUnitRow]:
    """The page of work units; of those workflows alone, or of the whole workspace where None are named."""
    parameters = Parameters(grant.workspace_id, now=now)
    rows = await fetch_page(connection, _LISTING, selection, parameters, extra=_of(workflow_ids, parameters))
    return [WorkUnitRow(**row) for row in rows]


async def count_work_units(
    connection: Connection, grant: Grant, selection: Selection, *, workflow_ids: Sequence[int] | None, now: datetime
) -> int:
    """How many work units satisfy the conditions, whatever the page."""
    parameters = Parameters(grant.workspace_id, now=now)
    return await fetch_count(connection, _LISTING, selection, parameters, extra=_of(workflow_ids, parameters))


async def get_work_units(
    connection: Connection, grant: Grant, run_ids: Sequence[int], *, now: datetime
) -> list[WorkUnitRow]:
    """The work units of these ids that the workspace has, in order of id."""
    parameters = Parameters(grant.workspace_id, now=now)
    clause = f"r.id = any({parameters.bind(run_ids, 'bigint[]')})"
    return [WorkUnitRow(**row) for row in await fetch_these(connection, _LISTING, clause, parameters)]


async def get_work_unit(connection: Connection, grant: Grant, run_id: int, *, now: datetime) -> WorkUnitRow | None:
    """The work unit of that id in the workspace, if there is one."""
    found = await get_work_units(connection, grant, [run_id], now=now)
    return found[0] if found else None


async def list_visits(connection: Connection, grant: Grant, run_id: int) -> Mapping[str, VisitRow]:
    """The last visit of each task that the run has reached, by the task's key."""
    rows = await connection.fetch(_VISITS, grant.workspace_id, run_id)
    return {row["task_key"]: VisitRow(**row) for row in rows}


def _of(workflow_ids: Sequence[int] | None, parameters: Parameters) -> list[str]:
    return [] if workflow_ids is None else [f"r.workflow_id = any({parameters.bind(workflow_ids, 'bigint[]')})"]
