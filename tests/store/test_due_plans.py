"""How due dates were kept and who started runs is read from indexes, however much other workflows and times have."""

from datetime import UTC, datetime, timedelta

import pytest

from casework.core.permission import MEMBER, Grant, Principal
from casework.store import metrics, starts
from casework.store.metrics import Span

NOW = datetime(2024, 2, 4, 12, tzinfo=UTC)
STEPS = 20_000
WORKFLOWS = 4
DAYS = 100

WORKFLOW = """
insert into workflows (uuid, workspace_id, key, name, version_number, created_at, updated_at)
values (gen_random_uuid(), $1, $2, $2, 1, $3, $3) returning id
"""
VERSION = """
insert into workflow_versions (workspace_id, workflow_id, number, definition, checksum, created_at)
values ($1, $2, 1, '{"tasks": [{"key": "a", "due": "1h"}, {"key": "b"}]}', '', $3)
"""
TASK = """
insert into tasks (workspace_id, workflow_id, key, ordinal, name, kind) values ($1, $2, $3, $4, $3, 'human')
returning id
"""
RUNS = """
insert into runs (uuid, workspace_id, workflow_id, version_number, state, revision, run_type, ran_by_type, created_at,
                  updated_at)
select gen_random_uuid(), $1, $2, 1, 'running', 1, 'api', 'system', at, at
from (select $3::timestamptz - n * make_interval(secs => $4) as at from generate_series(1, $5) n) as made
"""
FILLED = """
insert into steps (uuid, workspace_id, workflow_id, run_id, number, task_id, task_key, name, kind, visit, state,
                   revision, created_at, ended_at, due_at)
select gen_random_uuid(), r.workspace_id, r.workflow_id, r.id, 1, $2, 'a', 'a', 'human', 1,
       case when r.id % 50 = 0 then 'ready' when r.id % 7 = 0 then 'cancelled' else 'completed' end, 1, r.created_at,
       case when r.id % 50 <> 0 then r.created_at + interval '1 minute' end,
       r.created_at + (r.id % 3) * interval '1 minute'
from runs r where r.workflow_id = $1
"""


@pytest.fixture
async def filled(services, place):
    """A workspace with twenty thousand steps of four workflows, over a hundred days, and one of the workflows."""
    of_each = STEPS // WORKFLOWS
    async with services.database.write() as connection:
        for number in range(WORKFLOWS):
            workflow_id = await connection.fetchval(WORKFLOW, place.id, f"bulk-{number}", NOW)
            await connection.execute(VERSION, place.id, workflow_id, NOW)
            first, _second = [
                await connection.fetchval(TASK, place.id, workflow_id, key, ordinal)
                for ordinal, key in enumerate("ab", start=1)
            ]
            await connection.execute(RUNS, place.id, workflow_id, NOW, DAYS * 86_400 / of_each, of_each)
            await connection.execute(FILLED, workflow_id, first)
    async with services.database.read() as connection:
        await connection.execute("vacuum analyze steps")
        await connection.execute("vacuum analyze runs")
        yield connection, place, workflow_id


async def plan(connection, query, *arguments):
    rows = await connection.fetch(f"explain (costs off) {query}", *arguments)
    return "\n".join(row[0] for row in rows)


async def test_what_ended_in_a_span_is_read_from_an_index(filled):
    connection, place, workflow_id = filled
    found = await plan(connection, metrics._DUE, place.id, workflow_id, NOW - timedelta(days=7), NOW)
    assert "steps_task" in found or "steps_ended_at" in found, found
    assert "Seq Scan on steps" not in found, found


async def test_what_is_overdue_is_read_from_an_index(filled):
    connection, place, workflow_id = filled
    found = await plan(connection, metrics._DUE_TASKS, place.id, workflow_id, NOW, [])
    assert "steps_due" in found or "steps_project" in found, found
    assert "Seq Scan on steps" not in found, found


async def test_who_started_runs_and_when_is_read_from_an_index(filled):
    connection, place, workflow_id = filled
    span = (place.id, workflow_id, NOW - timedelta(days=2), NOW)
    for query, more in ((starts._STARTERS, (starts.PEOPLE_MAX, starts.TEAMS_MAX)), (starts._HOURS, ("Europe/Berlin",))):
        found = await plan(connection, query, *span, *more)
        assert "runs_workflow" in found, found
        assert "Seq Scan on runs" not in found, found


async def test_the_counts_are_those_of_the_rows(filled):
    connection, place, workflow_id = filled
    principal = Principal(kind="cookie", workspace_id=place.id)
    grant = Grant(principal=principal, workspace_id=place.id, policy=MEMBER)
    span = Span(workflow_id=workflow_id, since=NOW - timedelta(days=DAYS + 1), until=NOW + timedelta(days=1))
    counted = await metrics.due(connection, grant, span)
    (by_task,) = [one for one in counted if one.task_id is not None]
    for name, condition in (
        ("done_in_time", "state = 'completed' and ended_at <= due_at"),
        ("done_late", "state = 'completed' and ended_at > due_at"),
        ("given_up_late", "state = 'cancelled' and ended_at > due_at"),
    ):
        query = f"select count(*) from steps where workflow_id = $1 and {condition}"
        exact = await connection.fetchval(query, workflow_id)
        assert exact == getattr(by_task, name) == sum(getattr(one, name) for one in counted if one.day), name
    tasks = await metrics.due_tasks(connection, grant, workflow_id, [], now=NOW)
    open_ones = await connection.fetchval(
        "select count(*) from steps where workflow_id = $1 and ended_at is null", workflow_id
    )
    assert [(task.task_key, task.overdue) for task in tasks] == [("a", open_ones)]
