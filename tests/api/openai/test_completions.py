"""A conversation with a workflow: what it is started with, what is answered, and what is refused."""

import asyncio

import pytest

from casework.api.openai import completions
from tests.documents import document, published, task

ACTIVITIES = "/api/v3/workflow/activities"
OUTPUT = "tasks.reply.output.text"


def request(**more):
    """A conversation of one message."""
    return {"model": "support", "messages": [{"role": "user", "content": "Where is my order?"}], **more}


@pytest.fixture
async def ask(client, place):
    """Sends a conversation as the Manager."""

    async def send(body, **headers):
        given = {**place.manager.headers, **{name.replace("_", "-"): text for name, text in headers.items()}}
        return await client.post("/v1/chat/completions", json=body, headers=given)

    return send


@pytest.fixture
async def publish(client, place):
    """Publishes the workflow `support`: a person writes a reply."""

    async def make(**more):
        tasks = [task("reply")]
        return await published(client, place, {**document("support", tasks), **more})

    return make


async def run_of(client, place, run_id):
    """A run, as an assignment."""
    answer = await client.get(f"{place.path}/assignments/{run_id}", headers=place.manager.headers)
    return answer.json()


@pytest.fixture
async def reply(client, place):
    """Takes, as the Manager, what waits as soon as something does, and ends it in that way."""

    async def act(data, end="complete"):
        async with asyncio.timeout(20):
            while True:
                taken = (await client.post(f"{ACTIVITIES}/next", json={}, headers=place.manager.headers)).json()["data"]
                if taken is not None:
                    break
        method = "POST" if end == "error" else "PATCH"
        path = f"{ACTIVITIES}/{taken['id']}/{end}"
        done = await client.request(method, path, json={"data": data}, headers=place.manager.headers)
        assert done.status_code == 200, done.text

    return act


async def test_a_run_that_waits_for_a_person_is_answered_at_once(ask, publish, client, place):
    await publish()
    answer = await ask(request(user="customer-7", casework={"title": "Order", "external_id": "A-1"}))
    assert answer.status_code == 200
    found = answer.json()
    standing = found["casework"]
    assert (standing["state"], standing["waits_for"]) == ("pending", "people")
    assert found["object"] == "chat.completion"
    assert found["model"] == "support"
    (choice,) = found["choices"]
    assert choice["finish_reason"] == "stop"
    assert f"Run {standing['run_id']}" in choice["message"]["content"]
    assert found["usage"] == {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    run = await run_of(client, place, standing["run_id"])
    assert (run["uuid"], run["title"]) == (standing["run_uuid"], "Order")
    assert run["input"] == {
        "message": "Where is my order?",
        "messages": [{"role": "user", "content": "Where is my order?"}],
    }


@pytest.mark.parametrize(
    ("output", "data", "content"),
    [
        (OUTPUT, {"text": "On its way."}, "On its way."),
        ("tasks.reply.output", {"text": "Ja", "number": 7}, '{"text":"Ja","number":7}'),
    ],
)
async def test_the_answer_is_the_runs_output(ask, publish, reply, output, data, content):
    await publish(output=output)
    asked = ask(request(timeout=30, casework={"wait_for_people": True}))
    answer, _ = await asyncio.gather(asked, reply(data))
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"] == content
    assert answer.json()["casework"]["state"] == "completed"
    assert answer.json()["casework"]["waits_for"] is None


async def test_a_run_that_fails_is_422_so_that_no_client_starts_another(ask, publish, reply):
    await publish()
    asked = ask(request(casework={"wait_for_people": True}))
    answer, _ = await asyncio.gather(asked, reply({"comment": "There is no order."}, "error"))
    assert answer.status_code == 422
    assert (answer.json()["error"]["code"], answer.json()["casework"]["state"]) == ("run_failed", "failed")
    assert "There is no order." in answer.json()["error"]["message"]


@pytest.mark.parametrize(("body", "headers"), [({"timeout": 0.01}, {}), ({}, {"x_timeout": "0.01"})])
async def test_a_wait_that_is_too_short_says_so(ask, publish, body, headers):
    await publish()
    answer = await ask(request(**body, casework={"wait_for_people": True}), **headers)
    assert answer.status_code == 200
    assert answer.json()["casework"]["waits_for"] == "people"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"properties": {"message": {"type": "string"}}, "additionalProperties": False}, {"message": "Two."}),
        ({"properties": {"question": {"type": "string"}}, "required": ["question"]}, {"question": "Two."}),
        (
            {"properties": {"messages": {"type": "array"}, "metadata": {"type": "object"}}},
            {
                "messages": [
                    {"role": "system", "content": "Be short."},
                    {"role": "user", "content": "One."},
                    {"role": "assistant", "content": ""},
                    {"role": "user", "content": "Two."},
                ],
                "metadata": {"channel": "web"},
            },
        ),
    ],
)
async def test_the_input_is_what_the_workflows_schema_asks_for(ask, publish, client, place, schema, expected):
    await publish(input={"type": "object", **schema})
    messages = [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "One."},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "user", "content": [{"type": "text", "text": "Tw"}, {"type": "text", "text": "o."}]},
    ]
    answer = await ask(request(messages=messages, metadata={"channel": "web"}, temperature=0.2))
    assert answer.status_code == 200, answer.text
    assert (await run_of(client, place, answer.json()["casework"]["run_id"]))["input"] == expected


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a", "b"]},
        {"properties": {"days": {"type": "integer"}}, "required": ["days"]},
        {"additionalProperties": False},
        {"properties": {"message": {"type": "integer"}}},
        {"properties": {"question": {"type": "string", "maxLength": 3}}, "required": ["question"]},
    ],
)
async def test_a_workflow_that_takes_no_conversation_says_so(ask, publish, schema):
    await publish(input={"type": "object", **schema})
    answer = await ask(request())
    assert answer.status_code == 400
    assert (answer.json()["error"]["type"], answer.json()["error"]["param"]) == ("invalid_request_error", "messages")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "model"),
        (request(messages=[]), "messages"),
        (request(messages=[{"role": "assistant", "content": "Hello."}]), "messages"),
        (request(messages=[{"role": "nobody", "content": "Hello."}]), "messages.0.role"),
        (request(messages=[{"role": "user", "content": [{"type": "image_url"}]}]), "messages.0.content.0"),
        (request(n=2), "n"),
        (request(timeout=0), "timeout"),
        (request(timeout=301), "timeout"),
        (request(user="x" * 201), "user"),
        (request(casework={"titel": "x"}), "casework"),
    ],
)
async def test_what_is_wrong_is_named(ask, body, param):
    answer = await ask(body)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
    assert answer.json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon", "301"])
