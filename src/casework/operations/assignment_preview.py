"""What the conditions of an assignment see now, and what they say: hints for people, by the rules that decide."""

from typing import Any

import msgspec

from casework.core.actor import SYSTEM
from casework.core.definition import END, Task
from casework.core.draft import Draft
from casework.core.errors import Invalid, NotFound, Problem
from casework.core.permission import Grant
from casework.core.run import Run, current_step
from casework.core.run_context import BESIDE, build_context, without_private
from casework.core.step import Step
from casework.core.switch import way_on
from casework.engine.catalog import Edition
from casework.engine.loading import as_run
from casework.engine.sealing import open_run, open_step, opened
from casework.operations.assignments import AssignmentView, TaskView, row_of, seen
from casework.operations.sensitive import Reader, reading
from casework.operations.services import Services
from casework.store import assignments, calendars, chats, context, runs
from casework.store.assignments import AssignmentRow, Operator
from casework.store.chats import Chat
from casework.store.database import Connection

__all__ = ["Chat", "Operator", "TaskDetail", "Way", "cel_context", "current_task"]


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A task that the current one leads to. condition: None where the way is always open. allowed, reason: now."""

    task_id: int
    task_name: str
    condition: str | None
    allowed: bool
    reason: str


class TaskDetail(msgspec.Struct, frozen=True, kw_only=True):
    """The current task of an assignment with everything that whoever does it needs."""

    assignment: AssignmentView
    current: TaskView
    task: Task
    member: Operator | None
    chat: Chat | None
    ways: tuple[Way, ...]


async def cel_context(
    services: Services, grant: Grant, assignment_id: int, *, after: str | None = None
) -> dict[str, Any]:
    """The value of every name that a condition of the assignment may use, without what is private of its member.

    after: as for the ways on from that task, by what it gave last, else by what is saved on it.

    Raises:
        NotFound, Denied: as `assignments.read`.
        Invalid: the assignment has not reached the task `after`.

    """
    async with reading(services, grant) as reader:
        row = await row_of(reader.connection, grant, assignment_id)
        run, _ = await _load(services, reader.connection, grant, row, is_opened=False)
        run = await _shown(reader, run)
    at = current_step(run) if after is None else _last(run, after)
    output = run.output if at is None else at.output if at.is_output else at.data
    values = build_context(run, output=output, now=services.clock.now(), beside=run.context, step=at)
    return without_private(values)


async def current_task(services: Services, grant: Grant, assignment_id: int) -> TaskDetail:
    """The current task, and for each that follows whether it may be selected now.

    Raises:
        NotFound, Denied: as `assignments.read`; NotFound where there is no current task.

    """
    async with reading(services, grant) as reader:
        connection = reader.connection
        view = await seen(services, reader, grant, assignment_id)
        # What is allowed now is what the engine would say.
        run, edition = await _load(services, connection, grant, view.row, is_opened=True)
        current = current_step(run)
        if current is None:
            raise NotFound("This assignment has no current task.")
        row = view.row
        member = None if row.member_id is None else await assignments.operator(connection, grant, row.member_id)
        chat = None if row.chat_id is None else await chats.find(connection, grant, row.chat_id)
    return TaskDetail(
        assignment=view,
        current=view.task(current.task),
        task=edition.version.task(current.task),
        member=member,
        chat=chat,
        ways=_ways(Draft(run, SYSTEM, services.clock.now()), current, edition),
    )


def _last(run: Run, key: str) -> Step:
    """The visit of a task that says what it gave; where none was completed, the last."""
    visits = [step for step in run.steps if step.task == key and step.parent is None]
    if not visits:
        message = "The assignment has not reached this task."
        raise Invalid(message, (Problem(path="/taskKey", message=message),))
    return next((step for step in visits if step.is_output), visits[-1])


async def _load(
    services: Services, connection: Connection, grant: Grant, row: AssignmentRow, *, is_opened: bool
) -> tuple[Run, Edition]:
    """The run with everything beside it that a condition could name; as the engine decides over it if opened."""
    key = (row.workflow_id, row.version_number)
    edition = (await services.engine.catalog.load(connection, [key]))[key]
    stored = await runs.read(connection, grant.workspace_id, [row.id])
    steps = await runs.steps_of(connection, [row.id])
    place = context.Place(
        member_id=row.member_id,
        chat_id=row.chat_id,
        workflow_id=row.workflow_id,
        version_number=row.version_number,
    )
    beside = await context.load(connection, grant.workspace_id, {row.id: place}, BESIDE)
    values = await opened(connection, stored, {key: edition}) if is_opened else {}
    own = [open_step(row.id, step, values) for _, step in steps[row.id]]
    run = as_run(open_run(stored[0], values), edition, own)
    kept = await calendars.find(connection, grant)
    return msgspec.structs.replace(run, context=beside[row.id], calendar=kept.calendar), edition


async def _shown(reader: Reader, run: Run) -> Run:
    """The run with what the caller may see of it."""
    steps = await reader.steps(run.steps, lambda step: (run.id, step.number))
    return (await reader.runs([msgspec.structs.replace(run, steps=tuple(steps))]))[0]


def _ways(draft: Draft, current: Step, edition: Edition) -> tuple[Way, ...]:
    """The tasks that transitions lead to, each once, in order of definition."""
    conditions: dict[str, list[str | None]] = {}
    for transition, _ in edition.version.ways(current.task):
        if transition.to != END:
            conditions.setdefault(transition.to, []).append(transition.when)
    return tuple(_way(draft, current, edition, key, sources) for key, sources in conditions.items())


def _way(draft: Draft, current: Step, edition: Edition, key: str, sources: list[str | None]) -> Way:
    allowed, reason = way_on(draft, current, key)
    return Way(
        task_id=edition.task_id(key),
        task_name=edition.version.task(key).name,
        condition=_joined(sources),
        allowed=allowed,
        reason=reason,
    )


def _joined(sources: list[str | None]) -> str | None:
    """The condition of one way, or of several to the same task: any of theirs."""
    given = [source for source in sources if source is not None]
    if len(given) < len(sources):
        return None
    return given[0] if len(given) == 1 else " || ".join(f"({source})" for source in given)
