"""Work units: cases as their project sees them."""

from datetime import datetime

import msgspec

from casework.core.claim import Claim
from casework.core.command import CancelRun, Command, Update
from casework.core.definition import Json
from casework.core.errors import Denied, NotFound
from casework.core.permission import Grant
from casework.core.taint import Taint
from casework.engine.order import NewRun, Order
from casework.entropy import new_uuid
from casework.operations.activities import Change
from casework.operations.origin import ran_by
from casework.operations.projects import access_in, supervises, visible_ids
from casework.operations.reading import Keys, Kind, Page, Reading, load_related
from casework.operations.sensitive import reading as opening
from casework.operations.services import Services
from casework.store import work_units
from casework.store.database import Connection
from casework.store.work_units import WorkUnitRow

__all__ = [
    "NewWorkUnit",
    "WorkUnitRow",
    "cancel",
    "create",
    "find_work_unit",
    "get_work_unit",
    "list_work_units",
    "update",
]


class NewWorkUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A case to be made and started.

    opens_chat: with a chat of the caller's, where the caller is a member. taints: what the input brings along.
    """

    project_id: int
    title: str = ""
    input: dict[str, Json] = {}
    priority: int | None = None
    due_at: datetime | None = None
    external_id: str | None = None
    version_number: int | None = None
    end_user: str | None = None
    opens_chat: bool = False
    taints: tuple[Taint, ...] = ()


async def list_work_units(services: Services, grant: Grant, reading: Reading) -> Page[WorkUnitRow]:
    """The work units of the projects that the caller sees."""
    now = services.clock.now()
    selection = reading.selection
    async with opening(services, grant) as reader:
        connection = reader.connection
        ids = await visible_ids(connection, grant)
        rows = await work_units.list_work_units(connection, grant, selection, workflow_ids=ids, now=now)
        count = None
        if reading.is_counted:
            count = await work_units.count_work_units(connection, grant, selection, workflow_ids=ids, now=now)
        related = await load_related(reader, grant, reading.related, _keys(rows), now=now)
        rows = await reader.runs(rows)
    return Page(rows=rows, count=count, related=related)


async def get_work_unit(
    services: Services, grant: Grant, run_id: int, *, related: frozenset[Kind] = frozenset()
) -> Page[WorkUnitRow]:
    """One work unit, as a page of its own.

    Raises:
        NotFound: there is none, or the caller may not see it.

    """
    now = services.clock.now()
    async with opening(services, grant) as reader:
        row = await find_work_unit(reader.connection, grant, run_id, now)
        found = await load_related(reader, grant, related, _keys([row]), now=now)
        rows = await reader.runs([row])
    return Page(rows=rows, related=found)


async def create(services: Services, grant: Grant, new: NewWorkUnit, claim: Claim | None) -> dict[str, int]:
    """Make and start a work unit, the caller's own; gives the reference under which `claim` is kept.

    Raises:
        NotFound: there is no such project for the caller.
        Denied: it may not use the workflow.
        Invalid: the input does not fit the workflow's schema, or there is no such version.
        Conflict: the workflow is archived, or there is a work unit with that external id.

    """
    async with services.database.read() as connection:
        rights = await access_in(connection, grant, new.project_id)
    if rights is None:
        raise NotFound("There is no such project.")
    rights.require("use")
    outcome = await services.engine.create(
        NewRun(
            uuid=new_uuid(services.clock.now()),
            workspace_id=grant.workspace_id,
            workflow_id=new.project_id,
            actor=grant.actor(),
            version_number=new.version_number,
            member_id=grant.principal.member_id,
            title=new.title,
            input=new.input,
            priority=new.priority,
            due_at=new.due_at,
            external_id=new.external_id,
            end_user=new.end_user,
            opens_chat=new.opens_chat,
            taints=new.taints,
            claim=claim,
            **ran_by(grant.principal),
        )
    )
    return {"id": outcome.run.id}


async def update(services: Services, grant: Grant, run_id: int, command: Update, change: Change) -> int:
    """Change what is said of a work unit; by its member, or who supervises.

    Raises:
        NotFound: there is none, or the caller may not see it.
        Denied: the caller may not change it.
        Conflict: it has ended.
        PreconditionFailed: it changed.

    """
    return await _submit(services, grant, run_id, command, change)


async def cancel(services: Services, grant: Grant, run_id: int, reason: str | None, change: Change) -> int:
    """End a work unit without a result: its activities are cancelled and unassigned. Errors as `update`."""
    return await _submit(services, grant, run_id, CancelRun(reason=reason), change)


async def find_work_unit(connection: Connection, grant: Grant, run_id: int, now: datetime) -> WorkUnitRow:
    """The work unit of that id.

    Raises:
        NotFound: there is none, or the caller may not see it.

    """
    row = await work_units.get_work_unit(connection, grant, run_id, now=now)
    if row is None or await access_in(connection, grant, row.workflow_id) is None:
        raise NotFound("There is no such work unit.")
    return row


async def _submit(services: Services, grant: Grant, run_id: int, command: Command, change: Change) -> int:
    async with services.database.read() as connection:
        row = await work_units.get_work_unit(connection, grant, run_id, now=services.clock.now())
        rights = None if row is None else await access_in(connection, grant, row.workflow_id)
    if row is None or rights is None:
        raise NotFound("There is no such work unit.")
    may_supervise = supervises(grant, rights)
    if not (may_supervise or grant.is_own(row.member_id)):
        raise Denied("Only its own member, a supervisor of the project, or activities:write may change a work unit.")
    await services.engine.submit(
        Order(
            workspace_id=grant.workspace_id,
            run_id=run_id,
            command=command,
            actor=grant.actor(supervises=may_supervise),
            expected_revision=change.expected_revision,
            claim=change.claim,
            reference=run_id,
        )
    )
    return run_id


def _keys(rows: list[WorkUnitRow]) -> Keys:
    return Keys(workflow_ids=[row.workflow_id for row in rows], task_ids=[row.current_task_id for row in rows])
