"""Assignments, changed: one's own always, others' with assignments:write."""

from typing import Any

import msgspec

from casework.core.claim import Claim
from casework.core.command import CancelRun, Command, Select, Update
from casework.core.definition import Json
from casework.core.errors import Invalid, NotFound, Problem
from casework.core.ids import split_assignment_task_id
from casework.core.permission import Grant
from casework.engine.catalog import Edition
from casework.engine.order import NewRun, Order
from casework.entropy import new_uuid
from casework.operations.assignments import NO_TASK, WRITE, row_of
from casework.operations.origin import ran_by
from casework.operations.services import Services
from casework.store import grants, workflows
from casework.store.assignments import AssignmentRow
from casework.store.database import Connection
from casework.store.workflows import Workflow


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """An assignment to be made. member_id: None is the caller. task_id: where it starts, None as its version says."""

    workflow_id: int
    member_id: int | None = None
    task_id: int | None = None
    version_number: int | None = None
    title: str = ""
    input: Json = msgspec.field(default_factory=dict)
    priority: int | None = None
    opens_chat: bool = True


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of an assignment, by its id. expected_revision: of the assignment, None where any will do."""

    assignment_id: int
    expected_revision: int | None = None
    claim: Claim | None = None


async def create(services: Services, grant: Grant, wish: Wish, claim: Claim | None) -> dict[str, Any]:
    """Make an assignment; gives the reference {"id": its id}.

    Raises:
        NotFound: there is no such workflow.
        Denied: without use of the workflow; for another member, without assignments:write.
        Invalid: there is no such member, version or task, or the input does not fit the workflow's schema.
        Conflict: the workflow is archived.

    """
    async with services.database.read() as connection:
        workflow = await workflows.find(connection, grant, wish.workflow_id)
        if workflow is None:
            raise NotFound("There is no such workflow.")
        workflow.access.require("use")
        member_id = await _member(connection, grant, wish.member_id)
        start_task = await _start_task(services, connection, workflow, wish)
    new = NewRun(
        uuid=new_uuid(services.clock.now()),
        workspace_id=grant.workspace_id,
        workflow_id=workflow.id,
        actor=grant.actor(),
        version_number=wish.version_number,
        member_id=member_id,
        start_task=start_task,
        title=wish.title,
        input=wish.input,
        priority=wish.priority,
        opens_chat=wish.opens_chat,
        run_type="api",
        **ran_by(grant.principal),
        claim=claim,
    )
    try:
        outcome = await services.engine.create(new)
    except Invalid as error:
        raise told(error) from error
    return {"id": outcome.run.id}


async def update(services: Services, grant: Grant, change: Change, wish: Update) -> dict[str, Any]:
    """Say something else of an assignment; gives the reference {"id": its id}.

    Raises:
        NotFound, Denied: as `assignments.read`, with assignments:write; also to hand it to another member.
        Invalid: there is no such member.
        Conflict: it has ended.
        PreconditionFailed: it has another revision than is expected.

    """
    async with services.database.read() as connection:
        row = await row_of(connection, grant, change.assignment_id, needs=WRITE)
        if isinstance(wish.member_id, int) and wish.member_id != row.member_id:
            await _member(connection, grant, wish.member_id)
    return await _submit(services, grant, change, wish)


async def cancel(services: Services, grant: Grant, change: Change, reason: str | None) -> dict[str, Any]:
    """End an assignment without a result; gives the reference {"id": its id}; errors as `update`."""
    async with services.database.read() as connection:
        await row_of(connection, grant, change.assignment_id, needs=WRITE)
    return await _submit(services, grant, change, CancelRun(reason=reason))


async def select(services: Services, grant: Grant, change: Change, assignment_task_id: int) -> dict[str, Any]:
    """Make a task of an assignment the current one; gives the reference {"id": the assignment's}.

    Raises:
        NotFound, Denied: as `update`; NotFound for another assignment's task.
        Conflict: it has ended, or no way leads there now; the text says why.
        PreconditionFailed: it has another revision than is expected.

    """
    async with services.database.read() as connection:
        row = await row_of(connection, grant, change.assignment_id, needs=WRITE)
        edition = await _edition(services, connection, row)
    run_id, ordinal = split_assignment_task_id(assignment_task_id)
    key = {edition.tasks[key][1]: key for key in edition.version.graph.order}.get(ordinal)
    if run_id != row.id or key is None:
        raise NotFound(NO_TASK)
    return await _submit(services, grant, change, Select(task=key))


async def _submit(services: Services, grant: Grant, change: Change, command: Command) -> dict[str, Any]:
    reference = {"id": change.assignment_id}
    order = Order(
        workspace_id=grant.workspace_id,
        run_id=change.assignment_id,
        command=command,
        actor=grant.actor(),
        expected_revision=change.expected_revision,
        claim=change.claim,
        reference=reference,
    )
    await services.engine.submit(order)
    return reference


async def _member(connection: Connection, grant: Grant, member_id: int | None) -> int | None:
    """Whose assignment it will be: the member named, else the caller; a key that acts for no member gives it to nobody.

    Raises:
        Denied: another member, without assignments:write.
        Invalid: there is no such member.

    """
    if member_id is None:
        return grant.principal.member_id
    grant.require_own_or(member_id, WRITE)
    if member_id not in await grants.known_members(connection, grant, [member_id]):
        raise _wrong("memberId", "there is no such member.")
    return member_id


async def _start_task(services: Services, connection: Connection, workflow: Workflow, wish: Wish) -> str | None:
    """The key of the task to start at; Invalid where there is no such version, or no such task in it."""
    number = workflow.version_number if wish.version_number is None else wish.version_number
    editions = await services.engine.catalog.load(connection, [(workflow.id, number)])
    edition = editions.get((workflow.id, number))
    if edition is None:
        raise _wrong("workflowVersionNumber", f"there is no such version; the newest is {workflow.version_number}.")
    if wish.task_id is None:
        return None
    key = {edition.task_id(key): key for key in edition.version.graph.order}.get(wish.task_id)
    if key is None:
        raise _wrong("taskId", f"version {number} of the workflow has no such task.")
    return key


async def _edition(services: Services, connection: Connection, row: AssignmentRow) -> Edition:
    key = (row.workflow_id, row.version_number)
    return (await services.engine.catalog.load(connection, [key]))[key]


def _wrong(name: str, message: str) -> Invalid:
    return Invalid(f"{name}: {message}", (Problem(path=f"/{name}", message=message),))


def told(error: Invalid) -> Invalid:
    """The same refusal with its places in the text too: where there is one problem, the text is all that is sent."""
    places = " ".join(f"{problem.path[1:]}: {problem.message}" for problem in error.problems if problem.path)
    return Invalid(f"{error.message} {places}".strip(), error.problems)
