"""What the runs of a workflow add up to over a stretch of time; every figure is one statement over sets."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import msgspec

from casework.core.permission import Grant
from casework.store.database import Connection

MODELS_MAX: Final = 10_000
"""Rows of cost by model and day: 366 days of 27 models."""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow from `since` to `until`, both included."""

    workflow_id: int
    since: datetime
    until: datetime


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """How long the runs that ended took from start to end, in milliseconds; None where none ended."""

    count: int
    mean_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


class DayCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many runs of one state belong to one day (UTC)."""

    day: date
    state: str
    count: int


class TaskTimes(msgspec.Struct, frozen=True, kw_only=True):
    """How long the steps of a task that ended waited for somebody, and how long hands were on them; milliseconds.

    again_count: of them, second and later visits. completed_count: those that were done, by whomever. automated_count:
    of these, those that no person did and that stand: the task was not visited again.
    """

    task_id: int
    task_key: str
    task_name: str
    count: int
    again_count: int
    completed_count: int
    automated_count: int
    wait_mean_ms: float | None
    wait_p50_ms: float | None
    wait_p95_ms: float | None
    working_mean_ms: float | None
    working_p50_ms: float | None
    working_p95_ms: float | None
    tokens: int
    cost: Decimal


class DueCount(msgspec.Struct, frozen=True, kw_only=True):
    """What became of activities with a due date: those of one task, or of one day (UTC), the other being None."""

    task_id: int | None
    day: date | None
    done_in_time: int
    done_late: int
    given_up_late: int


class DueTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task with a due date. overdue: its open activities that should have been done by now."""

    task_id: int
    task_key: str
    task_name: str
    overdue: int


class ModelDay(msgspec.Struct, frozen=True, kw_only=True):
    """What one model was asked on one day (UTC), and what it cost."""

    day: date
    provider: str
    model_id: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost: Decimal


_MADE: Final = """
select (created_at at time zone 'UTC')::date as day, state, count(*) as count from runs
where workspace_id = $1 and workflow_id = $2 and created_at >= $3 and created_at <= $4
group by 1, 2
"""


async def made(connection: Connection, grant: Grant, span: Span) -> list[DayCount]:
    """How many runs were made on each day of that time, by the state that they are in now."""
    return await _counts(connection, _MADE, grant, span)


_ENDED: Final = """
select (ended_at at time zone 'UTC')::date as day, state, count(*) as count from runs
where workspace_id = $1 and workflow_id = $2 and ended_at >= $3 and ended_at <= $4
group by 1, 2
"""


async def ended(connection: Connection, grant: Grant, span: Span) -> list[DayCount]:
    """How many runs ended on each day of that time, by how they did."""
    return await _counts(connection, _ENDED, grant, span)


async def _counts(connection: Connection, query: str, grant: Grant, span: Span) -> list[DayCount]:
    rows = await connection.fetch(query, grant.workspace_id, span.workflow_id, span.since, span.until)
    return [DayCount(**row) for row in rows]


_LATENCY: Final = """
select count(*) as count, avg(ms) as mean_ms,
       percentile_cont(array[0.5, 0.95, 0.99]) within group (order by ms) as points
from (
    select coalesce(date_part('epoch', ended_at - started_at), 0) * 1000 as ms from runs
    where workspace_id = $1 and workflow_id = $2 and ended_at >= $3 and ended_at <= $4
) ended
"""


async def latency(connection: Connection, grant: Grant, span: Span) -> Latency:
    """How long the runs that ended in that time took; one that never started took none."""
    row = await connection.fetchrow(_LATENCY, grant.workspace_id, span.workflow_id, span.since, span.until)
    p50, p95, p99 = row["points"] or (None, None, None)
    return Latency(count=row["count"], mean_ms=row["mean_ms"], p50_ms=p50, p95_ms=p95, p99_ms=p99)


