"""What holds of every change: once under a key, only at the revision that was read, and one winner."""

import asyncio

import pytest

from tests.api.activities.floor import problem

ACTIONS = {
    "save": ("assigned", {"data": {"note": "a"}}),
    "assign": ("pending", {}),
    "process": ("assigned", {}),
    "pause": ("in-progress", {}),
    "unassign": ("in-progress", {}),
    "complete": ("assigned", {"data": {"topic": "fault"}}),
    "error": ("assigned", {}),
}


@pytest.mark.parametrize("action", ACTIONS)
async def test_the_same_key_gives_the_same_answer_byte_for_byte(floor, action):
    status, body = ACTIONS[action]
    uuid = await floor.bring(status)
    key = {"idempotency-key": "once"}
    first = await floor.move(uuid, action, json=body, headers=key)
    assert first.status_code == 200, first.text
    floor.clock.advance(minutes=5)
    again = await floor.move(uuid, action, json=body, headers=key)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["etag"] == first.headers["etag"]
    other = await floor.move(uuid, action, json=body | {"id": uuid}, headers=key)
    assert other.status_code == 422
    problem(other)


@pytest.mark.parametrize("action", ACTIONS)
async def test_another_revision_is_refused_and_nothing_changes(floor, action):
    status, body = ACTIONS[action]
    uuid = await floor.bring(status)
    before = await floor.call("GET", f"/activities/{uuid}")
    for tag in ('"99"', '"x"', "99"):
        stale = await floor.move(uuid, action, json=body, headers={"if-match": tag})
        assert stale.status_code == 412
        problem(stale)
    assert (await floor.call("GET", f"/activities/{uuid}")).content == before.content
    fresh = await floor.move(uuid, action, json=body, headers={"if-match": before.headers["etag"]})
    assert fresh.status_code == 200
    assert fresh.headers["etag"] != before.headers["etag"]


async def test_a_refused_change_keeps_no_key(floor):
    uuid = await floor.bring("pending")
    key = {"idempotency-key": "later"}
    assert (await floor.move(uuid, "process", json={}, headers=key)).status_code == 409
    await floor.done(uuid, "assign")
    assert (await floor.move(uuid, "process", json={}, headers=key)).status_code == 200


async def test_what_comes_twice_at_once_happens_once(floor):
    uuid = await floor.bring("assigned")
    request = {"json": {"data": {"topic": "fault"}}, "headers": {"idempotency-key": "race"}}
    answers = await asyncio.gather(*(floor.move(uuid, "complete", **request) for _ in range(5)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}


async def test_of_many_that_complete_one_does(floor):
    uuid = await floor.bring("assigned")
    body = {"data": {"topic": "fault"}}
    answers = await asyncio.gather(*(floor.move(uuid, "complete", json=body) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]


async def test_a_work_unit_has_a_tag_of_its_own(floor):
    unit = await floor.start()
    tag = (await floor.call("GET", f"/work_units/{unit}")).headers["etag"]
    await floor.done(await floor.first(unit), "assign")
    stale = await floor.call("PATCH", f"/work_units/{unit}", floor.lead, json={"name": "x"}, headers={"if-match": tag})
    assert stale.status_code == 412
    tag = (await floor.call("GET", f"/work_units/{unit}")).headers["etag"]
    fresh = await floor.call("PATCH", f"/work_units/{unit}", floor.lead, json={"name": "x"}, headers={"if-match": tag})
    assert (fresh.status_code, fresh.json()["data"]["attributes"]["name"]) == (200, "x")


async def test_a_work_unit_is_made_once(floor):
    body, key = {"project_id": floor.project["id"]}, {"idempotency-key": "new"}
    answers = [await floor.call("POST", "/work_units", floor.manager, json=body, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert (await floor.get("/work_units", count="true"))["meta"] == {"count": 1}
