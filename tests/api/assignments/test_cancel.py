from tests.api.assignments.conftest import task


async def cancel(desk, made, who, **options):
    return await desk.send("POST", f"/{made['id']}/cancel", who, **options)


async def test_it_ends_and_its_open_tasks_with_it(desk, clock):
    made = await desk.make(desk.ada)
    await desk.take(made, 1, desk.bob, start=True)
    clock.advance(seconds=10)
    answer = await cancel(desk, made, desk.ada, json={"reason": "Asked for twice"})
    assert answer.status_code == 200
    ended = answer.json()
    assert (ended["status"], ended["outcome"], ended["cancelReason"]) == ("cancelled", "cancelled", "Asked for twice")
    assert ended["completedAt"] == ended["cancelledAt"] == "2024-02-04T12:00:10.000Z"
    assert ended["workingSeconds"] == 10
    assert ended["currentTaskId"] is None
    triage = task(ended, "triage")
    assert (triage["status"], triage["assignedMemberId"]) == ("cancelled", None)
    assert answer.headers["etag"] == '"3"'


async def test_again_is_refused(desk):
    made = await desk.make(desk.ada)
    first = await cancel(desk, made, desk.ada)
    assert (first.status_code, first.json()["cancelReason"]) == (200, None)
    again = await cancel(desk, made, desk.ada, json={})
    assert again.status_code == 409
    assert "cancelled" in again.json()["detail"]


async def test_others_need_a_scope(desk):
    made = await desk.make(desk.ada)
    reader = await desk.place.member(scopes=["assignments:read"])
    assert (await cancel(desk, made, desk.bob)).status_code == 403
    assert (await cancel(desk, made, reader)).status_code == 403
    assert (await cancel(desk, {"id": 999_999}, reader)).status_code == 404
    assert (await cancel(desk, made, desk.manager)).status_code == 200


async def test_what_is_wrong_is_named(desk):
    made = await desk.make(desk.ada)
    for body, named in (({"reason": 5}, "reason"), ({"why": "x"}, "why"), ({"reason": "x" * 1001}, "reason")):
        answer = await cancel(desk, made, desk.ada, json=body)
        assert answer.status_code == 400
        assert named in answer.json()["detail"]
    assert (await cancel(desk, made, desk.ada, json=[])).status_code == 400
    assert (await cancel(desk, made, desk.ada, headers={"if-match": '"9"'})).status_code == 412
    assert (await desk.read(made["id"]))["status"] == "pending"


async def test_the_same_key_cancels_once(desk):
    made = await desk.make(desk.ada)
    first = await cancel(desk, made, desk.ada, headers={"idempotency-key": "k"})
    again = await cancel(desk, made, desk.ada, headers={"idempotency-key": "k"})
    assert (again.status_code, again.content) == (200, first.content)
