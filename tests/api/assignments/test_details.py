import pytest

from casework.core.command import CancelRun
from casework.core.syntax import NAMES
from tests.api.assignments.conftest import publish, task


async def set_member(desk, who, **columns):
    names = ", ".join(f"{name} = ${i}" for i, name in enumerate(columns, 2))
    async with desk.place.services.database.write() as connection:
        await connection.execute(f"update members set {names} where id = $1", who.member_id, *columns.values())


async def say(desk, made, role, content, **columns):
    values = {"role": role, "content": content, "chat_id": made["chatId"], "workspace_id": desk.place.id} | columns
    names = ", ".join(values)
    places = ", ".join(f"${i}" for i in range(1, len(values) + 1))
    async with desk.place.services.database.write() as connection:
        await connection.execute(
            f"insert into messages (uuid, created_at, {names})"
            f" values (gen_random_uuid(), '2024-02-04T12:00:00Z', {places})",
            *values.values(),
        )
        await connection.execute("update chats set message_count = message_count + 1 where id = $1", made["chatId"])


async def test_the_context_has_every_name_and_nothing_private(desk):
    await set_member(
        desk, desk.ada, name="Ada King Lovelace", phone="+1", labels=["vip"], data={"x": 1}, form_data={"y": 2}
    )
    made = await desk.make(desk.ada, title="Printer", input={"amount": 3})
    await desk.send("PUT", f"/{made['id']}", desk.ada, json={"data": {"topic": "fault"}})
    answer = await desk.get(f"/{made['id']}/cel-context", desk.ada)
    assert answer.status_code == 200
    found = answer.json()
    assert found.keys() == set(NAMES)
    assert found["member"] == {
        "id": desk.ada.member_id,
        "name": "Ada King Lovelace",
        "first_name": "Ada",
        "last_name": "King Lovelace",
        "email": desk.ada.email,
        "phone": "+1",
        "external_id": "",
        "labels": ["vip"],
        "age": -1,
        "data": {},
        "form_data": {},
    }
    assert found["chat"] == {
        "id": made["chatId"],
        "uuid": made["chatUuid"],
        "channel": "web",
        "chat_type": "chat",
        "paused": False,
        "needs_response": False,
        "message_count": 0,
    }
    assert (found["workflow"]["key"], found["workflow"]["version"]) == ("support", 1)
    assert (found["input"], found["output"]) == ({"amount": 3}, {"topic": "fault"})
    assert found["task"] == {"key": "triage", "name": "Triage", "kind": "human", "visit": 1}
    assert found["tasks"] == {"triage": {"output": None, "visit": 1}}
    assert (found["assignment"]["id"], found["assignment"]["title"]) == (made["id"], "Printer")
    assert (found["now"], found["is_business_hours"]) == ("2024-02-04T12:00:00.000Z", False)


async def test_conditions_see_what_the_preview_leaves_out(desk):
    tasks = [
        {
            "key": "ask",
            "name": "Ask",
            "kind": "human",
            "next": [{"to": "vip", "when": "member.data.vip == true && chat.channel == 'web'"}],
        },
        {"key": "vip", "name": "Vip", "kind": "human"},
    ]
    workflow_id = await publish(desk.place, key="private", tasks=tasks)
    await set_member(desk, desk.manager, data={"vip": True})
    made = await desk.make(desk.manager, workflowId=workflow_id)
    detail = (await desk.get(f"/{made['id']}/current-task-detail", desk.manager)).json()
    assert [one["allowed"] for one in detail["nextTasks"]] == [True]
    assert (await desk.get(f"/{made['id']}/cel-context", desk.manager)).json()["member"]["data"] == {}
    path = f"/{made['id']}/tasks/{task(made, 'vip')['id']}/select"
    assert (await desk.send("PUT", path, desk.manager)).status_code == 200


async def test_without_a_chat_and_after_the_end_the_context_is_still_told(desk):
    made = await desk.make(desk.ada, chat=False)
    await desk.do(made, CancelRun())
    found = (await desk.get(f"/{made['id']}/cel-context", desk.ada)).json()
    assert (found["chat"], found["task"], found["assignment"]["status"]) == ({}, {}, "cancelled")


