"""GET /workflows/{id}/task-assignment-stats (S000)."""

from datetime import timedelta

import pytest

from tests import people
from tests.api.desk import DEFINITION, desk
from tests.documents import published


@pytest.fixture
async def here(client, services):
    return await desk(client, services)


@pytest.fixture
async def task_ids(here):
    answer = await here.call("GET", f"{here.place.path}/workflows/{here.workflow_id}")
    return {task["key"]: str(task["id"]) for task in answer.json()["tasks"]}


@pytest.fixture
def counts(here, task_ids):
    async def get(**bounds):
        path = f"{here.place.path}/workflows/{here.workflow_id}/task-assignment-stats"
        answer = await here.call("GET", path, params=bounds)
        assert answer.status_code == 200, answer.text
        keys = {task_id: key for key, task_id in task_ids.items()}
        return {keys.get(task_id, task_id): one["count"] for task_id, one in answer.json().items()}

    return get


async def test_every_task_is_counted_zero_included(here, counts, task_ids):
    await here.start()
    path = f"{here.place.path}/workflows/{here.workflow_id}/task-assignment-stats"
    assert (await here.call("GET", path)).json() == {
        task_ids["classify"]: {"count": 1},
        task_ids["resolve"]: {"count": 0},
        task_ids["review"]: {"count": 0},
    }


async def test_the_counts_follow_the_assignments(here, counts):
    first, second = await here.start(), await here.start()
    assert await counts() == {"classify": 2, "resolve": 0, "review": 0}
    await here.work(first, 1, then=None)
    assert await counts() == {"classify": 2, "resolve": 0, "review": 0}
    await here.work(second, 1)
    assert await counts() == {"classify": 1, "resolve": 0, "review": 1}
    await here.work(second, 2)
    assert await counts() == {"classify": 1, "resolve": 1, "review": 0}
    await here.work(second, 3)
    assert await counts() == {"classify": 1, "resolve": 0, "review": 0}
    await here.cancel(first)
    assert await counts() == {"classify": 0, "resolve": 0, "review": 0}


@pytest.fixture
async def spread(here, services):
    """An assignment every six hours from 2024-02-04T12:00Z on, for three days."""
    found = []
    for _ in range(12):
        found.append(services.clock.now())
        await here.start()
        services.clock.advance(hours=6)
    return found


@pytest.mark.parametrize(
    ("bounds", "count"),
    [
        ({}, 12),
        ({"from_date": "2024-02-05"}, 10),
        ({"to_date": "2024-02-05"}, 6),
        ({"from_date": "2024-02-05", "to_date": "2024-02-05"}, 4),
        ({"from_date": "2024-02-04T18:00:00Z"}, 11),
        ({"from_date": "2024-02-04T18:00:00.001Z"}, 10),
        ({"to_date": "2024-02-04T18:00:00Z"}, 2),
        ({"to_date": "2024-02-04T17:59:59.999Z"}, 1),
        ({"from_date": "2024-02-04T18:00:00", "to_date": "2024-02-06T06:00:00"}, 7),
        ({"from_date": "2024-02-05T01:00:00+01:00", "to_date": "2024-02-05T23:59:59.999Z"}, 4),
        ({"from_date": "2024-02-05T07:00:00Z", "to_date": "2024-02-05T13:00:00Z"}, 1),
        ({"from_date": "2024-02-06", "to_date": "2024-02-05"}, 0),
        ({"from_date": "2030-01-01"}, 0),
        ({"from_date": "0001-01-01", "to_date": "9999-12-31"}, 12),
        ({"from_date": "0001-01-01T00:00:00Z", "to_date": "9999-12-31T23:59:59.999999Z"}, 12),
    ],
)
@pytest.mark.usefixtures("spread")
async def test_both_bounds_are_inclusive(counts, bounds, count):
    assert (await counts(**bounds))["classify"] == count


async def test_any_bounds_count_what_is_there(spread, counts):
    for shift in (timedelta(0), timedelta(hours=1), timedelta(hours=-1)):
        for first in spread[::2]:
            for last in spread[1::3]:
                wanted = sum(first + shift <= at <= last for at in spread)
                bounds = {"from_date": (first + shift).isoformat(), "to_date": last.isoformat()}
                assert (await counts(**bounds))["classify"] == wanted


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("from_date=yesterday", "from_date"),
        ("from_date=2024-02-30", "from_date"),
        ("to_date=", "to_date"),
        ("to_date=2024-02-04T25:00:00Z", "to_date"),
        ("to_date=20240204", "to_date"),
        ("from_date=2024-02-04&from_date=2024-02-05", "from_date"),
    ],
)
async def test_a_bad_date_is_named(here, query, name):
    path = f"{here.place.path}/workflows/{here.workflow_id}/task-assignment-stats?{query}"
    answer = await here.call("GET", path)
    assert answer.status_code == 400
    assert name in answer.json()["detail"]


async def test_who_may_not_use_the_workflow_is_refused(client, services, here):
    path = f"{here.place.path}/workflows/{here.workflow_id}/task-assignment-stats"
    absent = f"{here.place.path}/workflows/999999/task-assignment-stats"
    stranger = await people.person(services)
    assert (await client.get(path)).status_code == 401
    assert (await here.call("GET", path, stranger)).status_code == 403
    assert (await here.call("GET", absent, stranger)).status_code == 403
    assert (await here.call("GET", path, here.other)).status_code == 403
    assert (await here.call("GET", absent, here.other)).status_code == 404
    assert (await here.call("GET", path, here.place.manager)).status_code == 200
    reader = await here.place.member(scopes=["workflows:read", "assignments:read"])
    assert (await here.call("GET", path, reader)).status_code == 403
    assert (await here.call("GET", f"{here.place.path}/workflows/x/task-assignment-stats")).status_code == 400


async def test_a_task_that_was_taken_out_is_told_while_an_assignment_stands_on_it(client, here, counts):
    run_id = await here.start()
    shorter = DEFINITION | {"tasks": [{"key": "resolve", "kind": "human"}]}
    path = f"{here.place.path}/workflows/{here.workflow_id}"
    assert (await client.put(path, json=shorter, headers=here.place.manager.headers)).status_code == 200
    assert await counts() == {"resolve": 0, "classify": 1}
    await here.cancel(run_id)
    assert await counts() == {"resolve": 0}


async def test_the_open_assignments_of_an_archived_workflow_are_still_counted(client, here, counts):
    await here.start()
    path = f"{here.place.path}/workflows/{here.workflow_id}"
    assert (await client.delete(path, headers=here.place.manager.headers)).status_code == 204
    assert (await counts())["classify"] == 1


async def test_another_workflows_assignments_are_not_counted(client, here, counts):
    other = await published(client, here.place)
    await here.start(workflow_id=other["id"])
    assert await counts() == {"classify": 0, "resolve": 0, "review": 0}
