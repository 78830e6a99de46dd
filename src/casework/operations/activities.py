"""Activities: what waits for people, and what they do with it."""

from datetime import datetime
from uuid import UUID

import msgspec

from casework.core.actor import Actor, Assignee
from casework.core.claim import Claim
from casework.core.command import (
    Assign,
    CancelStep,
    Command,
    Complete,
    Fail,
    Pause,
    Process,
    Reassign,
    Save,
    Unassign,
)
from casework.core.definition import Json
from casework.core.errors import Denied, Invalid, NotFound, Problem
from casework.core.permission import Grant
from casework.engine.order import Order
from casework.operations.projects import access_in, supervises, visible_ids
from casework.operations.reading import Keys, Kind, Page, Reading, load_related
from casework.operations.sensitive import reading as opening
from casework.operations.services import Services
from casework.store import access, activities
from casework.store.activities import ActivityRow, Among
from casework.store.database import Connection
from casework.store.project_members import find_assignee

__all__ = [
    "ActivityRow",
    "Answer",
    "Assignment",
    "Change",
    "Found",
    "assign",
    "cancel",
    "complete",
    "fail",
    "find",
    "get_activity",
    "list_activities",
    "pause",
    "process",
    "reassign",
    "save",
    "seen",
    "unassign",
]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """How a change is to be made: only at that revision of the activity, and once under that claim."""

    expected_revision: int | None = None
    claim: Claim | None = None


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """Who is to have an activity, None being the caller; `start_working` sets them to work at once."""

    account_id: int | None = None
    start_working: bool = False


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an activity is completed with; take: by the caller, who takes it where nobody is on it."""

    data: dict[str, Json]
    take: bool = False


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """An activity, and the caller as who may act on it."""

    row: ActivityRow
    actor: Actor


async def list_activities(
    services: Services, grant: Grant, reading: Reading, *, is_takeable: bool = False
) -> Page[ActivityRow]:
    """The activities that the caller sees: of its projects, or with activities:read of the workspace.

    is_takeable: only those that the caller could take now, as `next_activity.take_next` would.
    """
    now = services.clock.now()
    selection = reading.selection
    async with opening(services, grant) as reader:
        connection = reader.connection
        belongs = access.project_ids if is_takeable else visible_ids
        among = Among(workflow_ids=await belongs(connection, grant), is_takeable=is_takeable)
        rows = await activities.list_activities(connection, grant, selection, among=among, now=now)
        count = None
        if reading.is_counted:
            count = await activities.count_activities(connection, grant, selection, among=among, now=now)
        related = await load_related(reader, grant, reading.related, _keys(rows), now=now)
        rows = await reader.steps(rows)
    return Page(rows=rows, count=count, related=related)


async def get_activity(
    services: Services, grant: Grant, uuid: UUID, *, related: frozenset[Kind] = frozenset()
) -> Page[ActivityRow]:
    """One activity, as a page of its own.

    Raises:
        NotFound: there is none, or the caller may not see it.

    """
    now = services.clock.now()
    async with opening(services, grant) as reader:
        found = await seen(reader.connection, grant, uuid, now)
        others = await load_related(reader, grant, related, _keys([found.row]), now=now)
        rows = await reader.steps([found.row])
    return Page(rows=rows, related=others)


# Each gives the reference under which `change.claim` is kept: the activity's uuid, as text.


async def assign(services: Services, grant: Grant, uuid: UUID, wish: Assignment, change: Change) -> str:
    """Give an activity that nobody is on to somebody, or take it.

    Raises:
        NotFound: there is no such activity for the caller.
        Denied: only who supervises gives work to others.
        Invalid: that person may not take it.
        Conflict: it is not in a state for it, or the person has no room; who supervises may give it all the same.
        PreconditionFailed: it changed.

    """
    async with services.database.read() as connection:
        found = await seen(connection, grant, uuid, services.clock.now())
        account_id = _whom(grant, found.actor, wish.account_id)
        assignee = await _assignee(connection, grant, found.row, account_id)
    command = Assign(
        step=found.row.number,
        assignee=assignee,
        start_working=wish.start_working,
        is_bounded=not found.actor.supervises,
    )
    return await _submit(services, grant, found, command, change)


async def reassign(services: Services, grant: Grant, uuid: UUID, account_id: int, change: Change) -> str:
    """Hand an activity over to another person; by whoever has it, or who supervises. Errors as `assign`."""
    async with services.database.read() as connection:
        found = await seen(connection, grant, uuid, services.clock.now())
        assignee = await _assignee(connection, grant, found.row, account_id)
    command = Reassign(step=found.row.number, assignee=assignee, is_bounded=not found.actor.supervises)
    return await _submit(services, grant, found, command, change)


async def unassign(services: Services, grant: Grant, uuid: UUID, change: Change) -> str:
    """Put an activity back for anybody; by whoever has it, or who supervises. Errors as `assign`."""
    found = await find(services, grant, uuid)
    return await _submit(services, grant, found, Unassign(step=found.row.number), change)


async def process(services: Services, grant: Grant, uuid: UUID, change: Change) -> str:
    """Start or resume work, pausing whatever else the caller works on; by the assignee alone. Errors as `assign`."""
    found = await find(services, grant, uuid)
    return await _submit(services, grant, found, Process(step=found.row.number), change)


async def pause(services: Services, grant: Grant, uuid: UUID, change: Change) -> str:
    """Stop work for now; by whoever has it, or who supervises. Errors as `assign`."""
    found = await find(services, grant, uuid)
    return await _submit(services, grant, found, Pause(step=found.row.number), change)


async def save(services: Services, grant: Grant, uuid: UUID, data: dict[str, Json], change: Change) -> str:
    """Keep data without completing, merged over what was saved. Errors as `assign`."""
    found = await find(services, grant, uuid)
    command = Save(step=found.row.number, data=data, by_model=grant.is_for_model)
    return await _submit(services, grant, found, command, change)


async def complete(services: Services, grant: Grant, uuid: UUID, answer: Answer, change: Change) -> str:
    """Finish with the data, merged over what was saved; the run moves on in the same transaction.

    Errors as `assign`; Invalid tells every problem of the data with the task's form.
    """
    async with services.database.read() as connection:
        found = await seen(connection, grant, uuid, services.clock.now())
        taker = None
        if answer.take:
            taker = await _assignee(connection, grant, found.row, _taker(grant))
    command = Complete(step=found.row.number, data=answer.data, taker=taker, by_model=grant.is_for_model)
    return await _submit(services, grant, found, command, change)


async def fail(services: Services, grant: Grant, uuid: UUID, comment: str, change: Change) -> str:
    """Report that the activity cannot be done. Errors as `assign`."""
    found = await find(services, grant, uuid)
    return await _submit(services, grant, found, Fail(step=found.row.number, comment=comment), change)


async def cancel(services: Services, grant: Grant, uuid: UUID, change: Change) -> str:
    """Take the activity out of its work unit. Errors as `assign`."""
    found = await find(services, grant, uuid)
    return await _submit(services, grant, found, CancelStep(step=found.row.number), change)


async def find(services: Services, grant: Grant, uuid: UUID) -> Found:
    """The activity, and the caller as who may act on it.

    Raises:
        NotFound: there is none, or the caller may not see it.

    """
    async with services.database.read() as connection:
        return await seen(connection, grant, uuid, services.clock.now())


async def seen(connection: Connection, grant: Grant, uuid: UUID, now: datetime) -> Found:
    """As `find`, on a connection."""
    row = await activities.get_activity(connection, grant, uuid, now=now)
    rights = None if row is None else await access_in(connection, grant, row.workflow_id)
    if row is None or rights is None:
        raise NotFound("There is no such activity.")
    return Found(row=row, actor=grant.actor(supervises=supervises(grant, rights)))


def _whom(grant: Grant, actor: Actor, account_id: int | None) -> int:
    """The account that is to have the activity: the caller's own unless another is named."""
    own = grant.principal.account_id
    if account_id is None:
        if own is None:
            raise _no_account("This key acts for no person: name the account to assign the activity to.")
        return own
    if account_id != own and not actor.supervises:
        raise Denied("Only a supervisor of the project, or with activities:write, gives activities to others.")
    return account_id


