"""Work periods: when somebody had their hands on an activity."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from casework.core.permission import Grant
from casework.core.selection import Condition, Order, Selection
from casework.store.clocks import NOW, since
from casework.store.database import Connection
from casework.store.selection import Column, Listing, Parameters, fetch_count, fetch_page


class WorkPeriodRow(msgspec.Struct, frozen=True, kw_only=True):
    """A work period at an instant; one that is open has lasted until then."""

    id: int
    account_id: int
    activity_uuid: UUID
    run_id: int
    workflow_id: int
    started_at: datetime
    ended_at: datetime | None
    working_ms: int


_LISTING: Final = Listing(
    columns={
        "id": Column(expression="p.id", type="bigint"),
        "account_id": Column(expression="p.account_id", type="bigint"),
        "activity_uuid": Column(expression="s.uuid", type="uuid"),
        "run_id": Column(expression="p.run_id", type="bigint"),
        "workflow_id": Column(expression="s.workflow_id", type="bigint"),
        "started_at": Column(expression="p.started_at", type="timestamptz"),
        "ended_at": Column(expression="p.ended_at", type="timestamptz", is_nullable=True),
    },
    select=f"""p.id, p.account_id, s.uuid as activity_uuid, p.run_id, s.workflow_id, p.started_at, p.ended_at,
        {since("p.started_at", f"coalesce(p.ended_at, {NOW})")} as working_ms""",
    source="work_periods p join steps s"
    " on s.workspace_id = p.workspace_id and s.run_id = p.run_id and s.number = p.step_number",
    always="p.workspace_id = $1",
    tie="p.id",
    key="p.id",
)


async def list_work_periods(
    connection: Connection, grant: Grant, selection: Selection, *, now: datetime
) -> list[WorkPeriodRow]:
    """The page of work periods of the workspace."""
    parameters = Parameters(grant.workspace_id, now=now)
    rows = await fetch_page(connection, _LISTING, selection, parameters)
    return [WorkPeriodRow(**row) for row in rows]


async def count_work_periods(connection: Connection, grant: Grant, selection: Selection, *, now: datetime) -> int:
    """How many work periods satisfy the conditions, whatever the page."""
    return await fetch_count(connection, _LISTING, selection, Parameters(grant.workspace_id, now=now))


async def find_last(connection: Connection, grant: Grant, account_id: int, *, now: datetime) -> WorkPeriodRow | None:
    """The person's work period that is open, or else the one that was opened last."""
    last = Selection(
        limit=1,
        conditions=(Condition(column="account_id", values=(account_id,)),),
        order=(Order(column="started_at", is_descending=True), Order(column="id", is_descending=True)),
    )
    found = await list_work_periods(connection, grant, last, now=now)
    return found[0] if found else None
