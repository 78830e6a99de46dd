"""Reports over the runs of a workflow, for whoever holds analytics:read."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from casework.core.errors import NotFound
from casework.core.permission import Grant
from casework.operations.sensitive import reading
from casework.operations.services import Services
from casework.store import analytics, metrics, starts
from casework.store.analytics import Filter, Flow, RunRow, Usage
from casework.store.database import Connection
from casework.store.metrics import DayCount, DueCount, DueTask, Latency, ModelDay, Span, TaskTimes
from casework.store.starts import HourCount, PersonCount, TeamCount

__all__ = [
    "DayCount",
    "DueCount",
    "DueTask",
    "Filter",
    "HourCount",
    "Latency",
    "Metrics",
    "ModelDay",
    "PersonCount",
    "ReportedRun",
    "RunRow",
    "TaskTimes",
    "TeamCount",
    "Usage",
    "measure",
    "runs",
]


class ReportedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run, and what it asked of each model."""

    run: RunRow
    usage: Sequence[Usage]


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """What the runs of a workflow add up to, from `since` to `until`; due_tasks: as of now."""

    since: datetime
    until: datetime
    made: list[DayCount]
    ended: list[DayCount]
    latency: Latency
    tasks: list[TaskTimes]
    due: list[DueCount]
    due_tasks: list[DueTask]
    models: list[ModelDay]
    people: list[PersonCount]
    teams: list[TeamCount]
    hours: list[HourCount]


async def runs(
    services: Services, grant: Grant, workflow: int | UUID, which: Filter, *, limit: int, offset: int
) -> list[ReportedRun]:
    """A page of a workflow's runs, newest first, ties by UUID; NotFound where the workspace has no such workflow."""
    async with reading(services, grant) as reader:
        connection = reader.connection
        flow = await _found(connection, grant, workflow)
        found = await reader.runs(await analytics.page(connection, grant, flow.id, which, limit=limit, offset=offset))
        used = await analytics.usage(connection, grant, [run.id for run in found]) if found else []
    by_run: dict[int, list[Usage]] = defaultdict(list)
    for usage in used:
        by_run[usage.run_id].append(usage)
    return [ReportedRun(run=run, usage=by_run[run.id]) for run in found]


async def measure(
    services: Services, grant: Grant, workflow: int | UUID, *, since: datetime, until: datetime, time_zone: str
) -> Metrics:
    """What a workflow's runs add up to over a span, both ends in it, all as of one instant; errors as `runs`.

    time_zone: by whose clocks hours of the day are told; a name that the tz database has.
    """
    async with services.database.snapshot() as connection:
        flow = await _found(connection, grant, workflow)
        span = Span(workflow_id=flow.id, since=since, until=until)
        due = await metrics.due(connection, grant, span)
        people, teams = await starts.starters(connection, grant, span)
        counted = {one.task_id for one in due if one.task_id is not None}
        return Metrics(
            since=span.since,
            until=span.until,
            made=await metrics.made(connection, grant, span),
            ended=await metrics.ended(connection, grant, span),
            latency=await metrics.latency(connection, grant, span),
            tasks=await metrics.tasks(connection, grant, span),
            due=due,
            due_tasks=await metrics.due_tasks(connection, grant, flow.id, counted, now=services.clock.now()),
            models=await metrics.models(connection, grant, span),
            people=people,
            teams=teams,
            hours=await starts.hours(connection, grant, span, time_zone),
        )


async def _found(connection: Connection, grant: Grant, workflow: int | UUID) -> Flow:
    found = await analytics.flow(connection, grant, workflow)
    if found is None:
        raise NotFound("There is no such flow in this organization.")
    return found
