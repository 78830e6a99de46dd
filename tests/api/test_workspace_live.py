"""GET /api/v2/w/{workspace_uuid}/live."""

import asyncio

import pytest

from casework.api import event_stream
from casework.engine.live import HINTS_MAX, workspace_topic
from casework.operations import telling
from tests import people
from tests.api.desk import Desk, desk
from tests.streams import Told, listening

AGAIN = Told(name="look_again", data={"type": "look_again"}, id=None)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(telling, "PAUSE_SECONDS", 0.0)


@pytest.fixture
async def at(client, services) -> Desk:
    return await desk(client, services)


def hearing(app, at, who):
    return listening(app, "GET", f"{at.place.path}/live", who.headers)


async def test_it_begins_with_a_call_to_look_and_then_says_what_changed(at, app):
    async with hearing(app, at, at.user) as listener:
        assert (listener.status, listener.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert await listener.next() == AGAIN
        run_id = await at.start()
        told = await listener.next()
    assert (told.name, told.id) == ("run.changed", None)
    assert told.data == {
        "type": "run.changed",
        "runId": run_id,
        "workflowId": at.workflow_id,
        "memberId": at.user.member_id,
        "chatId": None,
    }


async def test_everybody_hears_of_what_they_may_see_and_of_nothing_else(at, app):
    reader = await at.place.member(scopes=["assignments:read"])
    async with (
        hearing(app, at, at.user) as of_the_project,
        hearing(app, at, reader) as of_everything,
        hearing(app, at, at.other) as of_nothing,
    ):
        for listener in (of_the_project, of_everything, of_nothing):
            assert await listener.next() == AGAIN
        run_id = await at.start(member_id=at.place.manager.member_id)
        own = await at.start(member_id=at.other.member_id)
        for listener in (of_the_project, of_everything):
            assert [(await listener.next()).data["runId"] for _ in range(2)] == [run_id, own]
        assert (await of_nothing.next()).data["runId"] == own


async def test_of_chats_those_hear_who_are_in_them(at, app):
    async with hearing(app, at, at.user) as user, hearing(app, at, at.other) as other:
        assert await user.next() == await other.next() == AGAIN
        theirs = await at.open_chat()
        own = await at.open_chat(at.other)
        assert (await user.next()).data == {"type": "chat.changed", "chatId": theirs["id"]}
        assert (await other.next()).data == {"type": "chat.changed", "chatId": own["id"]}
        path = f"{at.place.path}/chats/{theirs['id']}"
        await at.call("POST", f"{path}/participants", json={"memberId": at.other.member_id})
        assert (await other.next()).data == {"type": "chat.changed", "chatId": theirs["id"]}
        await at.call("POST", f"/api/chats/{own['uuid']}/messages", at.other, json={"content": "Hello."})
        assert (await other.next()).data == {"type": "chat.changed", "chatId": own["id"]}
        await at.call("PUT", path, json={"paused": True})
        assert {(await other.next()).data["chatId"]} == {theirs["id"]}


async def test_other_workspaces_are_not_heard_of(at, app, services):
    elsewhere = await people.place(services, "Elsewhere")
    async with listening(app, "GET", f"{elsewhere.path}/live", elsewhere.manager.headers) as listener:
        assert await listener.next() == AGAIN
        await at.start()
        services.live.publish((workspace_topic(elsewhere.id),), {"type": "chat.changed", "chatId": 1, "memberIds": []})
        assert (await listener.next()).data["chatId"] == 1


async def test_who_reads_too_slowly_is_told_to_look_again(at, app, services):
    async with hearing(app, at, at.user) as listener:
        assert await listener.next() == AGAIN
        for number in range(HINTS_MAX + 1):
            hint = {"type": "chat.changed", "chatId": number, "memberIds": [at.user.member_id]}
            services.live.publish((workspace_topic(at.place.id),), hint)
        assert await listener.next() == AGAIN


async def test_the_same_hint_at_once_is_told_once(at, app, services, monkeypatch):
    async with hearing(app, at, at.user) as listener:
        assert await listener.next() == AGAIN
        for number in (1, 1, 1, 2):
            hint = {"type": "chat.changed", "chatId": number, "memberIds": [at.user.member_id]}
            services.live.publish((workspace_topic(at.place.id),), hint)
        assert [(await listener.next()).data["chatId"] for _ in range(2)] == [1, 2]


async def test_a_new_right_is_heard_with_and_a_lost_one_not_any_more(at, app, monkeypatch):
    monkeypatch.setattr(event_stream, "RIGHTS_SECONDS", 0.01)
    async with hearing(app, at, at.other) as listener:
        assert await listener.next() == AGAIN
        grants = [{"memberId": at.other.member_id, "level": "use"}]
        answer = await at.call(
            "PUT", f"{at.place.path}/workflows/{at.workflow_id}/grants", at.place.manager, json=grants
        )
        assert answer.status_code == 200, answer.text
        hearing_of = asyncio.create_task(listener.next())
        while not hearing_of.done():  # from the next look at the rights on
            run_id = await at.start()
            await asyncio.wait({hearing_of}, timeout=0.02)
        assert hearing_of.result().data["runId"] <= run_id
        await at.call("DELETE", f"{at.place.path}/members/{at.other.member_id}", at.place.manager)
        await listener.rest()


async def test_strangers_and_the_unknown_hear_nothing(at, services):
    stranger = await people.person(services)
    assert (await at.client.get(f"{at.place.path}/live")).status_code == 401
    assert (await at.call("GET", f"{at.place.path}/live", stranger)).status_code == 403
