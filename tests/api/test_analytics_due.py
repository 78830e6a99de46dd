"""How due dates were kept, in GET /analytics/org/{org_id}/flows/{flow_id}/metrics."""

import pytest

from tests.api.desk import DEFINITION, Desk, desk

NONE = {"done_in_time": 0, "done_late": 0, "given_up_late": 0, "rate": None}


@pytest.fixture
async def at(client, services) -> Desk:
    """A desk whose first task is due after an hour."""
    found = await desk(client, services)
    first, *others = DEFINITION["tasks"]
    definition = DEFINITION | {"tasks": [first | {"due": "1h"}, *others]}
    published = await found.call(
        "PUT", f"{found.place.path}/workflows/{found.workflow_id}", found.place.manager, json=definition
    )
    assert published.status_code == 200, published.text
    return found


async def measured(at, query=""):
    path = f"/analytics/org/{at.place.uuid}/flows/{at.workflow_uuid}/metrics?{query}"
    answer = await at.call("GET", path, at.place.manager)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_task_that_has_a_due_date_is_told_of_before_anything_ended(at):
    due = (await measured(at))["due"]
    assert (due["overall"], due["overdue"], due["days"]) == (NONE, 0, [])
    assert [(task["task_key"], task["overdue"], task["rate"]) for task in due["tasks"]] == [("classify", 0, None)]


async def test_due_dates_are_kept_or_not_by_task_and_by_day(at, clock):
    early, late, dropped_late, dropped_early, _open = [await at.start() for _ in range(5)]
    await at.work(early, 1)
    await at.cancel(dropped_early)
    clock.advance(hours=1)
    last_moment = await at.start()
    clock.advance(hours=1)
    await at.work(last_moment, 1)  # to the second
    await at.work(late, 1)
    clock.advance(days=1)
    await at.cancel(dropped_late)
    due = (await measured(at))["due"]
    counts = {"done_in_time": 2, "done_late": 1, "given_up_late": 1, "rate": 0.5}
    assert (due["overall"], due["overdue"]) == (counts, 1)
    (classify,) = due["tasks"]
    assert classify == counts | {
        "task_id": classify["task_id"],
        "task_key": "classify",
        "task_name": "classify",
        "overdue": 1,
    }
    assert due["days"] == [
        {"date": "2024-02-04", "done_in_time": 2, "done_late": 1, "given_up_late": 0, "rate": 0.667},
        {"date": "2024-02-05", "done_in_time": 0, "done_late": 0, "given_up_late": 1, "rate": 0.0},
    ]
    before = (await measured(at, "from=2024-01-01&to=2024-01-31"))["due"]
    assert (before["overall"], before["overdue"]) == (NONE, 1)


async def test_what_a_retry_took_over_counts_once_and_a_task_that_lost_its_due_date_is_still_told_of(at):
    run_id, other = await at.start(), await at.start()
    await at.work(run_id, 1)
    await at.work(other, 1)
    async with at.services.database.write() as connection:
        await connection.execute("update steps set is_kept = true where run_id = $1 and number = 1", run_id)
    published = await at.call("PUT", f"{at.place.path}/workflows/{at.workflow_id}", at.place.manager, json=DEFINITION)
    assert published.status_code == 200, published.text
    due = (await measured(at))["due"]
    assert [(task["task_key"], task["done_in_time"]) for task in due["tasks"]] == [("classify", 1)]
