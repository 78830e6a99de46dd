"""/inference/v0: run, stream, metadata, feedback."""

import asyncio

import pytest

from tests.api.desk import ABSENT, Desk, desk
from tests.streams import listening


@pytest.fixture
async def at(client, services) -> Desk:
    return await desk(client, services)


def path(at, call, rest=""):
    return f"/inference/v0/{call}/{at.place.uuid}/{at.workflow_uuid}{rest}"


async def run_id_of(at, run):
    async with at.services.database.read() as connection:
        return await connection.fetchval("select id from runs where uuid = $1", run)


async def complete(at, run_id):
    for step in (1, 2, 3):
        await at.work(run_id, step)


async def test_a_run_is_started_and_shown_while_it_is_open(at):
    answer = await at.call("POST", path(at, "run"), json={"inputs": {"subject": "Printer"}, "user_id": "c-1"})
    told = answer.json()
    assert answer.status_code == 202
    assert (told["state"], told["inputs"], told["user_id"]) == ("PENDING", '{"subject":"Printer"}', "c-1")
    assert (told["run_type"], told["ran_by_display_name"], told["latency"]) == ("api", at.user.email, None)
    again = await at.call("GET", path(at, "run", "/metadata"), params={"run_id": told["run_id"]})
    assert again.json() == told


async def test_whoever_waits_is_answered_when_the_run_has_ended(at):
    asking = asyncio.create_task(at.call("POST", path(at, "run", "?wait=60"), json={"inputs": {}}))
    run_id = None
    while run_id is None:
        async with at.services.database.read() as connection:
            run_id = await connection.fetchval("select max(id) from runs")
    assert not asking.done()
    await complete(at, run_id)
    answer = await asyncio.wait_for(asking, 30)
    assert (answer.status_code, answer.json()["state"], answer.json()["is_flow_successful"]) == (200, "COMPLETED", True)


async def test_nobody_waits_longer_than_asked_nor_for_a_server_that_stops(at):
    answer = await at.call("POST", path(at, "run", "?wait=1"), json={})
    assert answer.status_code == 202
    at.services.live.close()
    assert (await at.call("POST", path(at, "run", "?wait=60"), json={})).status_code == 202


async def test_under_its_key_a_run_is_started_once(at):
    headers = {"idempotency-key": "once"}
    first, again = [await at.call("POST", path(at, "run"), headers=headers, json={"inputs": {}}) for _ in range(2)]
    assert (first.status_code, first.content) == (202, again.content)


@pytest.mark.parametrize("query", ["?version=99", "?version=x", "?wait=61", "?wait=-1"])
async def test_what_is_wrong_with_a_parameter_is_said_of_it(at, query):
    answer = await at.call("POST", path(at, "run", query), json={})
    (problem,) = answer.json()["detail"]
    assert (answer.status_code, problem["loc"]) == (422, ["query", query[1:].split("=")[0]])


async def test_a_stream_tells_the_run_and_ends_with_its_summary(at, app):
    async with listening(app, "POST", path(at, "stream"), at.user.headers, {"inputs": {}}) as listener:
        first = await listener.next()
        assert (first.name, first.data["type"]) == ("run_started", "run.started")
        await complete(at, await run_id_of(at, first.data["run_id"]))
        told = await listener.rest()
    assert [event.name for event in told][-2:] == ["run_completed", "end"]
    assert (told[-1].data["state"], told[-1].data["run_id"]) == ("COMPLETED", first.data["run_id"])


async def test_a_stream_ends_when_its_time_is_up(at, app):
    async with listening(app, "POST", path(at, "stream", "?wait=0"), at.user.headers, {}) as listener:
        told = await listener.rest()
    assert (told[0].name, told[-1].name, told[-1].data["state"]) == ("run_started", "end", "PENDING")


async def test_feedback_is_kept_with_its_run_and_replaced(at):
    run = (await at.call("POST", path(at, "run"), json={})).json()["run_id"]
    for text in ("Hm.", "Well done."):
        answer = await at.call("POST", path(at, "feedback"), json={"run_id": run, "feedback": text})
        assert (answer.status_code, answer.json()["feedback"]) == (200, text)


async def test_a_run_is_its_starters_and_its_members_and_for_who_reads_analytics(at):
    run = (await at.call("POST", path(at, "run"), json={})).json()["run_id"]
    reader = await at.place.member(scopes=["analytics:read"])
    for who, status in ((at.user, 200), (reader, 200), (at.other, 403)):
        seen = await at.call("GET", path(at, "run", "/metadata"), who, params={"run_id": run})
        judged = await at.call("POST", path(at, "feedback"), who, json={"run_id": run, "feedback": "x"})
        assert (seen.status_code, judged.status_code) == (status, status)


async def test_what_there_is_not_is_refused(at):
    assert (await at.call("POST", path(at, "run"), at.other, json={})).status_code == 403
    assert (await at.call("POST", f"/inference/v0/run/{at.place.uuid}/{ABSENT}", json={})).status_code == 404
    missing = await at.call("GET", path(at, "run", "/metadata"))
    assert (missing.status_code, missing.json()["detail"][0]["loc"]) == (422, ["query", "run_id"])
    assert (await at.call("GET", path(at, "run", "/metadata"), params={"run_id": str(ABSENT)})).status_code == 404
