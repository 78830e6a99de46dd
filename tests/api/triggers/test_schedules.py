"""Schedules: made, changed, listed and deleted by who may edit the workflow."""

import pytest

from tests.documents import document, granted, published

INPUT = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}


@pytest.fixture
async def workflow(client, place):
    return await published(client, place, document(input=INPUT))


@pytest.fixture
def wish(workflow):
    return {
        "workflowId": workflow["id"],
        "name": "Daily",
        "cron": "30 8 * * *",
        "timeZone": "Europe/Berlin",
        "input": {"kind": "daily"},
    }


async def test_a_schedule_says_when_it_is_due_next_in_the_time_of_its_place(ask, wish):
    made = await ask("POST", "/schedules", wish)
    assert made.status_code == 201, made.text
    shown = made.json()
    assert shown["nextAt"] == "2024-02-05T07:30:00.000Z"
    assert (shown["enabled"], shown["onMissed"], shown["lastAt"], shown["failures"]) == (True, "skip", None, 0)
    read = await ask("GET", f"/schedules/{shown['id']}")
    assert read.json() == shown
    assert read.headers["etag"] == made.headers["etag"]
    listed = (await ask("GET", "/schedules")).json()
    assert (listed["items"], listed["total"]) == ([shown], 1)


async def test_only_what_is_sent_is_changed_and_the_next_time_follows(ask, wish):
    made = (await ask("POST", "/schedules", wish)).json()
    path = f"/schedules/{made['id']}"
    changed = (await ask("PUT", path, {"cron": "0 9 * * MON-FRI", "timeZone": "UTC"})).json()
    assert changed["nextAt"] == "2024-02-05T09:00:00.000Z"
    assert changed["input"] == made["input"]
    assert (await ask("PUT", path, {"enabled": False})).json()["nextAt"] is None
    assert (await ask("PUT", path, {"enabled": True})).json()["nextAt"] == "2024-02-05T09:00:00.000Z"
    later = {"startsAt": "2024-03-01T12:00:00Z", "endsAt": "2024-03-05T00:00:00Z"}
    assert (await ask("PUT", path, later)).json()["nextAt"] == "2024-03-04T09:00:00.000Z"


async def test_a_change_that_was_meant_for_another_state_is_not_made(ask, wish):
    made = await ask("POST", "/schedules", wish)
    path = f"/schedules/{made.json()['id']}"
    assert (await ask("PUT", path, {"name": "First"}, **{"if-match": made.headers["etag"]})).status_code == 200
    assert (await ask("PUT", path, {"name": "Second"}, **{"if-match": made.headers["etag"]})).status_code == 412
    assert (await ask("DELETE", path, **{"if-match": made.headers["etag"]})).status_code == 412
    assert (await ask("GET", path)).json()["name"] == "First"


async def test_a_deleted_schedule_is_gone(ask, wish):
    made = (await ask("POST", "/schedules", wish)).json()
    assert (await ask("DELETE", f"/schedules/{made['id']}")).status_code == 204
    assert (await ask("GET", f"/schedules/{made['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"cron": "61 * * * *"}, "cron: the minute"),
        ({"timeZone": "Mars/Olympus"}, "timeZone: "),
        ({"input": {}}, "input/kind: "),
        ({"input": {"kind": 3}}, "input/kind: "),
        ({"memberId": 999_999}, "memberId: "),
        ({"endsAt": "2020-01-01T00:00:00Z"}, "cron: no such time comes"),
        ({"onMissed": "all"}, "onMissed: "),
    ],
)
async def test_a_schedule_that_could_start_nothing_is_refused(ask, wish, fields, says):
    refused = await ask("POST", "/schedules", wish | fields)
    assert refused.status_code == 400
    assert says in refused.json()["detail"]
    assert (await ask("GET", "/schedules")).json()["total"] == 0


async def test_editors_of_a_workflow_have_its_schedules_and_nobody_else(ask, client, place, wish):
    made = (await ask("POST", "/schedules", wish)).json()
    editor, user, stranger = [await place.member() for _ in range(3)]
    levels = [{"memberId": editor.member_id, "level": "edit"}, {"memberId": user.member_id, "level": "use"}]
    await granted(client, place, wish["workflowId"], *levels)
    assert (await ask("GET", "/schedules", who=editor)).json()["total"] == 1
    assert (await ask("GET", f"/schedules/{made['id']}", who=editor)).status_code == 200
    for who in (user, stranger):
        assert (await ask("GET", "/schedules", who=who)).status_code == 403
        assert (await ask("GET", f"/schedules/{made['id']}", who=who)).status_code == 403
        assert (await ask("POST", "/schedules", wish, who=who)).status_code == 403
    for_another = wish | {"memberId": user.member_id}
    assert (await ask("POST", "/schedules", for_another, who=editor)).status_code == 403
    assert (await ask("POST", "/schedules", wish | {"memberId": editor.member_id}, who=editor)).status_code == 201


async def test_run_now_starts_a_run_beside_the_times_once_a_key(ask, wish):
    made = (await ask("POST", "/schedules", wish | {"enabled": False, "title": "By hand"})).json()
    path = f"/schedules/{made['id']}/run-now"
    started = await ask("POST", path, **{"idempotency-key": "now"})
    assert started.status_code == 201
    assert (await ask("POST", path, **{"idempotency-key": "now"})).json() == started.json()
    run = (await ask("GET", f"/assignments/{started.json()['runId']}")).json()
    assert (run["title"], run["input"], run["memberId"]) == ("By hand", {"kind": "daily"}, None)
    assert (await ask("GET", "/assignments")).json()["total"] == 1


async def test_what_is_done_with_schedules_is_recorded(ask, wish):
    made = (await ask("POST", "/schedules", wish)).json()
    await ask("PUT", f"/schedules/{made['id']}", {"name": "Other"})
    await ask("DELETE", f"/schedules/{made['id']}")
    types = "schedule.created,schedule.changed,schedule.deleted"
    facts = (await ask("GET", f"/events?type={types}")).json()["items"]
    assert [one["type"] for one in facts] == ["schedule.deleted", "schedule.changed", "schedule.created"]
    assert facts[1]["data"]["fields"] == ["name"]
