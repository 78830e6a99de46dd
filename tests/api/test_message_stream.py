"""POST /api/chats/{chatId}/messages/stream, and POST /api/chats/{chatId}/stop."""

import pytest
from msgspec.structs import replace

from casework.core.actor import SYSTEM
from casework.core.command import Fail
from casework.engine.order import Order
from casework.engine.speech import Place, Voice
from casework.entropy import new_uuid
from tests.api.desk import ABSENT, Desk, desk
from tests.streams import listening


@pytest.fixture
async def at(client, services) -> Desk:
    return await desk(client, services)


@pytest.fixture
async def chat(at):
    return await at.open_chat()


async def set_step(at, kind, state):
    async with at.services.database.write() as connection:
        await connection.execute("update steps set kind = $1, state = $2", kind, state)


@pytest.fixture
async def busy(at):
    """A chat in which a step of a run waits for a worker; `set_step` gives it back to people."""
    opened = await at.open_chat(workflowId=at.workflow_id)
    await set_step(at, "agent", "queued")
    return opened


def talking(app, at, chat, **body):
    body = {"content": "Where is my order?"} | body
    return listening(app, "POST", f"/api/chats/{chat['uuid']}/messages/stream", at.user.headers, body)


def voice(at, chat, run_id):
    services = at.services
    place = Place(workspace_id=at.place.id, chat_id=chat["id"], run_id=run_id, actor=SYSTEM, name="Triage")
    return Voice(services.database, services.live, services.clock, place)


async def test_where_nobody_answers_it_starts_and_ends_and_the_message_is_kept(at, app, chat):
    async with talking(app, at, chat) as listener:
        assert listener.headers["content-type"].startswith("text/event-stream")
        start, end = await listener.rest()
    messages = (await at.call("GET", f"/api/chats/{chat['uuid']}/messages")).json()["data"]["messages"]
    assert [(message["id"], message["content"]) for message in messages] == [
        (start.data["messageId"], "Where is my order?")
    ]
    assert (start.name, start.data["workflowRunId"]) == ("start", None)
    assert (end.name, end.data) == ("end", {"workflowRunId": None, "status": None})
    assert (await at.call("GET", f"{at.place.path}/chats/{chat['id']}")).json()["title"] == "Where is my order?"


async def test_a_run_that_waits_for_a_person_has_nothing_to_say_for_now(at, app, chat):
    async with talking(app, at, chat, workflowId=str(at.workflow_uuid)) as listener:
        start, end = await listener.rest()
    assert start.data["messageId"] == start.data["workflowRunId"] == end.data["workflowRunId"]
    assert (end.name, end.data["status"]) == ("end", "pending")


async def test_what_is_being_said_is_heard_piece_by_piece_and_not_again_when_it_is_kept(at, app, busy):
    async with talking(app, at, busy) as listener:
        assert (await listener.next()).name == "start"
        speaking = voice(at, busy, busy["assignmentId"])
        message_id = new_uuid(at.services.clock.now())
        speaking.tool_called("call_1", "find_order", {"number": 1})
        speaking.tool_answered("call_1", "found")
        speaking.pass_on(message_id, "It left ")
        heard = await listener.until("content")
        assert [event.name for event in heard] == ["tool_call", "tool_result", "content"]
        await speaking.say("It left on Monday.", message_id=message_id)
        rest = await listener.next()
        await set_step(at, "human", "ready")
        await speaking.say("Anything else?")
        last, end = await listener.rest()
    assert heard[0].data == {"id": "call_1", "name": "find_order", "arguments": {"number": 1}}
    assert (heard[2].data["delta"], rest.data["delta"], rest.data["restart"]) == ("It left ", "on Monday.", False)
    assert (last.name, last.data["delta"], end.name) == ("content", "Anything else?", "end")


async def test_a_message_that_became_another_one_is_told_anew(at, app, busy):
    async with talking(app, at, busy) as listener:
        await listener.next()
        speaking = voice(at, busy, busy["assignmentId"])
        message_id = new_uuid(at.services.clock.now())
        speaking.pass_on(message_id, "I do not know")
        await listener.next()
        await speaking.say("It left.", message_id=message_id)
        told = await listener.next()
    assert (told.data["delta"], told.data["restart"]) == ("It left.", True)


async def test_messages_that_were_not_heard_while_they_were_made_are_told_whole(at, app, busy):
    async with talking(app, at, busy) as listener:
        await listener.next()
        speaking = voice(at, busy, busy["assignmentId"])
        calls = [{"id": "call_1", "type": "function", "function": {"name": "find", "arguments": "{}"}}]
        await speaking.say("Let me see.", tool_calls=calls)
        await speaking.say("found", role="tool", tool_call_id="call_1")
        told = await listener.until("tool_result")
    assert [event.name for event in told] == ["content", "tool_call", "tool_result"]
    assert told[1].data == {"id": "call_1", "name": "find", "arguments": "{}"}


