"""GET and POST /api/chats/{chatId}/messages, and the same of the workspace surface."""

import asyncio
from uuid import UUID

import pytest

from tests.api.desk import ABSENT, Desk, desk


@pytest.fixture
async def at(client, services) -> Desk:
    return await desk(client, services)


def messages_of(chat):
    return f"/api/chats/{chat['uuid']}/messages"


async def said(at, chat):
    answer = await at.call("GET", messages_of(chat))
    return [message["content"] for message in answer.json()["data"]["messages"]]


async def test_a_message_is_kept_and_the_chat_counts_it(at, clock):
    chat = await at.open_chat()
    clock.advance(minutes=3)
    answer = await at.call("POST", messages_of(chat), json={"content": "My order has not arrived."})
    assert answer.status_code == 201
    message = answer.json()["data"]["message"]
    assert answer.json() == {"data": {"message": message, "workflowRunId": None}}
    assert message == {
        "id": message["id"],
        "role": "user",
        "content": "My order has not arrived.",
        "name": None,
        "toolCalls": None,
        "toolCallId": None,
        "createdAt": "2024-02-04T12:03:00.000Z",
    }
    shown = (await at.call("GET", f"{at.place.path}/chats/{chat['id']}")).json()
    assert (shown["messageCount"], shown["lastMessageAt"]) == (1, "2024-02-04T12:03:00.000Z")
    assert shown["needsResponse"] is True


async def test_an_answer_takes_the_need_for_one_away(at):
    chat = await at.open_chat()
    path = f"{at.place.path}/chats/{chat['id']}"
    for role, needed in (("user", True), ("assistant", False)):
        assert (await at.call("POST", f"{path}/messages", json={"content": "x", "role": role})).status_code == 201
        assert (await at.call("GET", path)).json()["needsResponse"] is needed


async def test_messages_come_oldest_first_in_pages(at):
    chat = await at.open_chat()
    for number in range(5):
        await at.call("POST", messages_of(chat), json={"content": f"{number}"})
    answer = await at.call("GET", messages_of(chat) + "?limit=2&offset=2")
    data = answer.json()["data"]
    assert [message["content"] for message in data["messages"]] == ["2", "3"]
    assert (data["total"], data["limit"], data["offset"]) == (5, 2, 2)
    page = (await at.call("GET", f"{at.place.path}/chats/{chat['id']}/messages?page=3&pageSize=2")).json()
    assert [message["content"] for message in page["items"]] == ["4"]
    assert (page["total"], page["page"], page["pageSize"]) == (5, 3, 2)


async def test_messages_sent_at_once_are_all_counted(at):
    chat = await at.open_chat()
    await asyncio.gather(*(at.call("POST", messages_of(chat), json={"content": "x"}) for _ in range(10)))
    shown = (await at.call("GET", f"{at.place.path}/chats/{chat['id']}")).json()
    assert shown["messageCount"] == len(await said(at, chat)) == 10


UNSPEAKABLE = (
    {},
    {"content": ""},
    {"content": 5},
    {"content": "x" * 100_001},
    {"content": "x\0"},
    {"content": "x", "role": "boss"},
    {"content": "x", "unknown": 1},
    {"content": "x", "workflowId": "not-a-uuid"},
    {"content": "x", "input": {}},
)


async def test_what_cannot_be_said_is_refused_and_changes_nothing(at):
    chat = await at.open_chat()
    for body in UNSPEAKABLE:
        answer = await at.call("POST", messages_of(chat), json=body)
        assert (answer.status_code, answer.json()["error"]) == (400, "Bad Request"), body
    assert await said(at, chat) == []


async def test_a_long_message_fits_to_the_last_character(at):
    chat = await at.open_chat()
    content = "ü" * 100_000
    assert (await at.call("POST", messages_of(chat), json={"content": content})).status_code == 201
    assert await said(at, chat) == [content]


async def test_a_systems_voice_needs_the_right_to_write_anywhere(at):
    chat = await at.open_chat()
    path = f"{at.place.path}/chats/{chat['id']}/messages"
    body = {"content": "Be brief.", "role": "system", "name": "rules"}
    assert (await at.call("POST", path, json=body)).status_code == 403
    writer = await at.place.member(scopes=["chats:write"])
    answer = await at.call("POST", path, writer, json=body)
    assert (answer.status_code, answer.json()["name"]) == (201, "rules")


