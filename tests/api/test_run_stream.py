"""GET /api/chats/{chatId}/workflow-runs/{runId}/stream."""

import asyncio

import pytest

from casework.api import event_stream
from casework.core.command import Complete, Fail
from tests.api.desk import ABSENT, Desk, desk
from tests.streams import listening


@pytest.fixture
async def at(client, services) -> Desk:
    return await desk(client, services)


@pytest.fixture
async def case(at):
    """A chat with an open run, and the address of its stream."""
    chat = await at.open_chat(workflowId=at.workflow_id)
    answer = await at.call("GET", f"/api/chats/{chat['uuid']}/workflow-runs")
    (run,) = answer.json()["data"]["workflowRuns"]
    return chat["assignmentId"], f"/api/chats/{chat['uuid']}/workflow-runs/{run['id']}/stream"


def names(told):
    return [event.name for event in told]


async def finish(at, run_id):
    await at.work(run_id, 1)
    await at.work(run_id, 2)
    await at.work(run_id, 3)


async def test_a_run_is_told_while_it_happens_and_the_stream_ends_with_it(at, app, case):
    run_id, stream = case
    async with listening(app, "GET", stream, at.user.headers) as listener:
        assert listener.status == 200
        assert listener.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert listener.headers["cache-control"] == "no-store"
        assert names(await listener.until("step_progress")) == ["run_started", "step_progress"]
        await at.work(run_id, 1, then=None)
        started = (await listener.until("step_started"))[-1]
        assert started.data | {"runId": None} == {
            "runId": None,
            "stepId": "classify",
            "visit": 1,
            "index": None,
            "type": "step.started",
            "status": "running",
            "at": "2024-02-04T12:00:00.000Z",
            "error": None,
        }
        await at.order(run_id, Complete(step=1, data={"quick": True}))
        await at.work(run_id, 2)
        told = await listener.rest()
    assert told[-1].name == "run_completed"
    assert told[-1].data["status"] == "completed"
    assert names(told).count("step_completed") == 2


async def test_what_has_ended_is_told_from_its_beginning(at, app, case):
    run_id, stream = case
    await at.work(run_id, 1, then=Fail)
    async with listening(app, "GET", stream, at.user.headers) as listener:
        told = await listener.rest()
    assert (told[0].name, told[-1].name) == ("run_started", "run_failed")
    assert told[-1].data["error"] == "It cannot be done."
    assert [event.id for event in told] == sorted({event.id for event in told})


async def test_a_cancelled_run_ends_the_stream_and_says_so(at, app, case):
    run_id, stream = case
    async with listening(app, "GET", stream, at.user.headers) as listener:
        await listener.until("step_progress")
        await at.cancel(run_id)
        told = await listener.rest()
    assert (told[-1].name, told[-1].data["status"], told[-1].data["type"]) == (
        "run_failed",
        "cancelled",
        "run.cancelled",
    )


async def test_whoever_comes_back_goes_on_after_the_last_event_without_loss_or_repetition(at, app, case):
    run_id, stream = case
    await finish(at, run_id)
    async with listening(app, "GET", stream, at.user.headers) as listener:
        whole = await listener.rest()
    for position, seen in enumerate(whole[:-1]):
        async with listening(app, "GET", stream, at.user.headers | {"last-event-id": str(seen.id)}) as listener:
            assert await listener.rest() == whole[position + 1 :]


async def test_after_the_last_event_of_an_ended_run_there_is_nothing_to_come_back_for(at, app, case):
    run_id, stream = case
    await at.cancel(run_id)
    async with listening(app, "GET", stream, at.user.headers) as listener:
        last = (await listener.rest())[-1]
    answer = await at.call("GET", stream, headers={"last-event-id": str(last.id)})
    assert answer.status_code == 204


async def test_a_long_history_is_told_in_parts_and_whole(at, app, case, monkeypatch):
    monkeypatch.setattr("casework.operations.following.FACTS_MAX", 2)
    run_id, stream = case
    await finish(at, run_id)
    async with listening(app, "GET", stream, at.user.headers) as listener:
        told = names(await listener.rest())
    assert (told[0], told[-1], told.count("step_started")) == ("run_started", "run_completed", 3)


async def test_what_no_hint_tells_of_is_told_all_the_same(at, app, case, services, monkeypatch):
    run_id, stream = case
    monkeypatch.setattr("casework.operations.following.LOOK_SECONDS", 0.01)
    monkeypatch.setattr(services.live, "publish", lambda *_: None)
    async with listening(app, "GET", stream, at.user.headers) as listener:
        await listener.until("step_progress")
        await at.cancel(run_id)
        assert (await listener.rest())[-1].name == "run_failed"


