"""Schedules: kept, listed, and found when they are due."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from casework.core.permission import Grant
from casework.store import access
from casework.store.database import Connection

OnMissed = Literal["skip", "once"]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants of a schedule. next_at: when it is due next, None where it is not enabled or is over."""

    name: str
    cron: str
    time_zone: str
    input: dict[str, Any]
    member_id: int | None
    title: str
    is_enabled: bool
    starts_at: datetime | None
    ends_at: datetime | None
    on_missed: OnMissed
    next_at: datetime | None = None


class Schedule(Plan, frozen=True, kw_only=True):
    """A schedule, and how it fares. failures: starts in a row that were refused."""

    id: int
    workspace_id: int
    workflow_id: int
    workflow_name: str
    last_at: datetime | None
    last_run_id: int | None
    last_error: str | None
    failures: int
    revision: int
    created_at: datetime
    updated_at: datetime


_SELECT: Final = """
select s.id, s.workspace_id, s.workflow_id, w.name as workflow_name, s.name, s.cron, s.time_zone, s.input, s.member_id,
       s.title, s.is_enabled, s.starts_at, s.ends_at, s.on_missed, s.next_at, s.last_at, s.last_run_id, s.last_error,
       s.failures, s.revision, s.created_at, s.updated_at
from schedules s join workflows w on w.workspace_id = s.workspace_id and w.id = s.workflow_id
"""
_FIND: Final = _SELECT + "where s.workspace_id = $1 and s.id = $2"
_PAGE: Final = _SELECT + "where s.workspace_id = $1 and s.workflow_id = any($2) order by s.id desc limit $3 offset $4"

# Whoever looks for due schedules at the same moment passes over those that somebody has in hand.
_DUE: Final = _SELECT + "where s.next_at <= $1 order by s.next_at, s.id limit $2 for update of s skip locked"


async def find(connection: Connection, grant: Grant, schedule_id: int) -> Schedule | None:
    """The schedule with that id."""
    row = await connection.fetchrow(_FIND, grant.workspace_id, schedule_id)
    return None if row is None else Schedule(**row)


async def page(connection: Connection, grant: Grant, *, limit: int, offset: int) -> tuple[list[Schedule], int]:
    """A page of the schedules of workflows that the caller may edit, newest first, and how many there are."""
    workflow_ids = await access.editable_workflow_ids(connection, grant)
    rows = await connection.fetch(_PAGE, grant.workspace_id, workflow_ids, limit, offset)
    total: int = await connection.fetchval(
        "select count(*) from schedules where workspace_id = $1 and workflow_id = any($2)",
        grant.workspace_id,
        workflow_ids,
    )
    return [Schedule(**row) for row in rows], total


async def insert(connection: Connection, grant: Grant, workflow_id: int, plan: Plan, *, at: datetime) -> int:
    """Keep a schedule; gives its id."""
    made: int = await connection.fetchval(
        """
        insert into schedules (workspace_id, workflow_id, created_by, created_at, updated_at, name, cron, time_zone,
                               input, member_id, title, is_enabled, starts_at, ends_at, on_missed, next_at)
        values ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) returning id
        """,
        grant.workspace_id,
        workflow_id,
        grant.principal.member_id,
        at,
        *_values(plan),
    )
    return made


async def lock(connection: Connection, grant: Grant, schedule_id: int) -> None:
    """Hold the schedule until the transaction ends."""
    await connection.execute(
        "select from schedules where workspace_id = $1 and id = $2 for update", grant.workspace_id, schedule_id
    )


async def update(connection: Connection, grant: Grant, schedule_id: int, plan: Plan, *, at: datetime) -> None:
    """Keep another plan; what went wrong with the old one is forgotten."""
    await connection.execute(
        """
        update schedules
        set updated_at = $3, name = $4, cron = $5, time_zone = $6, input = $7, member_id = $8, title = $9,
            is_enabled = $10, starts_at = $11, ends_at = $12, on_missed = $13, next_at = $14,
            failures = 0, last_error = null, revision = revision + 1
        where workspace_id = $1 and id = $2
        """,
        grant.workspace_id,
        schedule_id,
        at,
        *_values(plan),
    )


async def delete(connection: Connection, grant: Grant, schedule_id: int) -> None:
    """Delete the schedule; its runs stay."""
    await connection.execute(
        "delete from schedules where workspace_id = $1 and id = $2", grant.workspace_id, schedule_id
    )


async def now(connection: Connection) -> datetime:
    """The instant by the database's clock, which all processes share."""
    at: datetime = await connection.fetchval("select date_trunc('milliseconds', clock_timestamp())")
    return at


async def due(connection: Connection, at: datetime, *, limit: int) -> list[Schedule]:
    """The schedules that are due at that instant and in nobody's hands, held until the transaction ends."""
    return [Schedule(**row) for row in await connection.fetch(_DUE, at, limit)]


async def next_due(connection: Connection) -> datetime | None:
    """When the next schedule of all is due."""
    at: datetime | None = await connection.fetchval("select min(next_at) from schedules where next_at is not null")
    return at


async def settle(connection: Connection, schedules: Sequence[Schedule]) -> None:
    """Write how schedules fared, that `due` gave, and when they are due next."""
    await connection.executemany(
        """
        update schedules
        set next_at = $3, last_at = $4, last_run_id = $5, last_error = $6, failures = $7, is_enabled = $8
        where workspace_id = $1 and id = $2
        """,
        [
            (
                *(one.workspace_id, one.id, one.next_at, one.last_at, one.last_run_id, one.last_error),
                *(one.failures, one.is_enabled),
            )
            for one in schedules
        ],
    )


def _values(plan: Plan) -> tuple[Any, ...]:
    return (
        *(plan.name, plan.cron, plan.time_zone, plan.input, plan.member_id, plan.title),
        *(plan.is_enabled, plan.starts_at, plan.ends_at, plan.on_missed, plan.next_at),
    )
