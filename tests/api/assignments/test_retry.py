import asyncio

from casework.core.command import Fail
from casework.operations.doctor import examine
from tests.api.assignments.conftest import Desk, publish, task

BRANCHES = [
    {
        "key": "triage",
        "kind": "human",
        "split": "all",
        "next": [{"to": "repair"}, {"to": "refund"}],
    },
    {"key": "repair", "kind": "human", "next": [{"to": "close"}]},
    {"key": "refund", "kind": "human", "next": [{"to": "close"}]},
    {"key": "close", "kind": "human", "join": "all"},
]


async def retry(desk, made, who, **options):
    return await desk.send("POST", f"/{made['id']}/retry", who, **options)


async def failed(desk: Desk, **body):
    """An assignment of Ada's whose second task failed; Bob had done the first."""
    made = await desk.make(desk.ada, **body)
    await desk.finish(made, 1, desk.bob, topic="billing")
    await desk.take(made, 2, desk.bob, start=True)
    await desk.do(made, Fail(step=2, comment="The till is stuck."))
    return await desk.read(made["id"])


async def test_it_begins_as_a_new_one_where_it_failed_and_keeps_what_was_done(desk, clock, database_url):
    old = await failed(desk, title="Refund", input={"amount": 5}, priority=70)
    clock.advance(seconds=60)
    answer = await retry(desk, old, desk.ada)
    assert answer.status_code == 201, answer.text
    new = answer.json()
    assert new["id"] != old["id"]
    same = ("title", "input", "priority", "workflowVersionNumber", "memberId", "chatUuid")
    assert {name: new[name] for name in same} == {name: old[name] for name in same}
    assert (new["status"], new["currentTaskName"], new["startedAt"]) == ("active", "Refund", new["createdAt"])
    triage, refund = task(new, "triage"), task(new, "refund")
    assert (triage["status"], triage["output"], triage["assignedMemberId"]) == (
        "completed",
        {"topic": "billing"},
        desk.bob.member_id,
    )
    assert triage["uuid"] != task(old, "triage")["uuid"]
    assert (refund["status"], refund["error"], refund["assignedMemberId"]) == ("current", None, None)
    assert await desk.read(old["id"]) == old
    events = await desk.client.get(
        f"{desk.place.path}/events", params={"type": "run.started"}, headers=desk.manager.headers
    )
    assert {"retry_of": old["id"]} in [one["data"] for one in events.json()["items"]]
    await desk.finish(new, 2, desk.bob)
    await desk.finish(new, 3, desk.bob)
    assert (await desk.read(new["id"]))["status"] == "completed"
    assert [one async for one in examine(database_url) if one.breaches] == []


async def test_parallel_work_that_was_cut_off_is_taken_up_again(desk, database_url):
    workflow_id = await publish(desk.place, key="branches", tasks=BRANCHES)
    made = await desk.make(desk.manager, workflowId=workflow_id)
    await desk.finish(made, 1, desk.bob)
    await desk.finish(made, 2, desk.bob)
    await desk.take(made, 3, desk.bob)
    await desk.do(made, Fail(step=3))
    new = (await retry(desk, made, desk.manager)).json()
    assert [(task(new, key)["status"]) for key in ("repair", "refund", "close")] == ["completed", "current", "pending"]
    assert [one async for one in examine(database_url) if one.breaches] == []
    live = "select number from steps where run_id = $1 and state = 'ready'"
    async with desk.place.services.database.read() as connection:
        (step,) = await connection.fetch(live, new["id"])
    await desk.finish(new, step["number"], desk.bob)
    assert (await desk.read(new["id"]))["currentTaskName"] == "close"
    assert [one async for one in examine(database_url) if one.breaches] == []


async def test_it_is_retried_once_and_then_its_retry(desk):
    old = await failed(desk)
    answers = await asyncio.gather(*(retry(desk, old, desk.ada) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    (new,) = [answer.json() for answer in answers if answer.status_code == 201]
    again = await retry(desk, old, desk.ada)
    assert again.status_code == 409
    assert f"as run {new['id']}" in again.json()["detail"]
    await desk.take(new, 2, desk.bob)
    await desk.do(new, Fail(step=2))
    assert (await retry(desk, new, desk.ada)).status_code == 201


async def test_what_did_not_fail_is_refused(desk):
    made = await desk.make(desk.ada)
    answer = await retry(desk, made, desk.ada)
    assert answer.status_code == 409
    assert "pending" in answer.json()["detail"]
    assert (await desk.get("", desk.manager)).json()["total"] == 1


async def test_an_archived_workflow_takes_no_retry(desk):
    old = await failed(desk)
    await desk.client.delete(f"{desk.place.path}/workflows/{desk.workflow_id}", headers=desk.manager.headers)
    assert (await retry(desk, old, desk.ada)).status_code == 409


async def test_others_need_a_scope(desk):
    old = await failed(desk)
    reader = await desk.place.member(scopes=["assignments:read"])
    assert (await retry(desk, old, desk.bob)).status_code == 403
    assert (await retry(desk, old, reader)).status_code == 403
    assert (await retry(desk, {"id": 999_999}, desk.manager)).status_code == 404
    assert (await retry(desk, old, desk.manager)).status_code == 201


async def test_the_same_key_retries_once(desk):
    old = await failed(desk)
    first = await retry(desk, old, desk.ada, headers={"idempotency-key": "k"})
    again = await retry(desk, old, desk.ada, headers={"idempotency-key": "k"})
    assert (again.status_code, again.content) == (201, first.content)
    other = await retry(desk, old, desk.ada, headers={"idempotency-key": "l"})
    assert other.status_code == 409


async def test_what_was_kept_does_not_count_as_work_again(desk, clock):
    old = await failed(desk)
    await retry(desk, old, desk.ada)
    since = clock.now().date().isoformat()
    path = f"/analytics/org/{desk.place.uuid}/flows/{desk.workflow_id}/metrics"
    found = await desk.client.get(path, params={"start_date": since, "end_date": since}, headers=desk.manager.headers)
    counts = {one["task_key"]: one["count"] for one in found.json()["tasks"]}
    assert (counts["triage"], counts["refund"]) == (1, 1)
