"""The official client, over real HTTP: models, conversations and streams."""

import asyncio
import time

import httpx
import openai
import pytest
from openai import AsyncOpenAI

from casework.api.openai import completions
from casework.clock import SystemClock
from casework.settings import Settings
from casework.wiring import assembled
from tests import people

DEFINITION = {
    "casework": 1,
    "key": "support",
    "name": "Support",
    "output": "tasks.reply.output.text",
    "tasks": [{"key": "reply", "kind": "human"}],
}
ACTIVITIES = "/api/v3/workflow/activities"
HELLO = [{"role": "user", "content": "Hello."}]
WAIT = {"casework": {"wait_for_people": True}}


@pytest.fixture
async def manager(server, server_database):
    """The Manager of a new workspace with a workflow in it."""
    async with assembled(server_database, Settings(database_url=server_database), SystemClock()) as services:
        place = await people.place(services, "Hotel")
        async with httpx.AsyncClient(base_url=server, headers=place.manager.headers) as http:
            made = await http.post(f"{place.path}/workflows", json=DEFINITION)
            assert made.status_code == 201, made.text
        yield place.manager


@pytest.fixture
async def talking(server, manager):
    """The official client, as the Manager."""
    async with AsyncOpenAI(base_url=f"{server}/v1", api_key=manager.token, max_retries=2) as client:
        yield client


async def do(server, manager, action, data):
    """The Manager takes what waits, and ends it in that way."""
    async with httpx.AsyncClient(base_url=server, headers=manager.headers) as http:
        taken = (await http.post(f"{ACTIVITIES}/next", json={})).json()["data"]
        method = "POST" if action == "error" else "PATCH"
        done = await http.request(method, f"{ACTIVITIES}/{taken['id']}/{action}", json={"data": data})
        assert done.status_code == 200, done.text


async def test_the_official_client_lists_models_and_asks_one(talking):
    (model,) = (await talking.models.list()).data
    assert (model.id, model.owned_by) == ("support", "Hotel")
    assert (await talking.models.retrieve("support")).id == "support"
    answer = await talking.chat.completions.create(model="support", messages=HELLO, user="guest-7")
    assert "waits for a person" in (answer.choices[0].message.content or "")
    assert answer.casework["waits_for"] == "people"


async def test_a_stream_tells_the_answer_when_the_run_ends(server, manager, talking):
    stream = await talking.chat.completions.create(
        model="support", messages=HELLO, stream=True, stream_options={"include_usage": True}, extra_body=WAIT
    )
    first = await anext(stream)
    assert first.choices[0].delta.role == "assistant"
    await do(server, manager, "complete", {"text": "Welcome!"})  # its run is there: the first piece names it
    rest = [chunk async for chunk in stream]
    assert "".join(choice.delta.content or "" for chunk in rest for choice in chunk.choices) == "Welcome!"
    assert [choice.finish_reason for chunk in rest for choice in chunk.choices] == [None, "stop"]
    assert rest[-1].usage is not None
    assert rest[1].casework["state"] == "completed"
    assert {chunk.id for chunk in rest} == {first.id}


async def test_a_stream_of_a_run_that_fails_ends_in_an_error(server, manager, talking):
    stream = await talking.chat.completions.create(model="support", messages=HELLO, stream=True, extra_body=WAIT)
    await anext(stream)
    await do(server, manager, "error", {"comment": "Nobody is here."})
    with pytest.raises(openai.APIError, match="Nobody is here"):
        async for _ in stream:
            pass


async def test_a_failed_run_is_not_started_again_by_the_clients_own_retries(server, manager, talking):
    asked = asyncio.create_task(talking.chat.completions.create(model="support", messages=HELLO, extra_body=WAIT))
    async with asyncio.timeout(30), httpx.AsyncClient(base_url=server, headers=manager.headers) as http:
        while not (await http.get(ACTIVITIES)).json()["data"]:
            pass  # the request that starts the run is under way
        await do(server, manager, "error", {"comment": "Nobody is here."})
        with pytest.raises(openai.UnprocessableEntityError) as raised:
            await asked
        assert raised.value.code == "run_failed"
        assert len((await http.get("/api/v3/workflow/work_units")).json()["data"]) == 1


async def test_errors_are_the_clients_own(server, manager, talking):
    with pytest.raises(openai.NotFoundError) as absent:
        await talking.chat.completions.create(model="nowhere", messages=HELLO)
    assert absent.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as wrong:
        await talking.chat.completions.create(model="support", messages=[])
    assert wrong.value.param == "messages"
    async with AsyncOpenAI(base_url=f"{server}/v1", api_key="cw_gone_gone") as stranger:
        with pytest.raises(openai.AuthenticationError):
            await stranger.models.list()


async def test_a_wait_that_is_over_never_hangs(talking):
    began = time.monotonic()
    answer = await talking.chat.completions.create(model="support", messages=HELLO, extra_body={**WAIT, "timeout": 0.5})
    assert answer.casework["waits_for"] == "people"
    assert 0.5 <= time.monotonic() - began < completions.SECONDS_DEFAULT