def _taker(grant: Grant) -> int:
    """The account that takes an activity with the answer."""
    if grant.principal.account_id is None:
        message = "This key acts for no person, so that it can take nothing: assign the activity to somebody first."
        raise Invalid(message, (Problem(path="/self_assigning", message=message),))
    return grant.principal.account_id


async def _assignee(connection: Connection, grant: Grant, row: ActivityRow, account_id: int) -> Assignee:
    assignee = await find_assignee(connection, grant, row.workflow_id, account_id)
    if assignee is None:
        raise _no_account(f"No member of this workspace has the account {account_id}.")
    return assignee


def _no_account(message: str) -> Invalid:
    return Invalid(message, (Problem(path="/account_id", message=message),))


async def _submit(services: Services, grant: Grant, found: Found, command: Command, change: Change) -> str:
    reference = str(found.row.uuid)
    await services.engine.submit(
        Order(
            workspace_id=grant.workspace_id,
            run_id=found.row.run_id,
            command=command,
            actor=found.actor,
            expected_revision=change.expected_revision,
            claim=change.claim,
            reference=reference,
        )
    )
    return reference


def _keys(rows: list[ActivityRow]) -> Keys:
    return Keys(
        workflow_ids=[row.workflow_id for row in rows],
        run_ids=[row.run_id for row in rows],
        task_ids=[row.task_id for row in rows],
    )
