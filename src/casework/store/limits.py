"""How many steps of a task, or a workspace, workers may perform at once, and begin in a stretch of time."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import msgspec

from casework.core.definition import Limits, Task
from casework.core.permission import Grant
from casework.core.rate import format_rate, parse_rate
from casework.store.database import Connection

IN_HAND: Final = """
    select j.workspace_id, j.task_id, j.run_id, j.step_number
    from jobs j
    join steps s on s.workspace_id = j.workspace_id and s.run_id = j.run_id and s.number = j.step_number
    where j.status = 'picked' and (s.attempt < j.attempt or s.state in ('cancelled', 'skipped'))
    union
    select s.workspace_id, s.task_id, s.run_id, s.number from steps s where s.worker is not null
"""
"""The steps that workers have in hand: about to be performed, or not let go of although they were cancelled; performed.

A worker that dies has its steps in hand until its lease is over.
"""

ROOM: Final = """
    select l.workspace_id, l.task_id, greatest(0, least(
        l.concurrency - (select count(*) from in_hand h
                         where h.workspace_id = l.workspace_id and (l.task_id is null or h.task_id = l.task_id)),
        l.rate_starts - (select count(*) from step_starts s
                         where s.workspace_id = l.workspace_id and (l.task_id is null or s.task_id = l.task_id)
                           and s.at > clock_timestamp() - make_interval(secs => l.rate_seconds))
    )) as count
    from limits l
"""
"""How many steps of each task and workspace that has a limit may begin now, beside what is `in_hand`."""


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that keeps a step of a run from its turn: `used` of `allowed`.

    is_of_task: it is the task's; otherwise the workspace's. kind: `concurrency` counts the steps that workers have in
    hand, `rate` the starts of the last `seconds`; None with a concurrency.
    """

    number: int
    is_of_task: bool
    kind: str
    used: int
    allowed: int
    seconds: int | None


async def publish(connection: Connection, grant: Grant, workflow_id: int, tasks: Sequence[Task]) -> None:
    """Make these the limits of the workflow's tasks: those of runs of older versions too."""
    await connection.execute(
        """
        delete from limits l where l.workspace_id = $1 and l.workflow_id = $2
          and l.task_id in (select t.id from tasks t where t.workspace_id = $1 and t.workflow_id = $2 and t.is_current)
        """,
        grant.workspace_id,
        workflow_id,
    )
    limited = {task.key: _row(task.limits) for task in tasks if task.limits != Limits()}
    await connection.execute(
        """
        insert into limits (workspace_id, workflow_id, task_id, concurrency, rate_starts, rate_seconds)
        select t.workspace_id, t.workflow_id, t.id, new.concurrency, new.rate_starts, new.rate_seconds
        from jsonb_to_recordset($3) as new (key text, concurrency integer, rate_starts integer, rate_seconds integer)
        join tasks t on t.workspace_id = $1 and t.workflow_id = $2 and t.key = new.key
        """,
        grant.workspace_id,
        workflow_id,
        [row | {"key": key} for key, row in limited.items()],
    )
    await _wake(connection)


async def of_workspace(connection: Connection, grant: Grant) -> Limits:
    """What holds for all that workers perform in the workspace."""
    row = await connection.fetchrow(
        """
        select concurrency, rate_starts, rate_seconds from limits where workspace_id = $1 and task_id is null
        """,
        grant.workspace_id,
    )
    if row is None:
        return Limits()
    rate = None if row["rate_starts"] is None else format_rate(row["rate_starts"], row["rate_seconds"])
    return Limits(concurrency=row["concurrency"], rate=rate)


async def replace_of_workspace(connection: Connection, grant: Grant, limits: Limits) -> None:
    """Set what holds for all that workers perform in the workspace."""
    await connection.execute("delete from limits where workspace_id = $1 and task_id is null", grant.workspace_id)
    if limits != Limits():
        row = _row(limits)
        await connection.execute(
            "insert into limits (workspace_id, concurrency, rate_starts, rate_seconds) values ($1, $2, $3, $4)",
            grant.workspace_id,
            row["concurrency"],
            row["rate_starts"],
            row["rate_seconds"],
        )
    await _wake(connection)