async def test_runs_that_are_changed_at_once_are_each_told_whole(at, app):
    chats = [await at.open_chat(workflowId=at.workflow_id) for _ in range(8)]

    async def follow(chat):
        answer = await at.call("GET", f"/api/chats/{chat['uuid']}/workflow-runs")
        run = answer.json()["data"]["workflowRuns"][0]["id"]
        async with listening(
            app, "GET", f"/api/chats/{chat['uuid']}/workflow-runs/{run}/stream", at.user.headers
        ) as one:
            return names(await one.rest())

    following = [asyncio.create_task(follow(chat)) for chat in chats]
    await asyncio.gather(*(finish(at, chat["assignmentId"]) for chat in chats))
    for told in await asyncio.gather(*following):
        steps = [name for name in told if name in ("step_started", "step_completed")]
        assert steps.count("step_completed") == 3
        assert (told[0], told[-1]) == ("run_started", "run_completed")


async def test_silence_is_filled_with_comments(at, app, case, monkeypatch):
    monkeypatch.setattr(event_stream, "HEARTBEAT_SECONDS", 0.01)
    run_id, stream = case
    async with listening(app, "GET", stream, at.user.headers) as listener:
        await listener.until("step_progress")
        while listener.comments < 3:
            await listener.comment()
        await at.cancel(run_id)
        assert (await listener.rest())[-1].name == "run_failed"


async def test_a_right_that_is_taken_away_ends_the_stream(at, app, case, services, monkeypatch):
    monkeypatch.setattr(event_stream, "RIGHTS_SECONDS", 0.01)
    assert event_stream.RIGHTS_SECONDS < 5
    _, stream = case
    reader = await at.place.member(scopes=["chats:read"])
    async with (
        listening(app, "GET", stream, reader.headers) as theirs,
        listening(app, "GET", stream, at.user.headers) as own,
    ):
        await theirs.until("step_progress")
        await own.until("step_progress")
        path = f"{at.place.path}/members/{reader.member_id}"
        answer = await at.call("PUT", path, at.place.manager, json={"role": "User"})
        assert answer.status_code == 200, answer.text
        assert await theirs.rest() == []
        await at.cancel(case[0])
        assert (await own.rest())[-1].name == "run_failed"


async def test_a_caller_has_so_many_streams_and_no_more(at, app, case, monkeypatch):
    monkeypatch.setattr(event_stream, "STREAMS_MAX", 2)
    _, stream = case
    async with listening(app, "GET", stream, at.user.headers), listening(app, "GET", stream, at.user.headers):
        answer = await at.call("GET", stream)
        assert (answer.status_code, answer.json()["error"]) == (429, "Too Many Requests")
        assert int(answer.headers["retry-after"]) > 0
        async with listening(app, "GET", stream, at.place.manager.headers) as another:
            assert another.status == 200
    async with listening(app, "GET", stream, at.user.headers) as listener:
        assert listener.status == 200


async def test_streams_end_when_the_server_is_about_to_stop(at, app, case, services):
    _, stream = case
    async with listening(app, "GET", stream, at.user.headers) as listener:
        await listener.until("step_progress")
        services.live.closing.set()
        assert await listener.rest() == []


@pytest.mark.parametrize("sent", ["x", "-1", "1.5", "9" * 30, "٣"])
async def test_an_event_id_that_is_none_is_refused(at, case, sent):
    _, stream = case
    answer = await at.call("GET", stream, headers={"last-event-id": sent.encode()})
    assert (answer.status_code, answer.json()["error"]) == (400, "Bad Request")


async def test_a_stream_is_refused_in_the_order_of_its_surface(at, case):
    _, stream = case
    base, run = stream.split("/workflow-runs/")
    assert (await at.client.get("/api/chats/1/workflow-runs/1/stream")).status_code == 401
    assert (await at.call("GET", f"{base}/workflow-runs/1/stream", at.other)).status_code == 400
    assert (await at.call("GET", f"/api/chats/{ABSENT}/workflow-runs/{run}", at.other)).status_code == 404
    assert (await at.call("GET", stream, at.other)).status_code == 403
    answer = await at.call("GET", f"{base}/workflow-runs/{ABSENT}/stream")
    assert (answer.status_code, set(answer.json())) == (404, {"error", "message"})


async def test_another_chats_run_is_not_this_chats(at, case):
    _, stream = case
    run = stream.split("/")[-2]
    chat = await at.open_chat(workflowId=at.workflow_id)
    answer = await at.call("GET", f"/api/chats/{chat['uuid']}/workflow-runs/{run}/stream")
    assert answer.status_code == 404
