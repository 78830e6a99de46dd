"""Business calendars, one a workspace."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec

from casework.core.calendar import DEFAULT, Calendar
from casework.core.permission import Grant
from casework.store.database import Connection


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace's calendar and its revision: 0 of the default, which nobody set."""

    calendar: Calendar = DEFAULT
    revision: int = 0


async def load(connection: Connection, workspace_ids: Collection[int]) -> dict[int, Calendar]:
    """The calendars of those of these workspaces that have set one."""
    rows = await connection.fetch(
        "select workspace_id, time_zone, hours, holidays from calendars where workspace_id = any($1::bigint[])",
        list(workspace_ids),
    )
    return {row["workspace_id"]: _calendar(row) for row in rows}


async def find(connection: Connection, grant: Grant) -> Kept:
    """The workspace's calendar."""
    row = await connection.fetchrow(
        "select time_zone, hours, holidays, revision from calendars where workspace_id = $1", grant.workspace_id
    )
    return Kept() if row is None else Kept(calendar=_calendar(row), revision=row["revision"])


async def keep(connection: Connection, grant: Grant, calendar: Calendar, *, at: datetime) -> None:
    """Set the workspace's calendar."""
    await connection.execute(
        """
        insert into calendars as c (workspace_id, time_zone, hours, holidays, updated_at) values ($1, $2, $3, $4, $5)
        on conflict (workspace_id) do update
        set time_zone = excluded.time_zone, hours = excluded.hours, holidays = excluded.holidays,
            updated_at = excluded.updated_at, revision = c.revision + 1
        """,
        grant.workspace_id,
        calendar.time_zone,
        calendar.hours,
        sorted(calendar.holidays),
        at,
    )


def _calendar(row: Any) -> Calendar:
    hours = tuple(tuple((begin, end) for begin, end in spans) for spans in row["hours"])
    return Calendar(time_zone=row["time_zone"], hours=hours, holidays=frozenset(row["holidays"]))
