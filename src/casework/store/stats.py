"""Where a workflow's open runs stand: how many on each task, and the chats on one of them."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from casework.core.days import Span
from casework.core.permission import Grant
from casework.store.chat_standing import COLUMNS, NEWEST_RUN, STANDING, summarized
from casework.store.database import Connection

SORTED_MAX: Final = 5_000
"""Chats of a span of time that are sorted for a page without a thought: it takes 3 ms."""

WALKED_MAX: Final = 20_000
"""Chats that are looked at in their order, to see whether those of a span are among them, before these are sorted."""


class ChatQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which chats: of runs made in that span, and which part of these."""

    made: Span
    limit: int
    offset: int


class TaskChat(msgspec.Struct, frozen=True, kw_only=True):
    """The chat of an open run that stands on a task; member_*: whose assignment it is."""

    chat_id: int
    chat_uuid: UUID
    title: str
    summary: str
    run_id: int
    member_id: int | None
    member_name: str | None
    task_name: str
    workflow_name: str
    last_message_at: datetime | None
    message_count: int


async def counts_by_task(connection: Connection, grant: Grant, workflow_id: int, span: Span) -> dict[int, int]:
    """How many open runs made in that span stand on each task of the workflow; in the order of its definition.

    Every task of the newest version is there, and of the others those on which a run still stands.
    """
    parameters: list[Any] = [grant.workspace_id, workflow_id]
    counted = _counted(
        span,
        parameters,
        days="select sum(c.count) from task_counts c"
        " where c.workspace_id = $1 and c.workflow_id = $2 and c.task_id = t.id",
        part="select count(*) from runs r where r.workspace_id = $1"
        " and r.current_task_id = t.id and r.ended_at is null",
    )
    query = f"""
    select id, count from (
        select t.id, t.is_current, t.position, ({counted})::bigint as count
        from tasks t where t.workspace_id = $1 and t.workflow_id = $2
    ) counted
    where is_current or count > 0
    order by is_current desc, position, id
    """  # noqa: S608 - constant text
    return {row["id"]: row["count"] for row in await connection.fetch(query, *parameters)}


async def count_chats(connection: Connection, grant: Grant, task_id: int, span: Span) -> int:
    """How many chats of open runs made in that span stand on the task."""
    parameters: list[Any] = [grant.workspace_id, task_id]
    counted = _counted(
        span,
        parameters,
        days="select sum(c.count) from chat_counts c where c.workspace_id = $1 and c.task_id = $2",
        part="select count(*) from open_chats r where r.workspace_id = $1 and r.task_id = $2",
    )
    found: int = await connection.fetchval(f"select ({counted})::bigint", *parameters)
    return found


_LATEST: Final = "last_message_at desc nulls last, chat_id, run_id"
_LATEST_REVERSED: Final = "last_message_at nulls first, chat_id desc, run_id desc"


async def chats(connection: Connection, grant: Grant, task_id: int, wanted: ChatQuery, *, total: int) -> list[TaskChat]:
    """The chats that `count_chats` counted, the one with the latest message first; walked to from the nearer end."""
    limit = min(wanted.limit, total - wanted.offset)
    behind = total - wanted.offset - limit
    if limit <= 0:
        return []
    if wanted.offset <= behind:
        run_ids = await _page(connection, grant, task_id, replace(wanted, limit=limit), order=_LATEST, total=total)
    else:
        mirrored = replace(wanted, limit=limit, offset=behind)
        run_ids = await _page(connection, grant, task_id, mirrored, order=_LATEST_REVERSED, total=total)
        run_ids.reverse()
    return await _told(connection, grant, run_ids)


