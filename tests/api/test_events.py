"""GET /events: the audit trail."""

import pytest

from tests import people
from tests.api.desk import Desk, desk


@pytest.fixture
async def at(client, services) -> Desk:
    return await desk(client, services)


async def events(at, query="", who=None):
    answer = await at.call("GET", f"{at.place.path}/events?{query}", who or at.place.manager)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_facts_come_newest_first_with_who_did_what(at):
    chat = await at.open_chat(workflowId=at.workflow_id)
    await at.work(chat["assignmentId"], 1)
    found = (await events(at, f"assignmentId={chat['assignmentId']}"))["items"]
    assert [event["id"] for event in found] == sorted((event["id"] for event in found), reverse=True)
    types = [event["type"] for event in found]
    assert types[-2:] == ["step.created", "run.started"]
    assert {"step.assigned", "step.started", "step.completed"} <= set(types)
    started = found[-1]
    assert started["assignmentId"] == chat["assignmentId"]
    assert started["runId"]
    assert started["at"] == "2024-02-04T12:00:00.000Z"
    assert (started["actor"]["kind"], started["actor"]["id"]) == ("member", at.user.member_id)
    (completed,) = [event for event in found if event["type"] == "step.completed"]
    assert (completed["step"], completed["taskKey"]) == (1, "classify")
    assert completed["revision"] > started["revision"]


async def test_a_walk_by_cursor_meets_every_fact_once_while_others_are_recorded(at):
    chat = await at.open_chat()
    for _ in range(7):
        await at.call("POST", f"/api/chats/{chat['uuid']}/messages", json={"content": "x"})
    before = [event["id"] for event in (await events(at, "pageSize=500"))["items"]]
    walked, cursor = [], ""
    while cursor is not None:
        page = await events(at, f"pageSize=3{cursor}")
        walked += [event["id"] for event in page["items"]]
        assert len(page["items"]) <= 3
        await at.call("POST", f"/api/chats/{chat['uuid']}/messages", json={"content": "meanwhile"})
        cursor = page["nextCursor"] and f"&cursor={page['nextCursor']}"
    assert walked == before


async def test_filters_hold_together(at, clock):
    chat = await at.open_chat(workflowId=at.workflow_id)
    clock.advance(days=1)
    other = await at.open_chat(at.other, title="o")
    await at.call("DELETE", f"/api/chats/{other['uuid']}", at.other)

    async def types(query):
        return [event["type"] for event in (await events(at, query))["items"]]

    assert await types("type=chat.deleted,chat.opened") == ["chat.deleted", "chat.opened"]
    assert await types(f"type=chat.opened,run.started&memberId={at.user.member_id}") == ["run.started"]
    assert await types(f"memberId={at.other.member_id}&from=2024-02-05&to=2024-02-05") == [
        "chat.deleted",
        "chat.opened",
    ]
    assert await types(f"memberId={at.other.member_id}&to=2024-02-04") == []
    assert await types("type=no.such") == await types("memberId=99999999999999999999") == []
    by_run = (await events(at, f"assignmentId={chat['assignmentId']}&type=run.started"))["items"][0]["runId"]
    assert await types(f"runId={by_run}") == await types(f"runId={chat['assignmentId']}")


async def test_a_member_reads_what_happened_to_its_own_assignment_alone(at):
    chat = await at.open_chat(workflowId=at.workflow_id)
    path = f"{at.place.path}/events"
    assert (await at.call("GET", path)).status_code == 403
    assert len((await events(at, f"assignmentId={chat['assignmentId']}", at.user))["items"]) >= 2
    assert (await at.call("GET", f"{path}?assignmentId={chat['assignmentId']}", at.other)).status_code == 403
    for absent in (10**15, -1, 99999999999999999999):
        assert (await at.call("GET", f"{path}?assignmentId={absent}", at.other)).status_code == 404
    reader = await at.place.member(scopes=["events:read"])
    assert (await at.call("GET", path, reader)).status_code == 200


UNREADABLE = (
    "cursor=",
    "cursor=abc",
    "cursor=MA",
    "cursor=LTE",
    "cursor=%C3%BC",
    "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk",
    "cursor=OTk5OTk5OTk5OTk5OTk5OTk5LjE",
    "type=",
    "type=a,,b",
    "from=x",
    "to=x",
    "memberId=x",
    "assignmentId=x",
    "runId=x",
    "runId=1&assignmentId=1",
    "pageSize=0",
    "pageSize=501",
    "type=" + ",".join(f"t{n}" for n in range(51)),
)


async def test_what_cannot_be_read_is_named(at):
    for query in UNREADABLE:
        answer = await at.call("GET", f"{at.place.path}/events?{query}", at.place.manager)
        assert answer.status_code == 400, query
        assert answer.json()["detail"].startswith(query.partition("=")[0])


async def test_facts_of_another_workspace_are_not_seen(at):
    chat = await at.open_chat(workflowId=at.workflow_id)
    elsewhere = await people.place(at.services)
    answer = await at.call("GET", f"{elsewhere.path}/events", elsewhere.manager)
    assert all(not event["type"].startswith(("run.", "chat.")) for event in answer.json()["items"])
    answer = await at.call("GET", f"{elsewhere.path}/events?assignmentId={chat['assignmentId']}", elsewhere.manager)
    assert answer.status_code == 404
