"""Assignments, read: one's own always, others' with assignments:read."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import msgspec

from casework.core.assignment import STATES, Status
from casework.core.errors import NotFound
from casework.core.ids import split_assignment_task_id
from casework.core.permission import Grant
from casework.operations.assignment_view import AssignmentView, TaskView, editions_of, view_of
from casework.operations.sensitive import Reader, reading
from casework.operations.services import Services
from casework.store import assignments, messages
from casework.store.assignments import AssignmentRow, Filter, Slice, SortField
from casework.store.database import Connection
from casework.store.messages import Message

__all__ = [
    "AssignmentRow",
    "AssignmentView",
    "Message",
    "Slice",
    "SortField",
    "TaskView",
    "Wanted",
    "page",
    "read",
    "read_messages",
    "read_task",
]

READ: Final = "assignments:read"
WRITE: Final = "assignments:write"

MESSAGES_MAX: Final = 1000
"""Messages of one assignment that are shown, the newest of them: the answer has no pages."""

NO_ASSIGNMENT: Final = "There is no such assignment."
NO_TASK: Final = "This assignment has no such task."


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which assignments a caller asks for. mine: the caller's own. task_id: of those that stand on it."""

    mine: bool = False
    member_id: int | None = None
    task_id: int | None = None
    statuses: tuple[Status, ...] = ()


async def page(services: Services, grant: Grant, wanted: Wanted, part: Slice) -> tuple[list[AssignmentView], int]:
    """A part of the assignments, and how many there are. Without assignments:read they are the caller's own.

    Raises:
        Denied: another member's, without assignments:read.

    """
    if wanted.member_id is not None:
        grant.require_own_or(wanted.member_id, READ)
    chosen = _filter(grant, wanted)
    if chosen is None:
        return [], 0
    async with reading(services, grant) as reader:
        rows, total = await assignments.page(reader.connection, grant, chosen, part)
        return await _views(services, reader, grant, rows), total


async def read(services: Services, grant: Grant, assignment_id: int) -> AssignmentView:
    """The assignment of that id.

    Raises:
        NotFound: the workspace has none.
        Denied: it is somebody else's.

    """
    async with reading(services, grant) as reader:
        return await seen(services, reader, grant, assignment_id)


async def read_task(
    services: Services, grant: Grant, assignment_id: int, assignment_task_id: int
) -> tuple[AssignmentView, TaskView]:
    """A task of that assignment, reached or not; errors as `read`, and NotFound for another assignment's."""
    view = await read(services, grant, assignment_id)
    run_id, _ = split_assignment_task_id(assignment_task_id)
    found = next((task for task in view.tasks if task.id == assignment_task_id), None)
    if run_id != assignment_id or found is None:
        raise NotFound(NO_TASK)
    return view, found


async def read_messages(services: Services, grant: Grant, assignment_id: int) -> list[Message]:
    """What was said in the assignment's chat, oldest first; the newest MESSAGES_MAX. Errors as `read`."""
    async with services.database.snapshot() as connection:
        row = await row_of(connection, grant, assignment_id)
        if row.chat_id is None:
            return []
        offset = max(0, (row.message_count or 0) - MESSAGES_MAX)
        return await messages.page(connection, grant, row.chat_id, limit=MESSAGES_MAX, offset=offset)


async def row_of(connection: Connection, grant: Grant, assignment_id: int, *, needs: str = READ) -> AssignmentRow:
    """The assignment's row, for its member or whoever holds the scope `needs`; errors as `read`."""
    rows = await assignments.rows(connection, grant, [assignment_id])
    if not rows:
        raise NotFound(NO_ASSIGNMENT)
    grant.require_own_or(rows[0].member_id, needs)
    return rows[0]


async def seen(services: Services, reader: Reader, grant: Grant, assignment_id: int) -> AssignmentView:
    """As `read`, with a reader."""
    row = await row_of(reader.connection, grant, assignment_id)
    return (await _views(services, reader, grant, [row]))[0]


async def _views(
    services: Services, reader: Reader, grant: Grant, rows: Sequence[AssignmentRow]
) -> list[AssignmentView]:
    if not rows:
        return []
    steps = await assignments.steps(reader.connection, grant, [row.id for row in rows])
    editions = await editions_of(reader.connection, services.engine.catalog, rows)
    opened = defaultdict(list)
    for step in await reader.steps([step for row in rows for step in steps[row.id]]):
        opened[step.run_id].append(step)
    now = services.clock.now()
    return [
        view_of(row, opened[row.id], editions[row.workflow_id, row.version_number], now=now)
        for row in await reader.runs(rows)
    ]


def _filter(grant: Grant, wanted: Wanted) -> Filter | None:
    """What the caller may see of what it asks for; None where that can only be nothing."""
    own = grant.principal.member_id
    member_id = wanted.member_id
    if wanted.mine or not grant.holds(READ):
        if own is None or member_id not in (None, own):
            return None
        member_id = own
    statuses = () if set(wanted.statuses) >= STATES.keys() else wanted.statuses
    return Filter(member_id=member_id, task_id=wanted.task_id, statuses=statuses)
