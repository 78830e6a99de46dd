"""GET /analytics/org/{org_id}/flows/{flow_id}/metrics."""

import pytest

from casework.core.command import Complete, Fail
from tests.api.desk import ABSENT, Desk, desk


@pytest.fixture
async def at(client, services) -> Desk:
    return await desk(client, services)


async def metrics(at, query=""):
    path = f"/analytics/org/{at.place.uuid}/flows/{at.workflow_uuid}/metrics?{query}"
    return await at.call("GET", path, at.place.manager)


async def test_a_flow_without_runs_adds_up_to_nothing(at):
    found = (await metrics(at, "from=2024-02-03&to=2024-02-04")).json()
    assert found == {
        "from": "2024-02-03T00:00:00.000Z",
        "to": "2024-02-04T23:59:59.999Z",
        "runs": 0,
        "states": dict.fromkeys(["PENDING", "PAUSED", "RESUMED", "COMPLETED", "FAILED", "CANCELLED"], 0),
        "throughput": [
            {"date": day, "created": 0, "completed": 0, "failed": 0, "cancelled": 0}
            for day in ("2024-02-03", "2024-02-04")
        ],
        "latency": {"count": 0, "mean": None, "p50": None, "p95": None, "p99": None},
        "tasks": found["tasks"],
        "rework": {"count": 0, "of": 0, "rate": None},
        "automation": {"count": 0, "of": 0, "rate": None},
        "due": {
            "overall": {"done_in_time": 0, "done_late": 0, "given_up_late": 0, "rate": None},
            "overdue": 0,
            "tasks": [],
            "days": [],
        },
        "usage": [],
        "people": [],
        "teams": [],
        "hours": [],
    }
    nothing = {"mean": None, "p50": None, "p95": None}
    assert [(task["task_key"], task["count"], task["wait"], task["working"]) for task in found["tasks"]] == [
        (key, 0, nothing, nothing) for key in ("classify", "resolve", "review")
    ]


async def test_figures_are_those_of_the_span(at, clock):
    done, failed, open_ = await at.start(), await at.start(), await at.start()
    clock.advance(seconds=10)
    await at.work(done, 1, then=None)
    clock.advance(seconds=20)
    await at.order(done, Complete(step=1, data={"quick": True}))
    clock.advance(days=1)
    await at.work(done, 2)
    await at.work(failed, 1, then=Fail)
    async with at.services.database.write() as connection:
        await connection.execute(
            """
            insert into model_calls (workspace_id, workflow_id, run_id, step_number, provider, model_id, input_tokens,
                                     output_tokens, cost, latency_ms, created_at)
            values ($1, $4, $2, 1, 'openai', 'small', 10, 1, 0.25, 5, $3)
            """,
            at.place.id,
            open_,
            clock.now(),
            at.workflow_id,
        )
    found = (await metrics(at)).json()
    assert found["runs"] == 3
    assert {state: count for state, count in found["states"].items() if count} == {
        "COMPLETED": 1,
        "FAILED": 1,
        "PENDING": 1,
    }
    happened = [day for day in found["throughput"] if any(isinstance(n, int) and n for n in day.values())]
    assert happened == [
        {"date": "2024-02-04", "created": 3, "completed": 0, "failed": 0, "cancelled": 0},
        {"date": "2024-02-05", "created": 0, "completed": 1, "failed": 1, "cancelled": 0},
    ]
    assert len(found["throughput"]) == 31
    latency = found["latency"]
    assert (latency["count"], latency["p50"]) == (2, pytest.approx((86_420 + 0) / 2))
    assert latency["p50"] <= latency["p95"] <= latency["p99"] <= 86_420
    tasks = {task["task_key"]: task for task in found["tasks"]}
    assert tasks["classify"]["count"] == 2
    assert tasks["classify"]["wait"]["mean"] == pytest.approx((10 + 86_430) / 2)
    assert tasks["classify"]["working"]["mean"] == pytest.approx(10)
    assert tasks["resolve"]["wait"] == {"mean": 86_400.0, "p50": 86_400.0, "p95": 86_400.0}
    assert tasks["review"]["count"] == 0
    assert {key: (task["tokens"], task["cost"]) for key, task in tasks.items()} == {
        "classify": (11, 0.25),
        "resolve": (0, 0),
        "review": (0, 0),
    }
    assert found["usage"] == [
        {
            "date": "2024-02-05",
            "provider": "openai",
            "model_id": "small",
            "calls": 1,
            "input_tokens": 10,
            "output_tokens": 1,
            "tokens": 11,
            "cost": 0.25,
        }
    ]
    first_day = (await metrics(at, "from=2024-02-04&to=2024-02-04")).json()
    assert (first_day["runs"], first_day["latency"]["count"], first_day["usage"]) == (3, 0, [])
    assert [day["date"] for day in first_day["throughput"]] == ["2024-02-04"]


async def test_rework_and_automation_are_shares_of_the_steps(at):
    run_id = await at.start()
    await at.work(run_id, 1)
    await at.work(run_id, 2)
    async with at.services.database.write() as connection:
        await connection.execute("update steps set kind = 'agent' where number = 1")
        await connection.execute(
            "update steps set task_id = (select task_id from steps where number = 1), visit = 2 where number = 2"
        )
    found = (await metrics(at)).json()
    tasks = {task["task_key"]: task for task in found["tasks"]}
    assert tasks["classify"]["rework"] == found["rework"] == {"count": 1, "of": 2, "rate": 0.5}
    assert tasks["classify"]["automation"] == found["automation"] == {"count": 1, "of": 2, "rate": 0.5}
    async with at.services.database.write() as connection:
        await connection.execute("update steps set is_last = false where number = 1")
    assert (await metrics(at)).json()["automation"] == {"count": 0, "of": 2, "rate": 0.0}


async def test_a_span_that_cannot_be_is_refused(at):
    for query in (
        "from=x",
        "to=x",
        "from=2024-02-05&to=2024-02-04",
        "from=2023-02-03&to=2024-02-04",
        "from=2020-01-01",
        "time_zone=Nowhere/Near",
        "time_zone=../etc/passwd",
        f"time_zone={'x' * 300}",
    ):
        answer = await metrics(at, query)
        assert (answer.status_code, answer.json()["detail"][0]["loc"][0]) == (422, "query"), query


async def test_the_ends_of_time_are_spans_too(at):
    for query in ("to=0001-01-01", "from=9999-01-01&to=9999-12-31", "from=2023-02-04&to=2024-02-04"):
        assert (await metrics(at, query)).status_code == 200, query


async def test_metrics_need_the_scope_and_a_flow(at):
    path = f"/analytics/org/{at.place.uuid}/flows/{at.workflow_uuid}/metrics"
    assert (await at.call("GET", path)).status_code == 403
    absent = f"/analytics/org/{at.place.uuid}/flows/{ABSENT}/metrics"
    assert (await at.call("GET", absent, at.place.manager)).status_code == 404