async def test_what_was_heard_of_an_answer_stays_when_its_run_is_stopped(at, app, busy):
    async with talking(app, at, busy) as listener:
        await listener.next()
        speaking = voice(at, busy, busy["assignmentId"])
        kept_id, broken_id = (new_uuid(at.services.clock.now()) for _ in range(2))
        speaking.pass_on(kept_id, "One moment.")
        await speaking.say("One moment.", message_id=kept_id)
        speaking.pass_on(broken_id, "Let me")
        speaking.pass_on(broken_id, "It ", restart=True)
        speaking.pass_on(broken_id, "left")
        heard = [await listener.next() for _ in range(4)]
        await at.call("POST", f"/api/chats/{busy['uuid']}/stop")
        (end,) = await listener.rest()
    assert [event.data["restart"] for event in heard] == [False, False, True, False]
    assert (end.name, end.data["status"]) == ("error", "cancelled")
    messages = (await at.call("GET", f"/api/chats/{busy['uuid']}/messages")).json()["data"]["messages"]
    assert [(one["id"], one["name"], one["content"]) for one in messages[1:]] == [
        (str(kept_id), "Triage", "One moment."),
        (str(broken_id), "Triage", "It left"),
    ]


async def test_a_run_that_fails_ends_it_with_the_error(at, app, busy):
    async with talking(app, at, busy) as listener:
        await listener.next()
        await set_step(at, "human", "ready")
        boss = replace(at.actor(), supervises=True)
        fail = Fail(step=1, comment="It cannot be done.")
        order = Order(workspace_id=at.place.id, run_id=busy["assignmentId"], command=fail, actor=boss)
        await at.services.engine.submit(order)
        (error,) = await listener.rest()
    assert (error.name, error.data["status"], error.data["message"]) == ("error", "failed", "It cannot be done.")


async def test_stop_cancels_the_run_and_ends_the_stream(at, app, busy):
    async with talking(app, at, busy) as listener:
        await listener.next()
        answer = await at.call("POST", f"/api/chats/{busy['uuid']}/stop")
        (error,) = await listener.rest()
        assert (error.name, error.data["message"]) == ("error", "The run was cancelled.")
        stopped = {"workflowRunId": error.data["workflowRunId"], "status": "cancelled"}
        assert (answer.status_code, answer.json()) == (200, {"data": stopped})
    assert (error.name, error.data["status"]) == ("error", "cancelled")
    assert (await at.call("POST", f"/api/chats/{busy['uuid']}/stop")).status_code == 409


async def test_stop_asked_again_under_its_key_answers_the_same(at, chat):
    await at.call(
        "POST", f"/api/chats/{chat['uuid']}/messages", json={"content": "Hi.", "workflowId": str(at.workflow_uuid)}
    )
    path, headers = f"/api/chats/{chat['uuid']}/stop", {"idempotency-key": "once"}
    first = await at.call("POST", path, headers=headers)
    again = await at.call("POST", path, headers=headers)
    assert (first.status_code, first.content) == (200, again.content)


async def test_a_client_that_goes_away_stops_nothing(at, app, busy):
    async with talking(app, at, busy) as listener:
        await listener.next()
    (run,) = (await at.call("GET", f"/api/chats/{busy['uuid']}/workflow-runs")).json()["data"]["workflowRuns"]
    assert run["status"] == "pending"


async def test_under_its_key_a_message_is_said_once(at, app, chat):
    body = {"content": "Hello.", "workflowId": str(at.workflow_uuid)}
    path = f"/api/chats/{chat['uuid']}/messages/stream"
    headers = at.user.headers | {"idempotency-key": "once"}
    told = []
    for _ in range(2):
        async with listening(app, "POST", path, headers, body) as listener:
            told.append(await listener.rest())
    assert told[0] == told[1]
    other = await at.call("POST", path, headers={"idempotency-key": "once"}, json={"content": "Another."})
    assert other.status_code == 422


async def test_it_refuses_as_a_message_is_refused(at, chat):
    path = f"/api/chats/{chat['uuid']}/messages/stream"
    body = {"content": "Hello.", "workflowId": str(at.workflow_uuid)}
    assert (await at.call("POST", path, at.other, json=body)).status_code == 403
    assert (await at.call("POST", f"/api/chats/{ABSENT}/messages/stream", json=body)).status_code == 404
    assert (await at.call("POST", path, json={"content": ""})).status_code == 400
    await at.call("POST", f"/api/chats/{chat['uuid']}/messages", json=body)
    assert (await at.call("POST", path, json=body)).status_code == 409
