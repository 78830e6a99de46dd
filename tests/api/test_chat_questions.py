"""GET /chats/{id}/questions: what agents ask people, and the calls of their tools that are said in the chat."""

import asyncio
import json

import pytest

from casework.clock import SystemClock
from casework.engine.worker import Terms, Worker
from casework.functions import Registry
from casework.performing import performers_of
from tests.api.mcp.agent import Agent
from tests.documents import document, granted, published

REFUND = {"name": "refund", "kind": "function", "marks": "act", "description": "Pays money back."}
FIND = {"name": "find_order", "kind": "function", "marks": "read", "description": "Gives an order."}


@pytest.fixture
def clock():
    return SystemClock()


@pytest.fixture
def paid():
    """The amounts that were paid back."""
    return []


@pytest.fixture
async def worker(services, paid):
    """Performs the steps of agents, whose functions are here."""

    def find_order(number: int) -> dict[str, int]:
        return {"number": number, "total": 12}

    def refund(amount: int) -> str:
        paid.append(amount)
        return "done"

    registry = Registry()
    registry.add(find_order)
    registry.add(refund)
    async with services.caller.transport() as transport:
        performers = performers_of(services, registry, {"agent"}, transport)
        worker = Worker(services.database, services.engine, services.clock, performers, Terms(name="one"))
        await worker.start()
        yield worker
        await worker.stop(within_seconds=1)


def agent(**more):
    """A task that finds an order, wants to pay back what it cost, and says what came of it."""
    rules = [
        {"contains": '"total":', "calls": [{"tool": "refund", "arguments": {"amount": 12}}]},
        {"contains": "refunds", "calls": [{"tool": "find_order", "arguments": {"number": 7}}]},
        {"contains": "refused", "answer": "I may not pay it back."},
        {"answer": "It is paid back."},
    ]
    task = {"key": "look", "name": "Look", "kind": "agent", "prompt": "Who refunds it?", "model": "scripted"}
    return {**task, "rules": rules, "tools": [FIND, REFUND], "approvals": {"roles": ["desk"]}, **more}


@pytest.fixture
def begin(client, place, worker):
    """A chat with a case of such an agent, which has come as far as it can; its owner may use the workflow."""

    async def begun(who=None, **more):
        workflow = await published(client, place, document(tasks=[agent(**more)]))
        who = who or await place.member()
        await granted(client, place, workflow["id"], {"memberId": who.member_id, "level": "use"})
        body = {"workflowId": workflow["id"]}
        made = await client.post(f"{place.path}/chats", json=body, headers=who.headers)
        assert made.status_code == 201, made.text
        return made.json(), who

    return begun


@pytest.fixture
def questions(client, place):
    """The questions of a chat, as soon as there are so many and the last has that status."""

    async def asked(chat, who, *, status="current"):
        async with asyncio.timeout(8):
            while True:  # a worker does it meanwhile, in a process of its own mostly
                found = await client.get(f"{place.path}/chats/{chat['id']}/questions", headers=who.headers)
                assert found.status_code == 200, found.text
                if [one["status"] for one in found.json()["items"][:1]] == [status]:
                    return found.json()["items"]
                await asyncio.sleep(0.02)

    return asked


@pytest.fixture
def said(client, place):
    """What stands in a chat as soon as that is said there."""

    async def found(chat, who, last):
        async with asyncio.timeout(8):
            while True:
                answer = await client.get(f"{place.path}/chats/{chat['id']}/messages", headers=who.headers)
                messages = answer.json()["items"]
                if messages and messages[-1]["content"] == last:
                    return messages
                await asyncio.sleep(0.02)

    return found


async def decide(client, who, question, **answer):
    at = f"/api/v3/workflow/activities/{question['activityId']}"
    for move, body in (("assign", {"start_working": True}), ("complete", {"data": answer})):
        done = await client.patch(f"{at}/{move}", json=body, headers=who.headers)
        assert done.status_code == 200, done.text


