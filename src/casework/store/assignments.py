"""Runs as their members see them: pages of assignments, and what each shows of its tasks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec.structs import replace

from casework.core.assignment import STATES, STATUS_RANK, Status
from casework.core.definition import Json
from casework.core.permission import Grant
from casework.store.database import Connection

FEW: Final = 20_000
"""Assignments that are sorted as they are found, where no index has them in the order asked for: some 40 ms."""

SortField = Literal["created_at", "updated_at", "id", "status", "priority"]


class AssignmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A run with the names of what it refers to. A deleted chat is none."""

    id: int
    uuid: UUID
    revision: int
    title: str
    state: str
    workflow_id: int
    workflow_uuid: UUID
    workflow_name: str
    version_number: int
    member_id: int | None
    member_name: str | None
    current_task_id: int | None
    chat_id: int | None
    chat_uuid: UUID | None
    message_count: int | None
    priority: int
    due_at: datetime | None
    input: Json
    output: Json
    working_ms: int
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    cancel_reason: str | None


class AssignmentTaskRow(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a run that is shown, or that somebody's hands are on."""

    run_id: int
    number: int
    uuid: UUID
    task_key: str
    visit: int
    is_shown: bool
    state: str
    member_id: int | None
    member_name: str | None
    data: Json
    output: Json
    error: Json
    open_since: datetime | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """The member whose assignment it is, as those who work with it see them."""

    id: int
    name: str
    email: str
    phone: str | None
    labels: list[str]


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which assignments: all that hold. statuses: any of them, by the words of `core.assignment`."""

    member_id: int | None = None
    task_id: int | None = None
    statuses: tuple[Status, ...] = ()


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of them, in which order; equals come in the same order by id."""

    sort_by: SortField
    is_descending: bool
    limit: int
    offset: int


# Text that stands in statements comes from these tables alone; whatever a caller sends is a parameter.

_RANK: Final = (
    "(case state when 'cancelled' then 2 when 'completed' then 3 when 'failed' then 4 when 'pending' then 5 else 1 end)"
)
"""The place of a run's status in a list (STATUS_RANK), as the index runs_status has it."""

_ORDERS: Final[dict[SortField, tuple[str, ...]]] = {
    "created_at": ("created_at", "id"),
    "updated_at": ("updated_at", "id"),
    "id": ("id",),
    "status": (_RANK, "created_at", "id"),
    "priority": ("priority", "id"),
}

_ASSIGNMENT: Final = """
select r.id, r.uuid, r.revision, r.title, r.state, r.workflow_id, w.uuid as workflow_uuid, w.name as workflow_name,
       r.version_number, r.member_id, m.name as member_name, r.current_task_id, c.id as chat_id, c.uuid as chat_uuid,
       c.message_count, r.priority, r.due_at, r.input, r.output, r.working_ms,
       r.created_at, r.updated_at, r.started_at, r.ended_at, r.cancel_reason
from runs r
join workflows w on w.workspace_id = r.workspace_id and w.id = r.workflow_id
left join members m on m.workspace_id = r.workspace_id and m.id = r.member_id
left join chats c on c.workspace_id = r.workspace_id and c.id = r.chat_id and c.deleted_at is null
where r.workspace_id = $1 and r.id = any($2::bigint[])
"""

# The first condition is the index's own, the second leaves of it what is shown; an item of a `for_each` is not.
_STEPS: Final = """
select s.run_id, s.number, s.uuid, s.task_key, s.visit, s.is_last and s.parent is null as is_shown, s.state,
       s.member_id, m.name as member_name, s.data, s.output, s.error, s.open_since,
       s.created_at, s.started_at, s.ended_at
from steps s
left join members m on m.workspace_id = s.workspace_id and m.id = s.member_id
where s.workspace_id = $1 and s.run_id = any($2::bigint[])
  and (s.is_last or s.is_output or s.ended_at is null)
  and (s.is_last and s.parent is null or s.open_since is not null)
order by s.run_id, s.number
"""

_OPERATOR: Final = """
select m.id, m.name, a.email, m.phone, m.labels from members m join accounts a on a.id = m.account_id
where m.workspace_id = $1 and m.id = $2
"""

# Kept up by a trigger: counting a million rows takes a tenth of a second even from an index.
_TOTAL: Final = """
select coalesce(sum(count), 0)::bigint from run_counts
where workspace_id = $1 and (cardinality($2::text[]) = 0 or state = any($2::text[]))
"""

# Kept up by the engine: a million open runs on a task take as long to count.
_TOTAL_ON_TASK: Final = """
select coalesce(sum(c.count), 0)::bigint
from tasks t
join task_counts c on c.workspace_id = t.workspace_id and c.workflow_id = t.workflow_id and c.task_id = t.id
where t.workspace_id = $1 and t.id = $2
"""


async def total(connection: Connection, grant: Grant, wanted: Filter) -> int:
    """How many assignments there are: exact, from the counts that are kept where these tell what is asked."""
    if wanted.member_id is None and wanted.task_id is None:
        states = [state for status in wanted.statuses for state in STATES[status]]
        found: int = await connection.fetchval(_TOTAL, grant.workspace_id, states)
        return found
    if wanted.member_id is None and not wanted.statuses:
        on_task: int = await connection.fetchval(_TOTAL_ON_TASK, grant.workspace_id, wanted.task_id)
        return on_task
    where, parameters = _where(grant, wanted)
    counted: int = await connection.fetchval(f"select count(*) from runs where {where}", *parameters)  # noqa: S608 - constant text
    return counted


async def page(connection: Connection, grant: Grant, wanted: Filter, part: Slice) -> tuple[list[AssignmentRow], int]:
    """A part of the assignments, and how many there are; on a snapshot, so that the two belong together."""
    count = await total(connection, grant, wanted)
    run_ids = await _ids(connection, grant, wanted, part, count)
    return await rows(connection, grant, run_ids) if run_ids else [], count


async def rows(connection: Connection, grant: Grant, run_ids: Sequence[int]) -> list[AssignmentRow]:
    """The assignments of these ids that the workspace has, in the order of the ids."""
    found = {
        row["id"]: AssignmentRow(**row)
        for row in await connection.fetch(_ASSIGNMENT, grant.workspace_id, list(run_ids))
    }
    return [found[run_id] for run_id in run_ids if run_id in found]


async def steps(connection: Connection, grant: Grant, run_ids: Collection[int]) -> dict[int, list[AssignmentTaskRow]]:
    """The last visit of every task that these runs reached, and what somebody works on now; by run and number."""
    found: dict[int, list[AssignmentTaskRow]] = {run_id: [] for run_id in run_ids}
    for row in await connection.fetch(_STEPS, grant.workspace_id, list(run_ids)):
        found[row["run_id"]].append(AssignmentTaskRow(**row))
    return found


async def operator(connection: Connection, grant: Grant, member_id: int) -> Operator:
    """The member of that id, which an assignment names."""
    return Operator(**await connection.fetchrow(_OPERATOR, grant.workspace_id, member_id))


async def _ids(connection: Connection, grant: Grant, wanted: Filter, part: Slice, count: int) -> list[int]:
    """The ids of a part of so many, walked to from whichever end is nearer."""
    limit = min(part.limit, count - part.offset)
    if limit <= 0:
        return []
    behind = count - part.offset - limit
    if behind >= part.offset:
        return await _walk(connection, grant, wanted, replace(part, limit=limit), count)
    mirrored = replace(part, is_descending=not part.is_descending, limit=limit, offset=behind)
    return (await _walk(connection, grant, wanted, mirrored, count))[::-1]


async def _walk(connection: Connection, grant: Grant, wanted: Filter, part: Slice, count: int) -> list[int]:
    source, parameters = _source(grant, wanted, part, count)
    place = len(parameters)
    query = f"select id from {source} {_order(part)} limit ${place + 1} offset ${place + 2}"  # noqa: S608 - constant text
    return [row["id"] for row in await connection.fetch(query, *parameters, part.limit, part.offset)]


def _source(grant: Grant, wanted: Filter, part: Slice, count: int) -> tuple[str, list[Any]]:
    """Where the ids are taken from: an index that has them in the order asked for, else what is found, to be sorted."""
    where, parameters = _where(grant, wanted)
    by_status_alone = wanted.member_id is None and wanted.task_id is None
    match part.sort_by:
        case "created_at" if by_status_alone and wanted.statuses:
            return _merged(wanted, part), [grant.workspace_id, part.offset + part.limit]
        case "created_at":
            columns = None
        case "status":
            columns = None if by_status_alone else "id, created_at, state"
        case _:
            columns = "id, updated_at, priority" if len(parameters) > 1 and count <= FEW else None
    if columns is None:
        return f"runs where {where}", parameters
    # `offset 0` keeps the planner from walking all runs in the order asked for, in the hope of meeting these soon.
    return f"(select {columns} from runs where {where} offset 0) found", parameters  # noqa: S608 - constant text


def _where(grant: Grant, wanted: Filter) -> tuple[str, list[Any]]:
    """The condition that a filter stands for, and its parameters."""
    parts = ["workspace_id = $1"]
    parameters: list[Any] = [grant.workspace_id]
    if wanted.member_id is not None:
        parameters.append(wanted.member_id)
        parts.append(f"member_id = ${len(parameters)}")
    if wanted.task_id is not None:
        parameters.append(wanted.task_id)
        parts.append(f"current_task_id = ${len(parameters)} and ended_at is null")
    if wanted.statuses:
        parameters.append(_ranks(wanted))
        parts.append(f"{_RANK} = any(${len(parameters)}::integer[])")
    return " and ".join(parts), parameters


def _merged(wanted: Filter, part: Slice) -> str:
    """The runs of some statuses: of each as many as are needed ($2), in order from the index runs_status.

    One condition for all of them would leave the planner to guess whether rare statuses are worth walking a million
    runs for; it guesses wrong where, as usual, the failed ones are not spread evenly over time.
    """
    each = " union all ".join(
        f"(select id, created_at from runs where workspace_id = $1 and {_RANK} = {rank} {_order(part)} limit $2)"  # noqa: S608 - our own numbers
        for rank in _ranks(wanted)
    )
    return f"({each}) found"


def _ranks(wanted: Filter) -> list[int]:
    return [STATUS_RANK[status] for status in wanted.statuses]


def _order(part: Slice) -> str:
    direction = "desc" if part.is_descending else "asc"
    return "order by " + ", ".join(f"{key} {direction}" for key in _ORDERS[part.sort_by])