async def test_the_current_task_in_detail(desk):
    await set_member(desk, desk.ada, phone="+1", labels=["vip"])
    made = await desk.make(desk.ada, title="Printer")
    await desk.send("PUT", f"/{made['id']}", desk.ada, json={"data": {"topic": "fault", "sure": False}})
    answer = await desk.get(f"/{made['id']}/current-task-detail", desk.ada)
    assert answer.status_code == 200
    found = answer.json()
    now = await desk.read(made["id"])
    assert found["assignmentId"] == made["id"]
    assert found["workflow"] == {"id": desk.workflow_id, "name": "Support desk"}
    assert found["task"] == {
        "id": made["currentTaskId"],
        "key": "triage",
        "name": "Triage",
        "kind": "human",
        "prompt": "What is it about?",
        "form": {"type": "object", "properties": {"topic": {"type": "string"}}},
    }
    assert found["assignmentTask"] == task(now, "triage")
    assert (found["member"]["email"], found["member"]["phone"], found["member"]["labels"]) == (
        desk.ada.email,
        "+1",
        ["vip"],
    )
    assert found["chat"] == {
        "id": made["chatId"],
        "uuid": made["chatUuid"],
        "title": "Printer",
        "summary": "Support desk: Triage.",
        "messageCount": 0,
        "lastMessageAt": None,
    }
    assert found["nextTasks"] == [
        {
            "taskId": task(now, "repair")["taskId"],
            "taskName": "Repair",
            "condition": "output.topic == 'fault' && output.sure",
            "allowed": False,
            "reason": "`output.sure` is false.",
        },
        {
            "taskId": task(now, "refund")["taskId"],
            "taskName": "Refund",
            "condition": "output.topic == 'billing'",
            "allowed": False,
            "reason": "`output.topic == 'billing'` is false.",
        },
        {
            "taskId": task(now, "close")["taskId"],
            "taskName": "Close the case",
            "condition": None,
            "allowed": True,
            "reason": "This way is always open.",
        },
    ]


async def test_what_the_detail_allows_can_be_selected(desk):
    made = await desk.make(desk.ada)
    for data in ({}, {"topic": "billing"}, {"topic": "fault", "sure": True}):
        await desk.send("PUT", f"/{made['id']}", desk.ada, json={"data": data})
        detail = (await desk.get(f"/{made['id']}/current-task-detail", desk.ada)).json()
        refused = [one["taskId"] for one in detail["nextTasks"] if not one["allowed"]]
        for one in made["tasks"]:
            if one["taskId"] in refused:
                path = f"/{made['id']}/tasks/{one['id']}/select"
                assert (await desk.send("PUT", path, desk.ada)).status_code == 409


async def test_without_a_current_task_there_is_no_detail(desk):
    made = await desk.make(desk.ada)
    await desk.do(made, CancelRun())
    assert (await desk.get(f"/{made['id']}/current-task-detail", desk.ada)).status_code == 404


async def test_messages_are_told_oldest_first(desk):
    made = await desk.make(desk.ada)
    await say(desk, made, "user", "It smokes.", member_id=desk.ada.member_id)
    await say(desk, made, "assistant", "", tool_calls=[{"id": "c1"}], name="bot")
    await say(desk, made, "tool", "42", tool_call_id="c1")
    answer = await desk.get(f"/{made['id']}/messages", desk.ada)
    assert answer.status_code == 200
    found = answer.json()
    assert [one["role"] for one in found] == ["user", "assistant", "tool"]
    assert found[0].keys() == {"id", "role", "content", "name", "toolCalls", "toolCallId", "createdAt"}
    assert (found[1]["toolCalls"], found[1]["name"]) == ([{"id": "c1"}], "bot")
    assert (found[2]["toolCallId"], found[2]["createdAt"]) == ("c1", "2024-02-04T12:00:00.000Z")


async def test_without_a_chat_there_are_no_messages(desk):
    made = await desk.make(desk.ada, chat=False)
    answer = await desk.get(f"/{made['id']}/messages", desk.ada)
    assert (answer.status_code, answer.json()) == (200, [])


async def test_a_deleted_chat_is_none(desk):
    made = await desk.make(desk.ada)
    await say(desk, made, "user", "Hello")
    async with desk.place.services.database.write() as connection:
        await connection.execute("update chats set deleted_at = now() where id = $1", made["chatId"])
    assert (await desk.get(f"/{made['id']}/messages", desk.ada)).json() == []
    assert (await desk.read(made["id"]))["chatId"] is None
    assert (await desk.get(f"/{made['id']}/current-task-detail", desk.ada)).json()["chat"] is None


@pytest.mark.parametrize("what", ["cel-context", "current-task-detail", "messages"])
async def test_others_need_a_scope(desk, what):
    made = await desk.make(desk.ada)
    reader = await desk.place.member(scopes=["assignments:read"])
    assert (await desk.get(f"/{made['id']}/{what}", desk.bob)).status_code == 403
    assert (await desk.get(f"/{made['id']}/{what}", reader)).status_code == 200
    assert (await desk.get(f"/999999/{what}", desk.bob)).status_code == 404
    assert (await desk.get(f"/x/{what}", desk.bob)).status_code == 400
    assert (await desk.client.get(f"{desk.path}/{made['id']}/{what}")).status_code == 401