async def _page(
    connection: Connection, grant: Grant, task_id: int, wanted: ChatQuery, *, order: str, total: int
) -> list[int]:
    """The runs whose chats stand on a page.

    Chats of a span are found in the order of the page by walking past the others, or by their creation, and sorted. How
    many there are tells what either costs at worst; a short walk tells whether it need come to that.
    """
    parameters: list[Any] = [grant.workspace_id, task_id, wanted.limit, wanted.offset]
    bounds = _bound("created_at >=", wanted.made.since, parameters)
    bounds += _bound("created_at <", wanted.made.before, parameters)
    on_task = "select * from open_chats where workspace_id = $1 and task_id = $2"
    page = f"order by {order} limit $3 offset $4"
    walk = f"select run_id from ({on_task}{bounds}) made {page}"  # noqa: S608 - constant text
    if bounds and total <= SORTED_MAX:
        walk = ""
    elif bounds and await count_chats(connection, grant, task_id, Span()) > 3 * total:
        first = f"{on_task} order by {order} limit {WALKED_MAX}"
        walk = f"select run_id from ({first}) walked where true{bounds} {page}"  # noqa: S608 - constant text
    rows = await connection.fetch(walk, *parameters) if walk else []
    if len(rows) < wanted.limit:
        # `offset 0` sets them apart: they are found by their creation.
        sort = f"select run_id from ({on_task}{bounds} offset 0) made {page}"  # noqa: S608 - constant text
        rows = await connection.fetch(sort, *parameters)
    return [row["run_id"] for row in rows]


# The name of the current task is the one that the run's own version gave to this visit.
_TOLD: Final = f"""
select r.id as run_id, c.id as chat_id, c.uuid as chat_uuid, c.title, {COLUMNS}, r.member_id, m.name as member_name,
       coalesce(s.name, t.name, '') as task_name, w.name as workflow_name, c.last_message_at, c.message_count
from runs r
join chats c on c.workspace_id = r.workspace_id and c.id = r.chat_id
join workflows w on w.workspace_id = r.workspace_id and w.id = r.workflow_id
left join tasks t on t.workspace_id = r.workspace_id and t.id = r.current_task_id
left join steps s on s.workspace_id = r.workspace_id and s.run_id = r.id and s.number = r.current_step
left join members m on m.workspace_id = r.workspace_id and m.id = r.member_id
{NEWEST_RUN} {STANDING}
where r.workspace_id = $1 and r.id = any($2::bigint[]) and c.deleted_at is null
"""  # noqa: S608 - a constant statement


async def _told(connection: Connection, grant: Grant, run_ids: list[int]) -> list[TaskChat]:
    rows = {row["run_id"]: row for row in await connection.fetch(_TOLD, grant.workspace_id, run_ids)}
    return [TaskChat(**summarized(rows[run_id])) for run_id in run_ids if run_id in rows]


_FOLD: Final = """
with taken as (delete from {table} where day < $1 returning *)
select {key}, sum(count)::bigint as count from taken group by {key} having sum(count) <> 0
"""
_PUT: Final = """
insert into {table} as old ({key}, slot, count)
select {key}, 0, count from jsonb_to_recordset($1) as new
    (workspace_id bigint, workflow_id bigint, task_id bigint, day date, count bigint)
on conflict ({key}, slot) do update set count = old.count + excluded.count
"""
_KEYS: Final = {
    "task_counts": "workspace_id, workflow_id, task_id, day",
    "chat_counts": "workspace_id, task_id, day",
}


async def fold(connection: Connection, before: date) -> None:
    """Make one row of all that count the same task and day before that day, and none where nothing is left to count.

    In a transaction; whoever counts at the same moment waits, or adds a row of its own.
    """
    for table, key in _KEYS.items():
        rows = await connection.fetch(_FOLD.format(table=table, key=key), before)
        await connection.execute(_PUT.format(table=table, key=key), [dict(row) for row in rows])


def _counted(span: Span, parameters: list[Any], *, days: str, part: str) -> str:
    """The sum of what was counted by the day and what is counted now, of the parts of days."""
    terms = []
    whole = span.days
    if whole is not None:
        bounds = _bound("c.day >=", whole.first, parameters) + _bound("c.day <", whole.end, parameters)
        terms.append(f"coalesce(({days}{bounds}), 0)")
    for one in span.parts:
        bounds = _bound("r.created_at >=", one.since, parameters) + _bound("r.created_at <", one.before, parameters)
        terms.append(f"({part}{bounds})")
    return " + ".join(terms) or "0"


def _bound(compared: str, value: date | None, parameters: list[Any]) -> str:
    """The clause that a bound stands for, its value bound; nothing where there is no such bound."""
    if value is None:
        return ""
    parameters.append(value)
    return f" and {compared} ${len(parameters)}"