_KEPT: Final = f"""
with in_hand as materialized ({IN_HAND}), kept as (
    select s.number, s.task_id from steps s
    where s.workspace_id = $1 and s.run_id = $2 and s.number = any($3::integer[])
      and s.state = 'queued' and s.try_resolve_at is null
      and not exists (select from in_hand h where h.workspace_id = $1 and h.run_id = $2 and h.step_number = s.number)
), counted as (
    select l.*, (select count(*) from in_hand h
                 where h.workspace_id = $1 and (l.task_id is null or h.task_id = l.task_id)) as under_way,
           (select count(*) from step_starts s
            where s.workspace_id = $1 and (l.task_id is null or s.task_id = l.task_id)
              and s.at > clock_timestamp() - make_interval(secs => l.rate_seconds)) as begun
    from limits l
    where l.workspace_id = $1 and (l.task_id is null or l.task_id in (select task_id from kept))
)
select k.number, c.task_id is not null as is_of_task, reached.kind, reached.used, reached.allowed, reached.seconds
from kept k
join counted c on c.task_id is null or c.task_id = k.task_id
cross join lateral (values
    ('concurrency', c.under_way, c.concurrency, null), ('rate', c.begun, c.rate_starts, c.rate_seconds)
) as reached (kind, used, allowed, seconds)
where reached.used >= reached.allowed
order by k.number, c.task_id, reached.kind
"""  # noqa: S608 - constant text


async def kept(connection: Connection, grant: Grant, run_id: int, numbers: Sequence[int]) -> list[Wait]:
    """Which of these steps of a run wait because of a limit, by number; the task's own limit first.

    None are those that a worker may take now, or is about to begin, and those that wait for an instant.
    """
    return [Wait(**row) for row in await connection.fetch(_KEPT, grant.workspace_id, run_id, list(numbers))]


async def waiting(connection: Connection) -> dict[str, int]:
    """How many calls to steps wait for a limit now, by kind: those that no worker may take, however idle it is."""
    rows = await connection.fetch(
        f"""
        with in_hand as materialized ({IN_HAND}), full_now as materialized (
            select workspace_id, task_id from ({ROOM}) as room where room.count = 0
        )
        select j.entrypoint as kind, count(*) as count from jobs j
        where j.status = 'queued' and j.task_id is not null
          and exists (select from full_now f
                      where f.workspace_id = j.workspace_id and (f.task_id is null or f.task_id = j.task_id))
        group by j.entrypoint
        """  # noqa: S608 - constant text
    )
    return {row["kind"]: row["count"] for row in rows}


async def seconds_to_next(connection: Connection, kinds: Sequence[str]) -> timedelta | None:
    """When the next step that waits for a rate may begin; None where none of these kinds does."""
    found: timedelta | None = await connection.fetchval(
        """
        select min(last.at + make_interval(secs => l.rate_seconds)) - clock_timestamp()
        from limits l
        cross join lateral (
            select s.at from step_starts s
            where s.workspace_id = l.workspace_id and (l.task_id is null or s.task_id = l.task_id)
            order by s.at desc offset l.rate_starts - 1 limit 1
        ) as last
        where last.at > clock_timestamp() - make_interval(secs => l.rate_seconds)
          and exists (select from unnest($1::text[]) as kind (name)
                      join jobs j on j.entrypoint = kind.name and j.workspace_id = l.workspace_id
                                 and j.status = 'queued' and (l.task_id is null or j.task_id = l.task_id))
        """,
        kinds,
    )
    return found


async def forget_starts(connection: Connection, *, limit: int) -> None:
    """Forget starts that no rate counts any more; at most `limit`."""
    await connection.execute(
        """
        delete from step_starts where ctid in (
            select s.ctid from step_starts s
            where not exists (select from limits l
                              where l.workspace_id = s.workspace_id and (l.task_id is null or l.task_id = s.task_id)
                                and s.at > clock_timestamp() - make_interval(secs => l.rate_seconds))
            limit $1)
        """,
        limit,
    )


async def _wake(connection: Connection) -> None:
    """Have every worker look again once this is committed: the queue tells of each statement that deletes calls."""
    await connection.execute("delete from jobs where false")


def _row(limits: Limits) -> dict[str, Any]:
    starts, seconds = (None, None) if limits.rate is None else parse_rate(limits.rate)
    return {"concurrency": limits.concurrency, "rate_starts": starts, "rate_seconds": seconds}
