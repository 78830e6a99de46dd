"""Calls of hooks: who may, what they mean, and that the same one starts one run."""

import asyncio
import hmac
import json
from datetime import timedelta
from hashlib import sha256

import pytest
from standardwebhooks import Webhook

from tests.documents import document, published

INPUT = {"type": "object", "required": ["order"], "properties": {"order": {"type": "string"}}}
BODY = {"order": "A-17"}
ABSENT = "/hooks/018d7c5e-1a00-7000-8000-00000000dead"


@pytest.fixture
async def workflow(client, place):
    return await published(client, place, document(input=INPUT))


@pytest.fixture
def make(ask, workflow):
    """Makes a hook."""

    async def made(**fields):
        answer = await ask("POST", "/hooks", {"workflowId": workflow["id"], "name": "Shop", **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return made


@pytest.fixture
def call(client):
    """Calls a hook with its secret."""

    async def called(hook, body=BODY, query="", **headers):
        known = {"authorization": f"Bearer {hook['secret']}", **headers}
        return await client.post(hook["path"] + query, json=body, headers=known)

    return called


@pytest.fixture
def calls(ask):
    """The calls that a hook remembers, newest first."""

    async def listed(hook):
        found = (await ask("GET", f"/hooks/{hook['id']}/calls")).json()["items"]
        return [(one["status"], one["runId"], one["error"]) for one in found]

    return listed


async def test_the_body_is_the_input_of_a_run(make, call, calls, ask, services):
    hook = await make()
    started = await call(hook)
    assert started.status_code == 202, started.text
    run_id = started.json()["runId"]
    assert (await ask("GET", f"/assignments/{run_id}")).json()["input"] == BODY
    assert await calls(hook) == [(202, run_id, None)]
    async with services.database.read() as connection:
        row = await connection.fetchrow("select run_type, ran_by_type, ran_by_name from runs")
    assert tuple(row) == ("trigger", "system", "Shop")


async def test_expressions_say_what_the_input_is(make, call, ask):
    hook = await make(
        input={"order": "body.data.id", "event": "headers['x-event']", "test": "query.mode == 'test'", "by": "'shop'"},
        headers=["X-Event"],
    )
    started = await call(hook, {"data": {"id": "B-2"}}, "?mode=test", **{"x-event": "paid"})
    run = (await ask("GET", f"/assignments/{started.json()['runId']}")).json()
    assert run["input"] == {"order": "B-2", "event": "paid", "test": True, "by": "shop"}


async def test_expressions_see_no_header_that_is_not_named(make, call):
    hook = await make(input={"order": "headers['x-event']"})
    refused = await call(hook, **{"x-event": "paid"})
    assert refused.status_code == 400
    assert "input/order" in refused.json()["detail"]


async def test_the_same_external_id_starts_one_run(make, call, calls, ask):
    hook = await make(externalId="body.order")
    answers = await asyncio.gather(*(call(hook) for _ in range(8)))
    assert sorted(one.status_code for one in answers) == [200] * 7 + [202]
    assert len({one.json()["runId"] for one in answers}) == 1
    assert (await call(hook, {"order": "B"})).status_code == 202
    assert (await ask("GET", "/assignments")).json()["total"] == 2
    assert len(await calls(hook)) == 9


async def test_without_the_secret_nobody_learns_whether_there_is_a_hook(make, client, ask):
    hook = await make()
    off = await make(enabled=False)
    absent = await client.post(ABSENT, json=BODY)
    attempts = [
        await client.post(hook["path"], json=BODY),
        await client.post(hook["path"], json=BODY, headers={"authorization": "Bearer cwh_wrong"}),
        await client.post(hook["path"], json=BODY, headers={"authorization": f"Basic {hook['secret']}"}),
        await client.post(off["path"], json=BODY, headers={"authorization": f"Bearer {off['secret']}"}),
        await client.post(ABSENT, json=BODY, headers={"authorization": f"Bearer {hook['secret']}"}),
    ]
    for one in attempts:
        assert (one.status_code, one.content) == (401, absent.content)
        assert one.headers["www-authenticate"] == absent.headers["www-authenticate"]
    assert (await ask("GET", f"/hooks/{hook['id']}/calls")).json()["total"] == 0


@pytest.mark.parametrize("name", ["x-signature-256", "x-hub-signature-256"])
async def test_a_signature_is_of_the_body_byte_for_byte(make, client, name):
    hook = await make(kind="hmac_sha256")
    body = b'{ "order":"A-17" }'

    async def called(signed, sent):
        signature = hmac.new(hook["secret"].encode(), signed, sha256).hexdigest()
        headers = {name: f"sha256={signature}", "content-type": "application/json"}
        return (await client.post(hook["path"], content=sent, headers=headers)).status_code

    assert await called(body, body) == 202
    assert await called(body, body.replace(b" ", b"")) == 401
    assert await called(b"", body) == 401


async def test_standard_webhooks_are_taken_once_and_only_while_they_are_fresh(make, client, clock, ask):
    hook = await make(kind="standard_webhooks")
    text = json.dumps(BODY)
    signer = Webhook(hook["secret"])

    async def called(message="msg_1", age=timedelta(), content=text):
        at = clock.now() - age
        headers = {
            "webhook-id": message,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": f"v1,AAAA {signer.sign(message, at, text)}",
            "content-type": "application/json",
        }
        return await client.post(hook["path"], content=content, headers=headers)

    first = await called()
    assert first.status_code == 202, first.text
    again = await called()
    assert (again.status_code, again.json()) == (200, first.json())
    assert (await called("msg_2", timedelta(minutes=4, seconds=59))).status_code == 202
    assert (await called("msg_3", timedelta(minutes=5, seconds=1))).status_code == 401
    assert (await called("msg_3", -timedelta(minutes=5, seconds=1))).status_code == 401
    assert (await called("msg_3", content='{"order": "B"}')).status_code == 401
    assert (await client.post(hook["path"], json=BODY)).status_code == 401
    assert (await ask("GET", "/assignments")).json()["total"] == 2


async def test_more_calls_than_a_hook_takes_are_told_when_to_come_again(make, call, calls, clock):
    hook = await make(callsPerMinute=2)
    clock.advance(seconds=48)
    answers = [await call(hook) for _ in range(4)]
    assert [one.status_code for one in answers] == [202, 202, 429, 429]
    assert answers[2].headers["retry-after"] == "12"
    assert [status for status, _, _ in await calls(hook)] == [429, 202, 202]
    clock.advance(seconds=12)
    assert (await call(hook)).status_code == 202


@pytest.mark.parametrize(
    ("fields", "body", "says"),
    [
        ({}, {"order": 3}, "input/order"),
        ({}, ["A-17"], "object"),
        ({"externalId": "body.nothing"}, BODY, "externalId"),
        ({"externalId": "true"}, BODY, "externalId"),
        ({"externalId": "''"}, BODY, "externalId"),
        ({"input": {"order": "body.a", "b": "body.b"}}, BODY, "input/b"),
    ],
)
async def test_a_call_that_starts_nothing_says_why_and_is_remembered(make, call, calls, fields, body, says):
    hook = await make(**fields)
    refused = await call(hook, body)
    assert refused.status_code == 400
    assert says in refused.json()["detail"]
    assert await calls(hook) == [(400, None, refused.json()["detail"])]


async def test_what_is_no_json_or_too_large_is_refused(make, client, call):
    hook = await make()
    headers = {"authorization": f"Bearer {hook['secret']}", "content-type": "application/json"}
    assert (await client.post(hook["path"], content=b"{", headers=headers)).status_code == 400
    large = b'{"order": "' + b"x" * 1024 * 1024 + b'"}'
    assert (await client.post(hook["path"], content=large, headers=headers)).status_code == 413
    as_text = {**headers, "content-type": "text/plain"}
    assert (await client.post(hook["path"], content=b"{}", headers=as_text)).status_code == 415
    assert (await call(hook)).status_code == 202


async def test_a_hook_of_an_archived_workflow_starts_nothing(make, call, calls, ask, workflow):
    hook = await make()
    assert (await ask("DELETE", f"/workflows/{workflow['id']}")).status_code == 204
    refused = await call(hook)
    assert refused.status_code == 409
    assert [(status, run) for status, run, _ in await calls(hook)] == [(409, None)]


async def test_the_newest_hundred_calls_are_remembered(make, call, ask):
    hook = await make()
    for _ in range(103):
        assert (await call(hook)).status_code == 202
    listed = (await ask("GET", f"/hooks/{hook['id']}/calls?pageSize=500")).json()
    assert (listed["total"], len(listed["items"])) == (100, 100)
    newest = (await ask("GET", "/assignments?pageSize=1")).json()["items"][0]["id"]
    assert listed["items"][0]["runId"] == newest
