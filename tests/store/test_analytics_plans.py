"""A page of a report is cut from an index alone, whatever is asked for: so a million runs are as fast as a thousand."""

from datetime import UTC, datetime, timedelta

import pytest

from casework.core.permission import MEMBER, Grant, Principal
from casework.store import analytics, events
from casework.store.analytics import Filter

NOW = datetime(2024, 2, 4, 12, tzinfo=UTC)

RUNS = """
insert into runs (uuid, workspace_id, workflow_id, version_number, state, revision, run_type, ran_by_type, end_user,
                  created_at, updated_at, started_at, ended_at)
select gen_random_uuid(), $1, $2, 1, state, 1, 'api', 'system', 'customer-' || n % 500, at, at, at,
       case when state <> 'running' then at end
from (select n, $3::timestamptz - n * interval '1 minute' as at,
             case when n % 100 = 0 then 'failed' when n % 3 = 0 then 'running' else 'completed' end as state
      from generate_series(1, 20000) n) as made
"""

FACTS = """
insert into events (workspace_id, type, actor_kind, actor_id, at)
select $1, case when n % 1000 = 0 then 'rare' else 'usual' end, 'member', n % 50,
       $2::timestamptz - n * interval '1 minute'
from generate_series(1, 20000) n
"""


@pytest.fixture
async def filled(services, place):
    """A workspace with twenty thousand runs of one workflow, and as many facts."""
    async with services.database.write() as connection:
        workflow_id = await connection.fetchval(
            """
            insert into workflows (uuid, workspace_id, key, name, version_number, created_at, updated_at)
            values (gen_random_uuid(), $1, 'bulk', 'Bulk', 1, $2, $2) returning id
            """,
            place.id,
            NOW,
        )
        await connection.execute(
            """
            insert into workflow_versions (workspace_id, workflow_id, number, definition, checksum, created_at)
            values ($1, $2, 1, '{}', '', $3)
            """,
            place.id,
            workflow_id,
            NOW,
        )
        await connection.execute(RUNS, place.id, workflow_id, NOW)
        await connection.execute(FACTS, place.id, NOW)
    async with services.database.read() as connection:
        await connection.execute("vacuum analyze runs")
        await connection.execute("analyze events")
        yield connection, place, workflow_id


def grant_of(place):
    principal = Principal(kind="cookie", workspace_id=place.id)
    return Grant(principal=principal, workspace_id=place.id, policy=MEMBER)


async def test_every_filter_walks_an_index_in_order(filled):
    connection, place, workflow_id = filled
    span = {"since": NOW - timedelta(days=10), "until": NOW - timedelta(days=5)}
    few, many = frozenset({"failed"}), frozenset({"failed", "completed"})
    for fields, index in (
        ({}, "runs_workflow"),
        (span, "runs_workflow"),
        ({"states": few}, "runs_workflow_state"),
        ({"states": many}, "runs_workflow_state"),
        ({"states": many} | span, "runs_workflow_state"),
        ({"end_user": "customer-7"}, "runs_end_user"),
        ({"end_user": "customer-7", "states": few}, "runs_end_user"),
    ):
        which = Filter(**fields)
        arguments = [place.id, workflow_id, 25, 0]
        query = analytics._page_query(which, arguments)
        rows = await connection.fetch(f"explain (costs off) {query}", *arguments)
        plan = "\n".join(row[0] for row in rows)
        assert f"using {index} on runs" in plan, plan
        assert "Seq Scan on runs" not in plan, plan


async def test_pages_follow_each_other_without_gaps(filled):
    connection, place, workflow_id = filled
    grant = grant_of(place)
    for states in (None, frozenset({"completed", "failed"})):
        which = Filter(states=states)
        whole = await analytics.page(connection, grant, workflow_id, which, limit=300, offset=0)
        parts = [
            await analytics.page(connection, grant, workflow_id, which, limit=100, offset=100 * n) for n in range(3)
        ]
        assert [run.id for part in parts for run in part] == [run.id for run in whole]
        assert [run.created_at for run in whole] == sorted((run.created_at for run in whole), reverse=True)


async def test_the_trail_walks_an_index_too(filled):
    connection, place, _ = filled
    for fields, index in (
        ({}, "workspace_id_at_id"),
        ({"since": NOW - timedelta(days=10), "until": NOW - timedelta(days=9)}, "workspace_id_at_id"),
        ({"until": NOW - timedelta(days=9)}, "workspace_id_at_id"),
        ({"below": (NOW - timedelta(days=9), 5)}, "workspace_id_at_id"),
        ({"types": ("rare",)}, "workspace_id_type_id"),
    ):
        arguments = [place.id, 50]
        bounds = "".join(events._bounds(events.Filter(**fields), arguments))
        query = events._PAGE.format(bounds=bounds)
        rows = await connection.fetch(f"explain (costs off) {query}", *arguments)
        plan = "\n".join(row[0] for row in rows)
        assert index in plan, plan
