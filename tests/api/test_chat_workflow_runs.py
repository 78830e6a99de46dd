"""GET /api/chats/{chatId}/workflow-runs."""

import asyncio

import asyncpg
import pytest

from casework.core.command import Complete, Fail
from tests import people
from tests.api.desk import ABSENT, Desk, desk

START = "2024-02-04T12:00:00.000Z"


@pytest.fixture
async def at(client, services) -> Desk:
    return await desk(client, services)


async def runs(at, chat, who=None):
    answer = await at.call("GET", f"/api/chats/{chat['uuid']}/workflow-runs", who)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]["workflowRuns"]


def statuses(run):
    return [(step["id"], step["status"]) for step in run["steps"]]


async def test_a_chat_without_runs_has_none(at):
    chat = await at.open_chat()
    answer = await at.call("GET", f"/api/chats/{chat['uuid']}/workflow-runs")
    assert answer.json() == {"data": {"workflowRuns": []}}


async def test_a_new_run_lists_every_task_as_pending_in_topological_order(at):
    chat = await at.open_chat(workflowId=at.workflow_id)
    (run,) = await runs(at, chat)
    nothing = {"status": "pending", "startedAt": None, "completedAt": None}
    assert run == {
        "id": run["id"],
        "chatId": chat["uuid"],
        "workflowId": str(at.workflow_uuid),
        **nothing,
        "steps": [{"id": key, **nothing} for key in ("classify", "review", "resolve")],
    }


async def test_a_run_is_followed_from_its_first_start_to_its_end(at, clock):
    chat = await at.open_chat(workflowId=at.workflow_id)
    run_id = chat["assignmentId"]
    await at.work(run_id, 1, then=None)
    (run,) = await runs(at, chat)
    assert (run["status"], run["startedAt"], run["completedAt"]) == ("running", START, None)
    assert statuses(run) == [("classify", "running"), ("review", "pending"), ("resolve", "pending")]
    assert run["steps"][0]["startedAt"] == START

    clock.advance(seconds=45)
    await at.order(run_id, Complete(step=1, data={}))
    (run,) = await runs(at, chat)
    assert run["status"] == "running"
    assert statuses(run) == [("classify", "completed"), ("review", "pending"), ("resolve", "pending")]
    assert run["steps"][0]["completedAt"] == "2024-02-04T12:00:45.000Z"

    clock.advance(seconds=45)
    await at.work(run_id, 2)
    await at.work(run_id, 3)
    (run,) = await runs(at, chat)
    assert (run["status"], run["completedAt"]) == ("completed", "2024-02-04T12:01:30.000Z")
    assert {status for _, status in statuses(run)} == {"completed"}


async def test_a_failed_run_leaves_what_it_did_not_reach_pending(at):
    chat = await at.open_chat(workflowId=at.workflow_id)
    await at.work(chat["assignmentId"], 1, then=Fail)
    (run,) = await runs(at, chat)
    assert run["status"] == "failed"
    assert run["completedAt"] == START
    assert statuses(run) == [("classify", "failed"), ("review", "pending"), ("resolve", "pending")]


async def test_a_cancelled_run_has_ended(at):
    chat = await at.open_chat(workflowId=at.workflow_id)
    await at.cancel(chat["assignmentId"])
    (run,) = await runs(at, chat)
    assert (run["status"], run["startedAt"], run["completedAt"]) == ("cancelled", None, START)
    assert statuses(run)[0] == ("classify", "cancelled")


async def test_runs_come_by_their_start_and_those_not_started_last_by_creation(at, clock):
    chat = await at.open_chat()
    made = []
    for _ in range(4):
        clock.advance(seconds=1)
        made.append(await at.start(chat_id=chat["id"]))
    clock.advance(seconds=1)
    await at.work(made[2], 1)
    clock.advance(seconds=1)
    await at.work(made[0], 1)
    async with at.services.database.read() as connection:
        uuids = {row["id"]: str(row["uuid"]) for row in await connection.fetch("select id, uuid from runs")}
    found = [run["id"] for run in await runs(at, chat)]
    assert found == [uuids[made[index]] for index in (2, 0, 1, 3)]