async def test_a_timeout_in_a_header_is_held_to_its_bounds(ask, seconds):
    answer = await ask(request(), x_timeout=seconds)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "X-Timeout")


async def test_with_an_idempotency_key_one_run_is_started_streamed_or_not(ask, publish, client, place):
    await publish()
    for more in ({}, {"stream": True}):
        key = f"key-{len(more)}"
        first = await ask(request(**more), idempotency_key=key)
        again = await ask(request(**more), idempotency_key=key)
        assert first.content == again.content
        assert (await ask(request(**more, user="x"), idempotency_key=key)).status_code == 422
    listed = await client.get(f"{place.path}/assignments", headers=place.manager.headers)
    assert listed.json()["total"] == 2


async def test_a_stream_that_has_nothing_to_tell_says_that_it_lives(ask, publish, monkeypatch):
    monkeypatch.setattr(completions, "_ALIVE_SECONDS", 0.05)
    await publish()
    answer = await ask(request(stream=True, timeout=0.2, casework={"wait_for_people": True}))
    assert answer.headers["content-type"].startswith("text/event-stream")
    first, *alive, content, last, done = answer.text.strip().split("\n\n")
    assert '"role":"assistant"' in first
    assert 3 <= len(alive) <= 5
    assert set(alive) == {": still at work"}
    assert "waits for a person" in content
    assert '"finish_reason":"stop"' in last
    assert '"waits_for":"people"' in last
    assert done == "data: [DONE]"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_run_that_needs_nobody_is_answered_with_its_output(ask, client, place, stream):
    """By itself from the first task to the last."""
    echo = {"key": "echo", "name": "Echo", "kind": "set", "values": {"text": "You said: {{ input.message }}"}}
    await published(client, place, document("support", [echo], output="tasks.echo.output.text"))
    answer = await ask(request(stream=stream))
    assert answer.status_code == 200, answer.text
    assert "You said: Where is my order?" in answer.text
    assert '"state":"completed","waits_for":null' in answer.text
