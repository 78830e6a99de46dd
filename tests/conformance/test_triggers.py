"""Section 4: how a run was initiated, where nobody asked for it alone: on time, by another system, in bulk."""

import asyncio
from typing import Any

import asyncpg

from tests.cli.command import until
from tests.conformance.client import done
from tests.conformance.conftest import Site
from tests.conformance.scenes import Desk


def runs(desk: Desk) -> list[dict[str, Any]]:
    path = f"/analytics/org/{desk.workspace.uuid}/flows/{desk.workflow['uuid']}"
    return done(desk.manager.get(path, page_size=1000))


def test_a_run_that_is_due_is_scheduled_by_the_system(fresh: Desk, site: Site):
    wish = {"workflowId": fresh.workflow["id"], "name": "Nightly", "cron": "@hourly", "onMissed": "once"}
    made = done(fresh.manager.post(f"{fresh.path}/schedules", wish), 201)

    asyncio.run(_make_due(site.database_url, made["id"]))

    run = until(lambda: runs(fresh))[0]
    assert (run["run_type"], run["ran_by_type"], run["ran_by_display_name"]) == ("scheduled", "system", "Nightly")
    after = until(lambda: (now := done(fresh.manager.get(f"{fresh.path}/schedules/{made['id']}")))["lastAt"] and now)
    assert done(fresh.manager.get(f"{fresh.path}/assignments/{after['lastRunId']}"))["uuid"] == run["run_id"]
    assert after["nextAt"] == made["nextAt"]
    assert len(runs(fresh)) == 1


def test_a_run_of_a_hook_is_a_trigger_of_the_system(fresh: Desk):
    made = done(fresh.manager.post(f"{fresh.path}/hooks", {"workflowId": fresh.workflow["id"], "name": "Shop"}), 201)

    done(fresh.manager.bearing(made["secret"]).post(made["path"], {"order": 17}), 202)

    (run,) = runs(fresh)
    assert (run["run_type"], run["ran_by_type"], run["ran_by_display_name"]) == ("trigger", "system", "Shop")


def test_runs_in_bulk_are_a_batch_of_whoever_sent_them(fresh: Desk):
    path = f"{fresh.path}/workflows/{fresh.workflow['id']}/runs:import"

    done(fresh.manager.post(path, [{"externalId": "a"}, {"externalId": "b"}]))

    assert [(run["run_type"], run["ran_by_type"]) for run in runs(fresh)] == [("batch", "personal_api_key")] * 2


async def _make_due(database_url: str, schedule_id: int) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("update schedules set next_at = now() - interval '1 hour' where id = $1", schedule_id)
    await connection.close()