_TASKS: Final = """
select t.id as task_id, t.key as task_key, t.name as task_name, coalesce(s.count, 0) as count,
       coalesce(s.again_count, 0) as again_count, coalesce(s.completed_count, 0) as completed_count,
       coalesce(s.automated_count, 0) as automated_count,
       s.wait_mean_ms, s.wait[1] as wait_p50_ms, s.wait[2] as wait_p95_ms,
       s.working_mean_ms, s.working[1] as working_p50_ms, s.working[2] as working_p95_ms,
       coalesce(spent.tokens, 0)::bigint as tokens, coalesce(spent.cost, 0) as cost
from tasks t
left join (
    select task_id, count(*) as count, count(*) filter (where visit > 1 and parent is null) as again_count,
           count(*) filter (where is_done) as completed_count,
           count(*) filter (where is_done and kind <> 'human' and (is_last or parent is not null)) as automated_count,
           avg(wait_ms) as wait_mean_ms, avg(working_ms) as working_mean_ms,
           percentile_cont(array[0.5, 0.95]) within group (order by wait_ms) as wait,
           percentile_cont(array[0.5, 0.95]) within group (order by working_ms) as working
    from (
        select task_id, date_part('epoch', coalesce(started_at, ended_at) - created_at) * 1000 as wait_ms,
               (working_ms + machine_ms)::float8 as working_ms, kind, visit, parent, is_last,
               state = 'completed' and kind <> 'for_each' as is_done
        from steps
        where workspace_id = $1 and ended_at >= $3 and ended_at <= $4 and not is_kept
          and task_id in (select id from tasks where workspace_id = $1 and workflow_id = $2)
    ) ended
    group by task_id
) s on s.task_id = t.id
left join (
    select s.task_id, sum(c.input_tokens + c.output_tokens) as tokens, sum(c.cost) as cost
    from model_calls c
    join steps s on s.workspace_id = c.workspace_id and s.run_id = c.run_id and s.number = c.step_number
    where c.workspace_id = $1 and c.workflow_id = $2 and c.created_at >= $3 and c.created_at <= $4
    group by s.task_id
) spent on spent.task_id = t.id
where t.workspace_id = $1 and t.workflow_id = $2 and (t.is_current or s.count > 0 or spent.tokens > 0)
order by t.ordinal
"""


async def tasks(connection: Connection, grant: Grant, span: Span) -> list[TaskTimes]:
    """What the steps that ended in that time took, and what was asked of models in it, by task.

    Every task of the newest version, and others that have any.
    """
    rows = await connection.fetch(_TASKS, grant.workspace_id, span.workflow_id, span.since, span.until)
    return [TaskTimes(**row) for row in rows]


_DUE: Final = """
select task_id, day, count(*) filter (where is_done and not is_late) as done_in_time,
       count(*) filter (where is_done and is_late) as done_late,
       count(*) filter (where not is_done and is_late) as given_up_late
from (
    select task_id, (ended_at at time zone 'UTC')::date as day, state = 'completed' as is_done,
           ended_at > due_at as is_late
    from steps
    where workspace_id = $1 and ended_at >= $3 and ended_at <= $4 and kind = 'human' and due_at is not null
      and not is_kept and task_id in (select id from tasks where workspace_id = $1 and workflow_id = $2)
) ended
where is_done or is_late
group by grouping sets ((task_id), (day))
order by day, task_id
"""


async def due(connection: Connection, grant: Grant, span: Span) -> list[DueCount]:
    """What became of the activities with a due date that ended in that time: a row a task, and a row a day.

    One that was given up before it was due is neither in time nor late.
    """
    rows = await connection.fetch(_DUE, grant.workspace_id, span.workflow_id, span.since, span.until)
    return [DueCount(**row) for row in rows]


_DUE_TASKS: Final = """
with overdue as (
    select task_id, count(*) as count from steps
    where workspace_id = $1 and workflow_id = $2 and kind = 'human' and due_at <= $3
      and (case state when 'queued' then 'ready' when 'waiting' then 'ready' else state end)
          in ('ready', 'assigned', 'in_progress', 'paused')
    group by task_id
)
select t.id as task_id, t.key as task_key, t.name as task_name, coalesce(o.count, 0) as overdue
from tasks t
left join overdue o on o.task_id = t.id
where t.workspace_id = $1 and t.workflow_id = $2
  and (o.count > 0 or t.id = any($4::bigint[]) or t.is_current and t.key in (
      select task ->> 'key'
      from workflows w
      join workflow_versions v
          on v.workspace_id = w.workspace_id and v.workflow_id = w.id and v.number = w.version_number
      cross join json_array_elements(v.definition -> 'tasks') as task
      where w.workspace_id = $1 and w.id = $2 and task ->> 'due' is not null
  ))
order by t.ordinal
"""


async def due_tasks(
    connection: Connection, grant: Grant, workflow_id: int, counted: Collection[int], *, now: datetime
) -> list[DueTask]:
    """The tasks that have a due date in the newest version, others that have overdue activities, and the counted."""
    rows = await connection.fetch(_DUE_TASKS, grant.workspace_id, workflow_id, now, list(counted))
    return [DueTask(**row) for row in rows]


_MODELS: Final = """
select (m.created_at at time zone 'UTC')::date as day, m.provider, m.model_id, count(*) as calls,
       sum(m.input_tokens)::bigint as input_tokens, sum(m.output_tokens)::bigint as output_tokens, sum(m.cost) as cost
from model_calls m
where m.workspace_id = $1 and m.workflow_id = $2 and m.created_at >= $3 and m.created_at <= $4
group by 1, 2, 3 order by 1, 2, 3 limit $5
"""


async def models(connection: Connection, grant: Grant, span: Span) -> list[ModelDay]:
    """What each model was asked on each day of that time, and what it cost."""
    arguments = (grant.workspace_id, span.workflow_id, span.since, span.until, MODELS_MAX)
    return [ModelDay(**row) for row in await connection.fetch(_MODELS, *arguments)]