async def test_a_call_that_waits_is_told_with_what_it_is_and_who_may_decide(client, place, begin, questions):
    decider = await place.member(actor_roles=["desk"])
    chat, owner = await begin()
    (question,) = await questions(chat, owner)
    assert (question["name"], question["tool"], question["arguments"]) == ("Approve: refund", "refund", {"amount": 12})
    assert (question["roles"], question["mayAnswer"], question["memberName"]) == (["desk"], False, None)
    assert (question["because"], question["dueAt"]) == ("Every call of refund is approved by a person.", None)
    listed = await client.get(f"{place.path}/chats/{chat['id']}/messages", headers=owner.headers)
    first, answered, second = listed.json()["items"]
    assert first["toolCalls"][0]["function"] == {"name": "find_order", "arguments": '{"number":7}'}
    assert (answered["role"], answered["toolCallId"]) == ("tool", first["toolCalls"][0]["id"])
    assert json.loads(answered["content"]) == {"number": 7, "total": 12}
    assert second["toolCalls"][0]["id"] == question["callId"]
    stranger = await client.get(f"{place.path}/chats/{chat['id']}/questions", headers=decider.headers)
    assert stranger.status_code == 403


async def test_a_call_is_told_with_its_time_and_no_model_decides_about_it(client, place, begin, questions, paid):
    chat, owner = await begin(approvals={"within": "4h"})
    (question,) = await questions(chat, owner)
    assert question["dueAt"] > question["askedAt"]
    model = Agent(client=client, who=place.manager)
    await model.call("assign_to_me", activity_id=question["activityId"], start_working=True)
    refused = await model.refusal("complete", activity_id=question["activityId"], data={"decision": "accept"})
    assert refused == (403, "What an agent asks a person is answered by one: not over MCP.")
    assert paid == []


async def test_what_a_tool_reads_that_is_private_is_not_said_in_the_chat(client, place, begin, questions):
    chat, owner = await begin(tools=[{**FIND, "reads_private": True}, REFUND])
    await questions(chat, owner)
    listed = await client.get(f"{place.path}/chats/{chat['id']}/messages", headers=owner.headers)
    assert [one["content"] for one in listed.json()["items"] if one["role"] == "tool"] == ['"[hidden]"']


async def test_whoever_may_decide_is_told_so_and_then_what_was_decided_by_whom(
    client, place, begin, questions, said, paid
):
    decider = await place.member(actor_roles=["desk"], scopes=["chats:read"], role="Desk")
    chat, owner = await begin()
    workflow = (await client.get(f"{place.path}/workflows", headers=place.manager.headers)).json()["items"][0]
    await granted(client, place, workflow["id"], {"memberId": decider.member_id, "level": "use"})
    (question,) = await questions(chat, decider)
    assert question["mayAnswer"]
    path = f"/api/v3/workflow/activities/{question['activityId']}"
    shown = await client.get(path, params={"fields[workflow/activities][]": "ask"}, headers=decider.headers)
    ask = shown.json()["data"]["attributes"]["ask"]
    assert (ask["prompt"], ask["detail"]["arguments"]) == ("Pays money back.", {"amount": 12})
    assert ask["form"]["properties"]["decision"] == {"enum": ["accept", "edit", "refuse"]}
    await decide(client, decider, question, decision="edit", arguments={"amount": 10})
    (question,) = await questions(chat, owner, status="completed")
    assert question["answer"] == {"decision": "edit", "arguments": {"amount": 10}}
    assert (question["memberId"], question["mayAnswer"]) == (decider.member_id, False)
    *_, result, _last = await said(chat, owner, "It is paid back.")
    assert (result["toolCallId"], json.loads(result["content"])["arguments"]) == (question["callId"], {"amount": 10})
    assert paid == [10]


async def test_an_attempt_that_is_made_again_says_no_call_twice(client, place, begin, questions, said, paid):
    owner = await place.member(actor_roles=["desk"])
    chat, _ = await begin(owner)
    (question,) = await questions(chat, owner)
    await decide(client, owner, question, decision="refuse", reason="It was never paid.")
    messages = await said(chat, owner, "I may not pay it back.")
    assert [one["role"] for one in messages] == ["assistant", "tool", "assistant", "tool", "assistant"]
    assert "It was never paid." in messages[3]["content"]
    assert paid == []


async def test_an_agent_that_is_shown_what_is_sensitive_says_nothing_of_its_calls(client, place, begin, questions):
    chat, owner = await begin(sensitive="allow")
    (question,) = await questions(chat, owner)
    listed = await client.get(f"{place.path}/chats/{chat['id']}/messages", headers=owner.headers)
    assert (listed.json()["items"], question["tool"]) == ([], "refund")


async def test_a_chat_in_which_nobody_asks_has_no_questions(client, place):
    made = await client.post(f"{place.path}/chats", json={}, headers=place.manager.headers)
    path = f"{place.path}/chats/{made.json()['id']}/questions"
    assert (await client.get(path, headers=place.manager.headers)).json()["items"] == []
