"""What is due is started: each time once, whoever looks, and however long nobody did."""

import asyncio
from datetime import datetime, timedelta

import pytest

from casework.core.actor import SYSTEM
from casework.engine.order import NewRun
from casework.entropy import new_uuid
from casework.operations.due_schedules import LOOK_SECONDS, look, start_due
from casework.wiring import assembled
from tests.documents import document, published

INPUT = {"type": "object", "required": ["kind"]}
FIRST = "2024-02-04T13:00:00.000Z"


@pytest.fixture
async def workflow(client, place):
    return await published(client, place, document(input=INPUT))


@pytest.fixture
def make(client, place, workflow):
    """Makes an hourly schedule."""

    async def made(**fields):
        body = {
            "workflowId": workflow["id"],
            "name": "Hourly",
            "cron": "@hourly",
            "input": {"kind": "hourly"},
            **fields,
        }
        answer = await client.post(f"{place.path}/schedules", json=body, headers=place.manager.headers)
        assert answer.status_code == 201, answer.text
        assert answer.json()["nextAt"] == FIRST
        return answer.json()["id"]

    return made


@pytest.fixture
def shown(client, place):
    """What the Manager reads at a path."""

    async def read(path):
        return (await client.get(f"{place.path}{path}", headers=place.manager.headers)).json()

    return read


def at(text):
    return datetime.fromisoformat(text)


async def test_a_run_starts_when_it_is_due_and_not_before(make, shown, services):
    schedule = await make(title="On the hour")
    assert await start_due(services, at("2024-02-04T12:59:59Z")) == 0
    assert await start_due(services, at("2024-02-04T13:00:02Z")) == 1
    assert await start_due(services, at("2024-02-04T13:00:03Z")) == 0
    after = await shown(f"/schedules/{schedule}")
    assert (after["lastAt"], after["nextAt"], after["lastError"]) == (FIRST, "2024-02-04T14:00:00.000Z", None)
    run = await shown(f"/assignments/{after['lastRunId']}")
    assert (run["title"], run["input"], run["status"]) == ("On the hour", {"kind": "hourly"}, "pending")
    async with services.database.read() as connection:
        row = await connection.fetchrow("select run_type, ran_by_type, ran_by_name, external_id from runs")
    assert tuple(row) == ("scheduled", "system", "Hourly", f"schedule:{schedule}:2024-02-04T13:00:00Z")


async def test_many_processes_that_look_at_once_start_each_time_once(
    make, shown, services, database_url, settings, clock
):
    for _ in range(20):
        await make()
    async with assembled(database_url, settings, clock) as other, assembled(database_url, settings, clock) as third:
        for hour in (13, 14, 15):
            now = at(f"2024-02-04T{hour}:00:01Z")
            looks = [
                start_due(one, now + timedelta(milliseconds=n)) for n in range(3) for one in (services, other, third)
            ]
            await asyncio.gather(*looks)
    assert (await shown("/assignments"))["total"] == 60


async def test_a_process_that_dies_after_the_run_was_made_does_not_start_it_again(
    make, shown, services, place, workflow
):
    schedule = await make()
    new = NewRun(
        uuid=new_uuid(services.clock.now()),
        workspace_id=place.id,
        workflow_id=workflow["id"],
        actor=SYSTEM,
        input={"kind": "hourly"},
        external_id=f"schedule:{schedule}:2024-02-04T13:00:00Z",
    )
    run_id = (await services.engine.create(new)).run.id  # and here it dies
    await start_due(services, at("2024-02-04T13:00:02Z"))
    after = await shown(f"/schedules/{schedule}")
    assert (after["lastRunId"], after["lastAt"], after["lastError"]) == (run_id, FIRST, None)
    assert (await shown("/assignments"))["total"] == 1


