"""What a run brings along says where it came from: whoever let it in is asked for nothing."""

import pytest

from casework.engine.errands import Errands
from casework.store.queue import as_errand
from tests.api.mcp.agent import Agent
from tests.documents import document, published, task

STRANGER = {"label": "untrusted", "source": "message"}
MODEL = {"label": "untrusted", "source": "agent"}
SSN = {"type": "object", "properties": {"ssn": {"type": "string", "x-sensitive": True}}}


@pytest.fixture
def taints(services):
    """What each run brings along, in the order in which they were made."""

    async def found():
        async with services.database.read() as connection:
            rows = await connection.fetch("select taints from runs order by id")
        return [row["taints"] for row in rows]

    return found


@pytest.fixture
def start(client, place):
    """Starts a run of a workflow over the API."""

    async def started(workflow, **fields):
        body = {"workflowId": workflow["id"], **fields}
        made = await client.post(f"{place.path}/assignments", json=body, headers=place.manager.headers)
        assert made.status_code == 201, made.text
        return made.json()["id"]

    return started


async def test_what_the_workspace_itself_says_is_trusted_and_may_be_private(client, place, taints, start):
    workflow = await published(client, place, document(input=SSN))
    await start(workflow)
    await start(workflow, input={"ssn": "078-05-1120"})
    assert await taints() == [[], [{"label": "private", "source": "input"}]]


async def test_what_a_hook_is_sent_is_not_trusted(client, place, taints):
    workflow = await published(client, place, document())
    body = {"workflowId": workflow["id"], "name": "Shop"}
    made = (await client.post(f"{place.path}/hooks", json=body, headers=place.manager.headers)).json()
    called = await client.post(made["path"], json={"x": 1}, headers={"authorization": f"Bearer {made['secret']}"})
    assert called.status_code == 202, called.text
    assert await taints() == [[{"label": "untrusted", "source": "hook", "name": "Shop"}]]


async def test_what_is_said_in_a_chat_or_to_a_model_is_not_trusted(client, place, taints):
    workflow = await published(client, place, document())
    headers = place.manager.headers
    made = await client.post(f"{place.path}/chats", json={"workflowId": workflow["id"]}, headers=headers)
    assert made.status_code == 201, made.text
    said = {"model": "expenses", "messages": [{"role": "user", "content": "Pay me."}]}
    answered = await client.post("/v1/chat/completions", json=said, headers=headers)
    assert answered.status_code == 200, answered.text
    assert await taints() == [[STRANGER], [STRANGER]]


async def test_what_models_say_over_mcp_is_not_trusted(client, place, taints, start):
    workflow = await published(client, place, document())
    agent = Agent(client=client, who=place.manager)
    await agent.call("start_run", workflow="expenses", input={})
    await start(workflow)
    (own,) = [one for one in (await agent.call("list_activities"))["activities"] if one["run_id"] == 2]
    await agent.call("assign_to_me", activity_id=own["id"], start_working=True)
    assert await taints() == [[MODEL], []]
    await agent.call("save", activity_id=own["id"], data={"note": "Pay me."})
    assert await taints() == [[MODEL], [MODEL]]


async def test_a_run_hands_it_down_and_takes_it_back(client, place, services, taints, start):
    child = document("child", [task("x", form=SSN)])
    call = {"key": "a", "kind": "subworkflow", "workflow": "child", "next": [{"to": "b"}]}
    await published(client, place, child)
    parent = await published(client, place, document("parent", [call, task("b")], input=SSN))
    await start(parent, input={"ssn": "078-05-1120"})
    await _run_errands(services)
    given = {"label": "private", "source": "input"}
    assert await taints() == [[given], [given]]
    starters = await _starters(services)
    assert starters == [[place.manager.account_id]] * 2
    agent = Agent(client=client, who=place.manager)
    (one,) = (await agent.call("list_activities"))["activities"]
    await agent.call("assign_to_me", activity_id=one["id"], start_working=True)
    await agent.call("complete", activity_id=one["id"], data={"ssn": "078-05-1121"})
    await _run_errands(services)
    filled = {"label": "private", "source": "task", "name": "x"}
    assert await taints() == [[given, MODEL, filled], [given, MODEL, filled]]


async def _run_errands(services):
    errands = Errands(services.database, services.engine, services.clock)
    async with services.database.read() as connection:
        rows = await connection.fetch("select payload from jobs where entrypoint = 'errand' order by id")
    for row in rows:
        await errands.run(as_errand(row[0]))


async def _starters(services):
    async with services.database.read() as connection:
        return [row["started_by"] for row in await connection.fetch("select started_by from runs order by id")]
