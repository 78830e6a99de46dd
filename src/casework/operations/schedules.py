"""Schedules: made, changed, listed and deleted by those who may edit their workflow."""

from datetime import datetime
from typing import Any, Final

import msgspec

from casework.core.claim import Claim
from casework.core.errors import Invalid, NotFound
from casework.core.permission import Grant
from casework.core.timetable import Timetable, TimetableError
from casework.engine.order import NewRun
from casework.entropy import new_uuid
from casework.operations import once
from casework.operations.drafts import require_author
from casework.operations.origin import ran_by
from casework.operations.services import Services
from casework.operations.triggers import check_member, newest, require_edit, summary, wrong
from casework.operations.workflows import refuse_other, usable
from casework.store import audit, schedules
from casework.store.database import Connection
from casework.store.schedules import OnMissed, Plan, Schedule

__all__ = ["OnMissed", "Plan", "Schedule", "change", "create", "delete", "page", "read", "run_now"]

_ABSENT: Final = "There is no such schedule here."


async def page(services: Services, grant: Grant, *, limit: int, offset: int) -> tuple[list[Schedule], int]:
    """A page of the schedules of workflows that the caller may edit, and how many there are.

    Raises:
        Denied: there is no workflow that it may edit.

    """
    async with services.database.read() as connection:
        await require_author(connection, grant)
        return await schedules.page(connection, grant, limit=limit, offset=offset)


async def read(services: Services, grant: Grant, schedule_id: int) -> Schedule:
    """The schedule with that id.

    Raises:
        NotFound: there is none.
        Denied: without edit on its workflow.

    """
    async with services.database.read() as connection:
        return await _seen(connection, grant, schedule_id)


async def create(services: Services, grant: Grant, workflow_id: int, plan: Plan, claim: Claim | None) -> int:
    """Make a schedule; gives its id.

    Raises:
        NotFound: there is no such workflow, or it is archived.
        Denied: without edit on it; runs for another member without assignments:write.
        Invalid: the times are none, or never come; there is no such member; the input does not fit.

    """
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await usable(connection, grant, workflow_id, "edit")
        await check_member(connection, grant, plan.member_id)
        await _check_input(services, connection, grant, workflow_id, plan.input)
        schedule_id = await schedules.insert(connection, grant, workflow_id, timed(plan, now), at=now)
        fact = {"schedule_id": schedule_id, "workflow_id": workflow_id, "name": plan.name}
        await _note(connection, grant, "schedule.created", fact, now)
        await once.finish(connection, claim, schedule_id)
    return schedule_id


async def change(
    services: Services,
    grant: Grant,
    schedule_id: int,
    fields: dict[str, Any],
    *,
    expected_revision: int | None,
    claim: Claim | None,
) -> int:
    """Change those fields of a schedule's plan; gives its id.

    Raises:
        NotFound, Denied: as `read`; runs for another member without assignments:write.
        Invalid: as `create`.
        PreconditionFailed: it has another revision than is expected.

    """
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await schedules.lock(connection, grant, schedule_id)
        found = await _seen(connection, grant, schedule_id)
        refuse_other(found.revision, expected_revision)
        plan = Plan(**{name: getattr(found, name) for name in Plan.__struct_fields__} | fields)
        if plan.member_id != found.member_id:
            await check_member(connection, grant, plan.member_id)
        if "input" in fields:
            await _check_input(services, connection, grant, found.workflow_id, plan.input)
        await schedules.update(connection, grant, schedule_id, timed(plan, now), at=now)
        fact = {"schedule_id": schedule_id, "workflow_id": found.workflow_id, "fields": sorted(fields)}
        await _note(connection, grant, "schedule.changed", fact, now)
        await once.finish(connection, claim, schedule_id)
    return schedule_id


async def delete(services: Services, grant: Grant, schedule_id: int, *, expected_revision: int | None) -> None:
    """Delete a schedule; its runs go on. Errors as `change`."""
    now = services.clock.now()
    async with services.database.write() as connection:
        await schedules.lock(connection, grant, schedule_id)
        found = await _seen(connection, grant, schedule_id)
        refuse_other(found.revision, expected_revision)
        await schedules.delete(connection, grant, schedule_id)
        fact = {"schedule_id": schedule_id, "workflow_id": found.workflow_id, "name": found.name}
        await _note(connection, grant, "schedule.deleted", fact, now)


async def run_now(services: Services, grant: Grant, schedule_id: int, claim: Claim | None) -> dict[str, Any]:
    """Start a run of the schedule at once, whatever its times and whether or not it is enabled; gives {"id": its id}.

    Raises:
        NotFound, Denied: as `read`.
        Conflict: its workflow is archived.
        Invalid: its input no longer fits.

    """
    schedule = await read(services, grant, schedule_id)
    new = NewRun(
        uuid=new_uuid(services.clock.now()),
        workspace_id=grant.workspace_id,
        workflow_id=schedule.workflow_id,
        actor=grant.actor(),
        member_id=schedule.member_id,
        title=schedule.title,
        input=schedule.input,
        run_type="scheduled",
        **ran_by(grant.principal),
        claim=claim,
    )
    try:
        outcome = await services.engine.create(new)
    except Invalid as error:
        raise Invalid(summary(error.message, error.problems), error.problems) from error
    return {"id": outcome.run.id}


def timed(plan: Plan, now: datetime) -> Plan:
    """The plan with the instant at which it is due next.

    Raises:
        Invalid: its times are none; or it is enabled, and they never come.

    """
    try:
        timetable = Timetable(plan.cron, plan.time_zone)
    except TimetableError as error:
        raise wrong(error.field, f"{error.message}.") from error
    next_at = next_of(plan, timetable, now)
    if plan.is_enabled and next_at is None:
        raise wrong("cron", "no such time comes, or none between startsAt and endsAt.")
    return msgspec.structs.replace(plan, next_at=next_at if plan.is_enabled else None)


def next_of(plan: Plan, timetable: Timetable, now: datetime) -> datetime | None:
    """The first time later than now that is not before `starts_at` nor after `ends_at`."""
    at = timetable.after(now)
    if at is not None and plan.starts_at is not None and at < plan.starts_at:
        at = timetable.after(plan.starts_at - _INSTANT)
    return None if at is None or (plan.ends_at is not None and at > plan.ends_at) else at


_INSTANT: Final = datetime.resolution


async def _seen(connection: Connection, grant: Grant, schedule_id: int) -> Schedule:
    found = await schedules.find(connection, grant, schedule_id)
    if found is None:
        raise NotFound(_ABSENT)
    await require_edit(connection, grant, found.workflow_id)
    return found


async def _check_input(
    services: Services, connection: Connection, grant: Grant, workflow_id: int, value: dict[str, Any]
) -> None:
    edition = await newest(services, connection, grant, workflow_id)
    problems = tuple(
        msgspec.structs.replace(one, path=f"/input{one.path}") for one in edition.version.input_problems(value)
    )
    if problems:
        raise Invalid(summary("The input does not fit the workflow's schema.", problems), problems)


async def _note(connection: Connection, grant: Grant, type_: str, fact: dict[str, Any], at: datetime) -> None:
    await audit.record(connection, grant.workspace_id, grant.actor(), type_, [fact], at)