@pytest.mark.parametrize(
    ("policy", "now", "expected"),
    [
        ("skip", "2024-02-06T10:30:00Z", (None, 0)),
        ("skip", "2024-02-06T10:00:20Z", ("2024-02-06T10:00:00.000Z", 1)),
        ("once", "2024-02-06T10:30:00Z", ("2024-02-06T10:00:00.000Z", 1)),
    ],
)
async def test_times_that_passed_while_nobody_looked_are_passed_over_or_made_up_for_once(
    make, shown, services, policy, now, expected
):
    schedule = await make(onMissed=policy)
    await start_due(services, at(now))
    await start_due(services, at(now))
    after = await shown(f"/schedules/{schedule}")
    assert after["nextAt"] == "2024-02-06T11:00:00.000Z"
    assert (after["lastAt"], (await shown("/assignments"))["total"]) == expected


async def test_a_schedule_ends(make, shown, services):
    schedule = await make(endsAt="2024-02-04T14:30:00Z")
    await start_due(services, at("2024-02-04T13:00:01Z"))
    await start_due(services, at("2024-02-04T14:00:01Z"))
    after = await shown(f"/schedules/{schedule}")
    assert (after["lastAt"], after["nextAt"], after["enabled"]) == ("2024-02-04T14:00:00.000Z", None, True)


async def test_a_schedule_whose_workflow_is_archived_gives_up_and_says_why(
    make, shown, services, client, place, workflow
):
    schedule = await make()
    answer = await client.delete(f"{place.path}/workflows/{workflow['id']}", headers=place.manager.headers)
    assert answer.status_code == 204
    for hour in (13, 14, 15, 16):
        await start_due(services, at(f"2024-02-04T{hour}:00:01Z"))
    after = await shown(f"/schedules/{schedule}")
    assert (after["enabled"], after["nextAt"], after["failures"]) == (False, None, 3)
    assert "archived" in after["lastError"]
    (fact,) = (await shown("/events?type=schedule.disabled"))["items"]
    assert fact["actor"] == {"kind": "system", "id": None, "name": "Hourly"}
    assert fact["data"] == {"schedule_id": schedule, "workflow_id": workflow["id"], "reason": after["lastError"]}


async def test_an_input_that_no_longer_fits_is_told_and_mended(make, shown, services, client, place, workflow):
    schedule = await make()
    path = f"{place.path}/workflows/{workflow['id']}"
    stricter = document(input=INPUT | {"required": ["kind", "day"]})
    assert (await client.put(path, json=stricter, headers=place.manager.headers)).status_code == 200
    await start_due(services, at("2024-02-04T13:00:01Z"))
    after = await shown(f"/schedules/{schedule}")
    assert (after["enabled"], after["failures"]) == (True, 1)
    assert "day" in after["lastError"]
    body = {"input": {"kind": "hourly", "day": 1}}
    mended = await client.put(f"{place.path}/schedules/{schedule}", json=body, headers=place.manager.headers)
    assert (mended.json()["failures"], mended.json()["lastError"]) == (0, None)
    await start_due(services, at("2024-02-04T14:00:01Z"))
    assert (await shown("/assignments"))["total"] == 1


async def test_a_server_that_is_stopping_costs_no_time(make, shown, services):
    schedule = await make()
    await services.engine.stop()
    await start_due(services, at("2024-02-04T13:00:01Z"))
    before = await shown(f"/schedules/{schedule}")
    assert (before["nextAt"], before["failures"]) == (FIRST, 0)
    await services.engine.start()
    await start_due(services, at("2024-02-04T13:00:20Z"))
    assert (await shown(f"/schedules/{schedule}"))["lastAt"] == FIRST


async def test_a_look_goes_by_the_databases_clock_and_says_when_to_look_again(make, services):
    assert await look(services) == LOOK_SECONDS
    await make(onMissed="once")
    assert 0 < await look(services) <= LOOK_SECONDS
    async with services.database.read() as connection:
        count, is_next_ahead = await connection.fetchrow(
            "select (select count(*) from runs), bool_and(next_at > now()) from schedules"
        )
    assert (count, is_next_ahead) == (1, True)
