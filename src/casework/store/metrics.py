"""What the runs of a workflow add up to over a stretch of time; every figure is one statement over sets."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

import msgspec

from casework.core.permission import Grant
from casework.store.database import Connection

MODELS_MAX: Final = 10_000
"""Rows of cost by model and day: 366 days of 27 models."""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow from `since` on and before `before`."""

    workflow_id: int
    since: datetime
    before: datetime


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """How long the runs that ended took from start to end, in milliseconds; None where none ended."""

    count: int
    mean_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """What began and what ended on one day (UTC)."""

    day: date
    created: int
    completed: int
    failed: int
    cancelled: int


class TaskTimes(msgspec.Struct, frozen=True, kw_only=True):
    """How long the steps of a task that ended waited for somebody, and how long hands were on them; milliseconds."""

    task_id: int
    task_key: str
    task_name: str
    count: int
    wait_mean_ms: float | None
    wait_p50_ms: float | None
    wait_p95_ms: float | None
    working_mean_ms: float | None
    working_p50_ms: float | None
    working_p95_ms: float | None


class ModelDay(msgspec.Struct, frozen=True, kw_only=True):
    """What one model was asked on one day (UTC), and what it cost."""

    day: date
    provider: str
    model_id: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost: Decimal


_STATES: Final = """
select state, count(*) as count from runs
where workspace_id = $1 and workflow_id = $2 and created_at >= $3 and created_at < $4
group by state
"""


async def states(connection: Connection, grant: Grant, span: Span) -> dict[str, int]:
    """How many of the runs made in that time are in each state now; a state without any is left out."""
    rows = await connection.fetch(_STATES, grant.workspace_id, span.workflow_id, span.since, span.before)
    return {row["state"]: row["count"] for row in rows}


_LATENCY: Final = """
with ended as (
    select extract(epoch from ended_at - coalesce(started_at, ended_at)) * 1000.0 as ms from runs
    where workspace_id = $1 and workflow_id = $2 and created_at >= $3 and created_at < $4 and ended_at is not null
)
select count(*) as count, avg(ms)::float8 as mean_ms, p[1] as p50_ms, p[2] as p95_ms, p[3] as p99_ms
from ended
"""
