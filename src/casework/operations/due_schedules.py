"""Schedules that are due, started: each time once, whatever number of processes look and whenever one dies.

A time is claimed by the external id of its run, which the database holds unique, in the transaction that makes the run.
Whoever finds the id taken learns which run it was, and goes on to the next time.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog

from casework.core.actor import Actor
from casework.core.errors import CaseworkError, Conflict, Invalid, LimitExceeded, Unavailable
from casework.core.timetable import Timetable, TimetableError
from casework.engine.order import NewRun
from casework.entropy import new_uuid
from casework.operations.schedules import next_of
from casework.operations.services import Services
from casework.operations.triggers import started, summary
from casework.store import audit, schedules
from casework.store.database import Connection
from casework.store.schedules import Schedule

LOOK_SECONDS: Final = 5.0
"""The longest pause between two looks: so late may a schedule be that was made or changed just before its time."""

DUE_MAX: Final = 100
"""Schedules taken in hand at once; where more are due, the next look follows at once."""

LATE_MAX: Final = timedelta(minutes=1)
"""A time that is further past was missed: nobody was looking. The schedule says whether it is made up for."""

FAILURES_MAX: Final = 3
"""Starts refused in a row, after which a schedule is switched off: somebody has to mend what failed so often."""

ERROR_CHARACTERS_MAX: Final = 1000

log = structlog.get_logger(__name__)


async def look(services: Services) -> float:
    """Start what is due by the database's clock; gives the seconds until somebody should look again."""
    async with services.database.read() as connection:
        now = await schedules.now(connection)
    is_more = await start_due(services, now) == DUE_MAX
    async with services.database.read() as connection:
        next_at = await schedules.next_due(connection)
        now = await schedules.now(connection)
    if is_more:
        return 0.0
    return LOOK_SECONDS if next_at is None else min(max((next_at - now).total_seconds(), 0.05), LOOK_SECONDS)


async def start_due(services: Services, now: datetime) -> int:
    """Start the runs of schedules that are due at `now`, at most DUE_MAX; gives how many were taken in hand."""
    async with services.database.write() as connection:
        found = await schedules.due(connection, now, limit=DUE_MAX)
        settled = await asyncio.gather(*(_start(services, one, now) for one in found))
        await schedules.settle(connection, settled)
        for before, after in zip(found, settled, strict=True):
            if before.is_enabled and not after.is_enabled:
                await _note_disabled(connection, after, now)
    return len(found)


async def _start(services: Services, schedule: Schedule, now: datetime) -> Schedule:
    """How a schedule stands after its time has come."""
    due_at = schedule.next_at or now
    try:
        timetable = Timetable(schedule.cron, schedule.time_zone)
    except TimetableError as error:  # the places that there are come with the machine, and may go
        refused = _refused(schedule, due_at, None, error)
        return msgspec.structs.replace(refused, is_enabled=False)
    slot = timetable.latest(due_at, now)
    following = next_of(schedule, timetable, now)
    if now - slot > LATE_MAX and schedule.on_missed == "skip":
        return msgspec.structs.replace(schedule, next_at=following)
    try:
        run_id = await _run(services, schedule, slot, now)
    except (Unavailable, LimitExceeded):
        return schedule  # nobody's fault: it stays due
    except CaseworkError as error:
        log.warning("schedule.refused", schedule_id=schedule.id, error=error.message)
        return _refused(schedule, slot, following, error)
    return msgspec.structs.replace(
        schedule, next_at=following, last_at=slot, last_run_id=run_id, last_error=None, failures=0
    )


async def _run(services: Services, schedule: Schedule, slot: datetime, now: datetime) -> int:
    """The id of the run of that time, made now or before."""
    external_id = f"schedule:{schedule.id}:{slot:%Y-%m-%dT%H:%M:%SZ}"
    new = NewRun(
        uuid=new_uuid(now),
        workspace_id=schedule.workspace_id,
        workflow_id=schedule.workflow_id,
        actor=Actor(kind="system", name=schedule.name),
        member_id=schedule.member_id,
        title=schedule.title,
        input=schedule.input,
        run_type="scheduled",
        ran_by_type="system",
        ran_by_name=schedule.name,
        external_id=external_id,
    )
    try:
        return (await services.engine.create(new)).run.id
    except Conflict:
        before = await started(services, schedule.workspace_id, schedule.workflow_id, [external_id])
        if not before:
            raise
        return before[external_id]


def _refused(schedule: Schedule, slot: datetime, following: datetime | None, error: CaseworkError) -> Schedule:
    """After a start that was refused: the next time, or none where it was refused too often."""
    problems = error.problems if isinstance(error, Invalid) else ()
    failures = schedule.failures + 1
    is_given_up = failures >= FAILURES_MAX
    return msgspec.structs.replace(
        schedule,
        next_at=None if is_given_up else following,
        last_at=slot,
        last_error=summary(error.message, problems)[:ERROR_CHARACTERS_MAX],
        failures=failures,
        is_enabled=schedule.is_enabled and not is_given_up,
    )


async def _note_disabled(connection: Connection, schedule: Schedule, now: datetime) -> None:
    fact = {"schedule_id": schedule.id, "workflow_id": schedule.workflow_id, "reason": schedule.last_error}
    actor = Actor(kind="system", name=schedule.name)
    await audit.record(connection, schedule.workspace_id, actor, "schedule.disabled", [fact], now)
