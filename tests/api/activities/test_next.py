import asyncio

from tests import documents
from tests.api.activities.floor import problem


async def take(floor, who=None, **body):
    answer = await floor.call("POST", "/activities/next", who, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def test_nothing_waits(floor):
    assert await take(floor) is None
    await floor.bring("assigned")
    assert await take(floor, floor.bob) is None


async def test_it_is_the_callers_then(floor):
    uuid = await floor.activity()
    taken = await take(floor)
    assert taken["id"] == uuid
    assert taken["attributes"]["status"] == "assigned"
    assert taken["attributes"]["assigned_account_id"] == floor.ada.account_id
    assert await take(floor, floor.bob) is None


async def test_work_may_start_at_once(floor):
    first = await floor.bring("in-progress")
    second = await floor.activity()
    floor.clock.advance(seconds=3)
    taken = await take(floor, start_working=True)
    assert (taken["id"], taken["attributes"]["status"]) == (second, "in-progress")
    assert (await floor.read(first))["status"] == "paused"


async def test_the_best_has_priority_then_is_due_then_waits_longest(floor):
    late = documents.document("late", [documents.task("look", roles=["agent"], due="9h")])
    soon = documents.document("soon", [documents.task("look", roles=["agent"], due="1h")])
    never = documents.document("never", [documents.task("look", roles=["agent"])])
    ids = [(await documents.published(floor.client, floor.place, body))["id"] for body in (late, soon, never)]
    expected = [
        await floor.activity(project_id=ids[2], priority=90),
        await floor.activity(project_id=ids[2], priority=60),
        await floor.activity(project_id=ids[1]),
        await floor.activity(project_id=ids[0]),
        await floor.activity(project_id=ids[2]),
    ]
    assert [(await take(floor))["id"] for _ in range(3)] == expected[:3]
    expected.append(await floor.activity(project_id=ids[2]))
    assert [(await take(floor))["id"] for _ in range(3)] == expected[3:]


async def test_only_what_the_caller_may_do(floor):
    tasks = [documents.task("a", roles=["other"]), documents.task("b"), documents.task("c", roles=["agent", "other"])]
    body = documents.document("mixed", tasks, start=["a", "b", "c"])
    project = await documents.published(floor.client, floor.place, body)
    await floor.start(project_id=project["id"])
    assert (await take(floor))["attributes"]["name"] == "B"
    assert (await take(floor))["attributes"]["name"] == "C"
    assert await take(floor) is None
    assert await take(floor, floor.stranger) is None


async def test_not_what_the_caller_is_excluded_from(floor):
    tasks = [
        documents.task("first", roles=["agent"], next=[{"to": "second"}]),
        documents.task("second", roles=["agent"], exclude=["tasks.first"]),
    ]
    project = await documents.published(floor.client, floor.place, documents.document("eyes", tasks))
    await floor.start(project_id=project["id"])
    first = await take(floor)
    await floor.done(first["id"], "complete", data={})
    assert await take(floor) is None
    assert (await take(floor, floor.bob))["attributes"]["name"] == "Second"


async def test_of_one_project(floor):
    await floor.activity(priority=99)
    other = await documents.published(
        floor.client, floor.place, documents.document("other", [documents.task("look", roles=["agent"])])
    )
    uuid = await floor.activity(project_id=other["id"])
    assert (await take(floor, project_id=other["id"]))["id"] == uuid
    assert await take(floor, project_id=other["id"]) is None
    for project_id in (999, 2**60):
        answer = await floor.call("POST", "/activities/next", json={"project_id": project_id})
        assert answer.status_code == 404
    answer = await floor.call("POST", "/activities/next", floor.stranger, json={"project_id": other["id"]})
    assert answer.status_code == 404


async def test_bodies_of_wrong_types_are_refused(floor):
    for body, pointer in (
        ({"project_id": "1"}, "/project_id"),
        ({"start_working": 1}, "/start_working"),
        ({"x": 1}, "/x"),
    ):
        answer = await floor.call("POST", "/activities/next", json=body)
        assert answer.status_code == 422
        assert problem(answer)["source"] == {"pointer": pointer}
    assert (await floor.call("POST", "/activities/next")).status_code == 200


async def test_the_same_key_takes_once(floor):
    for _ in range(3):
        await floor.activity()
    request = {"json": {}, "headers": {"idempotency-key": "take"}}
    answers = await asyncio.gather(*(floor.call("POST", "/activities/next", **request) for _ in range(4)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert len(await floor.ids(**{"filter[status]": "assigned"})) == 1


async def test_many_that_ask_at_once_get_different_ones(floor):
    people = [floor.ada, floor.bob, floor.lead]
    people += [await floor.place.member(actor_roles=["agent"]) for _ in range(9)]
    made = [await floor.activity(priority=number) for number in range(12)]
    taken = await asyncio.gather(*(take(floor, who) for who in people))
    assert sorted(one["id"] for one in taken) == sorted(made)
    assert await take(floor) is None


async def test_more_than_there_is_work_for(floor):
    people = [await floor.place.member(actor_roles=["agent"]) for _ in range(12)]
    made = [await floor.activity() for _ in range(4)]
    taken = await asyncio.gather(*(take(floor, who) for who in people))
    assert sorted(one["id"] for one in taken if one) == sorted(made)


async def test_one_that_asks_several_times_at_once_gets_as_many(floor):
    made = [await floor.activity() for _ in range(30)]
    taken = await asyncio.gather(*(take(floor, who) for who in [floor.ada, floor.bob] * 15))
    assert sorted(one["id"] for one in taken) == sorted(made)


async def test_who_has_as_many_as_their_capacity_allows_is_told_so(floor):
    path = f"{floor.place.path}/members/{floor.ada.member_id}"
    assert (await floor.client.put(path, headers=floor.manager.headers, json={"capacity": 1})).status_code == 200
    for _ in range(3):
        await floor.activity()
    answers = await asyncio.gather(*(floor.call("POST", "/activities/next", json={}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    refused = await floor.call("POST", "/activities/next", json={})
    assert "as many activities as your capacity allows (1)" in refused.text
    (mine,) = [answer.json()["data"]["id"] for answer in answers if answer.status_code == 200]
    await floor.done(mine, "unassign")
    assert await take(floor) is not None