async def test_a_task_visited_again_is_shown_by_its_last_visit(at, clock):
    chat = await at.open_chat()
    loop = {
        "casework": 1,
        "key": "loop",
        "name": "Until it is right",
        "tasks": [
            {"key": "write", "kind": "human", "next": [{"to": "check"}]},
            {"key": "check", "kind": "human", "next": [{"to": "write", "when": "has(output.again)"}, {"to": "end"}]},
        ],
    }
    answer = await at.call("POST", f"{at.place.path}/workflows", at.place.manager, json=loop)
    run_id = await at.start(workflow_id=answer.json()["id"], chat_id=chat["id"])
    await at.work(run_id, 1)
    await at.work(run_id, 2, then=None)
    await at.order(run_id, Complete(step=2, data={"again": True}))
    clock.advance(minutes=1)
    await at.work(run_id, 3, then=None)
    (run,) = await runs(at, chat)
    assert [(step["id"], step["status"], step["startedAt"]) for step in run["steps"]] == [
        ("write", "running", "2024-02-04T12:01:00.000Z"),
        ("check", "completed", START),
    ]


async def test_many_runs_take_no_more_queries_than_one(at, monkeypatch):
    counted = []
    asking = asyncio.current_task()
    chat = await at.open_chat()
    one = await at.open_chat(workflowId=at.workflow_id)
    for _ in range(12):
        await at.start(chat_id=chat["id"])

    original = asyncpg.Connection._execute

    async def counting(self, query, *arguments, **options):
        if asyncio.current_task() is asking:  # what the service reads of its own accord meanwhile is no matter
            counted.append(query)
        return await original(self, query, *arguments, **options)

    monkeypatch.setattr(asyncpg.Connection, "_execute", counting)
    assert len(await runs(at, one)) == 1
    for_one = len(counted)
    counted.clear()
    assert len(await runs(at, chat)) == 12
    assert len(counted) == for_one > 0


async def test_the_checks_come_in_order(at, client):
    chat = await at.open_chat()
    path = f"/api/chats/{chat['uuid']}/workflow-runs"

    answer = await client.get("/api/chats/not-a-uuid/workflow-runs")
    assert (answer.status_code, answer.json()["error"]) == (401, "Unauthorized")
    answer = await at.call("GET", "/api/chats/not-a-uuid/workflow-runs", at.other)
    assert (answer.status_code, answer.json()["error"]) == (400, "Bad Request")
    answer = await at.call("GET", f"/api/chats/{ABSENT}/workflow-runs", at.other)
    assert (answer.status_code, answer.json()["error"]) == (404, "Not Found")
    answer = await at.call("GET", path, at.other)
    assert (answer.status_code, answer.json()["error"]) == (403, "Forbidden")
    assert set(answer.json()) == {"error", "message"}


async def test_whoever_may_read_others_chats_reads_this_one(at):
    chat = await at.open_chat()
    reader = await at.place.member(scopes=["chats:read"])
    assert await runs(at, chat, reader) == []


async def test_a_participant_reads_it(at):
    chat = await at.open_chat()
    body = {"memberIds": [at.other.member_id]}
    assert (await at.call("POST", f"{at.place.path}/chats/{chat['id']}/participants", json=body)).status_code == 201
    assert await runs(at, chat, at.other) == []


async def test_a_deleted_chat_and_one_of_another_workspace_are_not_there(at):
    chat = await at.open_chat()
    elsewhere = (await people.place(at.services)).manager
    path = f"/api/chats/{chat['uuid']}/workflow-runs"
    assert (await at.call("GET", path, elsewhere)).status_code == 404
    assert (await at.call("DELETE", f"/api/chats/{chat['uuid']}")).status_code == 204
    assert (await at.call("GET", path)).status_code == 404
    assert (await at.call("GET", path, at.other)).status_code == 404
