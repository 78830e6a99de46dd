"""What is said of a chat that nobody has given a title or a summary: the same on every surface."""

import pytest

from tests.api.desk import Desk, desk
from tests.documents import document, granted, published, task


@pytest.fixture
async def at(client, services) -> Desk:
    return await desk(client, services)


async def say(at, chat, role, content, name=None):
    body = {"role": role, "content": content, "name": name}
    answer = await at.call("POST", f"{at.place.path}/chats/{chat['id']}/messages", json=body)
    assert answer.status_code == 201, answer.text


async def read(at, chat):
    answer = await at.call("GET", f"{at.place.path}/chats/{chat['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_chat_is_called_by_its_first_message_and_told_by_its_last_answer(at):
    chat = await at.open_chat()
    assert (chat["title"], chat["summary"]) == ("", "")
    await say(at, chat, "user", "Where is my order?")
    await say(at, chat, "assistant", "One moment.", "Triage")
    await say(at, chat, "assistant", "It left\non **Monday**.", "Triage")
    await say(at, chat, "user", "Thank you.")
    found = await read(at, chat)
    assert (found["title"], found["summary"]) == ("Where is my order?", "Triage: It left on **Monday**.")


async def test_it_says_at_which_task_its_case_stands_and_after_its_end_only_whose_it_was(at):
    chat = await at.open_chat(workflowId=at.workflow_id)
    assert chat["summary"] == "Support desk: classify."
    await at.work(chat["assignmentId"], 1)
    assert (await read(at, chat))["summary"] == "Support desk: review."
    await at.cancel(chat["assignmentId"])
    assert (await read(at, chat))["summary"] == "Support desk."


async def test_a_summary_that_somebody_wrote_stays_until_it_is_taken_away(at):
    chat = await at.open_chat(summary="A late order.")
    await say(at, chat, "assistant", "It left.")
    assert (await read(at, chat))["summary"] == "A late order."
    for written, shown in (("", "It left."), ("Found.", "Found.")):
        await at.call("PUT", f"{at.place.path}/chats/{chat['id']}", json={"summary": written})
        assert (await read(at, chat))["summary"] == shown


async def test_every_surface_says_the_same(at):
    chat = await at.open_chat(workflowId=at.workflow_id)
    await say(at, chat, "assistant", "It left.", "Triage")
    expected = "Support desk: classify. Triage: It left."
    (listed,) = (await at.call("GET", f"{at.place.path}/chats")).json()["items"]
    (own,) = (await at.call("GET", f"/api/users/{at.user.account_uuid}/chats")).json()["data"]["chats"]
    detail = await at.call("GET", f"{at.place.path}/assignments/{chat['assignmentId']}/current-task-detail")
    workflow = (await at.call("GET", f"{at.place.path}/workflows/{at.workflow_id}")).json()
    path = f"{at.place.path}/workflows/{at.workflow_id}/tasks/{workflow['tasks'][0]['id']}/chats"
    (on_task,) = (await at.call("GET", path)).json()["items"]
    assert [one["summary"] for one in (listed, own, detail.json()["chat"], on_task)] == [expected] * 4


async def test_what_is_sensitive_is_hidden_in_a_summary_too(at):
    form = {"type": "object", "properties": {"say": {"type": "string", "x-sensitive": True}}}
    workflow = await published(at.client, at.place, document(tasks=[task("tell", form=form)]))
    await granted(at.client, at.place, workflow["id"], {"memberId": at.user.member_id, "level": "use"})
    chat = await at.open_chat(workflowId=workflow["id"])
    query = {"filter[work_unit_id]": chat["assignmentId"]}
    activities = "/api/v3/workflow/activities"
    (activity,) = (await at.call("GET", activities, params=query)).json()["data"]
    for move, body in (("assign", {}), ("complete", {"data": {"say": "It is a cough."}})):
        done = await at.call("PATCH", f"{activities}/{activity['id']}/{move}", json=body)
        assert done.status_code == 200, done.text
    for who in (at.user, at.place.manager):
        found = await at.call("GET", f"{at.place.path}/chats/{chat['id']}", who)
        assert found.json()["summary"].endswith("Tell: [hidden]")
