"""Work periods, and the tracker: what the caller has its hands on."""

from uuid import UUID

import msgspec

from casework.core.errors import Conflict
from casework.core.permission import Grant
from casework.core.selection import Condition
from casework.operations import activities
from casework.operations.activities import Change
from casework.operations.reading import Page, Reading
from casework.operations.services import Services
from casework.store import activities as stored_activities
from casework.store import work_periods
from casework.store.activities import ActivityRow
from casework.store.work_periods import WorkPeriodRow

__all__ = ["Tracked", "WorkPeriodRow", "last", "list_work_periods", "pause", "resume", "start"]


class Tracked(msgspec.Struct, frozen=True, kw_only=True):
    """The caller's open work period, or its last one, with the activity; both None before the first."""

    period: WorkPeriodRow | None = None
    activity: ActivityRow | None = None


async def list_work_periods(services: Services, grant: Grant, reading: Reading) -> Page[WorkPeriodRow]:
    """The caller's own work periods; with activities:read those of the workspace."""
    now = services.clock.now()
    selection = reading.selection
    if not grant.holds("activities:read"):
        account_id = grant.principal.account_id
        own = Condition(column="account_id", values=() if account_id is None else (account_id,))
        selection = msgspec.structs.replace(selection, conditions=(own, *selection.conditions))
    async with services.database.snapshot() as connection:
        rows = await work_periods.list_work_periods(connection, grant, selection, now=now)
        count = None
        if reading.is_counted:
            count = await work_periods.count_work_periods(connection, grant, selection, now=now)
    return Page(rows=rows, count=count)


async def last(services: Services, grant: Grant) -> Tracked:
    """What the caller works on, or worked on last."""
    if grant.principal.account_id is None:
        return Tracked()
    now = services.clock.now()
    async with services.database.read() as connection:
        period = await work_periods.find_last(connection, grant, grant.principal.account_id, now=now)
        if period is None:
            return Tracked()
        # Its own work stays visible to who has left the project since.
        activity = await stored_activities.get_activity(connection, grant, period.activity_uuid, now=now)
    return Tracked(period=period, activity=activity)


async def start(services: Services, grant: Grant, uuid: UUID, change: Change) -> str:
    """Start or resume that activity, pausing whatever else the caller works on; errors as `activities.process`."""
    return await activities.process(services, grant, uuid, change)


async def pause(services: Services, grant: Grant, change: Change) -> str:
    """Stop work on what the caller works on.

    Raises:
        Conflict: it works on nothing.

    """
    tracked = await last(services, grant)
    if tracked.period is None or tracked.period.ended_at is not None:
        raise Conflict("You are not working on anything.")
    return await activities.pause(services, grant, tracked.period.activity_uuid, change)


async def resume(services: Services, grant: Grant, change: Change) -> str:
    """Go on with what the caller worked on last.

    Raises:
        Conflict: there is nothing to go on with, or it is at work already.

    """
    tracked = await last(services, grant)
    if tracked.period is None:
        raise Conflict("You have not worked on anything yet.")
    return await activities.process(services, grant, tracked.period.activity_uuid, change)