async def test_tool_calls_come_back_as_they_were_sent(at):
    chat = await at.open_chat()
    path = f"{at.place.path}/chats/{chat['id']}/messages"
    calls = [{"id": "c1", "type": "function", "function": {"name": "find", "arguments": "{}"}}]
    body = {"content": "", "role": "assistant", "toolCalls": calls, "toolCallId": "c0"}
    answer = await at.call("POST", path, json=body)
    assert (answer.json()["toolCalls"], answer.json()["toolCallId"]) == (calls, "c0")


async def test_others_may_neither_read_nor_write(at):
    chat = await at.open_chat()
    for path in (messages_of(chat), f"{at.place.path}/chats/{chat['id']}/messages"):
        assert (await at.call("GET", path, at.other)).status_code == 403
        assert (await at.call("POST", path, at.other, json={"content": "x"})).status_code == 403
    reader = await at.place.member(scopes=["chats:read"])
    assert (await at.call("GET", messages_of(chat), reader)).status_code == 200
    assert (await at.call("POST", messages_of(chat), reader, json={"content": "x"})).status_code == 403


async def test_a_message_can_start_a_run(at):
    chat = await at.open_chat()
    body = {"content": "Where is it?", "workflowId": str(at.workflow_uuid)}
    answer = await at.call("POST", messages_of(chat), json=body)
    assert answer.status_code == 201
    started = answer.json()["data"]["workflowRunId"]
    runs = (await at.call("GET", f"/api/chats/{chat['uuid']}/workflow-runs")).json()["data"]["workflowRuns"]
    assert [run["id"] for run in runs] == [started]
    async with at.services.database.read() as connection:
        row = await connection.fetchrow("select * from runs where uuid = $1", UUID(started))
        linked = await connection.fetchval("select run_id from messages where chat_id = $1", chat["id"])
    assert (row["run_type"], row["member_id"], row["input"]) == (
        "chat_assistant",
        at.user.member_id,
        {"message": "Where is it?"},
    )
    assert (row["ran_by_type"], row["ran_by_id"], row["ran_by_name"]) == ("user", at.user.account_uuid, at.user.email)
    assert linked == row["id"]


async def test_no_second_run_starts_while_one_is_going_on_but_talk_goes_on(at):
    chat = await at.open_chat()
    body = {"content": "go", "workflowId": str(at.workflow_uuid), "input": {"a": 1}}
    answers = await asyncio.gather(*(at.call("POST", messages_of(chat), json=body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert await said(at, chat) == ["go"]
    assert (await at.call("POST", messages_of(chat), json={"content": "talk"})).status_code == 201
    run_id = (await at.call("GET", f"{at.place.path}/chats/{chat['id']}")).json()["assignmentId"]
    await at.cancel(run_id)
    assert (await at.call("POST", messages_of(chat), json=body)).status_code == 201


async def test_the_same_key_starts_one_run_and_says_one_thing(at):
    chat = await at.open_chat()
    body = {"content": "go", "workflowId": str(at.workflow_uuid)}
    headers = {"idempotency-key": "once"}
    first = await at.call("POST", messages_of(chat), json=body, headers=headers)
    again = await at.call("POST", messages_of(chat), json=body, headers=headers)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert await said(at, chat) == ["go"]


async def test_a_run_whose_message_was_lost_in_a_crash_gets_it_when_the_request_comes_again(at):
    chat = await at.open_chat()
    body = {"content": "go", "workflowId": str(at.workflow_uuid)}
    headers = {"idempotency-key": "once"}
    await at.call("POST", messages_of(chat), json=body, headers=headers)
    async with at.services.database.write() as connection:
        await connection.execute("delete from messages")
        await connection.execute("update chats set message_count = 0")
        await connection.execute("update idempotency_keys set status = null, headers = null, body = null")
    again = await at.call("POST", messages_of(chat), json=body, headers=headers)
    assert again.status_code == 201
    assert await said(at, chat) == ["go"]


async def test_a_run_is_not_started_without_use_of_a_workflow_that_there_is(at):
    chat = await at.open_chat(at.other)
    body = {"content": "go", "workflowId": str(at.workflow_uuid)}
    assert (await at.call("POST", messages_of(chat), at.other, json=body)).status_code == 403
    body["workflowId"] = str(ABSENT)
    assert (await at.call("POST", messages_of(chat), at.other, json=body)).status_code == 404
    data = (await at.call("GET", messages_of(chat), at.other)).json()["data"]
    assert data["total"] == 0
